"""Who signs as the brand's owner: only somebody the county wrote down under the goods' producer."""

import pytest

from branding import packaging_rules as rules
from branding.models import PackageRequest
from branding.packaging_errors import BriefUnfinished, NotYoursToSign, PackageLocked
from branding.services import packaging
from catalog.errors import NoProducerAccount
from catalog.models import ProducerAccount
from catalog.services import tie_account, untie_account
from kernel.models import AuditEntry
from tenants.scope import county_scope
from tests.branding.packages import cast, tie, until
from tests.factories.people import client_for, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(wuchang):
    return cast(wuchang)


@pytest.fixture
def other(who):
    """A producer's account of the county that is of another house."""
    return make_person("producer", who.county, name="别家的人")


def page(who, case, path=""):
    return f"/c/{who.county.slug}/desk/packages/{case.pk}/{path}"


def producer_page(who, path=""):
    return f"/c/{who.county.slug}/desk/producers/{who.product.producer_id}/{path}"


def test_another_house_cannot_be_named(who, other):
    case = until(who, "chosen")
    with pytest.raises(NotYoursToSign, match="别家的人的账号没有写在“兴源村稻乐合作社”名下"):
        packaging.name_owner(case, other, by=who.team)
    assert PackageRequest.objects.get(pk=case.pk).owner is None


def test_the_page_offers_the_house_alone_and_says_what_to_do_where_it_is_empty(who, other):
    case = until(who, "chosen")
    shown = client_for(who.team).get(page(who, case)).content.decode()
    assert "品牌主</option>" in shown
    assert "别家的人" not in shown
    with county_scope(who.county):
        untie_account(who.product.producer, who.owner.pk, by=who.manager)
    shown = client_for(who.team).get(page(who, case)).content.decode()
    assert "名下还没有账号" in shown
    assert producer_page(who) in shown


def test_nobody_chosen_is_said(who):
    case = until(who, "chosen")
    with pytest.raises(BriefUnfinished, match="先选品牌主是谁"):
        packaging.name_owner(case, None, by=who.team)
    answer = client_for(who.team).post(page(who, case, "owner/"), {"owner": "9" * 5000}, follow=True)
    assert "先选品牌主是谁" in answer.content.decode()


def test_a_wrong_name_is_mended_until_it_has_signed(who, other):
    """The second is asked to sign, the first no more."""
    case = until(who, "compliance")
    packaging.name_owner(case, who.owner, by=who.team)
    tie(who, other)
    client_for(who.team).post(page(who, case, "owner/"), {"owner": other.pk})
    case.refresh_from_db()
    assert case.owner == other
    assert rules.sides_of(who.owner, case) == []
    packaging.sign_off(case, "owner", by=other, seen=case.frozen_sha256)
    with pytest.raises(PackageLocked, match="已经签了，不能再换人"):
        packaging.name_owner(case, who.owner, by=who.team)
    assert "谁签" not in client_for(who.team).get(page(who, case)).content.decode()


def test_an_account_taken_away_signs_no_more(who):
    case = until(who, "compliance")
    packaging.name_owner(case, who.owner, by=who.team)
    with county_scope(who.county):
        untie_account(who.product.producer, who.owner.pk, by=who.manager)
    with pytest.raises(NotYoursToSign, match="没有写在"):
        packaging.sign_off(case, "owner", by=who.owner, seen=case.frozen_sha256)
    assert not rules.signatures(case).exists()


def test_whoever_signs_and_the_desk_read_for_whom(who):
    case = until(who, "compliance")
    packaging.name_owner(case, who.owner, by=who.team)
    signs = client_for(who.owner).get(page(who, case, "sign/")).content.decode()
    assert "你代表“兴源村稻乐合作社”签" in signs
    desk = client_for(who.officer).get(f"/desk/packages/{case.pk}/").content.decode()
    assert "品牌主：品牌主，代表“兴源村稻乐合作社”" in desk


def test_the_manager_writes_the_account_down_and_takes_it_away(who, other):
    browser = client_for(who.manager)
    assert "别家的人</option>" in browser.get(producer_page(who)).content.decode()
    browser.post(producer_page(who, "account/"), {"person": other.pk})
    browser.post(producer_page(who, "account/"), {"person": other.pk})
    with county_scope(who.county):
        assert ProducerAccount.objects.filter(user=other).count() == 1
    assert AuditEntry.objects.filter(action="producer.account", facts__person="别家的人").count() == 1
    browser.post(producer_page(who, "account/off/"), {"person": other.pk})
    with county_scope(who.county):
        assert not ProducerAccount.objects.filter(user=other).exists()
    assert AuditEntry.objects.filter(action="producer.account_off").count() == 1


@pytest.mark.parametrize("sent", ["", "x", "9" * 5000])
def test_writing_down_nobody_is_said(who, sent):
    answer = client_for(who.manager).post(producer_page(who, "account/"), {"person": sent}, follow=True)
    assert "选一个本县的“生产者”账号" in answer.content.decode()


def test_only_the_manager_writes_it_down(who, other):
    team = client_for(who.team)
    assert team.post(producer_page(who, "account/"), {"person": other.pk}).status_code == 403
    assert "由县电商办主任写" not in team.get(producer_page(who)).content.decode()  # somebody stands there already
    assert "写在这一家" not in team.get(producer_page(who)).content.decode()
    with county_scope(who.county):
        assert not ProducerAccount.objects.filter(user=other).exists()


def test_a_producer_of_another_county_is_none_here(who, dongning):
    stranger = make_person("producer", dongning, name="东宁的人")
    with county_scope(who.county), pytest.raises(NoProducerAccount):
        tie_account(who.product.producer, stranger, by=who.manager)

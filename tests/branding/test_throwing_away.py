"""A case begun by a slip is taken back by who opened it; a name, a paper or a reader keeps it."""

import pytest

from tests.branding import roads
from tests.branding.paper import jpeg
from tests.factories.people import client_for, give_role, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trusted_papers", "nothing_found")]


def here(county, path=""):
    return f"/c/{county.slug}/desk/brands/{path}"


def there(county, brand):
    return here(county, f"{brand.pk}/throw-away/")


def stands(brand):
    from branding.models import Brand

    return Brand.objects.filter(pk=brand.pk).exists()


@pytest.fixture
def slip(wuchang, village, team):
    return roads.draft(wuchang, village, by=team, name="", papers=False)


def test_it_reads_as_a_draft_without_a_number(wuchang, slip, team, officer):
    for page in (client_for(team).get(here(wuchang)), client_for(officer).get("/desk/brands/?state=")):
        shown = page.content.decode()
        assert "还没起名" in shown
        assert '<span class="state state-plan">草稿</span>' in shown
        assert "想好名字</span>" not in shown
        assert slip.number not in shown
    assert slip.number not in client_for(team).get(here(wuchang, f"{slip.pk}/")).content.decode()


def test_who_opened_it_is_asked_once_more_and_then_nothing_is_left(wuchang, slip, team):
    from branding.case_rules import obj_of
    from branding.models import BrandGood, BrandKey
    from kernel.models import AuditEntry, Deadline, InboxItem, Paper

    client = client_for(team)
    for path in (f"{slip.pk}/edit/2/", f"{slip.pk}/edit/5/", f"{slip.pk}/edit/6/", f"{slip.pk}/"):
        assert there(wuchang, slip) in client.get(here(wuchang, path)).content.decode(), path
    page = client.get(there(wuchang, slip)).content.decode()
    assert "扔掉就找不回来了" in page
    assert "蜂蜜" in page
    assert stands(slip)
    answer = client.post(there(wuchang, slip), follow=True).content.decode()
    assert "扔掉了。" in answer
    assert "还没有品牌案子。" in answer
    assert not stands(slip)
    for left in (BrandGood, BrandKey):
        assert not left.objects.filter(brand_id=slip.pk).exists()
    for left in (InboxItem, Deadline, Paper):
        assert not left.objects.filter(object_kind="brand", object_id=str(slip.pk)).exists()
    told = AuditEntry.objects.get(action="brand.throw_away")
    assert (told.object_id, told.by_id) == (obj_of(slip)[1], team.pk)


def test_the_county_may_and_another_team_of_the_village_may_not(wuchang, village, slip):
    beside = give_role(make_user("孙队员"), "work_team", wuchang, villages=[village])
    client = client_for(beside)
    assert there(wuchang, slip) not in client.get(here(wuchang, f"{slip.pk}/edit/2/")).content.decode()
    assert client.get(there(wuchang, slip)).status_code == 302
    client.post(there(wuchang, slip))
    assert stands(slip)
    client_for(give_role(make_user("王主任"), "county_manager", wuchang)).post(there(wuchang, slip))
    assert not stands(slip)


def test_a_name_a_paper_or_a_reader_keeps_it(wuchang, village, slip, handed_in, team):
    from branding.services import cases

    named = roads.draft(wuchang, village, by=team, name="北坡椴", papers=False)
    cases.add_paper(slip, jpeg(), kind="licence", by=team)
    client = client_for(team)
    for brand in (named, slip, handed_in):
        assert client.get(there(wuchang, brand)).status_code == 302
        assert "要留底，不能扔" in client.post(there(wuchang, brand), follow=True).content.decode()
        assert stands(brand)
        assert there(wuchang, brand) not in client.get(here(wuchang, f"{brand.pk}/")).content.decode()


def test_who_comes_too_late_is_told_so(wuchang, slip, team):
    from branding.errors import ThrownAway
    from branding.models import Brand
    from branding.services import cases
    from branding.services.throwing_away import throw_away

    throw_away(Brand.objects.get(pk=slip.pk), by=team)
    for late in (
        lambda: throw_away(slip, by=team),
        lambda: cases.save_case(slip, by=team, candidates=["北坡椴"]),
        lambda: cases.add_paper(slip, jpeg(), kind="licence", by=team),
    ):
        with pytest.raises(ThrownAway):
            late()

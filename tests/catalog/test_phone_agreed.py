"""A producer's phone goes public only with its owner's word, and comes off when the word is taken back."""

import re

import pytest

from tests.catalog import goods
from tests.factories.people import client_for

PHONE = "0451-55550131"
NEW = {"name": "小山子家庭农场", "kind": "farm", "new_township": "小山子镇", "new_village": "胜利村"}


@pytest.fixture
def known(wuchang, finished):
    """The producer of a product on sale."""
    return finished.producer_id


def card(county, pk):
    from catalog.models import Producer
    from tenants.scope import county_scope

    with county_scope(county):
        return Producer.objects.get(pk=pk)


def typed(producer, **more):
    return {"name": producer.name, "kind": producer.kind, "village": producer.village_id, **more}


def test_a_team_that_asked_nobody_is_stopped_and_loses_nothing(wuchang, village, finished, team):
    address = goods.here(wuchang, f"products/{finished.pk}/edit/5/")
    written = {"village": village.pk, "new_name": "兴源村 姜家", "new_kind": "household", "new_phone": PHONE}
    page = client_for(team).post(address, written).content.decode()
    assert "先问过本人，再打上勾" in page
    assert 'value="兴源村 姜家"' in page
    assert f'value="{PHONE}"' in page
    assert client_for(team).post(address, written | {"phone_agreed": "on"}).status_code == 302


def test_who_asked_and_when_is_kept_and_shown(wuchang, known, finished, manager):
    address = goods.here(wuchang, f"producers/{known}/")
    kept = card(wuchang, known)
    assert kept.phone_agreed_at is not None
    assert f"登记过同意（{kept.phone_agreed_by.get_full_name()}）" in client_for(manager).get(address).content.decode()
    answer = client_for(manager).post(address, typed(kept, business_phone=kept.business_phone, households="30"))
    assert answer.status_code == 302  # nothing to ask again: the number is the same
    assert card(wuchang, known).phone_agreed_at == kept.phone_agreed_at


def test_another_number_is_asked_about_again(wuchang, known, finished, manager):
    kept = card(wuchang, known)
    address = goods.here(wuchang, f"producers/{known}/")
    page = client_for(manager).post(address, typed(kept, business_phone=PHONE)).content.decode()
    assert "先问过本人，再打上勾" in page
    assert card(wuchang, known).business_phone == kept.business_phone
    client_for(manager).post(address, typed(kept, business_phone=PHONE, phone_agreed="on"))
    changed = card(wuchang, known)
    assert (changed.business_phone, changed.phone_agreed_by) == (PHONE, manager)
    assert changed.phone_agreed_at > kept.phone_agreed_at


def test_a_word_taken_back_takes_the_number_off_the_page(wuchang, known, finished, manager, client):
    goods.publish(wuchang, goods.hand_in(wuchang, finished, by=manager), by=manager)
    public = f"/c/{wuchang.slug}/p/{finished.pk}/"
    kept = card(wuchang, known)
    assert kept.business_phone in client.get(public).content.decode()
    address = goods.here(wuchang, f"producers/{known}/")
    assert client_for(manager).post(address, typed(kept, business_phone="")).status_code == 302
    page = client.get(public).content.decode()
    assert kept.business_phone not in page
    dialled = re.findall(r"tel:([\d-]+)", page.split("<main")[1].split("</main>")[0])
    assert set(dialled) <= {wuchang.service_phone}, "the county office's alone"
    assert card(wuchang, known).phone_agreed_at is None


def test_a_number_from_before_the_rule_stands_and_is_marked(wuchang, known, finished, manager):
    from catalog.models import Producer
    from tenants.scope import county_scope

    with county_scope(wuchang):
        Producer.objects.update(phone_agreed_at=None, phone_agreed_by=None)
    assert "没登记同意" in client_for(manager).get(goods.here(wuchang, "producers/")).content.decode()
    kept = card(wuchang, known)
    address = goods.here(wuchang, f"producers/{known}/")
    assert "还没有登记过同意" in client_for(manager).get(address).content.decode()
    client_for(manager).post(address, typed(kept, business_phone=kept.business_phone, phone_agreed="on"))
    assert card(wuchang, known).phone_agreed_by == manager
    assert "没登记同意" not in client_for(manager).get(goods.here(wuchang, "producers/")).content.decode()


def test_the_door_itself_asks_too(wuchang, known, finished, team):
    """The service, without a form before it; and what the form saw may have changed since."""
    from catalog.errors import PhoneNotAgreed
    from catalog.services import save_producer
    from tenants.scope import county_scope

    older = card(wuchang, known)
    newer = card(wuchang, known)
    newer.business_phone = PHONE
    with county_scope(wuchang):
        with pytest.raises(PhoneNotAgreed):
            save_producer(newer, by=team)
        save_producer(newer, by=team, phone_agreed=True)
        with pytest.raises(PhoneNotAgreed):  # a colleague's older page would put the old number back
            save_producer(older, by=team)
    assert card(wuchang, known).business_phone == PHONE

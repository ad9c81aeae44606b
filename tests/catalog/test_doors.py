"""Who comes through which door of a county's desk."""

import pytest

from tests.catalog import goods
from tests.factories.people import client_for

# 200/302/400 let in; 403 lacks the right; 404 is not from here; "in" is the way to the sign-in.
DOORS = {
    "": {"stranger": "in", "elsewhere": 404, "team": 302, "editor": 200, "manager": 200, "coordinator": 200},
    "mine/": {"stranger": "in", "elsewhere": 404, "team": 200, "editor": 200, "manager": 200, "coordinator": 403},
    "products/": {"stranger": "in", "elsewhere": 404, "team": 403, "editor": 200, "manager": 200, "coordinator": 200},
    "products/new/": {
        "stranger": "in",
        "elsewhere": 404,
        "team": 200,
        "editor": 200,
        "manager": 200,
        "coordinator": 403,
    },
    "products/{pk}/": {
        "stranger": "in",
        "elsewhere": 404,
        "team": 403,
        "editor": 200,
        "manager": 200,
        "coordinator": 200,
    },
    "products/{pk}/edit/": {
        "stranger": "in",
        "elsewhere": 404,
        "team": 200,
        "other_team": 404,
        "editor": 200,
        "coordinator": 403,
    },
    "producers/": {"stranger": "in", "elsewhere": 404, "team": 200, "editor": 200, "manager": 200, "coordinator": 200},
    "producers/new/": {
        "stranger": "in",
        "elsewhere": 404,
        "team": 200,
        "editor": 200,
        "manager": 200,
        "coordinator": 403,
    },
}
ACTS = {
    "products/{pk}/publish/": {
        "stranger": "in",
        "elsewhere": 404,
        "team": 403,
        "editor": 403,
        "coordinator": 403,
        "auditor": 403,
    },
    "products/{pk}/return/": {"stranger": "in", "elsewhere": 404, "team": 403, "editor": 403, "coordinator": 403},
    "products/{pk}/withdraw/": {"stranger": "in", "elsewhere": 404, "team": 403, "editor": 403, "coordinator": 403},
    "products/{pk}/submit/": {"stranger": "in", "elsewhere": 404, "other_team": 404, "coordinator": 403, "team": 404},
    "products/{pk}/edit/1/": {"stranger": "in", "elsewhere": 404, "other_team": 404, "coordinator": 403, "team": 404},
    "products/{pk}/edit/1/save/": {"stranger": "in", "elsewhere": 404, "other_team": 404, "team": 404, "manager": 404},
    "products/{pk}/photos/": {"stranger": "in", "elsewhere": 404, "other_team": 404, "team": 404},
}


@pytest.fixture
def cast(team, other_team, editor, manager, coordinator, auditor, manager_elsewhere):
    return {
        "stranger": None,
        "elsewhere": manager_elsewhere,
        "team": team,
        "other_team": other_team,
        "editor": editor,
        "manager": manager,
        "coordinator": coordinator,
        "auditor": auditor,
    }


def answered(response):
    is_door = response.status_code == 302 and response["Location"].startswith("/sign-in/")
    return "in" if is_door else response.status_code


def test_the_screens_open_for_whom_they_should(wuchang, handed_in, cast):
    for path, wanted in DOORS.items():
        address = goods.here(wuchang, path.format(pk=handed_in.pk))
        got = {who: answered(client_for(cast[who]).get(address)) for who in wanted}
        assert (path, got) == (path, wanted)


def test_a_refused_act_changes_nothing(wuchang, handed_in, cast):
    """The product is handed in: its own team may not write it now either."""
    before = goods.facts(wuchang, handed_in)
    for path, wanted in ACTS.items():
        address = goods.here(wuchang, path.format(pk=handed_in.pk))
        words = {"note": "写一句", "name": "别的名字", "category": "grain.corn", "photo": goods.upload(goods.image())}
        got = {who: answered(client_for(cast[who]).post(address, words)) for who in wanted}
        assert (path, got) == (path, wanted)
        assert goods.facts(wuchang, handed_in) == before


def test_another_countys_product_is_not_here(wuchang, dongning, handed_in, manager, manager_elsewhere):
    """The same number under the other county's path finds nothing; under its own it is there."""
    assert client_for(manager).get(goods.here(wuchang, f"products/{handed_in.pk}/")).status_code == 200
    for path in (f"products/{handed_in.pk}/", f"products/{handed_in.pk}/edit/", f"producers/{handed_in.producer_id}/"):
        assert client_for(manager_elsewhere).get(goods.here(dongning, path)).status_code == 404
    before = goods.facts(wuchang, handed_in)
    assert (
        client_for(manager_elsewhere).post(goods.here(dongning, f"products/{handed_in.pk}/publish/")).status_code == 404
    )
    assert goods.facts(wuchang, handed_in) == before


class TestATeam:
    def test_sees_its_own_villages_and_what_it_wrote(self, wuchang, village, other_village, team, other_team):
        goods.finished(wuchang, village, by=team, name="兴源大米")
        goods.finished(wuchang, other_village, by=other_team, name="保山大米")
        mine = client_for(team).get(goods.here(wuchang, "mine/")).content.decode()
        theirs = client_for(other_team).get(goods.here(wuchang, "mine/")).content.decode()
        assert "兴源大米" in mine
        assert "保山大米" not in mine
        assert "保山大米" in theirs
        assert "兴源大米" not in theirs

    def test_writes_what_comes_from_its_village_whoever_began_it(self, wuchang, village, editor, team, other_team):
        product = goods.finished(wuchang, village, by=editor)
        address = goods.here(wuchang, f"products/{product.pk}/edit/2/")
        words = {"summary": "十月新碾", "description": goods.DESCRIPTION}
        before = goods.facts(wuchang, product)
        assert client_for(other_team).post(address, words).status_code == 404
        assert goods.facts(wuchang, product) == before
        assert client_for(team).post(address, words).status_code == 302

    def test_cannot_put_a_product_into_a_village_it_does_not_serve(self, wuchang, finished, team, other_village):
        before = goods.facts(wuchang, finished)
        answer = client_for(team).post(
            goods.here(wuchang, f"products/{finished.pk}/edit/5/"),
            {"village": other_village.pk, "producer": finished.producer_id, "new_kind": "household"},
        )
        assert answer.status_code == 200
        assert goods.facts(wuchang, finished) == before

    def test_sees_and_changes_only_the_producers_of_its_villages(self, wuchang, finished, team, other_team):
        card = goods.here(wuchang, f"producers/{finished.producer_id}/")
        assert client_for(team).get(card).status_code == 200
        assert client_for(other_team).get(card).status_code == 404
        assert "稻乐合作社" not in client_for(other_team).get(goods.here(wuchang, "producers/")).content.decode()


def test_another_countys_village_is_refused(wuchang, dongning, finished, manager):
    from catalog import services
    from catalog.errors import Unfinished
    from tenants.scope import county_scope
    from tenants.services import add_village

    foreign = add_village(dongning, "三岔口镇", "东星村")
    before = goods.facts(wuchang, finished)
    with county_scope(wuchang), pytest.raises(Unfinished):
        services.save_draft(finished, by=manager, village_id=foreign.pk)
    assert goods.facts(wuchang, finished) == before

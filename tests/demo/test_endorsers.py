"""The demo's wall: invented people, real villages of the demo, goods that are there."""

import pytest

from demo.endorsements import people
from demo.province import counties

COUNTIES = {county.code: county for county in counties()}


@pytest.mark.parametrize("told", people(), ids=lambda told: told["name"])
def test_village_and_goods_are_there(told):
    county = COUNTIES[told["county"]]
    assert (told["township"], told["village"]) in {
        (township["name"], village) for township in county.townships for village in township["villages"]
    }
    for begins in told["goods"]:
        assert len([one for one in county.products if one["title"].startswith(begins)]) == 1
    assert "「" not in told["statement"]
    assert told["served"] + told["left"] <= 800


def test_there_are_at_least_twelve_in_as_many_counties():
    assert len([told for told in people() if not told.get("waiting")]) >= 12
    assert len({told["county"] for told in people()}) >= 12
    assert len({told["name"] for told in people()}) == len(people())


@pytest.mark.django_db
def test_they_come_once_and_stand_on_the_wall(wuchang, settings, tmp_path):
    from campaigns import selectors
    from campaigns.models import Endorsement
    from demo.endorsements import bring_in_the_endorsers
    from demo.opening import fill

    settings.PRIVATE_ROOT = str(tmp_path)
    fill(wuchang, COUNTIES["230184"], 0)
    assert bring_in_the_endorsers({"230184"}) == 2
    assert bring_in_the_endorsers({"230184"}) == 0
    assert [face.endorser.name for face in selectors.faces(selectors.people_on_the_wall())] == ["赵明远"]
    assert set(Endorsement.objects.values_list("state", flat=True)) == {"standing", "submitted"}

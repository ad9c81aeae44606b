"""What is frozen is no longer alive or fresh: another class."""

from datetime import date

import pytest

from branding.goods import find

DAY = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("冻鲫鱼", "29:鱼"),
        ("冷冻鲤鱼", "29:鱼"),
        ("冻狗鱼", "29:鱼"),
        ("冻鱼", "29:鱼"),
        ("冻虾", "29:虾仁"),
        ("冷冻蓝莓", "29:冻蓝莓"),
        ("速冻玉米", "29:冻玉米"),
        ("冻豆腐", "29:冻豆腐"),
        ("冻饺子", "30:饺子"),
        ("冻羊肉", "29:羊肉"),
    ],
)
def test_the_first_offer_is_what_it_is_when_frozen(typed, first):
    found = [good.key for good in find(typed, DAY)]
    assert found[0] == first
    assert not [key for key in found if key.startswith("31:")]


def test_alive_fresh_and_freeze_dried_are_found_as_before():
    assert find("鲫鱼", DAY)[0].key == "31:活鱼"
    assert find("蓝莓", DAY)[0].key == "31:蓝莓"
    assert "31:蓝莓" in [good.key for good in find("冻干蓝莓", DAY)]

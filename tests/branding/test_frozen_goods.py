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
        ("查干湖冻鲫鱼", "29:鱼"),
        ("鲫鱼（冷冻）", "29:鱼"),
        ("冰鲜鲤鱼", "29:鱼"),
        ("冻鸡", "29:鸡肉"),
        ("冻大鹅", "29:鹅肉"),
        ("冻水果", "29:冻水果"),
        ("冻草莓", "29:冻水果"),
        ("冻桃", "29:冻水果"),
        ("冻柿子", "29:冻梨"),
        ("速冻豆角", "29:速冻蔬菜"),
        ("冻土豆", "29:速冻蔬菜"),
        ("冷冻鲜玉米", "29:冻玉米"),
        ("速冻馒头", "30:馒头"),
        ("速冻蕨菜", "29:速冻蔬菜"),
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
    assert "31:蓝莓" in [good.key for good in find("冷冻干燥蓝莓", DAY)]
    assert find("果冻", DAY)[0].key == "29:果冻"
    assert find("冷冻猫粮", DAY)[0].key == "31:猫粮", "frozen, it is still that class"


def test_of_what_has_no_word_when_frozen_nothing_alive_is_offered():
    assert find("冻林蛙", DAY) == []


@pytest.mark.parametrize("typed", ["速冻", "冷冻"])
def test_half_typed_it_finds_what_begins_so(typed):
    found = find(typed, DAY)
    assert found
    assert all(any(name.startswith(typed) for name in good.names) for good in found)


def test_each_row_of_what_is_frozen_stands_on_goods_of_the_table_with_day_and_source():
    import csv

    from branding.goods import FROZEN_TABLE, frozen_on, rows

    with FROZEN_TABLE.open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    said = [row.word for row in rows()]
    processed = {row.word for row in rows() if row.nice_class != 31}
    for row in told:
        assert said.count(row["word"]) == 1, "one class, or another sense of the word would turn to ice"
        assert not row["frozen"] or row["frozen"] in processed
        assert "第 29 类" in row["source"]
    assert frozen_on(date(2025, 12, 31)) == {}

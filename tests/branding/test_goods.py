"""Goods in everyday words, and the class they fall into."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branding import goods
from branding.nice import nice_rows

TODAY = date(2026, 11, 22)
CLASSES = {29, 30, 31, 32, 33, 35, 39, 43}


def first(text):
    found = goods.find(text, TODAY)
    return (found[0].word, found[0].nice_class) if found else None


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("木耳", ("木耳", 29)),
        ("大米", ("大米", 30)),
        ("鲜果", ("鲜果", 31)),
        ("格瓦斯", ("格瓦斯", 32)),
        ("白酒", ("白酒", 33)),
        ("网店代销", ("网店代销", 35)),
        ("冷链运输", ("冷链运输", 39)),
        ("农家乐", ("农家乐", 43)),
    ],
)
def test_each_class_has_its_everyday_words(typed, wanted):
    assert first(typed) == wanted


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("土豆", "马铃薯"),
        ("苞米", "玉米"),
        ("毛嗑", "葵花籽"),
        ("小烧", "白酒"),
        ("笨鸡蛋", "鸡蛋"),
        ("里道斯", "红肠"),
    ],
)
def test_dialect_finds_the_common_word(said, word):
    assert first(said)[0] == word


@pytest.mark.parametrize(
    ("typed", "word"),
    [("heimuer", "木耳"), ("hme", "木耳"), ("dami", "大米"), ("DaMi", "大米"), ("njl", "农家乐"), ("fengmi", "蜂蜜")],
)
def test_letters_are_read_as_pinyin_or_initials(typed, word):
    assert first(typed)[0] == word


def test_a_longer_text_is_found_by_what_it_ends_with():
    assert first("东宁黑木耳") == ("木耳", 29)
    assert first("东北黑蜂椴树蜜") == ("蜂蜜", 30)


def test_what_is_sold_in_two_ways_is_found_in_both_classes():
    assert {row.nice_class for row in goods.find("榛子", TODAY)} >= {29, 31}
    assert all(row.hint for row in goods.find("榛子", TODAY)[:2])


@pytest.mark.parametrize("typed", ["", " ", "🍄", "……", "qqqqq", "拖拉机"])
def test_what_is_not_there_finds_nothing(typed):
    assert goods.find(typed, TODAY) == []


def test_the_table_has_three_hundred_words_over_its_classes_each_with_day_and_source():
    rows = goods.rows()
    assert len({row.word for row in rows}) >= 300
    assert {row.nice_class for row in rows} == CLASSES
    assert len({row.key for row in rows}) == len(rows)
    for row in rows:
        assert row.item
        assert row.source.endswith(f"第 {row.nice_class} 类")
        assert not row.group or (len(row.group) == 4 and int(row.group[:2]) == row.nice_class)


def test_a_word_counts_from_its_day():
    assert goods.find("大米", date(2025, 12, 31)) == []
    assert goods.good_of("30:大米", TODAY).item == "米"
    assert goods.good_of("29:大米", TODAY) is None


def test_a_newer_edition_takes_a_words_place(monkeypatch):
    from dataclasses import replace

    rice = goods.good_of("30:大米", TODAY)
    later = replace(rice, nice_class=31, valid_from=date(2027, 1, 1))
    kept = goods.rows()
    monkeypatch.setattr(goods, "rows", lambda: (*kept, later))
    goods.goods_on.cache_clear()
    try:
        assert goods.good_of("30:大米", date(2026, 12, 31)) is not None
        assert goods.good_of("30:大米", date(2027, 1, 1)) is None
        assert goods.good_of("31:大米", date(2027, 1, 1)) == later
    finally:
        goods.goods_on.cache_clear()


@pytest.mark.parametrize(
    ("category", "word"),
    [
        ("grain.rice", "大米"),
        ("fungus.wood-ear", "木耳"),
        ("honey.honey", "蜂蜜"),
        ("meat.egg", "鸡蛋"),
        ("drink.liquor", "白酒"),
        ("grain.oil", "大豆油"),
    ],
)
def test_the_word_and_the_goods_category_agree(category, word):
    """The ® gate asks by category, the case by word: they must not speak of different classes."""
    classes = {row.nice_class for row in nice_rows() if row.category == category}
    assert goods.find(word, TODAY)[0].nice_class in classes


@given(st.text(max_size=300))
def test_any_text_is_answered(text):
    assert len(goods.find(text, TODAY)) <= goods.MOST


def test_ten_kilobytes_are_answered():
    assert goods.find("木耳" * 5000, TODAY)
    assert goods.find("a" * 10_000, TODAY) == []

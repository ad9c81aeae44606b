"""One analysis for every text, however odd."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from search import words
from search.documents import literal
from search.highlight import highlight

ODD = [
    "",
    "\x00",
    "🌾" * 50,
    "'; DROP TABLE x; --",
    "a & b | !c <-> d:*",
    "\\'\\\\",
    "米" * 10_000,
    "ﬁ ½ ㎏ İ",
    "\ud7ff\u200b\u202e",
]


def test_dialect_words_have_their_common_name():
    for said, meant in (
        ("苞米", "玉米"),
        ("土豆", "马铃薯"),
        ("洋柿子", "西红柿"),
        ("番茄", "西红柿"),
        ("毛嗑", "葵花籽"),
        ("笨鸡蛋", "土鸡蛋"),
        ("大碴子", "玉米碴"),
    ):
        assert words.common_name(said) == meant
    assert len(words.synonyms()) >= 60


def test_a_common_name_is_never_a_dialect_word_itself():
    assert not set(words.synonyms()) & set(words.synonyms().values())


def test_a_text_is_found_by_words_pairs_and_characters():
    found = words.terms("五常大米 稻花香 2 号")
    assert {"五常", "大米", "稻花香", "稻花", "花香", "米", "2"} <= set(found)


def test_counties_and_goods_are_words():
    assert words.words("东宁黑木耳") in (["东宁", "黑木耳"], ["东宁黑木耳"])
    assert "杜尔伯特" in words.terms("杜尔伯特大鹅")


def test_full_width_and_capitals_are_folded():
    assert words.plain("ＮＦＣ　蓝莓汁\x00") == "nfc 蓝莓汁"


def test_pinyin_and_initials():
    assert (words.pinyin("五常大米"), words.initials("五常大米")) == ("wuchangdami", "wcdm")


def test_short_names_of_counties():
    assert [words.short_county(name) for name in ("五常市", "宾县", "杜尔伯特蒙古族自治县", "南岗区")] == [
        "五常",
        "宾县",
        "杜尔伯特",
        "南岗",
    ]


def test_highlight_escapes_what_is_not_ours():
    assert highlight("<b>五常大米</b>", "大米") == "&lt;b&gt;五常<mark>大米</mark>&lt;/b&gt;"
    assert highlight("苞米面", "玉米面") == "<mark>苞米面</mark>"
    assert highlight("<script>", "script") == "&lt;<mark>script</mark>&gt;"


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_have_terms_or_none(text):
    assert all(term and len(term) <= 40 for term in words.terms(text))
    words.ask(text)
    highlight(text, text)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
@example("İ" * 30)
def test_no_text_breaks_the_analysis(text):
    first, second = words.terms(text), words.terms(text)
    assert first == second
    assert "\x00" not in literal(dict.fromkeys(first, "A"))
    assert highlight(text, text).replace("<mark>", "").replace("</mark>", "").count("<") == 0
    words.pinyin(text[:30])

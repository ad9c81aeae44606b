"""What the pre-check says of a name: each rule with a name that passes and one that does not."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from branding import places, sign_words, signs, sounds
from branding.findings import ARTICLES, NOTE, STOP, WARN
from branding.goods import names_on

TODAY = date(2026, 11, 22)


def by_place(name, on=TODAY):
    return {one.code: one.severity for one in places.check(name, on)}


def by_word(name, on=TODAY):
    return {one.code: one.severity for one in signs.check(name, on)}


class TestPlaces:
    @pytest.mark.parametrize(
        "name",
        [
            "饶河",
            "饶河县",
            "饶河蜜语",
            "老饶河",
            "五常香",
            "宾县老窖",
            "哈尔滨人",
            "黑龙江红",
            "龙江福",
            "伊春",
            "杜尔伯特",
            "广西米",
            "云南人家",
            "大理石语",
            "台湾青",
            "南岗区人",
            "海伦之光",
            "双鸭山人",
            "黑龍江",
            "哈爾濱紅",
            "饒河",
            "東寧黑木耳",
            "烏魯木齊",
            "老饶河蜂蜜",
            "好五常大米",
            "北大荒饶河大米",
            "老大庆人家",
            "正宗饶河黑蜂蜜",
            "云山饶河木耳",
            "丰收饶河人",
            "Harbin",
            "HARBIN红肠",
            "HarbinRice",
            "Heilongjiang Rice",
            "Hei Long Jiang",
            "Xi'an Rice",
            "Hong Kong山",
        ],
    )
    def test_a_division_at_county_level_and_above_stops(self, name):
        assert STOP in by_place(name).values()

    @pytest.mark.parametrize(
        "name", ["山椴语", "稻乐", "三岔口", "兴凯湖", "石头河", "虎头", "四排人家", "北大荒", "镜泊湖畔"]
    )
    def test_villages_townships_and_waters_pass(self, name):
        assert by_place(name) == {}

    @pytest.mark.parametrize("name", ["和平鸽", "木兰", "友谊林", "方正印象", "凤凰岭"])
    def test_a_name_that_also_means_something_else_only_warns(self, name):
        assert by_place(name) == {"place_meaning": WARN}

    def test_the_full_name_means_nothing_else(self):
        assert by_place("方正县印象")["place"] == STOP

    def test_a_districts_short_name_warns(self):
        assert by_place("南岗人家") == {"place_district": WARN}

    @pytest.mark.parametrize("name", ["山饶河谷", "林饶河语", "好运城堡", "小东宁静"])
    def test_two_hanzi_in_the_middle_may_be_read_otherwise(self, name):
        """Something of its own on both sides, or a word (好运, 宁静) that takes one of the two."""
        assert by_place(name) == {"place_inside": WARN}

    @pytest.mark.parametrize(
        ("name", "river", "place"),
        [
            ("乌苏里江", "乌苏里江", "乌苏"),
            ("乌苏里江畔", "乌苏里江", "乌苏"),
            ("老长白山人家", "长白山", "长白"),
            ("祁连山泉", "祁连山", "祁连"),
            ("乌苏里江边乌苏里江", "乌苏里江", "乌苏"),
            ("三江口渔家", "三江口", "三江"),
            ("龙凤山人家", "龙凤山", "龙凤"),
            ("伊春河畔", "伊春河", "伊春"),
        ],
    )
    def test_a_river_or_a_mountain_is_not_the_division_in_its_name(self, name, river, place):
        (found,) = [one for one in places.check(name, TODAY) if one.code.startswith("place")]
        assert (found.code, found.severity) == ("place_natural", WARN)
        assert f"“{river}”是江河山湖的名字，里面的“{place}”" in found.reason

    @pytest.mark.parametrize("name", ["乌苏", "乌苏江", "长白", "长白乌苏里江", "乌苏里江饶河", "武夷山"])
    def test_the_division_beside_it_still_stops(self, name):
        assert STOP in by_place(name).values()

    def test_every_river_of_the_table_holds_a_division_and_only_warns(self):
        for river in places.words_of("natural", TODAY):
            assert by_place(river) == {"place_natural": WARN}, river

    def test_the_reason_says_which_place_and_the_mend_names_the_collective_mark(self):
        (one,) = places.check("饶河蜜语", TODAY)
        assert "黑龙江省双鸭山市饶河县" in one.reason
        assert "集体商标或证明商标" in one.mend
        assert one.article == "《商标法》第十条第二款"

    @pytest.mark.parametrize(
        ("name", "severity"), [("heilongjiang", STOP), ("HaErBin", STOP), ("guilin", STOP), ("raohe", NOTE)]
    )
    def test_pinyin_of_places(self, name, severity):
        assert list(by_place(name).values()) == [severity]

    @pytest.mark.parametrize(
        ("name", "severity"),
        [("Raohe蜂蜜", NOTE), ("Ráohé", NOTE), ("Rao He Rice", NOTE), ("Dalian Hua", STOP), ("Da Lian Hua", NOTE)],
    )
    def test_pinyin_is_read_by_whole_words(self, name, severity):
        """单独的音节旁边还有音节的，可能是别的字：Da Lian Hua is 大莲花 too."""
        assert severity in by_place(name).values()
        assert STOP not in by_place(name).values() or severity == STOP

    @pytest.mark.parametrize(
        "name", ["heilongjiangrice", "Raohey", "harbinger", "Shan Duan Yu", "Jieti Farm", "乾坤", "山椴語"]
    )
    def test_a_part_of_another_word_is_no_place(self, name):
        assert by_place(name) == {}

    def test_a_hanzi_in_use_on_its_own_folds_to_nothing(self):
        """乾安 is a county, whatever 乾 stands for elsewhere."""
        assert by_place("乾安") == {"place": STOP}

    def test_no_name_of_the_tables_is_folded_away(self):
        known = {*places.places(), *(row.word for row in sign_words.rows()), *(word for word, _ in names_on(TODAY))}
        assert {name for name in known if sounds.plain(name) not in (name, name.casefold())} - {
            name for name in known if not name.isalnum()
        } == set()

    @pytest.mark.parametrize("name", ["shanduanyu", "jieti"])
    def test_other_letters_pass(self, name):
        assert by_place(name) == {}

    def test_a_provinces_single_letter_alone_stops_within_a_word_not(self):
        assert by_place("黑") == {"place_letter": STOP}
        assert by_place("黑土情") == {}

    def test_all_of_china_is_known(self):
        known = places.places()
        assert {"饶河", "五常市", "乌鲁木齐", "喀什", "延边", "内蒙古", "锡林郭勒", "凉山", "西双版纳"} <= known.keys()
        assert len(known) > 5000


class TestWords:
    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("中国蜜", "state"),
            ("中國", "state"),
            ("中國紅", "state"),
            ("CHINA红", "state"),
            ("China Rice", "state"),
            ("Zhong Guo", "state"),
            ("Olympic Rice", "world"),
            ("Red Cross米", "cross"),
            ("觀音泉", "moral"),
            ("PRC", "state"),
            ("天安门", "state"),
            ("美国红", "foreign"),
            ("莫斯科列巴", "foreign_place"),
            ("奥运米", "world"),
            ("质量免检", "official"),
            ("红十字", "cross"),
            ("老毛子列巴", "race"),
            ("第一犁", "deceptive"),
            ("抗癌菇", "deceptive"),
            ("特供稻", "deceptive"),
            ("赌王", "moral"),
            ("观音泉", "moral"),
            ("雷锋粮", "person"),
            ("杨靖宇", "hero"),
            ("赵一曼故里", "hero"),
            ("稻乐合作社", "entity"),
        ],
    )
    def test_forbidden_words_stop(self, name, code):
        assert by_word(name)[code] == STOP

    @pytest.mark.parametrize(
        "name", ["山椴语", "稻乐", "雪里青", "佟家屯", "黑蜂物语", "大马哈湾", "二奶奶家", "小三江"]
    )
    def test_names_of_ones_own_pass(self, name):
        assert STOP not in by_word(name).values()

    @pytest.mark.parametrize("name", ["Machina", "Chinatown", "who cares", "japanned"])
    def test_a_forbidden_word_within_another_is_none(self, name):
        assert STOP not in by_word(name).values()

    @pytest.mark.parametrize("name", ["国酒坊", "绿色家园", "禅茶坊", "好吃不贵吧"])
    def test_doubtful_words_warn(self, name):
        assert WARN in by_word(name).values()

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("大米", "generic"),
            ("木耳", "generic"),
            ("苞米", "generic"),
            ("优质大米", "descriptive_only"),
            ("农家土鸡蛋", "descriptive_only"),
            ("寒地黑土", "descriptive_only"),
            ("饶河黑木耳", "descriptive_only"),
            ("香", "descriptive_only"),
            ("123", "simple"),
            ("A", "simple"),
            ("🍄🍄", "empty"),
            ("！！", "empty"),
        ],
    )
    def test_what_tells_nobodys_goods_stops(self, name, code):
        assert by_word(name)[code] == STOP

    @pytest.mark.parametrize(
        "name",
        [
            "木耳王",
            "大米之王",
            "饶河木耳王",
            "鲜美",
            "香甜",
            "黑蜂",
            "东北黑蜂蜂蜜",
            "稻花香大米",
            "米王",
            "耳皇",
            "粮状元",
            "香米",
            "蜜",
            "人参",
            "野生人参",
            "地道",
            "椴树",
        ],
    )
    def test_goods_with_praise_their_kind_or_their_taste_tell_nobodys_goods(self, name):
        assert STOP in {
            one.severity for one in signs.check(name, TODAY) if one.code in {"descriptive_only", "generic"}
        }, name

    @pytest.mark.parametrize("name", ["好米", "米香", "甜蜜", "新茶"])
    def test_a_taste_and_goods_of_one_hanzi_warn(self, name):
        assert by_word(name) == {"plain": WARN}

    @pytest.mark.parametrize("name", ["小鹿", "香米坊", "人参娃娃", "果香园", "女王"])
    def test_what_says_more_than_goods_and_taste_does_not(self, name):
        assert {"plain", "descriptive_only", "generic"}.isdisjoint(by_word(name))

    @pytest.mark.parametrize("name", ["牛魔王", "王家屯", "霸王花开"])
    def test_praise_behind_what_is_no_goods_is_a_name(self, name):
        assert "descriptive_only" not in {one.code for one in signs.check(name, TODAY)}

    @pytest.mark.parametrize("name", ["茅台", "福临门", "小茅台镇的米", "Moutai Rice", "九三豆油"])
    def test_what_everybody_knows_warns(self, name):
        (found,) = [one for one in signs.check(name, TODAY) if one.code == "famous"]
        assert (found.severity, found.article) == (WARN, "《商标法》第十三条")
        assert "在国家商标局网上查清楚" in found.mend

    @pytest.mark.parametrize("name", ["一九三五", "山海天成", "moutain"])
    def test_a_known_mark_inside_other_words_is_none(self, name):
        assert "famous" not in by_word(name)

    def test_a_description_beside_a_name_is_only_noted(self):
        assert by_word("山椴语优质蜂蜜") == {"descriptive": NOTE}

    def test_a_sentence_is_too_long(self):
        assert by_word("我们村里的人都喜欢在冬天里唱歌")["long"] == WARN

    def test_the_longer_word_is_said_not_what_stands_in_it(self):
        (one,) = [one for one in signs.check("全国第一犁", TODAY) if one.code == "deceptive"]
        assert "全国第一" in one.reason

    def test_a_word_counts_within_its_dates(self, monkeypatch):
        from dataclasses import replace

        word = replace(
            sign_words.rows()[0], word="试试看", kind="moral", match="part", severity=STOP, valid_to=date(2026, 12, 31)
        )
        monkeypatch.setattr(sign_words, "rows", lambda: (word,))
        sign_words.words_on.cache_clear()
        try:
            assert by_word("试试看吧", date(2019, 10, 31)).get("moral") is None
            assert by_word("试试看吧", date(2026, 12, 31))["moral"] == STOP
            assert by_word("试试看吧", date(2027, 1, 1)).get("moral") is None
        finally:
            sign_words.words_on.cache_clear()

    def test_every_row_has_a_day_a_source_an_article_and_its_sentences(self):
        for row in sign_words.rows():
            assert row.source
            assert row.article in ARTICLES
            assert row.match in signs.FITS
            assert row.severity in {STOP, WARN, NOTE}
            if row.kind != sign_words.DESCRIPTIVE:
                assert row.word in signs.sentences(row.kind, row.word)[0]


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("饶河山椴语蜂蜜", "山椴语"),
        ("山椴语", "山椴语"),
        ("优质大米", ""),
        ("绿色有机山椴语", "山椴语"),
        ("稻乐合作社", "稻乐"),
        ("五常稻乐大米", "稻乐"),
    ],
)
def test_county_and_goods_are_taken_off_a_name(name, core):
    assert signs.core(name, TODAY) == core


def test_every_finding_says_why_by_which_article_and_how_to_mend_it():
    for name in ("饶河蜜语", "中国蜜", "大米", "和平鸽", "raohe", "优质山椴语"):
        for one in (*places.check(name, TODAY), *signs.check(name, TODAY)):
            assert one.reason.endswith("。")
            assert one.mend.endswith("。")
            assert one.article.startswith("《商标法》")


@settings(max_examples=300)
@given(st.text(max_size=60))
def test_any_text_is_judged(text):
    for one in (*places.check(text, TODAY), *signs.check(text, TODAY)):
        assert one.severity in {STOP, WARN, NOTE}


@pytest.mark.parametrize("text", ["饶河" * 5000, "🍄" * 2500, "a" * 10_000, "\x00\ud800", "𠮷" * 3000, "' OR 1=1 --"])
def test_ten_kilobytes_and_odd_signs_are_judged(text):
    places.check(text, TODAY)
    signs.check(text, TODAY)

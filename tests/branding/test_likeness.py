"""Likeness with every case of the province, and the keys that make it a look-up."""

import threading
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branding import likeness, sounds
from branding.findings import NOTE, STOP, WARN
from branding.models import Brand, BrandKey

TODAY = date(2026, 11, 22)


def case(name, state="filed", classes=(30,), county="231086", **more):
    return Brand.objects.create(county_code=county, state=state, name=name, nice_classes=list(classes), **more)


def how(name, **more):
    return [(one.how, one.name) for one in likeness.alike(name, **more)]


@pytest.mark.django_db
class TestAlike:
    @pytest.mark.parametrize(
        ("kept", "typed", "wanted"),
        [
            ("山椴语", "山椴语", "same"),
            ("Jieti", "JIETI", "same"),
            ("山椴语", "饶河山椴语蜂蜜", "core"),
            ("五常稻乐大米", "稻乐", "core"),
            ("五常稻乐大米", "饶河稻乐蜂蜜", "core"),
            ("山椴语", "山缎语", "toned"),
            ("山椴语", "闪断雨", "sound"),
            ("山椴语", "shanduanyu", "sound"),
            ("山椴语", "山椴香", "one"),
            ("山椴语", "山椴语林", "one"),
            ("山椴语林", "山椴林", "one"),
            ("山椴语", "山椴", "one"),
            ("佟家屯", "屯家佟", "reversed"),
            ("稻乐", "乐稻", "reversed"),
            ("山椴语蜂蜜", "语椴山", "reversed"),
            ("山椴语蜂蜜", "语椴山蜂蜜", "reversed"),
            ("语椴山", "饶河山椴语蜂蜜", "reversed"),
            ("稻乐", "稻兴", "half"),
            ("山椴语", "山椴語", "same"),
            ("龍鳳莊", "龙凤庄", "same"),
            ("饒河山椴語蜂蜜", "山椴语", "core"),
        ],
    )
    def test_a_near_name_is_found_and_how_near(self, kept, typed, wanted):
        case(kept)
        assert how(typed) == [(wanted, kept)]

    @pytest.mark.parametrize("typed", ["雪里青", "山椴", "山水语木", "语山", "", "🍄"])
    def test_a_far_name_is_not(self, typed):
        case("山椴语林")
        assert how(typed) == []

    def test_two_letters_of_latin_are_no_likeness(self):
        case("abcd")
        assert how("abce") == []

    def test_each_case_is_named_once_by_its_nearest_name(self):
        case("山椴语", state="idea", candidates=["山椴语", "山椴雨", "山椴香"])
        assert how("山椴雨") == [("same", "山椴雨")]

    def test_the_nearest_stand_first_and_the_case_itself_is_left_out(self):
        own = case("山椴语")
        case("山椴香")
        case("山缎语")
        assert how("山椴语", but=own.pk) == [("toned", "山缎语"), ("one", "山椴香")]

    def test_what_is_found_is_what_a_walk_over_all_names_finds(self):
        from tests.bench.likeness import naive, names

        kept = list(names(400, seed=7))
        Brand.objects.bulk_create(Brand(county_code="231086", state="filed", name=name) for name in kept)
        likeness.rebuild()
        for typed in list(names(60, seed=8)) + kept[:20]:
            found = {one.name for one in likeness.alike(typed) if one.how != "half"}
            assert found == naive(typed, kept), typed


@pytest.mark.django_db
class TestKeys:
    def test_they_follow_the_names_of_a_case(self):
        brand = case("山椴语", state="idea", candidates=["山椴语", "椴林深"])
        assert set(brand.keys.values_list("name", flat=True)) == {"山椴语", "椴林深"}
        brand.candidates, brand.name = ["椴林深"], "椴林深"
        brand.save()
        assert how("山椴语") == []
        assert how("椴林深") == [("same", "椴林深")]

    def test_only_the_filed_name_stays_and_a_given_up_one_is_free(self):
        brand = case("山椴语", state="prepared", candidates=["山椴语", "椴林深"])
        brand.move("filed")
        assert how("椴林深") == []
        assert how("山椴语") == [("same", "山椴语")]
        brand.move("withdrawn")
        assert how("山椴语") == []

    def test_a_save_of_other_fields_touches_no_key(self, django_assert_num_queries):
        brand = case("山椴语")
        with django_assert_num_queries(1):
            brand.save(update_fields=["meaning"])

    def test_cases_from_before_the_keys_get_theirs(self):
        from django.apps import apps

        from branding.precheck_entries import _keys_of_this_release

        Brand.objects.bulk_create([Brand(county_code="231086", state="filed", name="山椴语")])
        assert how("山椴语") == []
        _keys_of_this_release(apps.get_app_config("branding"))
        assert how("山椴语") == [("same", "山椴语")]

    def test_keys_of_older_tables_are_written_anew_and_no_others(self):
        brand, other = case("山椴語"), case("椴林深")
        untouched = set(other.keys.values_list("pk", flat=True))
        brand.keys.all().delete()
        brand.keys.create(name="山椴語", kind="hanzi", key="山椴語")  # what a release without the fold kept
        assert how("山椴语") == []
        assert (likeness.keep_up(), likeness.keep_up()) == (1, 0)
        assert how("山椴语") == [("same", "山椴語")]
        assert set(other.keys.values_list("pk", flat=True)) == untouched

    def test_the_worker_looks_at_them_once_a_day(self, monkeypatch):
        from django.core.cache import caches

        from branding.services import watching

        caches["shared"].clear()
        Brand.objects.bulk_create([Brand(county_code="231086", state="filed", name="山椴语")])
        assert watching.keep_keys_up() == 1
        BrandKey.objects.all().delete()
        assert watching.keep_keys_up() == 0
        monkeypatch.setattr(watching.clock, "today", lambda: TODAY.replace(year=2031))
        assert watching.keep_keys_up() == 1

    @given(st.text(max_size=60))
    def test_any_text_has_keys_that_fit(self, text):
        for one in likeness.keys_of(text, TODAY):
            assert len(one.key) <= 80


@pytest.mark.django_db
class TestFindings:
    def found(self, name, classes=(30,), own=None):
        from branding import precheck

        return {one.code: one for one in precheck.check([name], classes, own) if one.code.startswith("like")}

    @pytest.mark.parametrize(
        ("typed", "code", "severity"),
        [
            ("山椴语", "like_same", STOP),
            ("山缎语", "like_toned", STOP),
            ("闪断雨", "like_sound", STOP),
            ("山椴香", "like_one", WARN),
            ("语椴山", "like_reversed", WARN),
        ],
    )
    def test_how_grave_it_is_on_the_same_goods(self, typed, code, severity):
        case("山椴语")
        assert self.found(typed)[code].severity == severity

    def test_one_of_four_signs_leaves_the_same_name(self):
        case("山椴语林")
        assert self.found("山椴语木")["like_one"].severity == STOP

    def test_on_other_goods_it_is_milder_and_says_so(self):
        case("山椴语", classes=(33,))
        one = self.found("山椴语")["like_same"]
        assert one.severity == WARN
        assert "第 33 类，和这件不是一类" in one.reason

    def test_before_the_goods_are_known_it_is_as_if_they_met(self):
        case("山椴语", classes=(33,))
        one = self.found("山椴语", classes=())["like_same"]
        assert one.severity == STOP
        assert "先按同类看" in one.reason

    @pytest.mark.parametrize(
        ("state", "severity"),
        [("idea", WARN), ("refused", WARN), ("lapsed", WARN), ("checked", STOP), ("registered", STOP)],
    )
    def test_where_the_other_stands_counts(self, state, severity):
        case("山椴语", state=state)
        assert self.found("山椴语")["like_same"].severity == severity

    def test_a_withdrawn_one_counts_no_more(self):
        case("山椴语", state="withdrawn")
        assert self.found("山椴语") == {}

    @pytest.mark.parametrize("state", ["lapsed", "withdrawn"])
    def test_a_registered_name_bars_others_for_a_year_after_its_end(self, state, monkeypatch):
        """商标法 §50, cancelled or given back alike; the day is the closing document's."""
        from datetime import datetime

        from kernel import clock

        brand = case("山椴语", state=state, registered_on=date(2020, 5, 14))
        kind = "cancelled" if state == "lapsed" else "surrender"
        brand.notices.create(kind=kind, dated=date(2026, 6, 1), from_state="registered", to_state=state, at=clock.now())
        at = {}
        monkeypatch.setattr(clock, "now", lambda: datetime(*at["day"], 9, tzinfo=clock.SHANGHAI))
        at["day"] = (2027, 6, 1)
        one = self.found("山椴语")["like_same"]
        assert (one.severity, one.article) == (WARN, "《商标法》第五十条")
        assert "不满一年" in one.mend
        at["day"] = (2027, 6, 2)
        assert self.found("山椴语") == {}

    def test_an_application_that_fell_is_not_judged_by_the_year(self):
        case("山椴语", state="lapsed")
        assert self.found("山椴语")["like_same"].article == "《商标法》第三十条"

    def test_ones_own_mark_is_only_noted(self):
        own = case("山椴语林", state="idea", county="230184", producer_id=7)
        case("山椴语", county="230184", producer_id=7)
        one = self.found("山椴语", own=own)["like_same"]
        assert one.severity == NOTE
        assert "自己家的" in one.reason

    def test_what_another_still_prepares_is_not_told_by_name_or_county(self):
        case("山椴语", state="idea")
        one = self.found("山椴雨")["like_toned"]
        assert "山椴语" not in one.reason
        assert "东宁" not in one.reason
        case("林海雪", state="filed")
        assert "东宁市的“林海雪”" in self.found("林海血")["like_sound"].reason

    def test_five_are_told_and_the_rest_counted(self):
        for sign in "甲乙丙丁戊己庚":
            case(f"山椴{sign}")
        from branding import precheck

        found = [one for one in precheck.check(["山椴语"], [30]) if one.code == "like_one"]
        assert len(found) == 5
        assert "另外还有 2 个" in found[-1].reason

    def test_a_place_name_registered_already_goes_on(self):
        case("五常稻语", state="registered", county="230184", producer_id=7)
        own = case("五常稻语", state="idea", county="230184", producer_id=7)
        from branding import precheck

        places = [one for one in precheck.check(["五常稻语"], [30], own) if one.code == "place"]
        assert [one.severity for one in places] == [NOTE]
        assert [one.severity for one in precheck.check(["五常稻语"], [30]) if one.code == "place"] == [STOP]


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    """The keys are written under the lock of the case's own row, which is read again."""

    def race(self, brand, names):
        from django.db import connection, connections

        gate = threading.Barrier(len(names))

        def save(name):
            connection.set_schema_to_public()
            row = Brand.objects.get(pk=brand.pk)
            row.name, row.candidates = name, [name]
            gate.wait()
            row.save()
            connections.close_all()

        threads = [threading.Thread(target=save, args=[name]) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def test_two_savers_leave_the_keys_of_the_row_that_stayed(self):
        for round_ in range(6):
            brand = case("山椴语", state="idea", candidates=["山椴语"])
            self.race(brand, [f"林海{sign}" for sign in "雪语香风"[: 2 + round_ % 3]])
            brand.refresh_from_db()
            kept = list(BrandKey.objects.filter(brand=brand).values_list("name", "kind", "of_core", "key"))
            assert {name for name, *_rest in kept} == {brand.name}
            assert len(kept) == len(set(kept)) == len(likeness.keys_of(brand.name, TODAY))
            brand.delete()

    def test_without_the_lock_keys_would_be_left_behind(self):
        """The mutant: each saver writes its own keys without looking at the row again."""
        from django.db.models.signals import post_save, pre_save

        post_save.disconnect(sender=Brand, dispatch_uid="brand keys")
        gate = threading.Barrier(2)

        def early(sender, instance, update_fields=None, **_):
            wanted = likeness.names_of(instance)
            kept = set(instance.keys.values_list("name", flat=True))
            gate.wait()
            instance.keys.filter(name__in=kept - set(wanted)).delete()
            BrandKey.objects.bulk_create(row for name in wanted for row in likeness.rows_of(instance.pk, name, TODAY))

        brand = case("山椴语", state="idea", candidates=["山椴语"])
        pre_save.connect(early, sender=Brand)
        try:
            self.race(brand, ["林海雪", "林海语"])
        finally:
            pre_save.disconnect(early, sender=Brand)
            post_save.connect(likeness.keep_saved, sender=Brand, dispatch_uid="brand keys")
        assert set(BrandKey.objects.filter(brand=brand).values_list("name", flat=True)) == {"林海雪", "林海语"}


@pytest.mark.django_db(transaction=True)
class TestTwoHandIns:
    """Two villages hand in one name at once: one of them is told."""

    def hand_in_both(self, wuchang, village, team):
        from django.db import connection, connections

        from branding.errors import Stopped
        from branding.services import cases
        from tests.branding import roads

        pair = [roads.draft(wuchang, village, by=team, owner_name=f"{who}合作社") for who in ("东屯", "西屯")]
        gate, stopped = threading.Barrier(2), []

        def hand_in(brand):
            connection.set_schema_to_public()
            gate.wait()
            try:
                cases.submit_case(brand, by=team)
            except Stopped as refusal:
                stopped.append(str(refusal))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=hand_in, args=[brand]) for brand in pair]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return stopped, Brand.objects.filter(state="checked").count()

    def test_the_second_sees_the_first(self, papers_room, wuchang, village, team):
        stopped, handed_in = self.hand_in_both(wuchang, village, team)
        assert handed_in == 1
        assert "同名" in stopped[0]

    def test_without_the_lock_both_would_pass(self, papers_room, wuchang, village, team, monkeypatch):
        """The mutant: instead of waiting for each other they only wait until both are inside."""
        both = threading.Barrier(2)
        monkeypatch.setattr(likeness, "hold_hand_ins", both.wait)
        assert self.hand_in_both(wuchang, village, team) == ([], 2)


OTHER_FORMS = """
    産产 豔艳 艶艳 鶏鸡 菓果 沢泽 豊丰 気气 広广 蔵藏 緑绿 郷乡 衞卫 甕瓮 罎坛 鑛矿 鉱矿 牀床 甦苏 煑煮 燻熏 鬭斗
    楽乐 栄荣 円圆 桜樱 辺边 斎斋 亀龟 麺面 糉粽 餻糕 餹糖 鰕虾 燉炖 滷卤 蠔蚝 醃腌 鎌镰 巖岩 嶽岳 舘馆 舖铺 説说
    霊灵 靑青 鉄铁 薬药 菴庵 稲稻 穂穗 満满 渓溪 様样 権权 児儿 図图 団团 売卖 実实 戦战 収收 処处 両两 亜亚 関关
    蓆席 綉绣
"""


def test_signs_of_taiwan_hong_kong_and_japan_read_as_ours():
    pairs = OTHER_FORMS.split()
    assert len(pairs) >= 40
    assert [pair for pair in pairs if sounds.plain(pair[0]) != pair[1]] == []


def test_what_folds_is_no_sign_that_stands_here_itself():
    """A name of a division, or a sign of GB 2312, that folded would be found under another name."""
    from branding import places
    from branding.goods import names_on

    folds = sounds._simplified()
    assert [name for name in places.places() if any(ord(sign) in folds for sign in name)] == []
    assert [word for word, _row in names_on(date(2026, 11, 23)) if any(ord(sign) in folds for sign in word)] == []
    assert [sign for sign in "喆昇祐珪甪乾著" if ord(sign) in folds] == []
    assert [sign for sign in folds.values() if ord(sign) in folds] == []

"""The form and the report of a check: for the village, the designer and the desk, each at their door."""

import re
from datetime import date, datetime

import pytest

from tests.branding import packages
from tests.factories.people import client_for, make_person

RICE = {
    "printed_on": "2026-11-22",
    "processing": "made",
    "price": "68",
    "content0-name": "大米",
    "content0-grams": "2500",
    "content0-pieces": "1",
    "content0-kind": "grain",
    "layer0-name": "内袋",
    "layer0-length": "280",
    "layer0-width": "190",
    "layer0-height": "60",
    "layer0-cost": "1.50",
    "layer0-touches": "on",
    "layer1-name": "盒",
    "layer1-length": "300",
    "layer1-width": "200",
    "layer1-height": "200",
    "layer1-cost": "9",
    "label_name": "五常大米",
    "label_ingredients": "配料：稻谷",
    "label_net": "净含量：2.5 kg",
    "label_maker": "稻乐合作社",
    "label_address": "五常市龙凤山镇兴源村",
    "label_contact": "0451-55550101",
    "label_made_on": "见袋口喷码",
    "label_shelf_life": "12 个月",
    "label_best_before": "见袋口喷码",
    "label_storage": "阴凉干燥处",
    "label_licence": "SC10123018400014",
    "label_standard": "GB/T 1354",
    "shelf_life_months": "12",
    "nutrition": ["energy", "protein", "fat", "saturated", "carbohydrate", "sugar", "sodium", "reminder"],
}
TOO_LARGE = {**RICE, "layer1-length": "400", "layer1-width": "300", "layer1-height": "150"}


@pytest.fixture(autouse=True)
def the_day(db):
    """``the_day(date)`` sets the clock to a day's noon; it begins at the day the packages here are printed."""
    from django.utils import timezone

    from kernel import clock

    def to(day):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=clock.SHANGHAI)
        clock.shift(noon - timezone.now())

    to(date(2026, 11, 22))
    return to


@pytest.fixture
def who(wuchang):
    return packages.cast(wuchang)


def with_print_file(who):
    from branding.models import PackageRequest
    from branding.services import packaging

    case = packages.until(who, "chosen")
    packaging.add_print_file(case, packages.pdf(), by=who.designer)
    return PackageRequest.objects.get(pk=case.pk)


def doors(who, case):
    """Who may check a package, and where."""
    return {
        "designer": (who.designer, f"/studio/{case.pk}/compliance/"),
        "officer": (who.officer, f"/desk/packages/{case.pk}/compliance/"),
        "village": (who.team, f"/c/{who.county.slug}/desk/packages/{case.pk}/compliance/"),
    }


def test_the_three_have_each_their_door_and_the_brief_fills_the_form(who):
    case = with_print_file(who)
    for name, (user, path) in doors(who, case).items():
        answer = client_for(user).get(path)
        assert answer.status_code == 200, name
        page = answer.content.decode()
        assert case.product_name in page
        assert f'value="{case.net_grams}"' in page
    for user, path in (
        (who.supervisor, doors(who, case)["village"][1]),
        (make_person("auditor"), doors(who, case)["officer"][1]),
    ):
        assert client_for(user).get(path).status_code in {403, 404}


def test_a_try_shows_the_sum_and_records_nothing(who):
    case = with_print_file(who)
    page = client_for(who.designer).post(f"/studio/{case.pk}/compliance/", TOO_LARGE | {"act": "try"})
    words = page.content.decode()
    assert "(18,000 − 4.5 × 2,500) ÷ 18,000 = 37.5% &gt; 30%" in words
    assert "16,071" in words
    assert "GB 23350-2021 表 1" in words
    assert "2027-03-16 起用，也合格" in words
    assert not case.runs.exists()


def test_what_fails_is_recorded_and_the_mended_one_freezes_the_files(who):
    case = with_print_file(who)
    browser = client_for(who.designer)
    answer = browser.post(f"/studio/{case.pk}/compliance/", TOO_LARGE | {"act": "record"})
    run = case.runs.get()
    assert answer.headers["Location"].endswith(f"/studio/{case.pk}/compliance/{run.pk}/")
    assert not run.passed
    assert [one["title"] for one in run.findings if one["verdict"] == "fail"] == ["包装空隙率"]
    case.refresh_from_db()
    assert case.state == "chosen"
    again = browser.get(f"/studio/{case.pk}/compliance/").content.decode()
    assert 'value="400"' in again
    assert "SC10123018400014" in again
    browser.post(f"/studio/{case.pk}/compliance/", RICE | {"act": "record"})
    case.refresh_from_db()
    assert case.state == "compliance"
    newest = case.runs.first()
    assert newest.passed
    assert newest.edition == "GB 7718-2011、GB 28050-2011"


def test_the_report_is_read_by_the_village_and_the_desk(who):
    case = with_print_file(who)
    client_for(who.designer).post(f"/studio/{case.pk}/compliance/", TOO_LARGE | {"act": "record"})
    run = case.runs.get()
    for name, (user, path) in doors(who, case).items():
        answer = client_for(user).get(f"{path}{run.pk}/")
        assert answer.status_code == 200, name
        assert "37.5%" in answer.content.decode()
    other = packages.draft(who)
    assert (
        client_for(who.team).get(f"/c/{who.county.slug}/desk/packages/{other.pk}/compliance/{run.pk}/").status_code
        == 404
    )


def test_what_asks_for_a_person_passes_only_under_two_names(who):
    """Rice in the row of vegetables: 12 000 cm³ × 0.7 ÷ 2 500 = 3.36 is the least factor that passes."""
    case = with_print_file(who)
    browser = client_for(who.designer)
    path = f"/studio/{case.pk}/compliance/"
    browser.post(path, ASKS)
    assert not case.runs.first().passed
    assert "不小于 3.36" in case.runs.first().findings[0]["words"]
    for wrong, said in (
        ({"asks_looked_up": "on"}, "逐条写"),
        ({"figure_void": "4.5"}, "写一句核了什么"),
        ({"figure_void": "4.5", "read_void": "核过了"}, "写明在原文哪一条"),
        ({"read_void": "附录 A 表 A.1"}, "写上原文里读到的数"),
        ({"figure_void": "3.35", "read_void": "附录 A 表 A.1"}, "照 3.35 不合格：要 3.36 以上"),
        ({"figure_void": "61", "read_void": "附录 A 表 A.1"}, "比标准公布的最大的数 60.0 还大"),
        ({"content0-factor": "61", "figure_void": "4.5", "read_void": "附录 A 表 A.1"}, "附录 A 里最大的系数是 60.0"),
    ):
        page = browser.post(path, ASKS | wrong, follow=True).content.decode()
        assert said in page, wrong
        assert not case.runs.first().passed, wrong
        assert "read" not in case.runs.first().findings[0]
    browser.post(path, ASKS | READ)
    newest = case.runs.first()
    assert (newest.outcome, newest.passed) == ("waits", False)
    assert newest.facts["read"] == {"void": "3.36 · 附录 A 表 A.1 蔬菜制品"}
    case.refresh_from_db()
    assert (case.state, case.frozen_sha256) == ("chosen", "")
    confirmed(who, case)
    case.refresh_from_db()
    assert case.state == "compliance"
    newest.refresh_from_db()
    assert (newest.outcome, newest.by_name, newest.second_by_name) == ("passed", "何设计", "包装专员")


def confirmed(who, case):
    run = case.runs.first()
    return client_for(who.officer).post(
        f"/desk/packages/{case.pk}/compliance/{run.pk}/second/",
        {"answer": "yes", "words": "对照 GB 23350-2021 附录 A，一致"},
        follow=True,
    )


def test_the_county_reads_at_the_signature_what_was_read_in_the_standard_by_whom(who):
    case = with_print_file(who)
    client_for(who.designer).post(f"/studio/{case.pk}/compliance/", ASKS | READ)
    confirmed(who, case)
    there = f"/c/{who.county.slug}/desk/packages/{case.pk}/"
    for path in ("sign/", f"compliance/{case.runs.get().pk}/"):
        page = client_for(who.supervisor).get(there + path).content.decode()
        assert "何设计 2026-11-22 12:00 核过：" in page, path
        assert "3.36 · 附录 A 表 A.1 蔬菜制品" in page, path
        assert "包装专员 2026-11-22 12:00 复核，和原文一致：" in page, path
        assert "对照 GB 23350-2021 附录 A，一致" in page, path


def test_the_form_asks_line_by_line_and_only_after_a_try(who):
    case = with_print_file(who)
    browser = client_for(who.designer)
    path = f"/studio/{case.pk}/compliance/"
    assert "read_void" not in browser.get(path).content.decode()
    page = browser.post(path, ASKS | {"act": "try"}).content.decode()
    assert 'name="figure_void"' in page
    assert 'name="read_void"' in page
    assert "写一句核了什么" not in page
    page = browser.post(path, ASKS | {"act": "try", "figure_void": "2"}).content.decode()
    assert "照 2 不合格" in page
    assert 'value="2"' in page
    assert "read_void" not in browser.post(path, RICE | {"act": "try"}).content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"layer1-cost": ""}, "写上盒的成本"),
        ({"price": "0"}, "写卖价"),
        ({"content0-name": "", "content0-grams": "", "content0-pieces": "", "content0-kind": ""}, "算得出来"),
        (
            {f"layer{row}-{part}": "" for row in (0, 1) for part in ("name", "length", "width", "height", "cost")},
            "填上每一层",
        ),
    ],
)
def test_no_reading_takes_the_place_of_what_was_not_typed(who, change, said):
    case = with_print_file(who)
    answers = {f"{part}_{code}": "30" for part in ("figure", "read") for code in ("layers", "void", "cost")}
    typed = RICE | change | answers | {"act": "record"}
    page = client_for(who.designer).post(f"/studio/{case.pk}/compliance/", typed, follow=True).content.decode()
    assert said in page
    case.refresh_from_db()
    assert case.state == "chosen"
    assert not any(run.passed for run in case.runs.all())


@pytest.mark.parametrize(("limit", "passes"), [("19.99", False), ("20", True), ("25.01", False)])
def test_the_tier_of_fresh_produce_is_read_and_compared(who, limit, passes):
    """2 000 cm³ around berries of 1 600 cm³: 20.0 % of empty room passes by a tier of 20 %, not by one of 19.99."""
    case = with_print_file(who)
    type(case).objects.filter(pk=case.pk).update(category="fruit.berry", net_grams=1000)
    typed = BERRIES | {"figure_void": limit, "read_void": "表 1 水果，1 kg", "act": "record"}
    client_for(who.designer).post(f"/studio/{case.pk}/compliance/", typed)
    assert (case.runs.get().outcome == "waits") is passes


ASKS = {**RICE, "content0-kind": "vegetable-product", "act": "record"}
READ = {"figure_void": "3.36", "read_void": "附录 A 表 A.1 蔬菜制品"}
BERRIES = {
    "printed_on": "2026-12-22",
    "processing": "fresh",
    "price": "60",
    "needed_cm3": "1600",
    "content0-name": "蓝莓",
    "content0-grams": "1000",
    "layer0-name": "盒",
    "layer0-length": "250",
    "layer0-width": "200",
    "layer0-height": "40",
    "layer0-cost": "6",
    "layer0-touches": "on",
    "label_name": "蓝莓",
    "label_origin": "黑龙江省伊春市",
    "label_maker": "蓝莓合作社",
    "label_made_on": "2026-12-20",
    "label_certificate": "承诺达标合格证",
}


def pages_with_the_badge(who, case):
    """Every page that says how the newest check came out: the studio, the desk, the village, the report."""
    run = case.runs.first()
    there = f"/c/{who.county.slug}/desk/packages/{case.pk}/"
    yield client_for(who.designer).get(f"/studio/{case.pk}/").content.decode()
    yield client_for(who.officer).get(f"/desk/packages/{case.pk}/").content.decode()
    yield client_for(who.team).get(there).content.decode()
    yield client_for(who.designer).get(f"/studio/{case.pk}/compliance/{run.pk}/").content.decode()


PASSED = '<span class="state state-good">过了'


def test_the_badge_counts_what_waits_for_a_person(who):
    case = with_print_file(who)
    browser = client_for(who.designer)
    browser.post(f"/studio/{case.pk}/compliance/", ASKS)
    asks = case.runs.first().asks
    assert asks
    for page in pages_with_the_badge(who, case):
        assert f'<span class="state state-due">{asks} 条要人核</span>' in page
        assert PASSED not in page
        assert "没过" not in page
        assert "没有过" not in page
    browser.post(f"/studio/{case.pk}/compliance/", ASKS | READ)
    for page in pages_with_the_badge(who, case):
        assert f'<span class="state state-due">{asks} 条核过了，等另一个人复核</span>' in page
        assert PASSED not in page
        assert "没有过" not in page
    confirmed(who, case)
    for page in pages_with_the_badge(who, case):
        assert f"{PASSED}，{asks} 条两个人核过</span>" in page


def test_the_badge_counts_what_failed(who):
    case = with_print_file(who)
    client_for(who.designer).post(f"/studio/{case.pk}/compliance/", TOO_LARGE | {"act": "record"})
    for page in pages_with_the_badge(who, case):
        assert '<span class="state state-bad">没过，1 条不合格</span>' in page
        assert PASSED not in page


def test_no_edition_is_called_right_while_a_line_of_it_waits_for_a_person(who, monkeypatch):
    from branding.compliance import labels

    case = with_print_file(who)
    browser = client_for(who.designer)
    right, waits = "现在用这一版，合格", r"现在用这一版，\d+ 条要人核"
    exempt = {**RICE, "nutrition": [], "nutrition_exempt": "dried", "act": "try"}
    page = browser.post(f"/studio/{case.pk}/compliance/", exempt).content.decode()
    assert right in page
    assert not re.search(waits, page)
    monkeypatch.setattr(labels, "is_sure", lambda item: False)
    page = browser.post(f"/studio/{case.pk}/compliance/", exempt).content.decode()
    assert right not in page
    assert re.search(waits, page)


def test_the_sheet_for_the_printer_says_what_a_person_looked_up(who):
    from branding.models import ComplianceRun
    from branding.print_pack import _outcome

    findings = [{"verdict": "ask", "title": "一项"}, {"verdict": "note", "title": "一句"}]
    looked_up = ComplianceRun(passed=True, findings=findings, facts={"looked_up": True})
    assert _outcome(looked_up) == "过了，1 条有人核过"
    assert _outcome(ComplianceRun(passed=True)) == "过了"
    assert ComplianceRun(passed=True, findings=findings).outcome == "asks"


def test_without_print_files_nothing_is_recorded(who):
    case = packages.until(who, "chosen")
    browser = client_for(who.designer)
    assert 'value="record"' not in browser.get(f"/studio/{case.pk}/compliance/").content.decode()
    answer = browser.post(f"/studio/{case.pk}/compliance/", RICE | {"act": "record"})
    assert answer.status_code == 200
    assert not case.runs.exists()


def test_what_is_wrong_is_named_beside_its_field_and_the_rest_stays(who):
    case = with_print_file(who)
    wrong = {**RICE, "layer1-height": "很高", "content0-grams": "", "price": "六十八", "words": "九月收，十月才碾"}
    answer = client_for(who.designer).post(f"/studio/{case.pk}/compliance/", wrong)
    assert answer.status_code == 400
    words = answer.content.decode()
    for said in ("数写成了 很高", "写一件有多重", "钱数写成了 六十八", "九月收，十月才碾"):
        assert said in words, said


@pytest.mark.parametrize("height", ["0", "-3", "1e9", "9" * 30, "NaN", "Infinity", "１２．５", "🙂"])
def test_no_number_breaks_it(who, height):
    case = with_print_file(who)
    answer = client_for(who.designer).post(f"/studio/{case.pk}/compliance/", RICE | {"layer1-height": height})
    assert answer.status_code in {200, 400}


def test_the_gate_says_what_may_stand_behind_the_brand(who):
    from branding.models import Brand

    case = with_print_file(who)
    brand = Brand.objects.create(
        county_code=who.county.code,
        producer_id=case.producer_id or 1,
        producer_name="稻乐",
        name="稻乐",
        nice_classes=[30],
        state="accepted",
    )
    type(case).objects.filter(pk=case.pk).update(brand=brand, category="grain.rice")
    answer = client_for(who.designer).post(f"/studio/{case.pk}/compliance/", RICE | {"mark": "®", "act": "try"})
    assert "不能印 ®" in answer.content.decode()


def _in(language, user):
    browser = client_for(user)
    browser.cookies["jieti_language"] = language
    return browser


@pytest.mark.parametrize("written", ["zh-hans", "en"])
def test_a_kept_report_speaks_the_language_of_its_reader(who, written):
    """What a check says comes from our tables: an English reader gets it in English, whoever asked for the check."""
    from tests.architecture.english import HANZI, Texts, leftovers, ours

    case = with_print_file(who)
    wrong = TOO_LARGE | {"label_ingredients": "稻谷", "label_net": "", "words": "治疗失眠 有机", "act": "record"}
    _in(written, who.designer).post(f"/studio/{case.pk}/compliance/", wrong)
    path = f"{doors(who, case)['village'][1]}{case.runs.get().pk}/"
    english = _in("en", who.team).get(path).content.decode()
    assert "Claims about disease" in english
    assert "Void ratio" in english
    typed = {words for words in wrong.values() if isinstance(words, str) and HANZI.search(words)}
    assert set(leftovers(english, ours(), typed)) == set()
    chinese = " ".join(Texts().read(_in("zh-hans", who.team).get(path).content.decode()).blocks)
    assert "疾病功能" in chinese
    assert "标签上没有这一项。" in chinese


def as_the_brief_fills_it(case):
    from branding.compliance_facts import first_guess
    from kernel import clock

    guess = first_guess(case, clock.today())
    typed = {name: value or "" for name, value in guess["package"].items()}
    for part in ("content", "layer"):
        for number, row in enumerate(guess[f"{part}s"]):
            typed |= {f"{part}{number}-{name}": value or "" for name, value in row.items()}
    return typed | {"act": "try"}


def test_the_form_is_tried_as_the_brief_fills_it(who):
    case = with_print_file(who)
    size = {"layer1-length": "300", "layer1-width": "200", "layer1-height": "200"}
    answer = client_for(who.designer).post(f"/studio/{case.pk}/compliance/", as_the_brief_fills_it(case) | size)
    assert answer.status_code == 200
    assert 'id="report"' in answer.content.decode()


def test_origin_and_address_name_the_province_and_the_county(who):
    case = with_print_file(who)
    typed = as_the_brief_fills_it(case)
    assert typed["label_origin"] == typed["label_address"] == "黑龙江省哈尔滨市五常市龙凤山镇兴源村"
    assert "产地 黑龙江省哈尔滨市五常市龙凤山镇兴源村" in case.must_have


def test_a_layer_with_a_name_alone_is_asked_for_its_size(who):
    """Left out in silence it would be a layer too few."""
    case = with_print_file(who)
    bare = {name: said for name, said in RICE.items() if not name.startswith("layer0")}
    browser, path = client_for(who.designer), f"/studio/{case.pk}/compliance/"
    answer = browser.post(path, bare | {"layer0-name": "内袋", "act": "try"})
    assert answer.status_code == 400
    assert "没有这一层，就把这一行清空" in answer.content.decode()
    assert browser.post(path, bare | {"act": "try"}).status_code == 200


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"label_net": "净含量：500 g"}, "标签写“净含量：500 g”，里面填的一共是 2,500 g"),
        (
            {"content0-grams": "5000", "label_net": "净含量：5 kg"},
            "里面填的一共是 5,000 g（mL），这个规格卖的是 2,500 g",
        ),
        ({"label_made_on": "x"}, "要写日期，或者“见袋口喷码”"),
        ({"label_storage": "x"}, "要用汉字写怎么放"),
    ],
)
def test_what_the_label_says_is_what_is_sold(who, change, said):
    case = with_print_file(who)
    page = recorded(who, case, **change).headers["Location"]
    assert said in client_for(who.designer).get(page).content.decode()
    assert (case.state, case.runs.get().passed) == ("chosen", False)


def test_a_try_is_found_again(who):
    """Sixty fields: whoever looks something up in between comes back to them, even where something is wrong."""
    case = with_print_file(who)
    browser, path = client_for(who.designer), f"/studio/{case.pk}/compliance/"
    browser.post(path, RICE | {"label_storage": "雪窖里", "layer1-height": "很高", "act": "try"})
    again = browser.get(path).content.decode()
    assert "雪窖里" in again
    assert "很高" in again
    assert "雪窖里" not in client_for(who.officer).get(f"/desk/packages/{case.pk}/compliance/").content.decode()
    recorded(who, case)
    assert not case.compliance_drafts.exists()


def test_the_summary_says_which_layer_is_wrong(who):
    case = with_print_file(who)
    wrong = RICE | {"layer1-length": "", "layer0-length": "", "layer0-width": "", "layer0-height": "", "act": "try"}
    answer = client_for(who.designer).post(f"/studio/{case.pk}/compliance/", wrong)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert '<a href="#id_layer0-length">第 1 层：长 mm</a>' in page  # it has a cost, so it is one
    assert '<a href="#id_layer1-length">第 2 层：长 mm</a>' in page
    assert "<legend>第 2 层</legend>" in page


# What somebody posted to have an empty label, four layers and a box of 900 mm signed.
LONG_AGO = {
    "printed_on": "2011-01-01",
    "processing": "made",
    "price": "68",
    "content0-grams": "2500",
    **{
        f"layer{row}-{side}": size
        for row, size in enumerate(("100", "800", "900", "900"))
        for side in ("length", "width", "height")
    },
    "act": "record",
}


def recorded(who, case, **change):
    """What the designer reads after pressing 记下结果, and where the case stands then."""
    answer = client_for(who.designer).post(f"/studio/{case.pk}/compliance/", {**RICE, "act": "record", **change})
    case.refresh_from_db()
    return answer


@pytest.mark.parametrize("day", ["2011-01-01", "2023-08-31", "2026-11-21"])
def test_no_package_is_checked_for_a_day_that_is_past(who, day):
    case = with_print_file(who)
    said = recorded(who, case, printed_on=day).content.decode()
    assert f"印刷日期 {day} 已经过了" in said
    assert (case.state, case.frozen_sha256, case.runs.count()) == ("chosen", "", 0)
    client_for(who.designer).post(f"/studio/{case.pk}/compliance/", LONG_AGO | {"printed_on": day})
    case.refresh_from_db()
    assert (case.state, case.runs.count()) == ("chosen", 0)


def test_nor_for_one_whose_rules_nobody_knows_yet(who):
    case = with_print_file(who)
    assert "太远" in recorded(who, case, printed_on="2029-11-22").content.decode()
    assert not case.runs.exists()
    recorded(who, case, printed_on="2029-11-21")
    assert case.state == "compliance"


def test_a_try_for_a_day_without_a_standard_fails(who):
    case = with_print_file(who)
    page = client_for(who.designer).post(f"/studio/{case.pk}/compliance/", LONG_AGO | {"act": "try"}).content.decode()
    assert "2011-01-01 用哪一版标签标准，这里没有收录" in page
    assert "2011-01-01 印，1 条不合格" in page


def test_the_form_proposes_a_day_after_the_names_can_stand(who, the_day):
    case = with_print_file(who)
    type(case).objects.filter(pk=case.pk).update(due_on=date(2026, 11, 25))
    path = f"/studio/{case.pk}/compliance/"
    assert 'value="2026-12-22"' in client_for(who.designer).get(path).content.decode()
    recorded(who, case, **{"layer1-length": "900"})
    the_day(date(2026, 12, 1))
    again = client_for(who.designer).get(path).content.decode()
    assert 'value="2026-12-31"' in again, "not the day of the failed check, which is past"
    assert 'value="900"' in again


def test_a_check_is_void_once_its_print_day_is_past(who, the_day):
    """Both names that stood, and the third that is asked for: what held on 15 March may not hold on the 16th."""
    from branding.services import packaging

    case = with_print_file(who)
    recorded(who, case, printed_on="2027-03-15")
    packaging.name_owner(case, who.owner, by=who.team)
    there = f"/c/{who.county.slug}/desk/packages/{case.pk}/"
    the_day(date(2027, 3, 15))
    for side, signer in (("village", who.team), ("supervision", who.supervisor)):
        client_for(signer).post(f"{there}sign/{side}/", {"seen": case.frozen_sha256})
    assert case.sign_offs.filter(void_at=None).count() == 2, "the day itself is still in time"
    the_day(date(2027, 3, 16))
    said = client_for(who.owner).post(f"{there}sign/owner/", {"seen": case.frozen_sha256}, follow=True)
    assert "合规是按 2027-03-15 印查的，这一天已经过了" in said.content.decode()
    assert case.sign_offs.filter(void_at=None).count() == 2
    assert packaging.void_overtaken() == 1
    case.refresh_from_db()
    assert (case.state, case.frozen_sha256) == ("chosen", "")
    assert not case.sign_offs.filter(void_at=None).exists()
    assert packaging.void_overtaken() == 0
    recorded(who, case, printed_on="2027-04-15")
    assert case.runs.first().edition == "GB 7718-2025、GB 28050-2025"
    assert case.state == "compliance"


def signed(who, case):
    from kernel import outbox

    packages.sign(who, case)
    while outbox.relay_once():
        pass
    case.refresh_from_db()
    assert case.state == "signed_off"


def test_nothing_is_handed_over_after_its_print_day_and_the_designer_checks_anew(who, the_day):
    case = with_print_file(who)
    recorded(who, case, printed_on="2026-12-01")
    signed(who, case)
    the_day(date(2026, 12, 2))
    browser = client_for(who.designer)
    said = browser.post(f"/studio/{case.pk}/hand-over/", {"rights": "yes"}, follow=True).content.decode()
    assert "合规是按 2026-12-01 印查的，这一天已经过了" in said
    case.refresh_from_db()
    assert case.handed_over_at is None
    assert 'value="record"' in browser.get(f"/studio/{case.pk}/compliance/").content.decode()
    recorded(who, case, printed_on="2026-12-20")
    assert case.state == "compliance"
    assert not case.sign_offs.filter(void_at=None).exists()
    assert not case.packs.filter(void_at=None).exists()


def test_what_was_handed_over_in_time_may_be_taken_after_the_print_day(who, the_day):
    from branding.services import packaging

    case = with_print_file(who)
    recorded(who, case, printed_on="2026-12-01")
    signed(who, case)
    client_for(who.designer).post(f"/studio/{case.pk}/hand-over/", {"rights": "yes"})
    the_day(date(2026, 12, 2))
    assert packaging.void_overtaken() == 0
    client_for(who.team).post(f"/c/{who.county.slug}/desk/packages/{case.pk}/accept/")
    case.refresh_from_db()
    assert case.state == "delivered"
    assert case.packs.get().manifest["compliance"]["printed_on"] == "2026-12-01"


def test_a_check_that_is_overtaken_is_replaced_even_by_one_that_fails(who, the_day):
    case = with_print_file(who)
    recorded(who, case)
    packages.sign(who, case, sides=("village",))
    recorded(who, case, **TOO_LARGE)
    assert (case.state, case.runs.count()) == ("compliance", 1), "in time it stays as it is"
    the_day(date(2026, 11, 23))
    recorded(who, case, printed_on="2026-12-20", **{"layer1-length": "900"})
    assert (case.state, case.runs.count()) == ("chosen", 2)
    assert not case.sign_offs.filter(void_at=None).exists()


@pytest.mark.parametrize(
    ("category", "name", "farm_produce", "guess"),
    [
        ("aquatic.fish", "兴凯湖大白鱼 冻鲜", True, "frozen"),
        ("aquatic.fish", "镜泊湖胖头鱼", True, ""),
        ("aquatic.fish", "活鲤鱼", True, "fresh"),
        ("aquatic.fish", "熏冻鱼", True, "made"),
        ("fruit.frozen", "花盖梨", True, "frozen"),
        ("fungus.wood-ear", "东宁黑木耳", True, "simple"),
        ("fungus.wood-ear", "鲜木耳", True, "fresh"),
        ("fungus.mushroom", "冻蘑", True, ""),
        ("fungus.mushroom", "榛蘑干", True, "simple"),
        ("grain.rice", "五常大米", True, "made"),
        ("aquatic.fish", "冻鱼丸", False, "made"),
    ],
)
def test_how_worked_goods_are_is_preset_only_where_category_or_name_say_it(category, name, farm_produce, guess):
    from branding.compliance_guess import likely_processing

    assert likely_processing(category, name, date(2026, 11, 22), farm_produce=farm_produce) == guess


def test_where_nobody_knows_how_worked_the_goods_are_nothing_is_chosen(who):
    from branding.models import PackageRequest

    case = with_print_file(who)
    path = f"/studio/{case.pk}/compliance/"
    PackageRequest.objects.filter(pk=case.pk).update(
        category="aquatic.fish", product_name="湖岗麻鲢", farm_produce=True
    )
    browser = client_for(who.designer)
    assert not re.search(r'name="processing"[^>]*checked', browser.get(path).content.decode())
    typed = {name: value for name, value in RICE.items() if name != "processing"} | {"act": "try"}
    assert "选一样：里面的东西加工过没有。" in browser.post(path, typed).content.decode()
    PackageRequest.objects.filter(pk=case.pk).update(product_name="冻麻鲢")
    case.compliance_drafts.all().delete()
    assert re.search(r'value="frozen"[^>]*checked', browser.get(path).content.decode())


def test_what_a_sum_wants_is_not_called_optional(who):
    case = with_print_file(who)
    page = client_for(who.designer).get(f"/studio/{case.pk}/compliance/").content.decode()
    for label, words in (
        ("鲜货本身要占多少 cm³", "鲜货要填，算空隙率要用"),
        ("长 mm", "有这一层就要填"),
        ("一件净含量 g 或 mL", "算空隙率要用"),
    ):
        assert f'{label} <small class="faint">{words}</small>' in page
    assert '叫什么 <small class="faint">可以不填</small>' in page

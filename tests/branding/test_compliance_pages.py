"""The form and the report of a check: for the village, the designer and the desk, each at their door."""

import re

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


def test_what_asks_for_a_person_passes_only_under_a_name(who):
    case = with_print_file(who)
    asks = {**RICE, "content0-kind": "vegetable-product", "act": "record"}
    browser = client_for(who.officer)
    path = f"/desk/packages/{case.pk}/compliance/"
    browser.post(path, asks)
    assert not case.runs.first().passed
    browser.post(path, asks | {"asks_looked_up": "on"})
    newest = case.runs.first()
    assert newest.passed
    assert newest.facts["looked_up"] is True
    assert newest.by_name == str(who.officer)


ASKS = {**RICE, "content0-kind": "vegetable-product", "act": "record"}


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
    browser.post(f"/studio/{case.pk}/compliance/", ASKS | {"asks_looked_up": "on"})
    for page in pages_with_the_badge(who, case):
        assert f"{PASSED}，{asks} 条有人核过</span>" in page


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


def test_the_form_is_tried_as_the_brief_fills_it(who):
    """Its inner bag has a name and no size: a layer without one is none."""
    from branding.compliance_facts import first_guess
    from kernel import clock

    case = with_print_file(who)
    guess = first_guess(case, clock.today())
    assert guess["layers"][0]["name"] == "内袋"
    typed = {name: value or "" for name, value in guess["package"].items()}
    for part in ("content", "layer"):
        for number, row in enumerate(guess[f"{part}s"]):
            typed |= {f"{part}{number}-{name}": value or "" for name, value in row.items()}
    typed |= {"layer1-length": "300", "layer1-width": "200", "layer1-height": "200", "act": "try"}
    answer = client_for(who.designer).post(f"/studio/{case.pk}/compliance/", typed)
    assert answer.status_code == 200
    assert 'id="report"' in answer.content.decode()
    bare = {name: said for name, said in RICE.items() if not name.startswith("layer")}
    answer = client_for(who.designer).post(
        f"/studio/{case.pk}/compliance/", bare | {"layer0-name": "内袋", "act": "try"}
    )
    assert answer.status_code == 200


def test_the_summary_says_which_layer_is_wrong(who):
    case = with_print_file(who)
    wrong = RICE | {"layer1-length": "", "layer0-length": "", "layer0-width": "", "layer0-height": "", "act": "try"}
    answer = client_for(who.designer).post(f"/studio/{case.pk}/compliance/", wrong)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert '<a href="#id_layer0-length">第 1 层：长 mm</a>' in page  # it has a cost, so it is one
    assert '<a href="#id_layer1-length">第 2 层：长 mm</a>' in page
    assert "<legend>第 2 层</legend>" in page

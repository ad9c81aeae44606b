"""A package is checked by the rules of the day it is printed; the expected figures are hand-made."""

import csv
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from branding.compliance import Content, Layer, Mark, PackageFacts, Verdict, check
from branding.compliance.numbers import credit_code_holds, licence_holds
from branding.compliance.tables import DATA, all_rows, is_sure
from branding.compliance_read import asked

FILE = Path(__file__).parent / "data" / "compliance_cases.toml"
BOOK = tomllib.loads(FILE.read_text(encoding="utf-8"), parse_float=Decimal)
CASES = BOOK["case"]
TABLES = [
    "label_editions",
    "label_items",
    "small_faces",
    "nutrition_items",
    "nutrition_exempt",
    "layer_limits",
    "void_limits",
    "cost_limits",
    "space_factors",
    "package_classes",
    "claim_words",
    "proof_numbers",
]
TODAY = date(2026, 11, 22)


def package(case):
    base = BOOK["base"][case["base"]]
    said = {**base, **case.get("change", {})}
    # Other contents have another weight on their label, unless the case is about that very line.
    weighed = {"net": net_of(said["contents"])} if "contents" in case.get("change", {}) else {}
    label = {**base["label"], **weighed, **case.get("label", {})}
    return PackageFacts(
        category=said["category"],
        processing=said["processing"],
        contents=tuple(content(one) for one in said["contents"]),
        layers=tuple(layer(one) for one in said["layers"]),
        price_fen=said["price_fen"],
        label=label,
        words=said.get("words", ""),
        mark=Mark(**said.get("mark", {})),
        allergens=said.get("allergens", False),
        shelf_life_months=said.get("shelf_life_months"),
        nutrition=frozenset(said.get("nutrition", ())),
        nutrition_exempt=said.get("nutrition_exempt", ""),
        needed_cm3=Decimal(said["needed_cm3"]) if said.get("needed_cm3") else None,
        dear_fruit=said.get("dear_fruit", False),
        sold_grams=Decimal(said["sold_grams"]) if "sold_grams" in said else None,
    )


def net_of(contents):
    return f"净含量：{sum(one['grams'] * one.get('pieces', 1) for one in contents)} g"


def content(one):
    factor = Decimal(one["factor"]) if "factor" in one else None
    return Content(one["name"], Decimal(one["grams"]), one.get("pieces", 1), one.get("kind", ""), factor)


def layer(one):
    sides = (Decimal(side) for side in one["size"])
    return Layer(one["name"], *sides, one.get("cost_fen"), one.get("touches_food", False), wraps=one.get("wraps", True))


def printed_on(case):
    return date.fromisoformat(case["on"]) if "on" in case else TODAY


def said_of(report, code):
    return next((one for one in report.sums if one.code == code), None)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_package_gets_the_verdict_its_article_gives_it(case):
    report = check(package(case), printed_on(case))
    if "kind" in case:
        assert report.kind.code == case["kind"]
    assert {code: report.verdict_of(code) for code in case["says"]} == case["says"]
    assert {code: str(said_of(report, code).figure) for code in case.get("figures", {})} == case.get("figures", {})
    assert {code: str(said_of(report, code).limit) for code in case.get("limits", {})} == case.get("limits", {})
    for code, figure in case.get("mends", {}).items():
        assert figure in said_of(report, code).mend
    assert report.passed is case["passed"]


def test_the_case_file_is_large_enough_and_half_of_it_fails():
    assert len(CASES) >= 40
    assert sum(not case["passed"] for case in CASES) * 2 >= len(CASES)
    assert all(case["article"] for case in CASES)


def test_a_failing_sum_shows_what_went_in_the_formula_the_limit_and_the_article():
    case = next(one for one in CASES if one["name"] == "Rice in a carton that is too large")
    void = said_of(check(package(case), TODAY), "void")
    assert [value for _name, value in void.inputs] == ["18,000\u00a0cm³", "2,500\u00a0cm³", "4.5"]
    assert void.worked == "(18,000 − 4.5 × 2,500) ÷ 18,000 = 37.5% > 30%"
    assert (void.standard, void.article) == ("GB 23350-2021", "表 1")
    assert "16,071" in void.mend


def test_both_editions_are_shown_before_the_switch_and_one_after_it():
    rice = package({"base": "rice"})
    before = check(rice, date(2027, 3, 15))
    after = check(rice, date(2027, 3, 16))
    assert [(one.edition, one.applies) for one in before.editions] == [("2011", True), ("2025", False)]
    assert [(one.edition, one.applies) for one in after.editions] == [("2025", True)]


def test_old_stock_gets_a_plan_until_the_switch():
    """800 a month for the 114 days from 2026-11-22 to 2027-03-16: 800 × 114 ÷ 30.44 = 2 996."""
    rice = package({"base": "rice"})
    rice = PackageFacts(**{**vars(rice), "run": 20_000, "used_a_month": 800})
    words = check(rice, TODAY).run_out
    assert "114 天" in words
    assert "17,004" in words
    assert check(rice, date(2027, 3, 16)).run_out == ""


def test_a_layer_left_out_of_the_sums_is_asked_for_by_its_name_and_clause():
    """GB 23350-2021 4.2: only what wraps the goods wholly is a layer; the tick alone does not decide it."""
    whole = next(one for one in CASES if one["name"] == "Four layers of rice")
    shells = [{**one, "wraps": one["name"] != "布袋"} for one in whole["change"]["layers"]]
    report = check(package({**whole, "change": {"layers": shells}}), TODAY)
    assert report.verdict_of("layers") == "ok"  # three, where all four would fail
    left_out = said_of(report, "uncounted-2")
    assert (left_out.verdict, left_out.standard, left_out.article) == ("ask", "GB 23350-2021", "4.2")
    assert "布袋" in left_out.title
    assert "填表的人" in left_out.worked
    assert [one.title for one in asked(report) if one.code == "uncounted-2"] == [left_out.title]
    assert not said_of(check(package(whole), TODAY), "uncounted-2")


def test_illness_is_forbidden_to_food_and_to_health_food_each_by_its_article():
    """广告法 §17 all but medicine, §18 (1)(2) health food; who is no health food may not claim health: 实施条例 §38."""
    said = {
        one.code: one
        for one in check(package({"base": "rice", "change": {"words": "降血压，增强免疫力"}}), TODAY).findings
    }
    assert said["claim-disease"].article.startswith("广告法第十七条、第十八条（保健食品）；")
    assert "广告法" not in said["claim-health"].article


def test_an_unfinished_form_gives_questions_and_never_an_error():
    empty = PackageFacts("grain.rice", "made", (), (), 0)
    report = check(empty, TODAY)
    assert {one.code: one.verdict for one in report.sums} == {"layers": "ask", "void": "ask", "cost": "ask"}
    assert not report.passed


def test_a_report_is_plain_values():
    import json

    report = check(package({"base": "rice"}), TODAY)
    kept = json.loads(json.dumps(report.as_json()))
    assert kept["passed"] is True
    assert kept["printed_on"] == "2026-11-22"
    assert kept["editions"][0]["passed"] is True


@pytest.mark.parametrize("number", ["SC11464010500015", "SC11532139200465", "SC12434017430075", "SC12744040400094"])
def test_numbers_printed_on_real_packages_keep_the_check_digit(number):
    assert licence_holds(number)
    assert not licence_holds(number[:-1] + str((int(number[-1]) + 1) % 10))


def test_a_credit_code_of_another_length_or_with_foreign_signs_is_none():
    assert credit_code_holds("91350100M000100Y43")
    assert not credit_code_holds("91350100M000100Y4")
    assert not credit_code_holds("91350100I000100Y43")


class TestTheTables:
    @pytest.mark.parametrize("name", TABLES)
    def test_have_dates_a_source_and_no_cell_too_many(self, name):
        with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            found = list(csv.DictReader(file))
        assert found
        for row in found:
            assert None not in row, row
            assert None not in row.values(), row
            assert row["source"], row
            first, last = row["valid_from"], row["valid_to"]
            assert date.fromisoformat(first) <= date.fromisoformat(last or "9999-12-31")

    def test_classify_every_food_of_the_shop(self):
        with (DATA.parents[1] / "search" / "data" / "categories.csv").open(encoding="utf-8", newline="") as file:
            leaves = {row["code"] for row in csv.DictReader(file) if row["parent"]}
        known = {row["category"] for row in all_rows("package_classes")}
        assert known == {code for code in leaves if not code.startswith("craft.")}

    def test_name_only_factors_they_hold(self):
        kinds = {row["kind"] for row in all_rows("space_factors")}
        used = {row[key] for row in all_rows("package_classes") for key in ("space_simple", "space_made")}
        assert used <= kinds

    def test_name_only_kinds_they_hold_as_fitting(self):
        kinds = {row["kind"] for row in all_rows("space_factors")}
        assert {kind for row in all_rows("package_classes") for kind in row["space_also"].split()} <= kinds

    def test_say_that_a_missing_factor_was_not_checked(self):
        assert all(bool(row["k"]) == is_sure(row) for row in all_rows("space_factors"))

    def test_the_void_table_has_no_gap(self):
        steps = [(row["over_grams"], row["to_grams"]) for row in all_rows("void_limits", standard="GB 23350-2021")]
        assert [one[1] for one in steps[:-1]] == [one[0] for one in steps[1:]]
        assert (steps[0][0], steps[-1][1]) == ("0", "")

    def test_examples_keep_their_own_rule(self):
        import re

        for rule in all_rows("proof_numbers"):
            assert re.search(rule["pattern"], rule["example"]), rule["code"]
        for item in all_rows("label_items"):
            example = item["example"]
            assert not item["pattern"] or re.search(item["pattern"], example), (item["edition"], item["item"])

    def test_every_verdict_of_a_claim_is_one(self):
        assert {row["verdict"] for row in all_rows("claim_words")} <= set(Verdict.values)

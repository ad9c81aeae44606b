"""The register agrees with the state's list, and people find their county in it."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from tenants import register

STATE_LIST = Path(__file__).with_name("data") / "heilongjiang-gbt2260.csv"


def test_heilongjiang_agrees_with_the_state_list_row_by_row():
    with STATE_LIST.open(encoding="utf-8") as file:
        wanted = {(row["code"], row["name"], row["prefecture_code"], row["prefecture"]) for row in csv.DictReader(file)}
    ours = {(one.code, one.name, one.prefecture_code, one.prefecture) for one in register.divisions("23")}
    assert len(wanted) == 121
    assert ours == wanted


def test_jilin_has_sixty():
    assert len(register.divisions("22")) == 60


def test_the_country_has_as_many_as_the_state_counts():
    valid = [one for one in register._all().values() if not one.valid_to]
    assert len(valid) == 2844


def test_who_is_gone_names_a_successor_and_leaves_the_lists():
    gone = [one for one in register._all().values() if one.valid_to]
    assert len(gone) == 18
    assert all(not register.division(one.successor).valid_to for one in gone)
    assert [one.code for one in register.find("沙县", "35")] == ["350405"]
    assert register.division("350404").slug == "sanyuan"


def test_no_two_counties_of_a_province_share_a_path():
    slugs = Counter((one.province_code, one.slug) for one in register._all().values())
    assert max(slugs.values()) == 1
    assert all(
        one.slug.replace("-", "").isascii() and one.slug.replace("-", "").isalnum() for one in register._all().values()
    )


@pytest.mark.parametrize(
    ("typed", "province", "name"),
    [
        ("raohe", "23", "饶河县"),
        ("changbai", "22", "长白朝鲜族自治县"),
        ("changling", "22", "长岭县"),
        ("chaoyang", "22", "朝阳区"),
    ],
)
def test_names_are_read_as_the_places_are_called(typed, province, name):
    assert [one.name for one in register.find(typed, province)] == [name]


@pytest.mark.parametrize("typed", ["五常市", "五常", "wuchang", "wu chang", "wcs", "230184", "WCS"])
def test_wuchang_is_found_first(typed):
    assert register.find(typed, "23")[0].code == "230184"


def test_counties_that_sound_alike_carry_their_prefecture():
    slugs = {one.slug for one in register.divisions("23") if one.name == "向阳区"}
    assert slugs == {"hegang-xiangyang", "jiamusi-xiangyang"}


def test_a_municipality_is_its_own_prefecture():
    assert register.division("110101").prefecture == "北京市"


def test_nothing_is_found_for_nothing():
    assert register.find("   ", "23") == []

"""``docs/security/asvs.md`` answers every number of the standard, and promises only what a test holds.

``asvs-5.0.0.csv`` holds the numbers and levels 1 and 2 of OWASP ASVS 5.0.0 and none of its text.
"""

import ast
import csv
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/security/asvs.md").read_text(encoding="utf-8")
NUMBER = r"(\d+(?:\.\d+)*)"


def standard():
    lines = (Path(__file__).parent / "asvs-5.0.0.csv").read_text(encoding="utf-8").splitlines()
    return {row["number"]: row["level"] for row in csv.DictReader(line for line in lines if line[0] != "#")}


def part(heading):
    """The table below a heading."""
    return re.search(rf"^## {heading} ·.*?(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)[0]


STANDARD = standard()
MET = re.findall(rf"^\| {NUMBER} \| ([123]) \| ([^|]+) \| ([^|]+) \| `([^`]+)` \|$", part("有测试的"), re.MULTILINE)
READ = re.findall(rf"^\| {NUMBER} \| ([12]) \| ([^|]+) \| `([^`|]+)` \|$", part("只读过代码的"), re.MULTILINE)
NOT_OURS = re.findall(rf"^\| {NUMBER} \| ([^|]+) \|$", part("不适用"), re.MULTILINE)
MISSED = re.findall(rf"^\| {NUMBER} \| ([12]) \| ([^|]+) \| ([^|]+) \|$", part("没做到的，和为什么"), re.MULTILINE)


def below(number):
    """A chapter or a section stands for all of it."""
    return {one for one in STANDARD if one == number or one.startswith(f"{number}.")}


@cache
def named_in(path):
    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_the_standard_is_whole():
    """As its release counts them."""
    assert [list(STANDARD.values()).count(level) for level in "12"] == [70, 183]


def test_every_number_is_answered_in_exactly_one_table():
    answered = [number for number, level, *_rest in MET if level != "3"]
    answered += [number for number, *_rest in (*READ, *MISSED)]
    answered += [one for number, _why in NOT_OURS for one in sorted(below(number))]
    assert set(STANDARD) - set(answered) == set(), "not answered"
    assert set(answered) - set(STANDARD) == set(), "no such number"
    assert sorted(one for one in set(answered) if answered.count(one) > 1) == [], "answered twice"


def test_levels_are_the_standards_own():
    said = {number: level for number, level, *_rest in (*MET, *READ, *MISSED)}
    assert {number: level for number, level in said.items() if STANDARD.get(number, "3") != level} == {}


@pytest.mark.parametrize(("number", "test"), [(number, test) for number, _level, _said, _how, test in MET])
def test_the_test_that_a_row_names_exists(number, test):
    path, _colons, name = test.partition("::")
    assert name in named_in(path), test


def test_what_was_only_read_names_the_file_that_was_read():
    for number, _level, _said, place in READ:
        assert (ROOT / place).is_file(), (number, place)


def test_what_is_not_ours_names_something_of_the_standard():
    assert [number for number, _why in NOT_OURS if not below(number)] == []


def test_every_line_of_the_page_is_read():
    lines = re.findall(r"^\| \d", PAGE, re.MULTILINE)
    assert len(MET) + len(READ) + len(NOT_OURS) + len(MISSED) == len(lines)


@pytest.mark.parametrize("rows", [MET, READ, NOT_OURS, MISSED], ids=["met", "read", "not ours", "missed"])
def test_every_number_stands_once_and_in_order(rows):
    numbers = [tuple(map(int, number.split("."))) for number, *_rest in rows]
    assert numbers == sorted(set(numbers))


def test_the_page_counts_itself_rightly():
    own = sum(level != "3" for _number, level, *_rest in MET)
    counted = [len(STANDARD), own, len(READ), sum(len(below(number)) for number, _why in NOT_OURS), len(MISSED)]
    assert list(map(int, re.findall(r"(\d+) 条", PAGE))) == counted


def test_what_the_page_names_in_the_code_is_there():
    roots = (ROOT, ROOT / "platform", ROOT / "tests")
    for place in re.findall(r"`((?:\w+/)+[\w.-]+\.(?:py|md|csv|lock|sh|conf))`", PAGE):
        assert any((root / place).exists() for root in roots), place

"""``docs/security/asvs.md`` promises only what a test holds."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = (ROOT / "docs/security/asvs.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([123]) \| ([^|]+) \| ([^|]+) \| `([^`]+)` \|$", TABLE, re.MULTILINE)
ELSEWHERE = {"9", "10", "17"}


@pytest.mark.parametrize(("number", "test"), [(number, test) for number, _level, _said, _how, test in ROWS])
def test_the_test_that_a_row_names_exists(number, test):
    path, _colons, name = test.partition("::")
    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, test


def test_every_line_of_the_table_is_read():
    assert len(ROWS) == len(re.findall(r"^\| \d", TABLE, re.MULTILINE)) > 70


def test_every_number_stands_once_and_in_order():
    numbers = [tuple(map(int, number.split("."))) for number, *_rest in ROWS]
    assert numbers == sorted(set(numbers))


def test_every_chapter_is_answered_or_said_to_be_none_of_ours():
    chapters = {number.partition(".")[0] for number, *_rest in ROWS}
    assert chapters | ELSEWHERE == {str(number) for number in range(1, 18)}


def test_what_the_table_names_in_the_code_is_there():
    roots = (ROOT, ROOT / "platform")
    for place in re.findall(r"`((?:\w+/)+[\w.]+\.(?:py|md|csv|lock))`", TABLE):
        assert any((root / place).exists() for root in roots), place

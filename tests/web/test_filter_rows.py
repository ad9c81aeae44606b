"""The rows of filters above the lists: each label and its field are one piece, or a field breaks below its label."""

import re

import pytest

from tests.database import ROOT

ROOMS = ("platform", "branding", "catalog", "cms", "search", "tenants")


def filter_rows():
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.html")):
            text = path.read_text(encoding="utf-8")
            for row in re.findall(r'class="table-tools[^"]*".*?</form>', text, re.DOTALL):
                yield pytest.param(row, id=f"{path.relative_to(ROOT)}:{text[: text.index(row)].count(chr(10)) + 1}")


def test_there_are_filter_rows_to_look_at():
    assert len(list(filter_rows())) >= 5


@pytest.mark.parametrize("row", list(filter_rows()))
def test_a_label_around_its_field_is_one_piece_with_it(row):
    for label in re.findall(r"<label[^>]*>", row):
        assert re.search(r'class="(pick|check)\b| for="', label), label

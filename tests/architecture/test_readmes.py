"""The README in two languages says the same: the same commands, addresses, accounts and files, in the same order of chapters."""

import re

import pytest

from tests.database import ROOT

NAMED = re.compile(r"`([^`\n]+)`|\b(1[3-9]\d{9})\b|\]\(([^)]+)\)")


def named(name):
    """What a reader types, opens or calls up."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("README.zh.md", "README.md")
    return {next(filter(None, found)) for found in NAMED.findall(text)}


def steps(name):
    """What each numbered step of the tour names."""
    tour = re.split(r"^(\d+)\. ", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {
        number: sorted("".join(found) for found in NAMED.findall(step.split("\n\n")[0]))
        for number, step in zip(tour[1::2], tour[2::2], strict=True)
    }


@pytest.mark.parametrize("what", [named, steps])
def test_both_name_the_same(what):
    assert what("README.zh.md") == what("README.md")
    assert len(what("README.md")) >= 10


def test_every_file_they_name_is_there():
    files = {one for one in named("README.md") if re.fullmatch(r"(docs|deploy|tests)/[\w./-]+|[A-Z]+(\.md)?", one)}
    files -= {"PORT"}
    assert len(files) >= 10
    assert [one for one in sorted(files) if not (ROOT / one).exists()] == []

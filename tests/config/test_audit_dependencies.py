"""``make audit`` says clearly which of three it was."""

import json

import pytest

from config.commands.audit_dependencies import FOUND, NONE, UNKNOWN, report

HOLE = {"id": "GHSA-1", "fix_versions": ["2.0"]}


def told(*packages):
    return json.dumps({"dependencies": list(packages), "fixes": []})


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (told({"name": "a", "version": "1", "vulns": []}), NONE, "没有已知漏洞"),
        (told({"name": "a", "version": "1", "vulns": [HOLE]}), FOUND, "GHSA-1"),
        (told({"name": "a", "skip_reason": "not found"}), FOUND, "没查到：a"),
        (told(), FOUND, "0 个已知漏洞"),
        ("", UNKNOWN, "连不上漏洞库"),
        ("Traceback", UNKNOWN, "连不上漏洞库"),
        ("[]", UNKNOWN, "连不上漏洞库"),
    ],
)
def test_each_outcome_has_its_own_code_and_words(answer, code, words, capsys):
    assert report(answer, "ConnectionError: no route\n") == code
    assert words in capsys.readouterr().out

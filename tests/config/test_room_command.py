"""A room's command asks the platform that is there, and begins none in a folder somebody mistyped."""

import os
import subprocess
import sys

import pytest

from tests.database import ROOT


@pytest.mark.parametrize("words", [["county", "list"], ["audit", "verify"], ["keys", "list"], ["backup", "230184"]])
def test_a_mistyped_folder_is_said_and_nothing_is_made_there(tmp_path, words):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JIETI_", "DJANGO_", "PYTEST"))}
    var = tmp_path / "wrong"
    done = subprocess.run(
        [sys.executable, "-m", "config.command", *words],
        cwd=ROOT,
        env={**kept, "JIETI_VAR": str(var), "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "还没有借梯的数据" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (var / "postgres").exists()


def test_help_names_our_commands_in_both_languages(capsys):
    from config.command import USAGE, main

    assert main(["help"]) == main([]) == 0
    assert capsys.readouterr().out == f"{USAGE}\n" * 2
    assert "flush" not in USAGE

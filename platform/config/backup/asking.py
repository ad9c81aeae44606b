"""Passphrases: from the keyboard, or from a file where nobody sits at one."""

import getpass
import sys
from pathlib import Path

from config.backup.keys import check_passphrase
from config.refusal import Refusal


def passphrase_of(file: Path | None, *, new: bool = False) -> str:
    """Raises Refusal when there is nobody to ask; a new one is asked twice."""
    if file is not None:
        try:
            text = file.read_text(encoding="utf-8").strip("\r\n")
        except OSError as wrong:
            raise Refusal(
                f"读不了 {file}（{wrong.strerror}）。", f"{file} cannot be read ({wrong.strerror})."
            ) from wrong
        return check_passphrase(text) if new else text
    if not sys.stdin.isatty():
        raise Refusal(
            "没有人可以问口令；用 --passphrase-file 文件。", "Nobody to ask for the passphrase: use --passphrase-file."
        )
    text = getpass.getpass("口令 passphrase: ")
    if new and check_passphrase(text) != getpass.getpass("再来一次 again: "):
        raise Refusal("两次口令不一样。", "The two passphrases differ.")
    return text

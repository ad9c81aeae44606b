"""The secrets of a platform on its embedded database: nobody else sets them there."""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.environment.problem import EnvironmentProblem
from kernel import key_file

KEY_BYTES = 32


BY_VARIABLE = ("SECRET_KEY", "JIETI_KEYS", "JIETI_HASH_KEY")


def held_keys(environ: Mapping[str, str], var: Path) -> tuple[Path | None, dict[str, Any]]:
    """The file in which keys turn, if one is theirs to turn in, and what it says.

    ``JIETI_KEY_RING`` names it; the embedded platform has its own. Where a variable says a key,
    the variable is believed and nothing turns by itself.
    """
    given = any(environ.get(name, "").strip() for name in BY_VARIABLE)
    named = environ.get("JIETI_KEY_RING", "").strip()
    if named and given:
        raise EnvironmentProblem(
            "JIETI_KEY_RING",
            f"和 {'、'.join(BY_VARIABLE)} 不能同时设置。",
            f"and {', '.join(BY_VARIABLE)} may not both be set.",
        )
    if named:
        return Path(named), _read(Path(named), "JIETI_KEY_RING")
    if environ.get("DATABASE_URL", "").strip():
        return None, {}
    return (None if given else var / "secrets.json"), kept_secrets(var)


def kept_secrets(var: Path) -> dict[str, Any]:
    """The embedded platform's own secrets, made on first use, readable by their owner alone."""
    path = var / "secrets.json"
    if not path.exists():
        _write_secrets(path)
    return _read(path, "JIETI_VAR")


def _read(path: Path, variable: str) -> dict[str, Any]:
    try:
        return key_file.load(path)
    except (OSError, ValueError) as wrong:
        raise EnvironmentProblem(
            variable,
            f"读不了 {path}；里面是密钥，请从备份恢复。",
            f"cannot read {path}; it holds the keys, restore it from a backup.",
        ) from wrong


def _write_secrets(path: Path) -> None:
    """Whole or not at all, and the first of two processes wins."""
    fresh = {
        "secret_key": secrets.token_urlsafe(48),
        "keys": [base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()],
        "hash_key": secrets.token_urlsafe(32),
    }
    draft = path.with_name(f".secrets-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(fresh, file)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    except OSError as wrong:
        raise EnvironmentProblem(
            "JIETI_VAR",
            f"{path.parent} 不能写入，请换一个文件夹。",
            f"cannot write to {path.parent}, choose another folder.",
        ) from wrong

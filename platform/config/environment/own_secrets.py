"""The secrets of a platform on its embedded database: nobody else sets them there."""

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Any

from config.environment.problem import EnvironmentProblem

KEY_BYTES = 32


def kept_secrets(var: Path) -> dict[str, Any]:
    """The embedded platform's own secrets, made on first use, readable by their owner alone."""
    path = var / "secrets.json"
    if not path.exists():
        _write_secrets(path)
    try:
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise EnvironmentProblem(
            "JIETI_VAR",
            f"读不了 {path}；里面是密钥，请从备份恢复。",
            f"cannot read {path}; it holds the keys, restore it from a backup.",
        ) from wrong
    return kept


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

"""What opens the data, apart from the data: one small file sealed with a passphrase.

``jieti backup keys`` writes it, onto a stick or paper that goes into a safe. It never goes into the backup's folder.
"""

import base64
import io
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from config.backup.age import VERSION, BadSeal, Identity, Passphrase, Sealing, Unsealed
from config.environment import Environment
from config.refusal import Refusal
from kernel import key_file
from kernel.whole_files import make_sure

SHORTEST = 12  # letters of a passphrase
LONGEST_PLAIN = 3000
KIND_KEYS, KIND_IDENTITY = "jieti keys", "jieti backup identity"


@dataclass(frozen=True)
class Keys:
    """The province's secrets, in the words of its own key file."""

    held: dict[str, Any] = field(repr=False)

    @property
    def prints(self) -> list[str]:
        """By which names these keys are called (``jieti keys`` shows the same); they tell nothing of them."""
        return [key_file.fingerprint(key) for key in (*self.held["keys"], *self.held["hash_keys"])]


def keys_of(environment: Environment) -> Keys:
    """What the platform runs with: its key file as it stands, or what the variables say."""
    if environment.key_file is not None:
        held = read_file(environment.key_file).held
    else:
        held = {
            "keys": list(environment.keys),
            "hash_keys": [environment.hash_key, *environment.old_hash_keys],
            "session_keys": [environment.secret_key, *environment.old_secret_keys],
        }
    return Keys({**held, "signing_key": environment.signing_key} if environment.signing_key else held)


def read_file(path: Path) -> Keys:
    """A platform's own key file, of this release or an earlier one."""
    try:
        keys = Keys(key_file.load(path))
        _must_be_keys(keys)
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise _not_ours(path) from wrong
    return keys


def _must_be_keys(keys: Keys) -> None:
    if not keys.prints or not all(len(base64.urlsafe_b64decode(key)) == 32 for key in keys.held["keys"]):
        raise ValueError("no keys of 32 bytes")


def write_keys(path: Path, keys: Keys, passphrase: str, backup: Path | None) -> None:
    _seal_into(path, {"kind": KIND_KEYS, "held": keys.held}, passphrase, backup)


def write_identity(path: Path, passphrase: str, backup: Path | None) -> str:
    """A fresh private key for sealed backups; returns the public one, for ``JIETI_BACKUP_RECIPIENT``."""
    identity = Identity.make()
    _seal_into(path, {"kind": KIND_IDENTITY, "secret": identity.secret}, passphrase, backup)
    return identity.recipient


def read_keys(path: Path, passphrase: str) -> Keys:
    facts = _opened(path, passphrase, KIND_KEYS)
    try:
        keys = Keys(cast("dict[str, Any]", facts["held"]))
        _must_be_keys(keys)
    except (KeyError, TypeError, ValueError) as wrong:
        raise _not_ours(path) from wrong
    return keys


def read_old_keys(path: Path, passphrase: Callable[[], str]) -> list[str]:
    """What opens the texts of an old file: of ``jieti backup keys``, a key file, or keys as ``JIETI_KEYS`` has them."""
    try:
        start = path.read_bytes()[:LONGEST_PLAIN]
    except OSError as wrong:
        raise Refusal(f"读不了 {path}（{wrong.strerror}）。", f"{path} cannot be read ({wrong.strerror}).") from wrong
    if start.startswith(VERSION):
        return list(read_keys(path, passphrase()).held["keys"])
    if start.lstrip().startswith(b"{"):
        return list(read_file(path).held["keys"])
    try:
        keys = Keys({"keys": re.split(r"[,\s]+", start.decode().strip()), "hash_keys": []})
        _must_be_keys(keys)
    except ValueError as wrong:
        raise _not_ours(path) from wrong
    return list(keys.held["keys"])


def read_identity(path: Path, passphrase: str) -> Identity:
    """Ours, sealed with a passphrase, or a plain one of ``age-keygen``."""
    try:
        if path.exists() and b"AGE-SECRET-KEY-1" in path.read_bytes()[:LONGEST_PLAIN]:
            return Identity.read(path.read_text(encoding="utf-8"))
        return Identity.read(str(_opened(path, passphrase, KIND_IDENTITY).get("secret", "")))
    except BadSeal as wrong:
        raise _not_ours(path) from wrong


def check_passphrase(passphrase: str) -> str:
    if len(passphrase) < SHORTEST:
        raise Refusal(
            f"口令至少 {SHORTEST} 个字符：拿到这个文件的人有的是时间猜。",
            f"The passphrase needs at least {SHORTEST} characters: who holds the file has time to guess.",
        )
    return passphrase


def _seal_into(path: Path, facts: dict[str, object], passphrase: str, backup: Path | None) -> None:
    check_passphrase(passphrase)
    if backup is not None and path.resolve().is_relative_to(backup.resolve()):
        raise Refusal(
            f"密钥不能放进备份文件夹 {backup}：谁拿到备份，谁就拿到密钥。放到另一个盘上。",
            f"Keys never go into the backup's folder {backup}: choose another disk.",
        )
    sealed = io.BytesIO()
    sealing = Sealing(sealed, Passphrase(passphrase))
    sealing.write(json.dumps(facts).encode())
    sealing.close()
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(sealed.getvalue())
            file.flush()
            os.fsync(file.fileno())
        make_sure(path.parent)
    except FileExistsError as there:
        raise Refusal(f"{path} 已经有了，不会覆盖。", f"{path} exists and is not overwritten.") from there
    except OSError as wrong:
        raise Refusal(
            f"{path} 写不进去（{wrong.strerror}）。", f"{path} cannot be written ({wrong.strerror})."
        ) from wrong
    if _opened(path, passphrase, str(facts["kind"])) != facts:
        raise Refusal(f"{path} 写完读不回来，换一个盘。", f"{path} cannot be read back: use another disk.")


def _opened(path: Path, passphrase: str, kind: str) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            facts = json.loads(Unsealed(file, Passphrase(passphrase)).read())
    except OSError as wrong:
        raise Refusal(f"读不了 {path}（{wrong.strerror}）。", f"{path} cannot be read ({wrong.strerror}).") from wrong
    except BadSeal as wrong:
        raise Refusal(f"打不开 {path}：口令不对，或者文件坏了。", f"{path} does not open: {wrong}.") from wrong
    except ValueError as wrong:
        raise _not_ours(path) from wrong
    if not isinstance(facts, dict) or facts.get("kind") != kind:
        raise _not_ours(path)
    return facts


def _not_ours(path: Path) -> Refusal:
    return Refusal(f"{path} 不是要的那种密钥文件。", f"{path} is not the kind of key file that is needed.")

"""Single variables, each read and checked by itself."""

import base64
import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from config.environment.problem import EnvironmentProblem

FILE = "_FILE"
# GB/T 2260: the provinces whose counties the register holds
PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]")
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", ""})
BY_FILE = frozenset(
    {
        "DATABASE_URL",
        "BROKER_URL",
        "REDIS_URL",
        "ELASTICSEARCH_URL",
        "SECRET_KEY",
        "JIETI_KEYS",
        "JIETI_HASH_KEY",
        "JIETI_HASH_KEY_FALLBACKS",
        "JIETI_SIGNING_KEY",
        "SECRET_KEY_FALLBACKS",
        "SENTRY_DSN",
        "METRICS_TOKEN",
        "JIETI_BACKUP_URL",
        "SMS_KEY_SECRET",
        "SMTP_URL",
    }
)


def with_files(environ: Mapping[str, str]) -> Mapping[str, str]:
    """``SECRET_KEY_FILE=/run/secrets/key`` stands for the variable itself, so that no secret need be in an environment."""
    named = _named_by_file(environ)
    return {**environ, **{name: _contents(environ, name) for name in named}} if named else environ


def _named_by_file(environ: Mapping[str, str]) -> list[str]:
    return [name.removesuffix(FILE) for name in environ if name.endswith(FILE) and name.removesuffix(FILE) in BY_FILE]


def _contents(environ: Mapping[str, str], name: str) -> str:
    place = environ[name + FILE].strip()
    if environ.get(name, "").strip():
        raise EnvironmentProblem(name, f"和 {name}{FILE} 只能设置一个。", f"and {name}{FILE} may not both be set.")
    try:
        return Path(place).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as wrong:
        raise EnvironmentProblem(name + FILE, f"读不了 {place}。", f"cannot read {place}.") from wrong


def signing_key(environ: Mapping[str, str]) -> str:
    """Ed25519, 32 bytes in base64: what signs the exports of the audit trail."""
    text = environ.get("JIETI_SIGNING_KEY", "").strip()
    try:
        sound = not text or len(base64.b64decode(text, validate=True)) == 32
    except ValueError:
        sound = False
    if not sound:
        raise EnvironmentProblem(
            "JIETI_SIGNING_KEY",
            "应是 32 字节的 base64，用 jieti audit new-key 做一把。",
            "should be 32 bytes in base64: make one by jieti audit new-key.",
        )
    return text


def flag(environ: Mapping[str, str], variable: str, *, default: bool) -> bool:
    if variable not in environ:
        return default
    word = environ[variable].strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise EnvironmentProblem(variable, "应是 0 或 1。", "should be 0 or 1.")


def listed(environ: Mapping[str, str], variable: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in environ.get(variable, "").split(",") if part.strip())


def number(environ: Mapping[str, str], variable: str, default: int, *, most: int, least: int = 1) -> int:
    text = environ.get(variable, "").strip() or str(default)
    if text.isascii() and text.isdecimal() and least <= int(text) <= most:
        return int(text)
    raise EnvironmentProblem(
        variable, f"应是 {least} 到 {most} 之间的数字。", f"should be a number from {least} to {most}."
    )


def folder(environ: Mapping[str, str], variable: str) -> Path | None:
    text = environ.get(variable, "").strip()
    return Path(text).expanduser().absolute() if text else None


def keep(environ: Mapping[str, str]) -> str:
    """How many daily, weekly and monthly backups stay."""
    text = environ.get("JIETI_BACKUP_KEEP", "").strip() or "7,4,12"
    if re.fullmatch(r"[1-9]\d{0,2},\d{1,3},\d{1,3}", text):
        return text
    raise EnvironmentProblem(
        "JIETI_BACKUP_KEEP",
        "应是三个数字：留几天、几周、几个月的备份，例如 7,4,12。",
        "should be three numbers: daily, weekly and monthly backups to keep, such as 7,4,12.",
    )


def bind(environ: Mapping[str, str]) -> str:
    """The address to listen on; a container behind a proxy needs 0.0.0.0."""
    text = environ.get("JIETI_BIND", "").strip() or "127.0.0.1"
    try:
        return str(ip_address(text))
    except ValueError as wrong:
        raise EnvironmentProblem(
            "JIETI_BIND", "应是一个 IP 地址，例如 127.0.0.1。", "should be an IP address, such as 127.0.0.1."
        ) from wrong


def province(environ: Mapping[str, str]) -> str:
    text = environ.get("JIETI_PROVINCE", "").strip() or "23"
    if PROVINCE.fullmatch(text):
        return text
    raise EnvironmentProblem(
        "JIETI_PROVINCE",
        "应是国标 GB/T 2260 的两位省级代码，例如 23。",
        "should be a province's two-digit code of GB/T 2260, such as 23.",
    )


def prefix(environ: Mapping[str, str]) -> str:
    """What this province's indices are called by, in a cluster that several may share."""
    text = environ.get("ELASTICSEARCH_PREFIX", "").strip() or f"jieti-{province(environ)}-"
    if re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", text):
        return text
    raise EnvironmentProblem(
        "ELASTICSEARCH_PREFIX",
        "只能用小写字母、数字、“-”和“_”，最多 40 个。",
        'may have small letters, digits, "-" and "_" only, at most 40.',
    )


def log_form(environ: Mapping[str, str], *, production: bool) -> str:
    """JSON lines for machines, or text for people; each where it is usual."""
    form = environ.get("JIETI_LOGS", "").strip() or ("json" if production else "text")
    if form in {"json", "text"}:
        return form
    raise EnvironmentProblem("JIETI_LOGS", "应是 json 或 text。", "should be json or text.")


def origin(environ: Mapping[str, str]) -> str:
    text = environ.get("JIETI_ORIGIN", "").strip().rstrip("/")
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.path or parts.query or "*" in text or "@" in text:
        raise EnvironmentProblem(
            "JIETI_ORIGIN",
            "应是完整网址，例如 https://jieti.example。",
            "should be a whole origin, such as https://jieti.example.",
        )
    return text


def parse_database_url(url: str, variable: str = "DATABASE_URL") -> dict[str, Any]:
    """``postgresql://user:password@host:port/name?sslmode=require`` in Django's words."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as wrong:
        raise _bad_database_url(variable) from wrong
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not name:
        raise _bad_database_url(variable)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or ""),
        "OPTIONS": options,
    }


def _bad_database_url(variable: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        variable,
        "应写成 postgresql://用户:密码@主机:端口/库名。",
        "should read postgresql://user:password@host:port/name.",
    )

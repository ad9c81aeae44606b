"""What the surroundings say: every environment variable is read here, once, and checked.

``DATABASE_URL`` makes it production. Without it the platform runs on the PostgreSQL that
comes in its own wheel, keeps everything under ``JIETI_VAR``, and makes its own secrets.
"""

import base64
import binascii
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]
LONGEST_SOCKET = 107 - len("/.s.PGSQL.5432.lock")
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", ""})
DEFAULT_SECRETS = frozenset({"secret", "changeme", "change-me", "insecure", "default", "django-insecure"})
SHORTEST_SECRET = 40
KEY_BYTES = 32


class EnvironmentProblem(Exception):
    """A variable is missing or wrong; the sentence names it and says what to do."""

    def __init__(self, variable: str, chinese: str, english: str) -> None:
        self.variable = variable
        super().__init__(f"{variable}：{chinese}\n{variable}: {english}")


@dataclass(frozen=True)
class Environment:
    """The answers, typed. Texts that may be absent are empty strings."""

    var: Path
    port: int = 8000
    bind: str = "127.0.0.1"
    web_workers: int = 2
    province: str = "23"
    demo: bool = True
    database_url: str = ""
    broker_url: str = ""
    redis_url: str = ""
    media_url: str = ""
    elasticsearch_urls: tuple[str, ...] = field(default=(), repr=False)
    elasticsearch_prefix: str = ""
    elasticsearch_shards: int = 1
    origin: str = ""
    debug: bool = False
    extra_hosts: tuple[str, ...] = ()
    secret_key: str = field(default="", repr=False)
    keys: tuple[str, ...] = field(default=(), repr=False)
    hash_key: str = field(default="", repr=False)
    icp_number: str = ""
    police_number: str = ""
    operator: str = ""
    complaint_phone: str = ""
    sentry_dsn: str = field(default="", repr=False)

    @property
    def production(self) -> bool:
        return bool(self.database_url)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that are served: the province's own, and what the operator adds."""
        own = [urlsplit(self.origin).hostname or ""] if self.origin else ["127.0.0.1", "localhost"]
        return tuple(dict.fromkeys([*own, *self.extra_hosts]))

    @property
    def address(self) -> str:
        """Where people find the province, without a slash at the end."""
        return self.origin or f"http://127.0.0.1:{self.port}"

    @property
    def cluster(self) -> Path:
        """The embedded PostgreSQL's data folder."""
        return self.var / "postgres"

    @property
    def socket_folder(self) -> Path:
        return socket_folder(self.var)

    @property
    def broker_folder(self) -> Path:
        return self.var / "broker"

    @property
    def media_folder(self) -> Path:
        return self.var / "media"

    @property
    def database(self) -> dict[str, Any]:
        """The connection facts in Django's words, without the engine."""
        if self.production:
            return parse_database_url(self.database_url)
        return {
            "NAME": "jieti",
            "USER": "jieti",
            "PASSWORD": "",
            "HOST": str(self.socket_folder),
            "PORT": "",
            "OPTIONS": {},
        }


def socket_folder(var: Path) -> Path:
    """Beside the data, or a short private folder in /tmp: a socket's path ends at 107 bytes."""
    beside = var / "run"
    if len(os.fsencode(beside)) <= LONGEST_SOCKET:
        return beside
    mark = sha256(os.fsencode(var)).hexdigest()[:16]
    return Path("/tmp") / f"jieti-{os.getuid()}-{mark}"  # noqa: S108 - private_folder refuses one that is not ours


def read_environment(environ: Mapping[str, str]) -> Environment:
    """Read and check everything; on the embedded database missing secrets are made.

    Raises EnvironmentProblem naming the first variable that is wrong.
    """
    database_url = environ.get("DATABASE_URL", "").strip()
    var = Path(environ.get("JIETI_VAR", "").strip() or ROOT / "var").expanduser().absolute()
    kept = {} if database_url else kept_secrets(var)
    environment = Environment(
        var=var,
        port=_number(environ, "PORT", 8000, most=65535),
        bind=_bind(environ),
        web_workers=_number(environ, "JIETI_WEB_WORKERS", 2, most=64),
        province=_province(environ),
        demo=not database_url and _flag(environ, "JIETI_DEMO", default=True),
        database_url=database_url,
        broker_url=environ.get("BROKER_URL", "").strip(),
        redis_url=environ.get("REDIS_URL", "").strip(),
        media_url=environ.get("MEDIA_URL", "").strip(),
        elasticsearch_urls=_list(environ, "ELASTICSEARCH_URL"),
        elasticsearch_prefix=_prefix(environ),
        elasticsearch_shards=_number(environ, "ELASTICSEARCH_SHARDS", 1, most=64),
        origin=_origin(environ),
        debug=_flag(environ, "DEBUG", default=False),
        extra_hosts=_list(environ, "ALLOWED_HOSTS"),
        secret_key=environ.get("SECRET_KEY", "") or kept.get("secret_key", ""),
        keys=_list(environ, "JIETI_KEYS") or tuple(kept.get("keys", ())),
        hash_key=environ.get("JIETI_HASH_KEY", "") or kept.get("hash_key", ""),
        icp_number=environ.get("JIETI_ICP", "").strip(),
        police_number=environ.get("JIETI_POLICE", "").strip(),
        operator=environ.get("JIETI_OPERATOR", "").strip(),
        complaint_phone=environ.get("JIETI_COMPLAINT_PHONE", "").strip(),
        sentry_dsn=environ.get("SENTRY_DSN", "").strip(),
    )
    check_environment(environment)
    return environment


def check_environment(environment: Environment) -> None:
    """Stop before anything starts that could only go wrong later."""
    _check_hosts(environment)
    _check_keys(environment)
    if environment.database_url:
        parse_database_url(environment.database_url)
    if environment.broker_url:
        _check_broker(environment.broker_url)
    for url in environment.elasticsearch_urls:
        _check_elasticsearch(url)
    if environment.production:
        _check_production(environment)


def _check_production(environment: Environment) -> None:
    secret = environment.secret_key
    if not secret:
        raise EnvironmentProblem("SECRET_KEY", "正式运行必须设置。", "must be set in production.")
    if len(secret) < SHORTEST_SECRET or any(word in secret.lower() for word in DEFAULT_SECRETS):
        raise EnvironmentProblem(
            "SECRET_KEY",
            f"太短或是默认值，请换成至少 {SHORTEST_SECRET} 个随机字符。",
            f"is short or a default value: use at least {SHORTEST_SECRET} random characters.",
        )
    if environment.debug:
        raise EnvironmentProblem("DEBUG", "正式运行不能打开调试。", "must be off in production.")
    needed = {
        "BROKER_URL": environment.broker_url,
        "JIETI_ORIGIN": environment.origin,
        "JIETI_KEYS": environment.keys,
        "JIETI_HASH_KEY": environment.hash_key,
        "JIETI_ICP": environment.icp_number,
        "JIETI_POLICE": environment.police_number,
        "JIETI_OPERATOR": environment.operator,
        "JIETI_COMPLAINT_PHONE": environment.complaint_phone,
    }
    for variable, value in needed.items():
        if not value:
            raise EnvironmentProblem(variable, "正式运行必须设置。", "must be set in production.")


def _check_hosts(environment: Environment) -> None:
    for host in environment.extra_hosts:
        if "*" in host or host.startswith("."):
            raise EnvironmentProblem(
                "ALLOWED_HOSTS",
                "请逐个写出域名，不能用“*”或“.”代表全部。",
                'name each host; "*" and a leading "." are refused.',
            )


def _check_keys(environment: Environment) -> None:
    for key in environment.keys:
        try:
            raw = base64.urlsafe_b64decode(key)
        except (binascii.Error, ValueError):
            raw = b""
        if len(raw) != KEY_BYTES:
            raise EnvironmentProblem(
                "JIETI_KEYS",
                "每把密钥应是 32 字节的 base64，用逗号分开。",
                "each key is 32 bytes in base64, separated by commas.",
            )


def _check_broker(url: str) -> None:
    if urlsplit(url).scheme not in {"redis", "rediss", "amqp", "amqps", "filesystem"}:
        raise EnvironmentProblem(
            "BROKER_URL", "应是 redis:// 或 amqp:// 地址。", "should be a redis:// or amqp:// address."
        )


def _check_elasticsearch(url: str) -> None:
    """http://user:password@host:port, several with commas; an API key is a password without a user."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.path.strip("/") or parts.query or (parts.username and parts.password is None):
        raise EnvironmentProblem(
            "ELASTICSEARCH_URL",
            "应写成 https://用户:密码@主机:9200，多个用逗号分开。",
            "should read https://user:password@host:9200, several with commas between them.",
        )


def parse_database_url(url: str) -> dict[str, Any]:
    """``postgresql://user:password@host:port/name?sslmode=require`` in Django's words."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as wrong:
        raise _bad_database_url() from wrong
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not name:
        raise _bad_database_url()
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


def _bad_database_url() -> EnvironmentProblem:
    return EnvironmentProblem(
        "DATABASE_URL",
        "应写成 postgresql://用户:密码@主机:端口/库名。",
        "should read postgresql://user:password@host:port/name.",
    )


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


def _flag(environ: Mapping[str, str], variable: str, *, default: bool) -> bool:
    if variable not in environ:
        return default
    word = environ[variable].strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise EnvironmentProblem(variable, "应是 0 或 1。", "should be 0 or 1.")


def _list(environ: Mapping[str, str], variable: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in environ.get(variable, "").split(",") if part.strip())


def _number(environ: Mapping[str, str], variable: str, default: int, *, most: int) -> int:
    text = environ.get(variable, "").strip() or str(default)
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= most:
        return int(text)
    raise EnvironmentProblem(variable, f"应是 1 到 {most} 之间的数字。", f"should be a number from 1 to {most}.")


def _bind(environ: Mapping[str, str]) -> str:
    """The address to listen on; a container behind a proxy needs 0.0.0.0."""
    text = environ.get("JIETI_BIND", "").strip() or "127.0.0.1"
    try:
        return str(ip_address(text))
    except ValueError as wrong:
        raise EnvironmentProblem(
            "JIETI_BIND", "应是一个 IP 地址，例如 127.0.0.1。", "should be an IP address, such as 127.0.0.1."
        ) from wrong


def _province(environ: Mapping[str, str]) -> str:
    text = environ.get("JIETI_PROVINCE", "").strip() or "23"
    if len(text) == 2 and text.isascii() and text.isdecimal():
        return text
    raise EnvironmentProblem(
        "JIETI_PROVINCE", "应是两位省级代码，例如 23。", "should be a province's two-digit code, such as 23."
    )


def _prefix(environ: Mapping[str, str]) -> str:
    """What this province's indices are called by, in a cluster that several may share."""
    text = environ.get("ELASTICSEARCH_PREFIX", "").strip() or f"jieti-{_province(environ)}-"
    if re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", text):
        return text
    raise EnvironmentProblem(
        "ELASTICSEARCH_PREFIX",
        "只能用小写字母、数字、“-”和“_”，最多 40 个。",
        'may have small letters, digits, "-" and "_" only, at most 40.',
    )


def _origin(environ: Mapping[str, str]) -> str:
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

"""The environment as a whole: every variable, typed."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config.environment import values
from config.environment.checks import check_environment
from config.environment.messages import Messages, read_messages
from config.environment.own_secrets import held_keys
from config.environment.problem import EnvironmentProblem

ROOT = Path(__file__).resolve().parents[3]
DEMO_PROVINCE = "23"
LONGEST_SOCKET = 107 - len("/.s.PGSQL.5432.lock")


@dataclass(frozen=True)
class Environment:
    """The answers, typed. Texts that may be absent are empty strings."""

    var: Path
    port: int = 8000
    bind: str = "127.0.0.1"
    web_workers: int = 2
    proxies: int = 0
    static: Path | None = None
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
    old_secret_keys: tuple[str, ...] = field(default=(), repr=False)
    old_hash_keys: tuple[str, ...] = field(default=(), repr=False)
    key_file: Path | None = None
    signing_key: str = field(default="", repr=False)
    icp_number: str = ""
    police_number: str = ""
    operator: str = ""
    complaint_phone: str = ""
    trademark_agent: str = ""
    trademark_agent_number: str = ""
    sentry_dsn: str = field(default="", repr=False)
    metrics_token: str = field(default="", repr=False)
    certificate: str = ""
    log_form: str = "text"
    messages: Messages = field(default_factory=Messages)
    backup: Path | None = None
    backup_url: str = field(default="", repr=False)
    backup_recipient: str = ""
    backup_keep: str = "7,4,12"

    @property
    def demo_mark(self) -> Path:
        """Stands in the data folder when the demo province is complete; holds what ``jieti up`` prints of it."""
        return self.var / "demo-complete.txt"

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
    def static_folder(self) -> Path:
        """A release's own where one is named: two releases side by side must not clear each other's files."""
        return self.static or self.var / "static"

    @property
    def media_folder(self) -> Path:
        return self.var / "media"

    @property
    def database(self) -> dict[str, Any]:
        """The connection facts in Django's words, without the engine."""
        if self.production:
            return values.parse_database_url(self.database_url)
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


def var_folder(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("JIETI_VAR", "").strip() or ROOT / "var").expanduser().absolute()


def _has_demo(environ: Mapping[str, str]) -> bool:
    """Its counties and goods are Heilongjiang's: another province starts without them."""
    wanted = values.flag(environ, "JIETI_DEMO", default=values.province(environ) == DEMO_PROVINCE)
    if not wanted or environ.get("DATABASE_URL", "").strip():
        return False
    if values.province(environ) != DEMO_PROVINCE:
        raise EnvironmentProblem(
            "JIETI_DEMO",
            f"演示数据只有黑龙江的：省代码不是 {DEMO_PROVINCE} 时请设为 0 或不设。",
            f"the demo is of Heilongjiang alone: set it to 0, or not at all, where the province is not {DEMO_PROVINCE}.",
        )
    return True


def read_environment(environ: Mapping[str, str]) -> Environment:
    """Read and check everything; on the embedded database missing secrets are made.

    Raises EnvironmentProblem naming the first variable that is wrong.
    """
    environ = values.with_files(environ)
    database_url = environ.get("DATABASE_URL", "").strip()
    var = var_folder(environ)
    key_file, kept = held_keys(environ, var)
    environment = Environment(
        var=var,
        port=values.number(environ, "PORT", 8000, most=65535),
        bind=values.bind(environ),
        web_workers=values.number(environ, "JIETI_WEB_WORKERS", 2, most=64),
        proxies=values.number(environ, "JIETI_PROXIES", 0, most=8, least=0),
        static=values.folder(environ, "JIETI_STATIC"),
        province=values.province(environ),
        demo=_has_demo(environ),
        database_url=database_url,
        broker_url=environ.get("BROKER_URL", "").strip(),
        redis_url=environ.get("REDIS_URL", "").strip(),
        media_url=environ.get("MEDIA_URL", "").strip(),
        elasticsearch_urls=values.listed(environ, "ELASTICSEARCH_URL"),
        elasticsearch_prefix=values.prefix(environ),
        elasticsearch_shards=values.number(environ, "ELASTICSEARCH_SHARDS", 1, most=64),
        origin=values.origin(environ),
        debug=values.flag(environ, "DEBUG", default=False),
        extra_hosts=values.listed(environ, "ALLOWED_HOSTS"),
        secret_key=environ.get("SECRET_KEY", "") or next(iter(kept.get("session_keys", ())), ""),
        keys=values.listed(environ, "JIETI_KEYS") or tuple(kept.get("keys", ())),
        hash_key=environ.get("JIETI_HASH_KEY", "") or next(iter(kept.get("hash_keys", ())), ""),
        old_secret_keys=values.listed(environ, "SECRET_KEY_FALLBACKS") or tuple(kept.get("session_keys", ())[1:]),
        old_hash_keys=values.listed(environ, "JIETI_HASH_KEY_FALLBACKS") or tuple(kept.get("hash_keys", ())[1:]),
        key_file=key_file,
        signing_key=values.signing_key(environ),
        icp_number=environ.get("JIETI_ICP", "").strip(),
        police_number=environ.get("JIETI_POLICE", "").strip(),
        operator=environ.get("JIETI_OPERATOR", "").strip(),
        complaint_phone=environ.get("JIETI_COMPLAINT_PHONE", "").strip(),
        trademark_agent=environ.get("JIETI_AGENT", "").strip(),
        trademark_agent_number=environ.get("JIETI_AGENT_NO", "").strip(),
        sentry_dsn=environ.get("SENTRY_DSN", "").strip(),
        metrics_token=environ.get("METRICS_TOKEN", "").strip(),
        certificate=environ.get("JIETI_CERTIFICATE", "").strip(),
        log_form=values.log_form(environ, production=bool(database_url)),
        messages=read_messages(environ),
        backup=values.folder(environ, "JIETI_BACKUP"),
        backup_url=environ.get("JIETI_BACKUP_URL", "").strip(),
        backup_recipient=environ.get("JIETI_BACKUP_RECIPIENT", "").strip(),
        backup_keep=values.keep(environ),
    )
    check_environment(environment)
    return environment

"""Addresses of other servers and of the province itself: whole ones, before anything tries to reach them."""

import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from config.environment.problem import EnvironmentProblem

if TYPE_CHECKING:
    from config.environment.reading import Environment

HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?:\.(?!-)[A-Za-z0-9-]{1,63})*|\[[0-9A-Fa-f:.]+\]")
BROKERS = frozenset({"redis", "rediss", "amqp", "amqps"})
CACHES = frozenset({"redis", "rediss"})
WEB = frozenset({"http", "https"})
THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


def check_addresses(environment: "Environment") -> None:
    """Raises EnvironmentProblem naming the first variable whose address is none."""
    _check_hosts(environment.extra_hosts)
    _check_origin(environment)
    if environment.broker_url and not _is_sound(environment.broker_url, BROKERS):
        raise EnvironmentProblem(
            "BROKER_URL", "应是 redis:// 或 amqp:// 地址。", "should be a redis:// or amqp:// address."
        )
    if environment.redis_url and not _is_sound(environment.redis_url, CACHES):
        raise EnvironmentProblem(
            "REDIS_URL", "应是 redis://主机:6379/1 这样的地址。", "should be an address such as redis://host:6379/1."
        )
    _check_media(environment.media_url)
    _check_sentry(environment.sentry_dsn)
    for url in environment.elasticsearch_urls:
        _check_elasticsearch(url)


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def _is_sound(url: str, schemes: frozenset[str]) -> bool:
    parts = _parts(url)
    return parts is not None and parts.scheme in schemes and bool(parts.hostname)


def _check_hosts(hosts: tuple[str, ...]) -> None:
    for host in hosts:
        if not HOST.fullmatch(host):
            raise EnvironmentProblem(
                "ALLOWED_HOSTS",
                f"“{host}”不是域名：请逐个写出，不带 https:// 和端口，不能用“*”或“.”代表全部。",
                f'"{host}" is no host name: name each host without https:// and port; "*" and a leading "." are refused.',
            )


def _check_origin(environment: "Environment") -> None:
    """Sign-ins over plain http are read by everybody on the way; on this machine alone nobody is."""
    parts = _parts(environment.origin)
    if environment.production and parts and parts.scheme == "http" and parts.hostname not in THIS_MACHINE:
        raise EnvironmentProblem(
            "JIETI_ORIGIN", "正式运行要用 https:// 网址。", "must be an https:// address in production."
        )


def _check_media(url: str) -> None:
    sound = not url or (url.endswith("/") and (url.startswith("/") or _is_sound(url, WEB)))
    if not sound:
        raise EnvironmentProblem(
            "MEDIA_URL",
            "应是 /media/ 这样的路径或完整网址，以“/”结尾。",
            'should be a path such as /media/ or a whole address, with "/" at its end.',
        )


def _check_sentry(dsn: str) -> None:
    parts = _parts(dsn)
    sound = _is_sound(dsn, WEB) and parts is not None and bool(parts.username) and parts.path.strip("/").isdecimal()
    if dsn and not sound:
        raise EnvironmentProblem(
            "SENTRY_DSN", "应写成 https://公钥@主机/项目号。", "should read https://key@host/project."
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

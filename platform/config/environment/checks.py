"""What must hold before anything starts, so that nothing goes wrong later."""

import base64
import binascii
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from config.environment.own_secrets import KEY_BYTES
from config.environment.problem import EnvironmentProblem
from config.environment.values import parse_database_url

if TYPE_CHECKING:
    from config.environment.reading import Environment

DEFAULT_SECRETS = frozenset({"secret", "changeme", "change-me", "insecure", "default", "django-insecure"})
SHORTEST_SECRET = 40
SHORTEST_TOKEN = 24


def check_environment(environment: "Environment") -> None:
    """Stop before anything starts that could only go wrong later."""
    _check_hosts(environment)
    _check_keys(environment)
    if environment.database_url:
        parse_database_url(environment.database_url)
    if environment.backup_url:
        parse_database_url(environment.backup_url, "JIETI_BACKUP_URL")
    if environment.broker_url:
        _check_broker(environment.broker_url)
    for url in environment.elasticsearch_urls:
        _check_elasticsearch(url)
    if environment.metrics_token and len(environment.metrics_token) < SHORTEST_TOKEN:
        raise EnvironmentProblem(
            "METRICS_TOKEN",
            f"太短，请换成至少 {SHORTEST_TOKEN} 个随机字符。",
            f"is short: use at least {SHORTEST_TOKEN} random characters.",
        )
    if environment.production:
        _check_production(environment)


def _check_production(environment: "Environment") -> None:
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


def _check_hosts(environment: "Environment") -> None:
    for host in environment.extra_hosts:
        if "*" in host or host.startswith("."):
            raise EnvironmentProblem(
                "ALLOWED_HOSTS",
                "请逐个写出域名，不能用“*”或“.”代表全部。",
                'name each host; "*" and a leading "." are refused.',
            )


def _check_keys(environment: "Environment") -> None:
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

"""What must hold before anything starts, so that nothing goes wrong later."""

import base64
import binascii
from typing import TYPE_CHECKING

from config.environment.addresses import check_addresses
from config.environment.own_secrets import KEY_BYTES
from config.environment.problem import EnvironmentProblem
from config.environment.values import parse_database_url

if TYPE_CHECKING:
    from config.environment.reading import Environment

DEFAULT_SECRETS = frozenset({"secret", "changeme", "change-me", "insecure", "default", "django-insecure"})
SHORTEST_SECRET = 40
SHORTEST_HASH_KEY = 32
SHORTEST_TOKEN = 24


def check_environment(environment: "Environment") -> None:
    """Stop before anything starts that could only go wrong later."""
    check_addresses(environment)
    _check_keys(environment)
    if environment.database_url:
        parse_database_url(environment.database_url)
    if environment.backup_url:
        parse_database_url(environment.backup_url, "JIETI_BACKUP_URL")
    if environment.metrics_token and len(environment.metrics_token) < SHORTEST_TOKEN:
        raise EnvironmentProblem(
            "METRICS_TOKEN",
            f"太短，请换成至少 {SHORTEST_TOKEN} 个随机字符。",
            f"is short: use at least {SHORTEST_TOKEN} random characters.",
        )
    if bool(environment.trademark_agent) != bool(environment.trademark_agent_number):
        raise EnvironmentProblem(
            "JIETI_AGENT" if environment.trademark_agent_number else "JIETI_AGENT_NO",
            "商标代理机构的名称和备案号要一起写；没有代理机构就两个都不写，由申请人自己办理。",
            "name the trademark agency and its record number together, or neither: then each owner files for itself.",
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
    if environment.hash_key and len(environment.hash_key) < SHORTEST_HASH_KEY:
        raise EnvironmentProblem(
            "JIETI_HASH_KEY",
            f"太短，请换成至少 {SHORTEST_HASH_KEY} 个随机字符。",
            f"is short: use at least {SHORTEST_HASH_KEY} random characters.",
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

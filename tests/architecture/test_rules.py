"""``docs/security/rules.md`` says what the code does: numbers, roles, rights, encrypted columns, connections."""

import ast
import re
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from accounts import roles
from accounts.limits import Limit
from kernel.privacy import EncryptedTextField

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/security/rules.md").read_text(encoding="utf-8")
ROOMS = ("platform", "tenants", "branding", "search", "catalog", "cms")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| ")]
NUMBERS = [(row[-2], row[-1].strip("`")) for row in ROWS if re.fullmatch(r"`[\w.]+:[A-Z_]+`", row[-1])]
UNITS = {"MB": 2**20, "万像素": 10_000, "秒": 1, "分钟": 60, "小时": 3600, "天": 86400}
LIMIT = re.compile(r"(\d+) 次 / (\d+) (\w+)")
# What can open a connection, by the name it is imported under.
CONNECTING = {
    "http", "smtplib", "urllib", "urllib3", "socket", "ssl", "elasticsearch", "redis", "sentry_sdk", "psycopg2",
    "requests", "httpx", "aiohttp", "ftplib", "boto3", "telnetlib", "paramiko", "xmlrpc",
}  # fmt: skip
ONLY_NAMES = {"urllib.parse", "http", "http.cookies", "psycopg2.errors", "psycopg2.extensions"}


def sources():
    for room in ROOMS:
        yield from (path for path in sorted((ROOT / room).rglob("*.py")) if "migrations" not in path.parts)


def part(heading):
    return re.search(rf"^## {heading} ·.*?(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)[0]


def says(cell, value):
    """Is this what the cell says, in its own unit?"""
    if isinstance(value, Limit):
        tries, length, unit = LIMIT.fullmatch(cell).groups()
        return (int(tries), int(length) * UNITS[unit]) == (value.tries, value.seconds)
    number, _space, unit = cell.partition(" ")
    if isinstance(value, timedelta):
        return timedelta(seconds=int(number) * UNITS[unit]) == value
    is_length = unit in {"分钟", "小时"} and value < 3600  # a number of minutes or hours, and no seconds
    return int(number) * (1 if is_length or unit == "天" else UNITS.get(unit, 1)) == value


@pytest.mark.parametrize(("cell", "place"), NUMBERS)
def test_every_number_is_the_codes_own(cell, place):
    module, _colon, name = place.partition(":")
    assert says(cell, getattr(import_module(module), name)), (cell, place)


def test_the_numbers_are_read_and_a_wrong_one_would_be_seen():
    assert len(NUMBERS) > 35
    limit = Limit("a", 5, 900)
    assert says("5 次 / 15 分钟", limit)
    for wrong in ("6 次 / 15 分钟", "5 次 / 15 小时"):
        assert not says(wrong, limit)
    assert not says("8 天", timedelta(days=7))
    assert not says("21 MB", 20 * 2**20)


def test_no_limit_is_left_out():
    told = {place for _cell, place in NUMBERS}
    found = set()
    for path in sources():
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removeprefix("platform.")
        found |= {f"{module}:{name}" for name in re.findall(r"^([A-Z_]+) = Limit\(", path.read_text(), re.MULTILINE)}
    assert len(found) > 10
    assert found - told == set()


def test_the_roles_and_their_sessions_are_the_codes_own():
    told = {
        row[0].split("`")[1]: (row[1], row[2], int(row[3]), int(row[4]))
        for row in ROWS
        if len(row) == 5 and row[3].isdecimal()
    }
    assert told == {
        role.code: (
            "省" if role.where == roles.PROVINCE else "县",
            "要" if role.second_factor else "可以设",
            role.idle_minutes,
            role.hours,
        )
        for role in roles.ROLES.values()
    }


def test_rights_to_fields_are_the_codes_own():
    told = {row[3].strip("`"): set(row[4].split()) for row in ROWS if len(row) == 5 and row[3].startswith("`")}
    told = {right: who for right, who in told.items() if "." in right}
    assert len(told) > 10
    assert told == {right: {role for role, rights in roles.PERMISSIONS.items() if right in rights} for right in told}


def test_every_encrypted_column_has_its_level():
    columns = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    }
    assert set(re.findall(r"`(\w+\.\w+\.\w+)`", part("数据分几级"))) == columns


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def test_no_other_file_opens_a_connection():
    """Where a connection is opened its address comes from the settings; so the settings are the list."""
    told = set(re.findall(r"`((?:\w+/)+\w+\.py)`", part("连去哪里")))
    found = {
        str(path.relative_to(ROOT))
        for path in sources()
        if any(name.split(".")[0] in CONNECTING and name not in ONLY_NAMES for name in imported(path))
    }
    assert found - told == set(), "opens a connection, and the page does not say so"
    assert {place for place in told if not (ROOT / place).is_file()} == set()


def test_settings_that_the_page_names_are_there():
    example = (ROOT / "deploy/env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:JIETI|SMS|SMTP|SENTRY|ELASTICSEARCH|DATABASE|BROKER|REDIS|SECRET)_[A-Z_]+)`", PAGE))
    assert len(named) > 10
    assert {name for name in named if not re.search(rf"^#?{name}=", example, re.MULTILINE)} == set()


def test_files_that_the_page_names_are_there():
    named = re.findall(r"`((?:\w+/)+[\w.-]+\.(?:py|csv|conf))`", PAGE)
    assert len(named) > 40
    assert [place for place in named if not (ROOT / place).is_file() and "/" in place] == []

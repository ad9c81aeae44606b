"""Looks a restored province over: ``python -m config.commands.restored 121 BASE LAST``.

How many counties the backup had, which it was, and when the last commit that came back was made.
"""

import os
import sys
from collections.abc import Callable, Iterator

from config.commands.room import reachable_database
from config.environment import read_environment

SAMPLE = 50  # encrypted values of a column that are opened, oldest and newest


def main(counties: int, base: str, last: str) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.pop("ELASTICSEARCH_URL", None)  # it holds the days that are gone; the tables are what came back
    environment = read_environment(os.environ)
    with reachable_database(environment):
        import django

        django.setup()
        if not environment.production:
            _bring_up_to_date()
        _note_in_trail(base, last)
        troubles = [trouble for look in LOOKS for trouble in _looked(look, counties)]
    for trouble in troubles:
        print(trouble, flush=True)
    return 1 if troubles else 0


def _bring_up_to_date() -> None:
    """A backup from before an upgrade takes the migrations it lacks, as the next start would give it."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from config import first_start

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("备份出自更早的版本，正在升级数据库……", flush=True)
        first_start.migrate_public()
        first_start.migrate_counties()


def _note_in_trail(base: str, last: str) -> None:
    """Who reads the trail later must see why a piece of it is not there."""
    from django.db import DatabaseError

    from kernel import audit

    try:
        audit.record("province.restore", title=base, until=last)
    except DatabaseError as wrong:
        print(f"没有记进操作记录：{wrong}".strip(), flush=True)


def _looked(look: "Look", counties: int) -> list[str]:
    from cryptography.fernet import InvalidToken
    from django.db import DatabaseError

    try:
        return list(look(counties))
    except InvalidToken:
        return [f"{look.__name__}：密钥打不开里面加密的内容，要备份那时的密钥（jieti backup keys 写的文件）。"]
    except DatabaseError as wrong:
        return [f"{look.__name__}：{wrong}".strip() + " 备份出自别的版本的话，先升级（jieti upgrade），再看。"]


def counties_are_whole(wanted: int) -> Iterator[str]:
    from tenants import schemas
    from tenants.models import County

    counties = list(County.objects.filter(schema_state__isnull=False).order_by("code"))
    if len(counties) < wanted:
        yield f"备份里有 {wanted} 个县，现在只有 {len(counties)} 个"
    spoiled = 0
    for county in counties:
        if lines := schemas.differences(county.schema_name):
            spoiled += 1
            yield f"{county.code} {county.name} 的库表和模板不一致：{lines[0]}"
    print(f"{len(counties)} 个县，{len(counties) - spoiled} 个库表一致", flush=True)


def trail_is_whole(_wanted: int) -> Iterator[str]:
    from kernel import audit

    audit.seal()
    broken = audit.verify()
    if broken is not None:
        yield f"操作记录在第 {broken} 条断开了"
    else:
        print("操作记录完整", flush=True)


def keys_open_what_is_private(_wanted: int) -> Iterator[str]:
    """A key too few is found out now, not when an officer opens a phone number."""
    from tenants.models import County
    from tenants.scope import county_scope

    opened, troubles = _open_sealed_values()
    one = County.objects.filter(schema_state__isnull=False).order_by("code").first()
    if one is not None:
        with county_scope(one):
            more, closed = _open_sealed_values(one.schema_name)
        opened, troubles = opened + more, troubles + closed
    yield from troubles
    print(f"打开了 {opened} 处加密的内容", flush=True)


def _open_sealed_values(schema: str = "public") -> tuple[int, list[str]]:
    from cryptography.fernet import InvalidToken
    from django.apps import apps
    from django.db import connection
    from django.db.models import TextField
    from django.db.models.functions import Cast

    from kernel.privacy import EncryptedTextField

    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        tables = {row[0] for row in cursor.fetchall()}
    opened, troubles = 0, []
    for model in apps.get_models():
        sealed = [field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]
        for name in sealed if model._meta.db_table in tables else ():
            rows = model._default_manager.annotate(sealed=Cast(name, TextField())).exclude(sealed="")
            try:
                for order in ("pk", "-pk"):
                    opened += len(list(rows.order_by(order).values_list(name, flat=True)[:SAMPLE]))
            except InvalidToken:
                troubles.append(f"密钥打不开 {model._meta.label} 的 {name}")
    return opened, troubles


def search_answers(_wanted: int) -> Iterator[str]:
    from search.finding import find
    from search.forms import Wish
    from search.models import Listing

    listing = Listing.objects.order_by("-pk").first()
    if listing is None:
        print("橱窗里还没有产品", flush=True)
        return
    if not find(Wish(q=listing.title)).answer.total:
        yield f"搜索找不到“{listing.title}”，运行 jieti search reindex"
    else:
        print(f"搜索答得上：{listing.title}", flush=True)


Look = Callable[[int], Iterator[str]]
LOOKS: list[Look] = [
    counties_are_whole,
    trail_is_whole,
    keys_open_what_is_private,
    search_answers,
]

if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), *sys.argv[2:4]))

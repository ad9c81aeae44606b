"""Looks a restored province over: ``python -m config.commands.restored 121 BASE LAST GONE``.

How many counties the backup had, which it was, and when the last commit that came back was made; who must not come back with it.
"""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from config.commands.room import reachable_database
from config.environment import read_environment


def main(counties: int, base: str, last: str, gone: str) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.pop("ELASTICSEARCH_URL", None)  # it holds the days that are gone; the tables are what came back
    environment = read_environment(os.environ)
    with reachable_database(environment):
        import django

        django.setup()
        if not environment.production:
            _bring_up_to_date()
        _note_in_trail(base, last)
        troubles = list(_let_go_again(Path(gone)))
        troubles += [trouble for look in LOOKS for trouble in _looked(look, counties)]
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


def _let_go_again(path: Path) -> Iterator[str]:
    """An older moment knows people and pictures that have gone since: they go again before anybody sees them."""
    from config.backup.gone import let_go_again

    if not path.exists():
        print("备份旁边没有注销和撤回的记录，要照纸质登记对照重做。", flush=True)
        return
    try:
        people, consents, troubles = let_go_again(path)
    except Exception as wrong:  # whatever it is, the restore must be finished and the person told
        yield f"注销和撤回没有全部重做：{wrong}".strip() + "  照 docs/operations/restore.md 一 第三条一个一个重做。"
    else:
        print(f"又注销了 {people} 个人，又撤回了 {consents} 份同意书", flush=True)
        yield from troubles


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
    from config import sealed_values

    opened, troubles = sealed_values.open_some(all_counties=True)
    yield from troubles
    print(f"打开了 {opened} 处加密的内容", flush=True)


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
    sys.exit(main(int(sys.argv[1]), *sys.argv[2:5]))

"""Tables are locked at once and briefly, or not at all.

An ALTER TABLE that waits behind a long transaction makes every later reader wait behind it. So a change asks
for all its tables first, gives up sooner than PostgreSQL would end somebody's transaction as a deadlock
(after one second), lets everybody through, and tries again.
"""

import random
import re
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from kernel.errors import DomainError

WITHIN = 0.3  # seconds until all tables are ours; what readers may have to wait at most
PATIENCE = 120.0  # seconds until a person has to see who holds the tables
LONGEST_PAUSE = 3.0
LOCK_NOT_AVAILABLE, DEADLOCK = "55P03", "40P01"
MODES = ("SHARE", "SHARE ROW EXCLUSIVE", "ACCESS EXCLUSIVE")
NAMED = re.compile(
    r"(?P<change>\b(?:ALTER|DROP) TABLE(?: IF EXISTS)?(?: ONLY)?)\s+\"(?P<changed>[^\"]+)\""
    r"|\bREFERENCES\s+\"(?P<referred>[^\"]+)\""
    r"|\bINDEX\s+(?:IF NOT EXISTS\s+)?\"[^\"]+\"\s+ON\s+\"(?P<indexed>[^\"]+)\""
)

Result = TypeVar("Result")


class TablesBusy(DomainError):
    code = "tables_busy"


def tables_in(sql: str) -> dict[str, str]:
    """Which tables Django's SQL changes, refers to or indexes, and how strongly it locks each."""
    found: dict[str, str] = {}
    for match in NAMED.finditer(sql):
        name = match["changed"] or match["referred"] or match["indexed"]
        mode = MODES[2] if match["changed"] else MODES[1] if match["referred"] else MODES[0]
        found[name] = max(found.get(name, MODES[0]), mode, key=MODES.index)
    return found


def lock_tables(wanted: dict[str, str], *, schema: str) -> None:
    """All of those that exist, seen from the schema; the public ones last because everybody wants them."""
    if not wanted:
        return
    connection.set_schema(schema)
    limit = time.monotonic() + WITHIN
    with connection.cursor() as cursor:
        cursor.execute(THERE, [list(wanted)])
        for (name,) in cursor.fetchall():
            left = max(10, int((limit - time.monotonic()) * 1000))
            cursor.execute(f'SET LOCAL lock_timeout = {left}; LOCK TABLE "{name}" IN {wanted[name]} MODE')


def there(wanted: Iterable[str], *, schema: str) -> list[str]:
    """Those tables that the schema sees, in the order in which everybody locks them."""
    connection.set_schema(schema)
    with connection.cursor() as cursor:
        cursor.execute(THERE, [list(wanted)])
        return [name for (name,) in cursor.fetchall()]


def patiently(work: Callable[[], Result]) -> Result:
    """``work`` in a transaction of its own, again and again while somebody holds what it needs."""
    limit, pause = time.monotonic() + PATIENCE, 0.05
    while True:
        try:
            with transaction.atomic():
                set_timeout(WITHIN)
                return work()
        except OperationalError as trouble:
            if not _is_busy(trouble):
                raise
            if time.monotonic() > limit:
                raise TablesBusy(_held()) from trouble
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - only so that two do not keep step
        pause = min(2 * pause, LONGEST_PAUSE)


def set_timeout(seconds: float) -> None:
    """For the rest of this transaction no lock is waited for longer."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {int(seconds * 1000)}")


def _is_busy(trouble: OperationalError) -> bool:
    return getattr(trouble.__cause__, "pgcode", None) in {LOCK_NOT_AVAILABLE, DEADLOCK}


def _held() -> str:
    with connection.cursor() as cursor:
        cursor.execute(OLDEST)
        row = cursor.fetchone()
    if row is None:
        return _("库表一直被占着。再运行一次。")
    facts = {"pid": row[0], "program": row[1] or "?", "seconds": int(row[2])}
    return (
        _(
            "库表一直被占着：进程 %(pid)s（%(program)s）的事务已经开了 %(seconds)s 秒。等它结束，或用 SELECT pg_terminate_backend(%(pid)s) 结束它，再运行一次。"
        )
        % facts
    )


THERE = """
SELECT name FROM unnest(%s::text[]) AS name JOIN pg_class c ON c.oid = to_regclass(quote_ident(name))
  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')
 ORDER BY n.nspname = 'public', name
"""
OLDEST = """
SELECT pid, application_name, extract(epoch FROM now() - xact_start) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL ORDER BY xact_start LIMIT 1
"""

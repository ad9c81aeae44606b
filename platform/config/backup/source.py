"""The database a backup is made of, asked over the replication protocol: a role with REPLICATION is enough."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extras import PhysicalReplicationConnection

from config.environment import Environment, parse_database_url
from config.refusal import Refusal
from kernel.postgres_clients import client_program

SLOT = "jieti_backup"
UNITS = {"kB": 1024, "MB": 1024**2, "GB": 1024**3}


@dataclass(frozen=True)
class System:
    """Which cluster this is, on which timeline, and how far it has written."""

    name: str
    timeline: int
    position: int


@dataclass(frozen=True)
class Source:
    """Connection facts in Django's words."""

    facts: dict[str, Any] = field(repr=False)

    def program(self, name: str) -> Path:
        """One of PostgreSQL's clients, able to speak as this connection asks."""
        return client_program(name, self.facts["OPTIONS"])

    @property
    def conninfo(self) -> str:
        """For PostgreSQL's own programs; the password goes by the environment, where ``ps`` does not show it."""
        return str(psycopg2.extensions.make_dsn(**self._words()))

    @property
    def env(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return {**kept, "PGPASSWORD": self.facts["PASSWORD"]} if self.facts["PASSWORD"] else kept

    def _words(self) -> dict[str, str]:
        named = {"host": self.facts["HOST"], "port": self.facts["PORT"], "user": self.facts["USER"]}
        return {name: value for name, value in {**named, **self.facts["OPTIONS"]}.items() if value}

    @contextlib.contextmanager
    def replication(self) -> Iterator["psycopg2.extensions.cursor"]:
        """Raises Refusal when the role may not replicate or the server is away."""
        words = self._words()
        if self.facts["PASSWORD"]:
            words["password"] = self.facts["PASSWORD"]
        try:
            connection = psycopg2.connect(**words, connection_factory=PhysicalReplicationConnection)
        except psycopg2.OperationalError as wrong:
            raise Refusal(
                f"连不上要备份的数据库，或者这个角色没有 REPLICATION 权限：{wrong}".strip(),
                "The database cannot be reached for replication: its role needs REPLICATION and a line in pg_hba.conf.",
            ) from wrong
        with contextlib.closing(connection), connection.cursor() as cursor:
            yield cursor

    def system(self) -> System:
        with self.replication() as cursor:
            return identify(cursor)

    def segment_size(self) -> int:
        with self.replication() as cursor:
            cursor.execute("SHOW wal_segment_size")
            text = str(cursor.fetchone()[0])
        return int(text[:-2]) * UNITS[text[-2:]]

    @contextlib.contextmanager
    def wal_held(self, name: str) -> Iterator[None]:
        """The server keeps the WAL of this moment as long as we are here: a base backup without its end is nothing."""
        with self.replication() as cursor:
            cursor.execute(f'CREATE_REPLICATION_SLOT "{name}" TEMPORARY PHYSICAL RESERVE_WAL')
            yield


def identify(cursor: Any) -> System:
    cursor.execute("IDENTIFY_SYSTEM")
    name, timeline, position, _database = cursor.fetchone()
    return System(str(name), int(timeline), lsn(position))


def source_of(environment: Environment) -> Source:
    """The replication role of ``JIETI_BACKUP_URL``; the embedded database's own user may do everything."""
    facts = environment.database
    if environment.backup_url:
        facts = parse_database_url(environment.backup_url, "JIETI_BACKUP_URL")
    return Source(facts)


def lsn(text: str) -> int:
    """ "0/3000028" as a number of bytes."""
    high, low = text.split("/")
    return (int(high, 16) << 32) + int(low, 16)


def segment_of(timeline: int, position: int, size: int) -> str:
    """The name of the WAL file that holds a position."""
    number, per_file = position // size, 2**32 // size
    return f"{timeline:08X}{number // per_file:08X}{number % per_file:08X}"

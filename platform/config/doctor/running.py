"""After the installation: the servers that the platform talks to."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from config.doctor.line import Line, good, mend, unknown
from config.environment import Environment

OLDEST = 14
SKEW = 5.0  # seconds
PATIENCE = 5
THREADS = 8  # of a web process
BEHIND = 12  # workers, beat, commands, the archive
FEW_DAYS = 14


def reachable(environment: Environment) -> Iterator[Line]:
    """Asked without Django, so that what is wrong can be said plainly; what the server says never holds the password."""
    import psycopg2

    try:
        with closing(psycopg2.connect(**_words(environment.database), connect_timeout=PATIENCE)) as connection:
            yield from _server(connection, environment)
    except psycopg2.OperationalError as wrong:
        why = str(wrong).strip().splitlines()[0].rpartition("FATAL:")[2].strip()
        yield mend(
            "database",
            f"连不上数据库：{why}",
            f"The database cannot be reached: {why}",
            "看 DATABASE_URL 的主机、端口、用户和密码，数据库起来没有；embedded 的先运行 jieti up。",
            "Look at host, port, user and password of DATABASE_URL and whether the server runs; embedded: run jieti up.",
        )


def _words(database: dict[str, Any]) -> dict[str, Any]:
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    told = {word: database[name] for name, word in names.items() if database.get(name)}
    return {**told, **database.get("OPTIONS", {})}


def _server(connection: Any, environment: Environment) -> Iterator[Line]:
    with connection.cursor() as cursor:
        began = time.time()
        cursor.execute(
            "SELECT current_setting('server_version_num')::int / 10000, current_setting('max_connections')::int,"
            " extract(epoch FROM clock_timestamp())::float, current_setting('server_encoding'),"
            " '汉' ~ '[[:alpha:]]', (SELECT count(*) > 0 FROM pg_available_extensions WHERE name = 'pg_trgm')"
        )
        version, most, theirs, encoding, letters, trigrams = cursor.fetchone()
        ours = (began + time.time()) / 2
    yield _version(version)
    yield _letters(encoding, letters, trigrams)
    yield _room(most, environment)
    yield _skew(abs(ours - theirs))


def _version(version: int) -> Line:
    if version >= OLDEST:
        return good("database", f"连得上数据库，PostgreSQL {version}。", f"The database answers, PostgreSQL {version}.")
    return mend(
        "database",
        f"PostgreSQL {version} 太旧。",
        f"PostgreSQL {version} is too old.",
        f"换成 {OLDEST} 或更新。",
        f"Use {OLDEST} or newer.",
    )


def _letters(encoding: str, letters: bool, trigrams: bool) -> Line:
    """Where hanzi are no letters (locale C), pg_trgm finds none of them and typing help is silent."""
    if encoding != "UTF8" or not letters:
        return mend(
            "database_letters",
            f"数据库的编码是 {encoding}，它不认得汉字是字。",
            f"The database's encoding is {encoding}, and hanzi are no letters to it.",
            "建库时写 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' TEMPLATE template0。",
            "Create it with ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' TEMPLATE template0.",
        )
    if not trigrams:
        return mend(
            "database_letters",
            "数据库没有 pg_trgm。",
            "The database has no pg_trgm.",
            "装 postgresql-contrib。",
            "Install postgresql-contrib.",
        )
    return good("database_letters", "数据库认得汉字，有 pg_trgm。", "The database knows hanzi and has pg_trgm.")


def _room(most: int, environment: Environment) -> Line:
    wanted = environment.web_workers * THREADS + BEHIND
    words = (
        f"数据库最多 {most} 个连接，这台机器最多用 {wanted} 个。",
        f"The database allows {most} connections; this machine may use {wanted}.",
    )
    if most >= wanted:
        return good("database_connections", *words)
    return mend(
        "database_connections",
        *words,
        "调大 max_connections 再重启数据库，或者减少 JIETI_WEB_WORKERS。",
        "Raise max_connections and restart it, or lower JIETI_WEB_WORKERS.",
    )


def _skew(seconds: float) -> Line:
    if seconds <= SKEW:
        return good("clock_skew", "时钟和数据库的一样。", "The clock agrees with the database's.")
    return mend(
        "clock_skew",
        f"时钟和数据库的差 {seconds:.0f} 秒。",
        f"The clock differs from the database's by {seconds:.0f} s.",
        "两台机器都装 chrony。",
        "Install chrony on both machines.",
    )


def broker(environment: Environment) -> Iterator[Line]:
    """A broker that is down costs seconds, never an effect; the outbox remembers."""
    from config.celery import app

    if not environment.broker_url:
        yield good("broker", "用文件叫醒后台。", "Workers are woken through files.")
        return
    try:
        with app.connection_for_write(connect_timeout=PATIENCE) as connection:
            connection.ensure_connection(max_retries=1, timeout=PATIENCE)
    except Exception as wrong:
        kind = type(wrong).__name__
        yield mend(
            "broker",
            f"连不上 BROKER_URL（{kind}）。",
            f"BROKER_URL cannot be reached ({kind}).",
            "启动 Redis，看密码和端口；这期间的事不会丢，只慢几秒。",
            "Start Redis, look at password and port; nothing is lost meanwhile, only seconds.",
        )
    else:
        yield good("broker", "叫得到后台。", "The broker answers.")


def elasticsearch(environment: Environment) -> Iterator[Line]:
    if not environment.elasticsearch_urls:
        yield good(
            "elasticsearch", "没有用 Elasticsearch，由 PostgreSQL 搜索。", "No Elasticsearch; PostgreSQL searches."
        )
        return
    from search.engines import elastic_client

    try:
        client = elastic_client.client(PATIENCE)
        version, health = client.info()["version"]["number"], client.cluster.health()["status"]
    except Exception as wrong:
        kind = type(wrong).__name__
        yield mend(
            "elasticsearch",
            f"连不上 Elasticsearch（{kind}）。",
            f"Elasticsearch cannot be reached ({kind}).",
            "看 ELASTICSEARCH_URL 和节点；这期间由 PostgreSQL 搜索。",
            "Look at ELASTICSEARCH_URL and its nodes; PostgreSQL answers meanwhile.",
        )
        return
    if not version.startswith("8.") or health == "red":
        yield mend(
            "elasticsearch",
            f"Elasticsearch {version}，{health}。",
            f"Elasticsearch {version}, {health}.",
            "要 8 的版本，集群不能是红的。",
            "Version 8 is wanted, and no red cluster.",
        )
    else:
        yield good("elasticsearch", f"Elasticsearch {version}，{health}。", f"Elasticsearch {version}, {health}.")


def handshake(environment: Environment) -> Iterator[Line]:
    """The certificate as a browser sees it."""
    parts = urlsplit(environment.origin)
    if parts.scheme != "https" or not parts.hostname:
        return
    place = (parts.hostname, parts.port or 443)
    try:
        with (
            socket.create_connection(place, PATIENCE) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname) as told,
        ):
            ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told.getpeercert()["notAfter"])), UTC)  # type: ignore[index]
    except ssl.SSLError as wrong:
        yield mend(
            "https_seen",
            f"浏览器不会信 {parts.hostname} 的证书（{wrong.reason}）。",
            f"Browsers will not trust the certificate of {parts.hostname} ({wrong.reason}).",
            "看证书是不是这个域名的、连同中间证书、没有过期。",
            "Is it this name's, with its chain, and not over?",
        )
        return
    except OSError as wrong:
        why = type(wrong).__name__
        yield unknown(
            "https_seen",
            f"从这里打不开 {environment.origin}（{why}）。",
            f"{environment.origin} cannot be opened from here ({why}).",
            "在外面用浏览器看一次。",
            "Look with a browser from outside.",
        )
        return
    days = (ends - datetime.now(UTC)).days
    words = (f"{parts.hostname} 的证书还有 {days} 天。", f"The certificate of {parts.hostname} has {days} days left.")
    if days >= FEW_DAYS:
        yield good("https_seen", *words)
    else:
        yield mend("https_seen", *words, "换新证书，让 nginx 重新读。", "Renew it and let nginx read it.")


def is_installed(environment: Environment) -> bool:
    return environment.production or environment.cluster.exists()

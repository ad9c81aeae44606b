"""Promise O6: the database's disk is lost; at most five minutes of data are gone, and the province is back in thirty."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import psycopg2
import pytest

from config.backup import gone
from tests.database import SURROUNDINGS, cached_cluster
from tests.prove.test_up import Platform, eventually

PASSPHRASE = "four words on a card"
MAY_LOSE = timedelta(minutes=5)
BACK_WITHIN = timedelta(minutes=30)
CANARY = "13912345678 canary in the clear"
RICE = b"rice" * 1000
FIRST_START = 240  # seconds on a busy machine
TABLE = "CREATE TABLE rehearsal (id bigserial PRIMARY KEY, at timestamptz NOT NULL, note text NOT NULL)"


def connect(var):
    return psycopg2.connect(dbname="jieti", user="jieti", host=str(var / "run"))


class Clerk:
    """Writes a row every few milliseconds and remembers which were acknowledged, and when."""

    def __init__(self, var):
        self.var, self.written, self.ended = var, [], threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)

    def work(self):
        with contextlib.suppress(psycopg2.Error), contextlib.closing(connect(self.var)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                while not self.ended.is_set():
                    cursor.execute(
                        "INSERT INTO rehearsal (at, note) VALUES (clock_timestamp(), %s) RETURNING id", [CANARY]
                    )
                    self.written.append((cursor.fetchone()[0], datetime.now(UTC)))
                    time.sleep(0.005)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join(30)


class Scene:
    """A platform that was backed up under writes, and is gone."""

    def __init__(self, home):
        self.home, self.var, self.store = home, home / "var", home / "backup"
        self.passphrase, self.keys, self.identity = home / "passphrase", home / "keys.age", home / "identity.age"
        self.passphrase.write_text(PASSPHRASE + "\n")

    def environment(self, **more):
        return {"JIETI_BACKUP": str(self.store), **more}

    def lay_out(self):
        Platform(self.var).laid_out()
        for name, data in (
            ("media/c230184/photos/rice.jpg", RICE),
            ("private/papers/case.bin", b"sealed by the papers"),
        ):
            (self.var / name).parent.mkdir(parents=True)
            (self.var / name).write_bytes(data)

    def command(self, *words, var=None, **more):
        return Platform(var or self.var, **more).command(*words)

    def restore(self, var, *words, store=None, keys=None):
        known = ["--keys", str(keys or self.keys), "--identity", str(self.identity)]
        known += ["--passphrase-file", str(self.passphrase)]
        return self.command("restore", str(store or self.store), *known, *words, var=var)

    def bases(self):
        return sorted(self.store.glob("bases/*/manifest.json"))


def answers(platform):
    with contextlib.suppress(OSError):
        return platform.ask("/healthz")[0] == 200


def must(done):
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """Everything up to the disaster, once; each test restores from what is left."""
    scene = Scene(tmp_path_factory.mktemp("o6"))
    scene.lay_out()
    said = must(
        scene.command("backup", "identity", "--to", str(scene.identity), "--passphrase-file", str(scene.passphrase))
    )
    recipient = re.search(r"JIETI_BACKUP_RECIPIENT=(age1\w+)", said)[1]
    must(scene.command("backup", "keys", "--to", str(scene.keys), "--passphrase-file", str(scene.passphrase)))
    platform = Platform(scene.var, **scene.environment(JIETI_BACKUP_RECIPIENT=recipient)).start()
    try:
        assert eventually(lambda: answers(platform), FIRST_START), platform.said()
        with contextlib.closing(connect(scene.var)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(TABLE)
        with Clerk(scene.var) as clerk:
            assert eventually(scene.bases, 180), platform.said()  # the first base comes by itself, under writes
            scene.base_ended = datetime.fromisoformat(json.loads(scene.bases()[0].read_text())["ended"])
            time.sleep(2)
            scene.good_moment = datetime.now(UTC)
            time.sleep(3)
            make_wal(scene.var)
            time.sleep(5)
            lose_the_disk(platform, scene.var)
            scene.lost_at = datetime.now(UTC)
        scene.written = clerk.written
    finally:
        for process in (
            [*platform.children(), psutil.Process(platform.process.pid)] if platform.process.poll() is None else ()
        ):
            with contextlib.suppress(psutil.Error):
                process.kill()
        platform.process.wait(30)
    return scene


def make_wal(var):
    """More than a few segments, so that shelved and growing ones are both needed."""
    with contextlib.closing(connect(var)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE ballast AS SELECT g AS id, repeat(md5(g::text), 20) AS words FROM generate_series(1, 40000) g"
        )


def lose_the_disk(platform, var):
    """No goodbye: every process of the server is killed, and its folder is gone before anybody starts it again."""
    platform.process.send_signal(signal.SIGSTOP)
    postmaster = psutil.Process(int((var / "postgres" / "postmaster.pid").read_text().split()[0]))
    for process in [postmaster, *postmaster.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            process.send_signal(signal.SIGKILL)
    shutil.rmtree(var / "postgres")


def rows(var):
    """What a restored platform's database holds, asked beside the platform."""
    from config.embedded import EmbeddedPostgres
    from config.processes import end

    postgres = EmbeddedPostgres(folder=var / "postgres", sockets=var / "run", log=var / "asked.log")
    server = postgres.start()
    try:
        with contextlib.closing(postgres.connect("jieti")) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT id, at FROM rehearsal ORDER BY id")
            return dict(cursor.fetchall())
    finally:
        end(server, with_signal=signal.SIGINT, patience=60)


def loss(written, kept):
    """Acknowledged rows that are gone, and the time they span."""
    lost = [at for number, at in written if number not in kept]
    return len(lost), max(at for _number, at in written) - min(lost) if lost else timedelta(0)


def no_hole(written, kept):
    """Whatever was lost was lost at the end."""
    there = [number in kept for number, _at in written]
    return there == sorted(there, reverse=True)


def test_the_province_comes_back_with_everything_but_the_last_moment(scene, tmp_path, capsys):
    var = tmp_path / "var"
    begun = time.monotonic()
    said = must(scene.restore(var))
    platform = Platform(var).start()
    try:
        platform.wait_ready(FIRST_START)
        took = timedelta(seconds=time.monotonic() - begun)
    finally:
        platform.stop()
    kept = rows(var)
    count, span = loss(scene.written, kept)
    with capsys.disabled():
        minutes = took.total_seconds() / 60
        print(
            f"\nO6: {len(scene.written)} rows acknowledged, {count} lost in the last {span.total_seconds():.2f} s;",
            end=" ",
        )
        print(f"back and answering after {minutes:.1f} minutes")
    assert len(scene.written) > 500
    assert no_hole(scene.written, kept)
    assert span <= MAY_LOSE
    assert span <= timedelta(seconds=20)  # really seconds: nothing waits for a segment to be full
    assert took <= BACK_WITHIN
    for sentence in ("2 个县，2 个库表一致", "操作记录完整", "最后一笔"):
        assert sentence in said
    assert (var / "media/c230184/photos/rice.jpg").read_bytes() == RICE
    assert (var / "private/papers/case.bin").stat().st_mode & 0o777 == 0o600
    assert json.loads((var / "secrets.json").read_text())["keys"] == [SURROUNDINGS["JIETI_KEYS"]]


def test_without_the_wal_archive_it_would_have_lost_rows(scene, tmp_path):
    """The mutant: a daily base alone is not what we promise."""
    store = tmp_path / "backup"
    shutil.copytree(scene.store, store)
    shutil.rmtree(store / "wal")
    must(scene.restore(tmp_path / "var", "--part", "database", store=store))
    count, span = loss(scene.written, rows(tmp_path / "var"))
    assert count > 100
    assert span > timedelta(seconds=8)


def test_a_moment_before_the_mistake_can_be_had(scene, tmp_path):
    until = scene.good_moment.isoformat()
    beside = scene.store / "gone.jsonl"
    gone.append(beside, [(gone.PERSON, "nobody-we-know", until)])
    said = must(scene.restore(tmp_path / "var", "--part", "database", "--until", until))
    assert "又注销了 0 个人，又撤回了 0 份同意书" in said, "who has gone since is looked for in what came back"
    beside.unlink()
    kept = rows(tmp_path / "var")
    asked = [number for number, at in scene.written if at < scene.good_moment - timedelta(seconds=0.5)]
    assert len(asked) > 100
    assert all(number in kept for number in asked)
    assert max(kept.values()) <= scene.good_moment
    assert len(kept) < len(scene.written)


@pytest.mark.parametrize("when", [timedelta(days=-400), timedelta(days=1)], ids=["before the first", "after the last"])
def test_a_moment_that_cannot_be_had_is_refused(scene, tmp_path, when):
    done = scene.restore(tmp_path / "var", "--part", "database", "--until", (scene.base_ended + when).isoformat())
    assert done.returncode == 2
    assert ("回不到更早" if when < timedelta(0) else "到不了 --until") in done.stderr
    assert not (tmp_path / "var" / "postgres").exists()


def test_wrong_keys_are_said_before_anything_is_touched(scene, tmp_path):
    strange = Platform(tmp_path / "other")
    must(strange.command("backup", "keys", "--to", str(tmp_path / "o.age"), "--passphrase-file", str(scene.passphrase)))
    done = scene.restore(tmp_path / "var", keys=tmp_path / "o.age")
    assert (done.returncode, "不是这个省的" in done.stderr) == (2, True)
    scene_wrong = tmp_path / "wrong"
    scene_wrong.write_text("another passphrase")
    done = scene.command(
        "restore",
        str(scene.store),
        "--keys",
        str(scene.keys),
        "--passphrase-file",
        str(scene_wrong),
        var=tmp_path / "var",
    )
    assert (done.returncode, "口令不对" in done.stderr) == (2, True)
    identity = tmp_path / "identity.age"
    must(strange.command("backup", "identity", "--to", str(identity), "--passphrase-file", str(scene.passphrase)))
    known = ["--keys", str(scene.keys), "--passphrase-file", str(scene.passphrase)]
    done = scene.command("restore", str(scene.store), *known, "--identity", str(identity), var=tmp_path / "var")
    assert (done.returncode, "这把私钥打不开" in done.stderr) == (2, True)
    done = scene.command("restore", str(scene.store), *known, var=tmp_path / "var")
    assert (done.returncode, "要 --identity" in done.stderr) == (2, True)
    assert not (tmp_path / "var").exists()


def flip(path):
    """One bit in the middle."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def spoil_base(store):
    flip(next(store.glob("bases/*/base.tar.gz.age")))


def spoil_wal(store):
    flip(sorted(store.glob("wal/*/*[0-9A-F].gz.age"))[-2])


def remove_wal(store):
    sorted(store.glob("wal/*/*[0-9A-F].gz.age"))[-2].unlink()


@pytest.mark.parametrize(
    ("spoil", "words"), [(spoil_base, "坏了"), (spoil_wal, "日志坏了一段"), (remove_wal, "日志缺了一段")]
)
def test_a_damaged_backup_is_refused_before_anything_is_touched(scene, tmp_path, spoil, words):
    store, var = tmp_path / "backup", tmp_path / "var"
    shutil.copytree(scene.store, store)
    spoil(store)
    done = scene.restore(var, "--part", "database", store=store)
    assert done.returncode == 2, done.stdout
    assert words in done.stderr
    assert "什么都没有动" in done.stderr
    assert not (var / "postgres").exists()
    assert not (var / "restoring").exists()
    checked = scene.command("backup", "check", JIETI_BACKUP=str(store))
    if spoil is not spoil_wal:  # a sealed segment is judged where its key is
        assert checked.returncode == 1, checked.stdout


def test_what_can_be_had_of_a_damaged_archive_can_be_had(scene, tmp_path):
    store = tmp_path / "backup"
    shutil.copytree(scene.store, store)
    spoil_wal(store)
    must(scene.restore(tmp_path / "var", "--part", "database", "--even-damaged", store=store))
    kept = rows(tmp_path / "var")
    count, _span = loss(scene.written, kept)
    assert count > 0
    assert kept
    assert no_hole(scene.written, kept)


def test_a_folder_in_use_is_never_restored_into(scene, tmp_path):
    var = tmp_path / "var"
    (var / "postgres").mkdir(parents=True)
    (var / "postgres" / "PG_VERSION").write_text("18")
    done = scene.restore(var)
    assert (done.returncode, "不是空的" in done.stderr) == (2, True)
    assert [path.name for path in (var / "postgres").iterdir()] == ["PG_VERSION"]


class Told(list):
    """What a keeper says of its progress."""

    def __call__(self, progress):
        self.append(progress)


@contextlib.contextmanager
def kept(keeper):
    """A keeper at work in a thread that stays, as its children need."""
    thread = threading.Thread(target=keeper.run)
    thread.start()
    try:
        yield keeper
    finally:
        keeper.stop()
        thread.join(60)


def test_a_receiver_that_was_away_too_long_says_so_and_begins_anew(tmp_path):
    """The server keeps what has not come over only up to a limit; then there is a hole, and a new base is due."""
    from config.backup import wal
    from config.backup.source import SLOT, Source
    from config.backup.store import Store
    from config.embedded import EmbeddedPostgres
    from config.processes import end

    shutil.copytree(cached_cluster(), tmp_path / "postgres", symlinks=True)
    (tmp_path / "postgres").chmod(0o700)
    limits = {"max_slot_wal_keep_size": "8MB", "max_wal_size": "32MB", "min_wal_size": "8MB"}
    postgres = EmbeddedPostgres(tmp_path / "postgres", tmp_path / "run", tmp_path / "log", settings=limits)
    server = postgres.start()
    store, told = Store(tmp_path / "backup"), Told()
    store.make()
    facts = {"HOST": str(tmp_path / "run"), "PORT": "", "USER": "jieti", "PASSWORD": "", "NAME": "jieti", "OPTIONS": {}}
    keeping = lambda: wal.Keeper(Source(facts), store, None, note=told)  # noqa: E731
    try:
        with kept(keeping()) as keeper:
            assert eventually(lambda: told and told[-1].safe_at, 30)
        assert [progress.trouble for progress in told] == [""] * len(told), "nothing stands still that has just begun"
        system = keeper.source.system()
        before, since = set(wal.on_shelf(store.wal(system.name))), wal.chain_since(store, system)
        time.sleep(1.1)  # the chain's beginning is written to the second
        with contextlib.closing(postgres.connect("jieti")) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for _round in range(8):
                    cursor.execute("CREATE TABLE b AS SELECT repeat('x', 900) FROM generate_series(1, 9000)")
                    cursor.execute("DROP TABLE b")
                    cursor.execute("SELECT pg_switch_wal()")
                    cursor.execute("CHECKPOINT")
                cursor.execute("SELECT wal_status FROM pg_replication_slots WHERE slot_name = %s", [SLOT])
                assert cursor.fetchone()[0] == "lost"
        told.clear()
        with kept(keeping()):
            assert eventually(lambda: told and told[-1].safe_at and not told[-1].trouble, 30)
        assert wal.chain_since(store, system) > since
    finally:
        end(server, with_signal=signal.SIGINT, patience=60)
    first = min(name for name in before if name.endswith(wal.GROWING)).removesuffix(wal.GROWING)
    assert wal.Chain.of(store.wal(system.name), first, 4 * 1024 * 1024).hole


@contextlib.contextmanager
def a_server(folder, *, copied=False):
    """A database of the tests' own, and its facts for a plan."""
    from config.embedded import EmbeddedPostgres
    from config.processes import end

    if copied:
        shutil.copytree(cached_cluster(), folder / "postgres", symlinks=True)
        (folder / "postgres").chmod(0o700)
    postgres = EmbeddedPostgres(folder / "postgres", folder / "run", folder / "log")
    server = postgres.start()
    try:
        yield postgres
    finally:
        end(server, with_signal=signal.SIGINT, patience=60)


def told(postgres, words, *values):
    with contextlib.closing(postgres.connect("jieti")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(words, values)
            return cursor.fetchall() if cursor.description else []


def keep_what_is_finished(postgres, shelf, archived):
    """A receiver's work: each finished segment once."""
    from config.backup.packing import pack

    for _round in range(2):
        told(postgres, "INSERT INTO rehearsal VALUES ('later')")
        told(postgres, "SELECT pg_switch_wal()")
    growing = told(postgres, "SELECT pg_walfile_name(pg_current_wal_lsn())")[0][0]
    for path in sorted((postgres.folder / "pg_wal").glob("0000*[0-9A-F]")):
        if path.name < growing and path.name not in archived:  # PostgreSQL has files ready for later, too
            archived.add(path.name)
            with path.open("rb") as file:
                pack(file, shelf / path.name, None)


def age_by(store, base, days):
    """The same backup, made so long ago."""
    facts = json.loads((base.folder / "manifest.json").read_text())
    for name in ("began", "ended"):
        facts[name] = (datetime.fromisoformat(facts[name]) - timedelta(days=days)).isoformat()
    (base.folder / "manifest.json").write_text(json.dumps(facts))
    began = datetime.fromisoformat(facts["began"])
    base.folder.rename(base.folder.with_name(f"{began:%Y%m%d-%H%M%S}"))
    for path in (store.folder / "media" / "lists").iterdir():
        path.rename(path.with_name(f"{began:%Y%m%d-%H%M%S}{path.name[15:]}"))


def test_a_monthly_backup_comes_back_as_it_was_made_with_its_own_files(tmp_path):
    """Its changes are no longer kept: it is whole as it stands, and no hole."""
    from config.backup.province import Plan, back_up
    from config.backup.restoring import Wish, bring_back, choose_base
    from config.backup.rule import Rule
    from config.backup.source import Source
    from config.backup.store import Store
    from config.environment import read_environment

    var, store = tmp_path / "var", Store(tmp_path / "backup")
    store.make()
    photos = var / "media"
    photos.mkdir(parents=True)
    (photos / "then.jpg").write_bytes(b"then")
    about = {"postgresql": "18", "database": "jieti", "user": "jieti", "database_bytes": 1, "counties": 2}
    said = []
    with a_server(tmp_path, copied=True) as postgres:
        about["postgresql"] = told(postgres, "SHOW server_version")[0][0]
        facts = {
            "HOST": str(tmp_path / "run"),
            "PORT": "",
            "USER": "jieti",
            "PASSWORD": "",
            "NAME": "jieti",
            "OPTIONS": {},
        }
        environment = read_environment({"JIETI_VAR": str(var), "JIETI_BACKUP": str(store.folder)})
        plan = Plan(store, Source(facts), None, Rule(1, 0, 2), environment)
        told(postgres, "CREATE TABLE rehearsal (note text)")
        told(postgres, "INSERT INTO rehearsal VALUES ('before')")
        monthly = back_up(plan, about, said.append)
        age_by(store, monthly, 40)
        told(postgres, "INSERT INTO rehearsal VALUES ('after')")
        (photos / "then.jpg").rename(photos / "now.jpg")
        shelf = store.wal(plan.source.system().name)
        shelf.mkdir(parents=True)
        archived = set()
        keep_what_is_finished(postgres, shelf, archived)
        back_up(plan, about, said.append)
        keep_what_is_finished(postgres, shelf, archived)
    old = store.bases()[0]
    gone = Path(shelf / f"{old.facts['last_segment']}.gz")
    assert not gone.exists(), "the rule let its changes go"
    assert list(shelf.glob("*.gz"))
    back = tmp_path / "back"
    wish = Wish(store=store, data=back / "postgres", files=back, base=old.name)
    with bring_back(wish, choose_base(wish), [], said.append) as (done, running):
        assert running is not None
    with a_server(back) as postgres:
        assert told(postgres, "SELECT note FROM rehearsal") == [("before",)]
    assert (back / "media" / "then.jpg").read_bytes() == b"then"
    assert done.missing == []
    newest = tmp_path / "newest"
    wish = Wish(store=store, data=newest / "postgres", files=newest)
    with bring_back(wish, choose_base(wish), [], said.append):
        pass
    with a_server(newest) as postgres:
        assert len(told(postgres, "SELECT note FROM rehearsal")) == 6
    assert sorted(path.name for path in (newest / "media").iterdir()) == ["now.jpg"]


def test_a_stolen_backup_tells_nothing(scene):
    """Sealed for a key that is elsewhere; and the keys of the data are nowhere in it, sealed or not."""
    files = [path for path in scene.store.rglob("*") if path.is_file()]
    assert len(files) > 10
    secrets = [SURROUNDINGS[name].encode() for name in ("SECRET_KEY", "JIETI_KEYS", "JIETI_HASH_KEY")]
    for path in files:
        data = path.read_bytes()
        assert not any(secret in data for secret in secrets), path
        if "receiving-" not in str(path.parent):  # what is still being received is as the server sent it
            assert CANARY.encode() not in data, path
    growing = [path for path in files if path.name.endswith(".partial")]
    assert len(growing) == 1


def test_any_age_opens_it(scene, tmp_path):
    """The backup can be read without us: with the identity and the age that Debian ships."""
    if not shutil.which("age"):
        if os.environ.get("JIETI_REQUIRE_ALL"):
            pytest.fail("age is missing")
        pytest.skip("age is missing")
    from config.backup.keys import read_identity

    (tmp_path / "identity").write_text(read_identity(scene.identity, PASSPHRASE).secret + "\n")
    base = next(Path(scene.store).glob("bases/*/base.tar.gz.age"))
    plain = tmp_path / "base.tar.gz"
    subprocess.run(["age", "-d", "-i", str(tmp_path / "identity"), "-o", str(plain), str(base)], check=True)
    listed = subprocess.run(["tar", "-tzf", str(plain)], capture_output=True, text=True, check=True)
    assert "backup_manifest" in listed.stdout

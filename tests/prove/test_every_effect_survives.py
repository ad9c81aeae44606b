"""Promise R2 over every kind of effect: caused by the hundred, while every server is killed and started again.

An effect is whatever a room registered with ``outbox.handles`` or ``handles_together``; one that is not caused here
fails. Debian's PostgreSQL and Redis, a real Elasticsearch, two workers and a clock; a carrier and a mail server of
ours, slow enough that a worker dies between a message that went out and its answer.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

import psycopg2
import pytest

from config import processes
from config.commands.parts import words_of
from config.environment import read_environment
from config.environment.files import settings_in
from tests.accounts import mailbox
from tests.accounts.gateway import KEY_ID, KEY_SECRET, Call, Gateway
from tests.database import ROOT
from tests.prove.conftest import make_node
from tests.prove.real_servers import Servers, program, until

SEED = int(os.environ.get("JIETI_SEED") or 23)
KILLS = ("worker1", "worker2") * 3 + ("redis", "postgres", "beat") * 2 + ("elasticsearch",)
PARTS = {"worker1": "worker", "worker2": "worker", "beat": "beat"}
TEMPLATES = ("code", "reminder", "deadline.late", "archive.ready", "goodbye.asked")
PAUSE = 0.03  # seconds in which a message has gone out and nobody knows
PATIENCE, LONGEST = 1.0, 20.0  # seconds until a kill: for a better moment, for a worker that just begins
LATER = 180  # seconds: longer than a message may be on its way
DUE = """
SELECT count(*) FROM kernel_outboxrow
 WHERE state = 'waiting' AND next_at <= now() + (SELECT seconds FROM kernel_clockshift) * interval '1 second'
"""
UNDONE = f"{DUE.rstrip()} OR state = 'waiting' AND last_trouble <> ''"  # put off is not done, though it is not due
IN_HAND = """
SELECT DISTINCT effect.kind FROM kernel_outboxrow effect JOIN pg_stat_activity worker ON worker.backend_xid = effect.xmax
 WHERE effect.state = 'waiting'
"""
ON_THE_WAY = """
SELECT 1 FROM accounts_smsmessage WHERE state IN ('waiting', 'sending') OR (state = 'unknown' AND asked_back = 0)
UNION ALL SELECT 1 FROM accounts_mailmessage WHERE state IN ('waiting', 'sending') LIMIT 1
"""


class SlowCall(Call):
    """Has the message, and takes a moment to say so."""

    def _say(self, status, facts):
        time.sleep(PAUSE)
        super()._say(status, facts)


class SlowTalk(mailbox.Talk):
    def _say(self, words):
        if words == "250 taken":
            time.sleep(PAUSE)
        super()._say(words)


@contextlib.contextmanager
def listening(server, slow):
    server.RequestHandlerClass = slow
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.may_answer.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def gateway():
    with listening(Gateway(), SlowCall) as server:
        yield server


@pytest.fixture(scope="module")
def letterbox(tmp_path_factory):
    pem = mailbox.certificate(tmp_path_factory.mktemp("mail"))
    with listening(mailbox.Mailbox(pem), SlowTalk) as server:
        server.pem = pem
        yield server


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    program("redis-server"), program("psql", package="postgresql-client")
    running = make_node(tmp_path_factory.mktemp("engine") / "node").launch()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def province(node, gateway, letterbox, tmp_path_factory):
    real = Province(tmp_path_factory.mktemp("real"), node)
    try:
        real.start_postgres()
        real.make_database()
        real.start_redis()
        real.write_settings(**carriers(gateway, letterbox))
        real.command("prepare", patience=900)
        node.wait()
        yield real
    finally:
        real.end_all()


def carriers(gateway, letterbox):
    return {
        "SMS_ENDPOINT": gateway.url,
        "SMS_KEY_ID": KEY_ID,
        "SMS_KEY_SECRET": KEY_SECRET,
        "SMS_SIGN_NAME": "借梯",
        "SMS_TEMPLATES": ",".join(f"{kind}=SMS_{number}" for number, kind in enumerate(TEMPLATES)),
        "SMTP_URL": f"smtp://{mailbox.USER}:{mailbox.PASSWORD}@localhost:{letterbox.port}",
        "MAIL_FROM": "jieti@example.cn",
        "SSL_CERT_FILE": str(letterbox.pem),
    }


class Province(Servers):
    """The servers, with a calendar that can be moved, and every one of them can be killed and started again."""

    def __init__(self, folder, node):
        super().__init__(folder, node.url)
        self.node = node

    def surroundings(self):
        settings = settings_in(self.settings_file.read_text(encoding="utf-8"))
        return {**self.env(), **settings, "DJANGO_SETTINGS_MODULE": "tests.prove.moving_calendar"}

    def script(self, *words):
        return [sys.executable, "-W", "ignore", "-m", *map(str, words)]

    def told(self, module, *words, patience=900):
        """What one of our scripts says, from beside the province."""
        done = subprocess.run(
            self.script(f"tests.prove.{module}", *words), cwd=ROOT, env=self.surroundings(),
            capture_output=True, text=True, timeout=patience, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{words}: {done.stderr[-3000:]} {self.said()}"
        return json.loads(done.stdout.splitlines()[-1])

    def start(self, name):
        if name in PARTS:
            signs = self.folder / f"run-{name}"
            signs.mkdir(exist_ok=True)
            env = {**self.surroundings(), "RUNTIME_DIRECTORY": str(signs)}
            env["DJANGO_SETTINGS_MODULE"] = "tests.prove.working_calendar"
            words = self.script(*words_of(read_environment(env), PARTS[name]))
            self._start(name, words, env=env, cwd=ROOT)
        elif name == "elasticsearch":
            self.node.launch()
        else:
            getattr(self, f"start_{name}")()

    def kill(self, name):
        if name == "elasticsearch":
            self.node.kill()
            return
        super().kill(name)
        if name == "postgres":
            self._kill_backends()

    def _kill_backends(self):
        """They are process groups of their own; a new server waits for the last of them."""
        data = self.folder / "postgres"
        while found := processes.occupants(data):
            for number in found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
            time.sleep(0.02)

    def due(self):
        return self.query(DUE)[0][0]

    def undone(self):
        return self.query(UNDONE)[0][0]

    def kinds_in_hand(self):
        """Whose rows somebody works at in this moment: they are locked by a transaction that is under way."""
        with contextlib.suppress(psycopg2.Error):
            return {kind for (kind,) in self.query(IN_HAND)}
        return set()


# --- the storm -----------------------------------------------------------------------------------------


class Storm:
    """Kills in a seeded order, each while something is at work; ``hit`` is what was in hand when."""

    def __init__(self, province):
        self.province, self.dice = province, random.Random(SEED)
        self.hit, self.due_then = [], []

    def pass_over(self):
        victims = list(KILLS)
        self.dice.shuffle(victims)
        for victim in victims:
            time.sleep(self.dice.uniform(0.3, 2.5))
            self._strike(victim)
            self.last = time.monotonic()
            time.sleep(self.dice.uniform(0.2, 1.5))
            self.province.start(victim)

    def _strike(self, victim):
        self.due_then.append(self.province.due())
        in_hand = self._moment()
        self.province.kill(victim)
        self.hit.append((victim, sorted(in_hand)))

    def _moment(self):
        """When somebody is at work, if anything is due; best at a kind that none was killed in yet."""
        known = {kind for _victim, kinds in self.hit for kind in kinds}
        began, seen = time.monotonic(), set()
        while time.monotonic() < began + (PATIENCE if seen or not self.province.due() else LONGEST):
            seen = self.province.kinds_in_hand() or seen
            if seen - known:
                break
        return seen


@pytest.fixture(scope="module")
def prepared(province):
    """Two counties, the calendar moved, and hundreds of effects that wait: no worker has run yet."""
    province.told("effects_caused", "open")
    province.command("search", "reindex")
    province.told("effects_caused", "begin")
    return province.told("effects_caused", "cause")


@pytest.fixture(scope="module")
def storm(province, prepared):
    """While people go on; then everything stands again and the outbox runs empty."""
    began = time.monotonic()
    for name in PARTS:
        province.start(name)
    words = province.script("tests.prove.effects_caused", "trade", SEED)
    trader = subprocess.Popen(words, cwd=ROOT, env=province.surroundings(), stdout=subprocess.PIPE, text=True)
    assert trader.stdout.readline() == "ready\n"
    passing = Storm(province)
    passing.pass_over()
    passing.took = time.monotonic() - began
    trader.terminate()
    passing.confirmed = json.loads(trader.communicate(timeout=60)[0])
    province.node.wait()
    until(lambda: province.undone() == 0, 150, province.said)
    passing.emptied_after = time.monotonic() - passing.last
    settle(province)
    return passing


def settle(province):
    """Minutes later: messages that a dead worker had in hand are found, and the terms are counted."""
    province.told("effects_caused", "later", LATER)
    until(lambda: province.undone() == 0 and not province.query(ON_THE_WAY), 150, province.said)


@pytest.fixture(scope="module")
def judged(province, storm):
    return province.told("effects_judged")


# --- what must hold --------------------------------------------------------------------------------------


def test_without_a_worker_everything_waits(province, prepared):
    """The canary: nothing that is found later was there before."""
    late = {"mail.send", "search.count_terms"}  # one is caused by another effect, the other by the next full minute
    assert set(prepared["waiting"]) >= set(province.told("effects_caused", "kinds")) - late
    assert sum(prepared["waiting"].values()) > 600, prepared


def test_every_kind_of_effect_that_there_is_was_caused(province, judged):
    rows = judged["outbox"]["rows"]
    print(json.dumps(rows, indent=1))
    assert set(judged["kinds"]) == set(province.told("effects_caused", "kinds"))
    assert {name.split()[0] for name in rows} == set(judged["kinds"])
    assert all(told["caused"] for told in judged["kinds"].values()), judged["kinds"]
    assert sum(rows.values()) >= 1000


def test_the_kills_struck_under_work(storm):
    """The canary: each of them, but for the one or other late one, found rows due; most found some in hand."""
    print(f"seed {SEED}, {len(storm.hit)} kills in {storm.took:.0f} s, empty {storm.emptied_after:.0f} s after")
    print("\n".join(f"{victim}: {', '.join(kinds)}" for victim, kinds in storm.hit))
    in_hand = {kind for _victim, kinds in storm.hit for kind in kinds}
    assert sum(bool(due) for due in storm.due_then) > len(KILLS) / 2, storm.due_then
    assert sum(bool(kinds) for _victim, kinds in storm.hit) > len(KILLS) / 2, storm.hit
    assert len(in_hand) >= 4, in_hand


def test_no_effect_is_lost(judged):
    assert {kind: told["lost"] for kind, told in judged["kinds"].items() if told["lost"]} == {}


def test_no_effect_comes_twice(judged):
    assert {kind: told["doubled"] for kind, told in judged["kinds"].items() if told["doubled"]} == {}


def test_nothing_was_given_up_and_nothing_waits(judged):
    assert judged["outbox"]["dead"] == []
    waiting = {name for name in judged["outbox"]["rows"] if not name.endswith(" done")}
    assert waiting <= {"consent.ended later"}, "consents that were withdrawn before their last day"


def test_a_minute_after_the_last_kill_the_outbox_is_empty(storm):
    assert storm.emptied_after < 60


def test_a_message_goes_out_once_or_says_that_nobody_knows(judged, gateway, letterbox):
    """A notice never twice; a code, which may be repeated, at least once. What was not sent says so."""
    texts = [one["OutId"] for one in gateway.taken]
    letters = [letter["Message-ID"].strip("<>").split("@")[0] for letter in letterbox.letters]
    for way, mark, kind, may_repeat, state, trouble in judged["messages"]:
        times = (texts if way == "sms.send" else letters).count(mark)
        said = (way, kind, mark, state, trouble, times)
        assert times <= 1 or may_repeat, said
        if state == "sent":
            assert times >= 1, said
        elif way == "sms.send":  # the carrier was asked and never had it
            assert (times, trouble) == (0, "not-there"), said
    unknown = sum(state == "unknown" for *_others, state, _trouble in judged["messages"])
    print(f"{len(texts)} text messages and {len(letters)} letters went out; of {unknown} nobody knows")
    assert unknown <= 4 * len(KILLS), "not more than the hands of those who died"
    assert len(gateway.taken) > 300
    assert gateway.refused == []


def test_what_people_were_told_is_done_is_done(judged, storm, gateway):
    confirmed, facts = storm.confirmed, judged["facts"]
    assert confirmed["refused"], "the canary: people met a dead server"
    assert set(confirmed["sold"]) <= set(facts["on sale"])
    assert set(confirmed["taken_back"]) <= set(facts["withdrawn"])
    assert confirmed["sold"]
    assert confirmed["taken_back"]


def test_elasticsearch_says_what_the_tables_say(province, judged):
    province.command("search", "verify", "--every-row", "--only-look")


def test_no_draft_of_an_archive_is_left_in_plain(judged):
    assert judged["facts"]["drafts left behind"] == []


# --- one kill at the worst moment ------------------------------------------------------------------------


@contextlib.contextmanager
def worker_at(province, how, kind):
    """A worker of ours that has taken up a row of this kind, and stops; it is killed in the end."""
    words = province.script("tests.prove.effects_caused", "worker", how, kind)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, cwd=ROOT, env=province.surroundings(), **pipes) as worker:
        try:
            assert worker.stdout.readline().strip() == kind
            yield worker
        finally:
            worker.kill()


@pytest.fixture(scope="module")
def alone(province, judged):
    """Nobody else works."""
    for name in PARTS:
        province.end(name)
    return province


def test_an_archive_killed_before_it_was_sealed_leaves_nothing_in_plain(alone):
    drafts = alone.folder / "var" / "private" / "archives"
    alone.told("effects_caused", "one_archive")
    with worker_at(alone, "halfway", "archive.build"):
        assert list(drafts.glob("*/draft.zip")), "the canary: everything about a person, in plain"
    alone.told("effects_caused", "drain")
    assert not list(drafts.glob("*/*"))
    assert alone.told("effects_judged")["kinds"]["archive.build"]["lost"] == []


def test_a_product_withdrawn_while_its_photo_is_drawn_stays_withdrawn(alone):
    product = alone.told("effects_caused", "one_photo")
    with worker_at(alone, "drawing", "catalog.render_photo") as worker:
        alone.told("effects_caused", "one_return", product)
        worker.communicate("go on\n", timeout=60)
    alone.told("effects_caused", "drain")
    assert alone.told("effects_judged")["kinds"]["search.index"]["lost"] == []


# --- and it can fail --------------------------------------------------------------------------------------


def test_a_worker_that_writes_off_before_the_work_loses_an_opening(alone):
    alone.told("effects_caused", "one_opening")
    with worker_at(alone, "forgetful", "county.step"):
        pass
    alone.told("effects_caused", "drain")
    assert len(alone.told("effects_judged")["kinds"]["county.step"]["lost"]) == 1


def test_a_worker_that_writes_off_after_its_commit_reminds_twice(alone):
    alone.told("effects_caused", "one_reminder")
    with worker_at(alone, "careless", "deadline.reminded"):
        pass
    alone.told("effects_caused", "drain")
    assert len(alone.told("effects_judged")["kinds"]["deadline.reminded"]["doubled"]) == 1

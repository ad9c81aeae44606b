"""O5: the old release serves while 121 counties are upgraded under load, and no request fails and no draft is lost."""

import contextlib
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
from urllib.parse import quote

import pytest
import requests

from config import processes
from config.folder_lock import take_folder
from tests.bench.table import show
from tests.database import ROOT, SURROUNDINGS, cached_cluster, cluster
from tests.prove.conftest import free_ports
from tests.prove.test_up import eventually
from tests.prove.upgrade_alone import PASSWORD, PHONE

COPIED = ("platform", "tenants", "branding", "search", "catalog", "cms", "locale", "tests")
LOOSE = ("manage.py", "pyproject.toml", "requirements.lock")
COUNTIES = 121
BAD = "230882"  # in the second half, and nobody visits it: 富锦市
READING = (
    "/",
    "/c/wuchang/",
    "/c/dongning/",
    "/search/?q={rice}",
    "/api/search?q={rice}",
    "/c/wuchang/p/{p}/",
    "/stories/",
)

CARE = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("catalog", "{before}")]
    operations = [
        migrations.AddField(model, "care", models.CharField(max_length=80, blank=True, db_default=""))
        for model in ("product", "historicalproduct")
    ]
"""
TELL_CARE = """
from django.db import migrations, models

def tell(apps, editor):
    for product in apps.get_model("catalog", "Product").objects.filter(care=""):
        product.care = f"{{product.name[:20]}}：放在阴凉干燥的地方"
        product.save(update_fields=["care"])

def forget(apps, editor):
    apps.get_model("catalog", "Product").objects.update(care="")

class Migration(migrations.Migration):
    dependencies = [("catalog", "{before}")]
    operations = [migrations.RunPython(tell, forget)]
"""
LISTING = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("search", "{before}")]
    operations = [migrations.AddField("listing", "care", models.CharField(max_length=80, null=True))]
"""
LISTING_INDEX = """
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

class Migration(migrations.Migration):
    atomic = False
    dependencies = [("search", "{before}")]
    operations = [AddIndexConcurrently("listing", models.Index(fields=["place"], name="listing_by_place"))]
"""
CONTRACTION = """
from django.db import migrations, models

class Migration(migrations.Migration):
    contracts = "0.2 writes no product without a name"
    dependencies = [("catalog", "{before}")]
    operations = [
        migrations.AddConstraint(
            "product", models.CheckConstraint(condition=~models.Q(name=""), name="product_is_named")
        )
    ]
"""
RENAMED = """
from django.db import migrations

class Migration(migrations.Migration):
    safe_because = "it is not: this is the mutant"
    dependencies = [("catalog", "{before}")]
    operations = [migrations.RenameField("product", "summary", "short")]
"""


def copy_release(target):
    """The tree as it stands, somewhere else: its own code, its own migrations."""
    for name in COPIED:
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in LOOSE:
        shutil.copy(ROOT / name, target / name)
    return Release(target)


class Release:
    """A tree of the platform, and its processes on the province of the test."""

    def __init__(self, root):
        self.root, self.port, self.web = root, free_ports(1)[0], None

    def plant(self, app, name, text):
        folder = self.root / app / "migrations"
        before = max(path.stem for path in folder.glob("*0*.py") if path.stem != name)
        (folder / f"{name}.py").write_text(text.format(before=before), encoding="utf-8")

    def add_to_model(self, path, after, line):
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert text.count(after) == 1
        file.write_text(text.replace(after, f"{after}    {line}\n"), encoding="utf-8")

    def env(self, var):
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("JIETI_", "DJANGO_", "PYTEST")) and name not in SURROUNDINGS
        }
        own = {**SURROUNDINGS, "DJANGO_SETTINGS_MODULE": "config.settings", "JIETI_VAR": str(var)}
        places = {"JIETI_STATIC": str(self.root / "static"), "PYTHONPATH": f"{self.root}:{self.root / 'platform'}"}
        return {**kept, **own, **places, "PORT": str(self.port), "MALLOC_ARENA_MAX": "2"}

    def words(self, *words):
        return [sys.executable, "-m", *words]


class Province:
    def __init__(self, folder):
        self.folder, self.var = folder, folder / "var"
        self.server = self.lock = None

    def start(self):
        shutil.copytree(cached_cluster(), self.var / "postgres", symlinks=True)
        (self.var / "postgres").chmod(0o700)
        for name in ("queue", "control"):
            (self.var / "broker" / name).mkdir(parents=True)
        self.lock = take_folder(self.var)  # as `jieti up` would: commands then work beside it
        self.server = cluster(self.var).start()
        return self

    def stop(self):
        processes.end(self.server, with_signal=signal.SIGQUIT)
        self.lock.close()

    def run(self, release, *words):
        done = subprocess.run(
            release.words(*words), cwd=release.root, env=release.env(self.var), capture_output=True, text=True,
            timeout=420, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{words}: {done.stdout[-500:]} {done.stderr[-3000:]}"
        return done.stdout

    def ask(self, release, *words):
        return json.loads(self.run(release, "tests.prove.upgrade_alone", *words).splitlines()[-1])

    def upgrade(self, release, *words):
        """The command by which people do it; its answer is looked at by the caller."""
        return subprocess.run(
            release.words("config.command", "upgrade", *words), cwd=release.root, env=release.env(self.var),
            capture_output=True, text=True, timeout=420, check=False,
        )  # fmt: skip

    def kill_when(self, release, seen, *words):
        """kill -9 as soon as it says so."""
        began = subprocess.Popen(
            release.words("config.command", "upgrade", *words), cwd=release.root, env=release.env(self.var),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        said = []
        for line in began.stdout:
            said.append(line)
            if seen in line:
                began.kill()
                break
        began.wait(60)
        began.stdout.close()
        assert began.returncode == -signal.SIGKILL, "".join(said)
        return "".join(said)

    def serve(self, release):
        words = release.words("gunicorn", "--config", "platform/config/gunicorn.py", "config.wsgi:application")
        with (self.folder / f"web-{release.root.name}.log").open("ab") as log:
            release.web = subprocess.Popen(words, cwd=release.root, env=release.env(self.var), stdout=log, stderr=log)
        assert eventually(lambda: _answers(release.port), 60), self.said(release)

    def end(self, release):
        if release.web and release.web.poll() is None:
            release.web.terminate()
            release.web.wait(30)

    def said(self, release):
        return (self.folder / f"web-{release.root.name}.log").read_text(errors="replace")[-3000:]


def _answers(port):
    with contextlib.suppress(requests.RequestException):
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).status_code == 200
    return False


def is_ready(release, part):
    told = requests.get(f"http://127.0.0.1:{release.port}/readyz", timeout=20).json()
    return told["parts"][part]["ready"]


class People:
    """Shoppers who look and a work team that writes, on whichever release answers; everything is counted."""

    def __init__(self, products, *ports):
        self.products, self.ports = products, list(ports)
        self.ended, self.lock = threading.Event(), threading.Lock()
        self.took, self.failed, self.drafts, self.by_port = [], [], {}, {}
        self.browsers = [self._signed_in() for _ in range(2)]
        self.threads = [threading.Thread(target=self._shop, args=(number,)) for number in range(2)]
        self.threads += [threading.Thread(target=self._write, args=(number,)) for number in range(2)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join(60)

    def _shop(self, number):
        browser, turn = requests.Session(), number
        while not self.ended.is_set():
            path = READING[turn % len(READING)].format(rice=quote("大米"), p=self.products["wuchang"])
            answer = self._ask(browser, "GET", path, turn)
            if answer is not None and "/p/" in path and "稻花香" not in answer.text:
                self._fail(path, "not the product")
            turn += 1
            time.sleep(0.03)

    def _write(self, number):
        """One session over both releases, as a load balancer would have it."""
        browser, turn = self.browsers[number], 0
        while not self.ended.is_set():
            turn += 1
            name = f"草稿{number}-{turn}"
            told = self._save(browser, "/c/wuchang/desk/products/new/save/", turn, name=name)
            if told is None:
                time.sleep(0.1)
                continue
            autosave = told["autosave"]
            pk = int(re.search(r"/products/(\d+)/", autosave)[1])
            with self.lock:
                self.drafts[pk] = name
            if self._save(browser, autosave, turn + 1, name=f"{name}改", category="grain.rice"):
                with self.lock:
                    self.drafts[pk] = f"{name}改"
            time.sleep(0.05)

    def _signed_in(self):
        browser, address = requests.Session(), f"http://127.0.0.1:{self.ports[0]}/sign-in/"
        browser.get(address, timeout=20)
        facts = {"phone": PHONE, "password": PASSWORD, "csrfmiddlewaretoken": browser.cookies["jieti_csrf"]}
        answer = browser.post(address, facts, timeout=20)
        assert "/c/wuchang/desk/" in answer.url, answer.url
        return browser

    def _save(self, browser, path, turn, **facts):
        facts["csrfmiddlewaretoken"] = browser.cookies["jieti_csrf"]
        answer = self._ask(browser, "POST", path, turn, data=facts)
        if answer is None:
            return None
        told = answer.json() if "json" in answer.headers["content-type"] else {}
        if not told.get("saved"):
            self._fail(path, f"not saved: {answer.text[:200]}")
            return None
        return told

    def _ask(self, browser, method, path, turn, **more):
        ports = self.ports  # it is changed while we walk
        port = ports[turn % len(ports)]
        began = time.monotonic()
        try:
            answer = browser.request(method, f"http://127.0.0.1:{port}{path}", timeout=20, **more)
        except requests.RequestException as trouble:
            self._fail(path, repr(trouble))
            return None
        with self.lock:
            self.took.append((began, time.monotonic() - began))
            self.by_port[port] = self.by_port.get(port, 0) + 1
        if answer.status_code != 200:
            self._fail(path, answer.status_code)
            return None
        return answer

    def _fail(self, path, what):
        with self.lock:
            self.failed.append((path, what))

    def times(self, since, until):
        return sorted(lasted for began, lasted in self.took if since <= began < until)


@pytest.fixture(scope="module")
def province(tmp_path_factory):
    running = Province(tmp_path_factory.mktemp("upgrade")).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def old(province):
    """The release that serves: this tree, copied so that it stands still."""
    release = copy_release(province.folder / "old")
    opening = [
        subprocess.Popen(
            release.words("tests.prove.upgrade_alone", "open", str(part), "2"), cwd=release.root,
            env=release.env(province.var), stdout=subprocess.DEVNULL,
        )
        for part in range(2)
    ]  # fmt: skip
    assert [one.wait(420) for one in opening] == [0, 0]
    release.products = province.ask(release, "fill")
    province.run(release, "config.first_start", "prepare")
    release.shapes = province.ask(release, "shapes")
    assert len(release.shapes) == COUNTIES + 2
    province.serve(release)
    yield release
    province.end(release)


@pytest.fixture(scope="module")
def new(province):
    """The next release: a column in every county and one in public, used by its code, and rows filled by Python."""
    release = copy_release(province.folder / "new")
    release.plant("catalog", "9001_care", CARE)
    release.plant("catalog", "9002_tell_care", TELL_CARE)
    release.plant("catalog", "9003_named", CONTRACTION)
    release.plant("search", "9001_care", LISTING)
    release.plant("search", "9002_by_place", LISTING_INDEX)
    care = 'care = models.CharField(max_length=80, blank=True, db_default="")'
    release.add_to_model("catalog/models/goods.py", "    drawing = models.CharField(max_length=40, blank=True)\n", care)
    null_care = "care = models.CharField(max_length=80, null=True)"
    release.add_to_model("search/models.py", "    unit = models.CharField(max_length=40, blank=True)\n", null_care)
    yield release
    province.end(release)


def half_done(province, old):
    """Counties on either side of a killed upgrade."""
    now = province.ask(old, "shapes")
    return sum(now[place] != old.shapes[place] for place in now if place.startswith("c2"))


def break_county(province, code, sql):
    with contextlib.closing(cluster(province.var).connect("jieti")) as connection, connection.cursor() as cursor:
        cursor.execute(sql.format(schema=f"c{code}"))
        connection.commit()


def test_an_upgrade_is_not_noticed(province, old, new):
    with People(old.products, old.port) as people:
        time.sleep(4)
        began = time.monotonic()
        said = province.kill_when(new, "县 30/121", "--yes")
        killed = time.monotonic()
        assert "排练通过" in said
        assert 30 <= half_done(province, old) <= 32
        history = province.upgrade(new, "--history").stdout
        assert "没有做完" in history
        break_county(province, BAD, 'ALTER TABLE "{schema}".catalog_product ADD care integer')
        broken = province.ask(old, "shapes", BAD)[f"c{BAD}"]
        resumed = time.monotonic()
        stopped = province.upgrade(new, "--yes")
        stood = time.monotonic()
        assert stopped.returncode == 1
        assert f"jieti county check {BAD}" in stopped.stderr
        assert province.ask(old, "shapes", BAD)[f"c{BAD}"] == broken, "the county that failed keeps its tables whole"
        assert is_ready(old, "migrations")
        break_county(province, BAD, 'ALTER TABLE "{schema}".catalog_product DROP care')
        mended = time.monotonic()
        done = province.upgrade(new, "--yes", "--by", "周工")
        assert done.returncode == 0, done.stderr
        taken = time.monotonic()
        shapes = province.ask(new, "shapes")
        counties = {shape for place, shape in shapes.items() if place.startswith("c2")}
        assert len(counties) == 1
        assert counties != {old.shapes["c230184"]}
        province.run(new, "config.first_start", "prepare")
        province.serve(new)
        people.ports = [old.port, new.port]
        time.sleep(5)
        both = time.monotonic()
        refused = province.upgrade(new, "--contract", "--yes", "--no-rehearsal")
        assert refused.returncode == 1
        assert "旧版还连着" in refused.stderr
        refused = province.upgrade(new, "--back", "--yes")
        assert refused.returncode == 1
        assert "新版还连着" in refused.stderr
        people.ports = [old.port]
        time.sleep(1)
        province.end(new)
        back = time.monotonic()
        province.kill_when(new, "县 40/121", "--back", "--yes")
        returned = province.upgrade(new, "--back", "--yes")
        assert returned.returncode == 0, returned.stderr
        ended = time.monotonic()
        assert province.ask(old, "shapes") == old.shapes
        time.sleep(1)
    kept = {int(pk): name for pk, name in province.ask(old, "drafts").items()}
    lost = {pk: name for pk, name in people.drafts.items() if kept.get(pk) != name}
    quiet, busy = people.times(0, began), people.times(began, taken)
    show(
        f"O5: {COUNTIES} counties upgraded under load, killed twice, stopped once, served by both, undone",
        [
            ("requests, failed", f"{len(people.took)}, {len(people.failed)}"),
            ("drafts acknowledged, lost", f"{len(people.drafts)}, {len(lost)}"),
            ("of the requests answered by the new release", f"{people.by_port.get(new.port, 0)}"),
            ("a request before it, median and longest", f"{statistics.median(quiet):.2f} s, {quiet[-1]:.2f} s"),
            ("a request meanwhile, median and longest", f"{statistics.median(busy):.2f} s, {busy[-1]:.2f} s"),
            ("the upgrade, rehearsal and three starts", f"{killed - began + stood - resumed + taken - mended:.1f} s"),
            ("undone, killed once", f"{ended - back:.1f} s"),
            ("figures the command gave", re.search(r"排练通过.*", said)[0]),
        ],
    )
    assert both > taken
    assert people.failed == []
    assert lost == {}
    assert len(people.drafts) > 20
    assert people.by_port[new.port] > 20


def test_the_rule_is_what_keeps_it_unnoticed(province, old, tmp_path):
    """The mutant: a migration that the rule refuses, run all the same, and the old release fails."""
    mutant = copy_release(tmp_path / "mutant")
    mutant.plant("catalog", "9001_renamed", RENAMED.replace('safe_because = "it is not: this is the mutant"', "pass"))
    refused = province.upgrade(mutant, "--yes", "--no-rehearsal")
    assert refused.returncode == 1
    assert "catalog.9001_renamed" in refused.stderr
    mutant.plant("catalog", "9001_renamed", RENAMED)
    with People(old.products, old.port) as people:
        time.sleep(1)
        assert people.failed == []
        assert province.upgrade(mutant, "--yes", "--no-rehearsal").returncode == 0
        assert eventually(lambda: people.failed, 20)
    assert {500} & {what for _path, what in people.failed}

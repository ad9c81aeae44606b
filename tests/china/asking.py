"""What is asked of the filled country: one AddField, backups, a web process that goes through all counties."""

import http.client
import importlib
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from config import processes
from tests import database
from tests.china.ledger import Ledger
from tests.china.machine import disk, family, pss
from tests.china.place import Place

SAMPLE = 3
VISITORS = 2


def look_at_catalogue(place: Place, ledger: Ledger) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(CATALOGUE)
        relations, attributes, catalogue, whole = cursor.fetchone()
    size, files = disk(place.folder / "postgres")
    ledger.note(
        relations=relations, attributes=attributes, catalogue_mb=float(catalogue) / 1e6, database_mb=float(whole) / 1e6,
        disk_mb=size, files=files,
    )  # fmt: skip


CATALOGUE = """
SELECT (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_attribute),
       (SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace
           AND relkind = 'r'), pg_database_size(current_database())
"""


def add_field(place: Place, ledger: Ledger) -> None:
    """One column more in every county, by ``migrating`` and, on a few, by django-tenants' own command."""
    from django.core.management import call_command
    from django.db import connection

    from tenants import migrating, schemas

    name = _later_catalog(place, ledger)
    for county in _sample(ledger):
        if ("catalog", name) in schemas.applied(county.schema_name):
            continue
        began = time.monotonic()
        call_command("migrate_schemas", schema_name=county.schema_name, verbosity=0, interactive=False)
        connection.set_schema_to_public()
        ledger.note(theirs=[*ledger.get("theirs", []), time.monotonic() - began])
    began, at = time.monotonic(), [0.0]

    def tell(place: int, of: int, county: Any) -> None:
        at[0] = at[0] or time.monotonic()
        if place % 200 == 0:
            print(f"AddField {place}/{of}", flush=True)

    report = migrating.migrate_counties(tell)
    took = time.monotonic() - began
    if report.failed:
        raise RuntimeError(f"AddField: {report.failed}")
    ledger.add("addfield_seconds", took)
    ledger.note(
        addfield_counties=ledger.get("addfield_counties", 0) + len(report.fast), addfield_template=at[0] - began,
        addfield_load=os.getloadavg()[0],
    )  # fmt: skip


def _sample(ledger: Ledger) -> list[Any]:
    from tenants.models import County

    return list(County.objects.filter(state="open").order_by("-code")[:SAMPLE])


def _later_catalog(place: Place, ledger: Ledger) -> str:
    """The catalog of a release that has one migration more than all counties, beside the tables it will change."""
    from django.apps import apps
    from django.conf import settings

    from tenants import migrating, schemas

    package = place.folder / "later" / "catalog_of_a_later_release"
    own = Path(apps.get_app_config("catalog").path) / "migrations"
    if not package.exists():
        shutil.copytree(own, package, ignore=shutil.ignore_patterns("__pycache__"))
    names = sorted(path.stem for path in package.glob("[09]*.py"))
    if ("catalog", names[-1]) in schemas.applied(schemas.TEMPLATE) and not migrating.behind():
        number = sum(name.startswith("9") for name in names) + 1
        ledger.forget("addfield_seconds", "addfield_counties", "theirs")  # of the one before
        names.append(f"9{number:03d}_later")
        (package / f"{names[-1]}.py").write_text(LATER.format(last=names[-2], number=number), "utf-8")
    if str(package.parent) not in sys.path:
        sys.path.insert(0, str(package.parent))
    importlib.invalidate_caches()
    settings.MIGRATION_MODULES = {"catalog": package.name}
    return names[-1]


LATER = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "{last}")]
    operations = [migrations.AddField("producer", "fax{number}", models.CharField(max_length=20, default="无"))]
"""


def back_up(place: Place, ledger: Ledger) -> None:
    """``jieti backup`` of everything, and one county by itself."""
    from tenants.backups import back_up_county

    county = _sample(ledger)[0]
    began = time.monotonic()
    pack = back_up_county(county, place.folder / "county-backup")
    ledger.note(county_backup_seconds=time.monotonic() - began, county_backup_kb=pack.stat().st_size / 1000)
    shutil.rmtree(place.folder / "county-backup")
    print(f"one county {ledger['county_backup_seconds']:.1f} s", flush=True)
    store = Path(place.surroundings()["JIETI_BACKUP"])
    shutil.rmtree(store, ignore_errors=True)
    began = time.monotonic()
    with (place.folder / "logs" / "backup.log").open("ab") as log:
        done = subprocess.run(
            [sys.executable, "-m", "config.command", "backup"],
            cwd=database.ROOT,
            env={**os.environ, **place.surroundings()},
            stdout=log,
            stderr=log,
            check=False,
        )
    took, (size, _files) = time.monotonic() - began, disk(store) if store.exists() else (0.0, 0)
    shutil.rmtree(store, ignore_errors=True)
    if done.returncode:
        raise RuntimeError(f"jieti backup 没有做成，看 {place.folder}/logs/backup.log")
    ledger.note(backup_seconds=took, backup_mb=size)


def visit(place: Place, ledger: Ledger, rounds: int = 2) -> None:
    """One real web process through the front page of every county, again and again; its memory, PostgreSQL's beside it."""
    from config import first_start
    from tenants.selectors import open_counties

    slugs = list(open_counties().values_list("slug", flat=True))
    ledger.note(backend_alone=_one_backend(slugs))
    first_start.gather_static()
    web = place.python(
        "gunicorn", "--config", str(database.ROOT / "platform/config/gunicorn.py"), "config.wsgi", log="web"
    )
    try:
        _until_it_answers(place)
        memory: list[dict[str, float]] = []
        _walk(place, slugs[:40] * 3)  # what is loaded once is loaded
        for number in range(rounds + 1):
            if number:
                print(f"第 {number} 圈 round {number}", flush=True)
                began = time.monotonic()
                wrong = _walk(place, slugs)
                ledger.note(visit_wrong=wrong, visit_seconds=time.monotonic() - began)
            memory.append({"web": pss(family(web.pid)), **_backends()})
            print(memory[-1], flush=True)
        ledger.note(visit_memory=memory, visit_load=os.getloadavg()[0])
        if ledger["visit_wrong"]:
            raise RuntimeError(f"页面没有都打开，看 {place.folder}/logs/web.log")
    finally:
        processes.end(web, patience=20)


def _walk(place: Place, slugs: list[str]) -> int:
    """Every county once, by a few visitors; returns how many pages were not served."""
    waiting, wrong = list(slugs), []

    def visitor() -> None:
        asked = http.client.HTTPConnection("127.0.0.1", place.port, timeout=60)
        while waiting:
            try:
                slug = waiting.pop()
                asked.request("GET", f"/c/{slug}/")
                answer = asked.getresponse()
                answer.read()
                if answer.status != 200:
                    wrong.append((slug, answer.status))
            except IndexError:
                return
            except (OSError, http.client.HTTPException) as trouble:
                wrong.append((slug, repr(trouble)))
                asked.close()

    visitors = [threading.Thread(target=visitor) for _ in range(VISITORS)]
    for thread in visitors:
        thread.start()
    for thread in visitors:
        thread.join()
    if wrong:
        print("not served:", wrong[:5], flush=True)
    return len(wrong)


def _until_it_answers(place: Place, patience: float = 120) -> None:
    limit = time.monotonic() + patience
    while time.monotonic() < limit:
        asked = http.client.HTTPConnection("127.0.0.1", place.port, timeout=10)
        try:
            asked.request("GET", "/healthz")
            if asked.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.3)
        finally:
            asked.close()
    raise RuntimeError(f"web 没有起来，看 {place.folder}/logs/web.log")


def _backends() -> dict[str, float]:
    """PostgreSQL's processes for the web: how many, and the largest, in MB."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        sizes = [pss([pid]) for (pid,) in cursor.fetchall()]
    return {"backends": len(sizes), "largest": max(sizes, default=0.0)}


def _one_backend(slugs: list[str], most: int = 400) -> dict[str, float]:
    """What one connection grows to that is never closed, in ``most`` counties: what ``tenants.visits`` is for."""
    from django.db import connection

    from catalog.models import Producer, Product
    from cms.models import CountyHome
    from tenants.models import County
    from tenants.scope import county_scope

    connection.close()
    connection.ensure_connection()
    backend = connection.connection.get_backend_pid()
    before = pss([backend])
    counties = list(County.objects.filter(slug__in=slugs[:most]))
    for county in counties:
        with county_scope(county):
            list(CountyHome.objects.all()), list(Product.objects.all()[:5]), list(Producer.objects.all()[:5])
    after = pss([backend])
    connection.close()
    return {"counties": len(counties), "before": before, "after": after}

"""Promise O1: one county is restored into a living province, and nobody else notices."""

import json
import time
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from kernel.models import AuditEntry, InboxItem
from search.models import Listing
from tenants import backups, schemas, services
from tenants.scope import county_scope
from tests.catalog import goods

pytestmark = pytest.mark.django_db(transaction=True)

HARD_TEXT = "第一行\n-- 不是注释\n\\unrestrict x\n\nSET x = 1;\n最后一行 'x' 100%s {{schema}} c231086"


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = tmp_path / "media", tmp_path / "private"
    return tmp_path


def rows(schema):
    """Every row of a schema by table."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{schema}"."{table}" t ORDER BY 1')
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


@pytest.fixture
def sold(wuchang, manager):
    """A product of 五常 on sale, with a picture's file."""
    product = goods.finished(wuchang, services.add_village(wuchang, "龙凤山镇", "兴源村"), by=manager)
    with county_scope(wuchang):
        product.description = HARD_TEXT
        product.save(update_fields=["description"])
    goods.hand_in(wuchang, product, by=manager)
    goods.publish(wuchang, product, by=manager)
    return product


def media(folders, county, name="photos/a.jpg", data=b"picture"):
    path = folders / "media" / county.schema_name / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def listed(county):
    return set(Listing.everything.filter(county_code=county.code).values_list("title", flat=True))


def wreck(county, folders):
    """What a bad afternoon does: goods withdrawn, rows deleted, files gone."""
    from catalog.models import Product, ProductMove, Variant

    with county_scope(county):
        Variant.objects.all().delete()
        ProductMove.objects.all().delete()
        Product.history.all().delete()
        Product.objects.all().delete()
    Listing.everything.filter(county_code=county.code).delete()
    for path in (folders / "media" / county.schema_name).rglob("*.jpg"):
        path.unlink()


def test_a_county_comes_back_with_goods_window_and_pictures_and_nobody_else_changes(wuchang, dongning, sold, folders):
    picture = media(folders, wuchang)
    elsewhere = media(folders, dongning)
    before, others = rows(wuchang.schema_name), rows(dongning.schema_name)
    begun = time.monotonic()
    path = backups.back_up_county(wuchang, folders / "backups")
    dumped = time.monotonic() - begun
    wreck(wuchang, folders)
    assert rows(wuchang.schema_name) != before  # there was something to bring back
    begun = time.monotonic()
    done = backups.restore_county(path, by=None)
    restored = time.monotonic() - begun
    assert rows(wuchang.schema_name) == before
    assert rows(dongning.schema_name) == others
    assert listed(wuchang) == {sold.name}
    assert picture.read_bytes() == b"picture"
    assert elsewhere.exists()
    assert (done.files, done.dangling) == (1, [])
    assert dumped <= 5
    assert restored <= 60
    assert schemas.differences(wuchang.schema_name) == []


def test_the_next_row_gets_a_number_of_its_own(wuchang, sold, folders, manager):
    path = backups.back_up_county(wuchang, folders)
    backups.restore_county(path, by=None)
    village = services.add_village(wuchang, "龙凤山镇", "兴源村")
    assert goods.finished(wuchang, village, by=manager, name="新米").pk > sold.pk


def test_what_was_listed_since_is_gone_and_cases_that_point_at_it_are_named(wuchang, sold, folders, manager):
    from branding.models import Brand

    path = backups.back_up_county(wuchang, folders)
    village = services.add_village(wuchang, "龙凤山镇", "兴源村")
    newer = goods.finished(wuchang, village, by=manager, name="后来的米")
    goods.hand_in(wuchang, newer, by=manager)
    Brand.objects.create(county_code="230184", producer_id=987654, producer_name="没了", name="凤山")
    done = backups.restore_county(path, by=manager)
    assert listed(wuchang) == {sold.name}
    assert len(done.dangling) == 2
    assert InboxItem.objects.filter(title="后来的米").exists()  # the province's rows are never rolled back
    assert Brand.objects.filter(name="凤山").exists()
    assert AuditEntry.objects.filter(action="county.restore", facts__dangling=2).exists()


def test_who_withdrew_a_consent_since_stays_withdrawn(wuchang, folders, manager):
    from datetime import timedelta

    from cms import consents
    from cms.models import Consent
    from kernel import clock

    today = clock.today()
    with county_scope(wuchang):
        consent = Consent.objects.create(
            name="孙大娘", for_photo=True, given_on=today, until=today + timedelta(days=90), recorded_at=clock.now()
        )
    path = backups.back_up_county(wuchang, folders)
    with county_scope(wuchang):
        consents.withdraw_consent(consent, by=manager, why="本人来电话")
    backups.restore_county(path, by=None)
    with county_scope(wuchang):
        assert Consent.objects.get(pk=consent.pk).withdrawn_at is not None


def test_a_restore_that_fails_half_way_leaves_the_county_as_it_was(wuchang, sold, folders):
    path = backups.back_up_county(wuchang, folders)
    before, window = rows(wuchang.schema_name), listed(wuchang)

    def stumble(sender, **facts):
        raise RuntimeError("the disk is full")

    backups.county_restored.connect(stumble)
    try:
        with pytest.raises(RuntimeError):
            backups.restore_county(path, by=None)
    finally:
        backups.county_restored.disconnect(stumble)
    assert rows(wuchang.schema_name) == before
    assert listed(wuchang) == window
    assert not schemas.schema_exists("c230184_aside")


def rewritten(path, change):
    """The same file with its members changed."""
    with zipfile.ZipFile(path) as pack:
        members = {name: pack.read(name) for name in pack.namelist()}
    change(members)
    broken = path.with_name("broken.zip")
    with zipfile.ZipFile(broken, "w") as pack:
        for name, data in members.items():
            pack.writestr(name, data)
    return broken


def manifest(**facts):
    def change(members):
        members["manifest.json"] = json.dumps({**json.loads(members["manifest.json"]), **facts}).encode()

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda members: members.update({"schema.sql": members["schema.sql"] + b"\nDROP SCHEMA c231086 CASCADE;"}),
        lambda members: members.update({"media/../../../x": b"x"}),
        lambda members: members.pop("manifest.json"),
        lambda members: members.pop("schema.sql"),
        manifest(format=99),
        manifest(code="230524"),
        manifest(migrations=[["catalog", "9999_later"]]),
        manifest(sha256=[]),
    ],
    ids=["other sql", "leads out", "no manifest", "no sql", "format", "no such county", "later release", "no sums"],
)
def test_a_damaged_file_is_refused_and_nothing_changes(wuchang, dongning, sold, folders, change):
    path = backups.back_up_county(wuchang, folders)
    before = rows(wuchang.schema_name)
    with pytest.raises(backups.BadBackup):
        backups.restore_county(rewritten(path, change), by=None)
    assert rows(wuchang.schema_name) == before
    assert schemas.schema_exists(dongning.schema_name)


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x03\x04cut"])
def test_what_is_no_backup_is_said_in_words(folders, data, wuchang):
    path = folders / "x.zip"
    path.write_bytes(data)
    with pytest.raises(CommandError, match="备份"):
        call_command("restore", str(path))


def test_the_command_writes_one_county_and_brings_it_back(wuchang, sold, folders, capsys):
    call_command("backup", "230184", "--to", str(folders / "b"))
    line = capsys.readouterr().out.splitlines()[0]
    assert line.startswith("230184 五常市")
    path = next((folders / "b").glob("county-230184-*.zip"))
    assert path.stat().st_mode & 0o077 == 0
    wreck(wuchang, folders)
    call_command("restore", str(path))
    assert capsys.readouterr().out.startswith("230184 五常市恢复到")
    assert listed(wuchang) == {sold.name}


def test_a_county_that_is_not_there_is_named(wuchang, folders):
    with pytest.raises(CommandError, match="999999"):
        call_command("backup", "999999", "--to", str(folders))

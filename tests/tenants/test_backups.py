"""Promise O1: one county is restored into a living province, and nobody else notices."""

import base64
import hashlib
import json
import time
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from kernel.models import AuditEntry, InboxItem
from search.lexicon import COUNT
from search.models import Listing
from tenants import backups, schemas, services
from tenants.models import SchemaState
from tenants.scope import county_scope
from tests.catalog import goods

pytestmark = pytest.mark.django_db(transaction=True)

HARD_TEXT = "头一行\n-- 不是注释\n\\unrestrict x\n\nSET x = 1;\n末一行 'x' 100%s {{schema}} c231086"


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


def everything_else(county):
    """Every row that is not this county's, in its neighbours' schemas and in the province's, and every file of theirs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'")
        names = {row[0] for row in cursor.fetchall()} - {county.schema_name}
    found = {name: rows(name) for name in sorted(names)}
    province = found["public"]
    for table, lines in province.items():
        province[table] = [line for line in lines if county.code not in line]
    # The province's words are counted anew once in a while, of whichever county the goods were.
    province["kernel_outboxrow"] = [line for line in province["kernel_outboxrow"] if COUNT not in line]
    # Its row knows the county by a number.
    province["tenants_schemastate"] = list(SchemaState.objects.exclude(county=county).order_by("pk").values_list())
    for root in (Path(settings.MEDIA_ROOT), Path(settings.PRIVATE_ROOT)):
        found |= {
            str(path): path.read_bytes() for path in root.rglob("*") if path.is_file() and is_of_others(path, county)
        }
    return found


def otherwise(now, before):
    """What stands there otherwise, by table and file: (came, went)."""
    told = {}
    for place in now.keys() | before.keys():
        one, two = now.get(place, {}), before.get(place, {})
        if isinstance(one, bytes) or isinstance(two, bytes):
            told |= {} if one == two else {place: "another file"}
            continue
        for table in one.keys() | two.keys():
            came, went = (set(map(str, lines)) for lines in (one.get(table, []), two.get(table, [])))
            if came != went:
                told[f"{place}.{table}"] = (sorted(came - went), sorted(went - came))
    return told


def is_of_others(path, county):
    return county.schema_name not in path.parts


@pytest.fixture
def neighbour(dongning, folders):
    """Another county with goods in the window and a story's card, which a restore must not touch."""
    from kernel import clock
    from search import services as search
    from search.facts import StoryFacts
    from tests.factories.people import make_person

    manager = make_person("county_manager", dongning, name="东宁负责人")
    product = goods.finished(dongning, services.add_village(dongning, "东宁镇", "一村"), by=manager, name="东宁木耳")
    goods.hand_in(dongning, product, by=manager)
    goods.publish(dongning, product, by=manager)
    search.publish_story(
        StoryFacts(
            county_code=dongning.code,
            county_name=dongning.name,
            county_slug=dongning.slug,
            page_id=7,
            title="黑木耳的一年",
            url_path="stories/7/",
            published_on=clock.today(),
        )
    )
    media(folders, dongning)
    return product


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


def test_a_county_comes_back_with_goods_window_and_pictures_and_nobody_else_changes(
    wuchang, dongning, sold, neighbour, folders
):
    picture = media(folders, wuchang)
    before, others = rows(wuchang.schema_name), everything_else(wuchang)
    assert listed(dongning) == {neighbour.name}
    assert others["public"]["search_storycard"], "there is something a restore could touch"
    assert others["public"]["search_listing"]
    begun = time.monotonic()
    path = backups.back_up_county(wuchang, folders / "backups")
    dumped = time.monotonic() - begun
    wreck(wuchang, folders)
    assert rows(wuchang.schema_name) != before  # there was something to bring back
    begun = time.monotonic()
    done = backups.restore_county(path, by=None)
    restored = time.monotonic() - begun
    assert rows(wuchang.schema_name) == before
    assert otherwise(everything_else(wuchang), others) == {}
    assert listed(wuchang) == {sold.name}
    assert picture.read_bytes() == b"picture"
    assert (done.files, done.dangling) == (1, [])
    assert dumped <= 5
    assert restored <= 60
    assert schemas.differences(wuchang.schema_name) == []


def touch_a_row(neighbour, county):
    from catalog.models import Product

    with county_scope(county):
        Product.objects.filter(pk=neighbour.pk).update(summary="换了")


def withdraw_from_the_window(neighbour, county):
    from search import services as search

    search.withdraw_listing(county.code, neighbour.pk)


def list_under_another_name(neighbour, county):
    Listing.everything.filter(county_code=county.code).update(title="换了")


def take_the_card(neighbour, county):
    from search.models import StoryCard

    StoryCard.objects.filter(county_code=county.code).delete()


def mark_every_schema(neighbour, county):
    SchemaState.objects.update(trouble="x")


def lose_a_file(neighbour, county):
    next((Path(settings.MEDIA_ROOT) / county.schema_name).rglob("*.jpg")).unlink()


@pytest.mark.parametrize(
    "mutant",
    [touch_a_row, withdraw_from_the_window, list_under_another_name, take_the_card, mark_every_schema, lose_a_file],
)
def test_a_restore_that_touches_a_neighbour_is_noticed(wuchang, dongning, sold, neighbour, folders, mutant):
    def act(sender, **facts):
        mutant(neighbour, dongning)

    path = backups.back_up_county(wuchang, folders / "backups")
    others = everything_else(wuchang)
    backups.county_restored.connect(act)
    try:
        backups.restore_county(path, by=None)
    finally:
        backups.county_restored.disconnect(act)
    assert everything_else(wuchang) != others


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


def test_who_said_goodbye_since_stays_gone(wuchang, manager, folders):
    from datetime import timedelta

    from accounts.rights import goodbye
    from catalog.models import Product, ProductMove
    from kernel import clock, outbox
    from tests.factories.people import make_person

    leaver = make_person("county_editor", wuchang, name="欧阳金丝雀")
    with county_scope(wuchang):
        product = Product.objects.create(name="木耳", created_by=leaver, saved_at=clock.now())
        for person in (leaver, manager):
            ProductMove.objects.create(
                subject=product,
                from_state="draft",
                to_state="submitted",
                by=person,
                by_name=person.name,
                at=clock.now(),
            )
    path = backups.back_up_county(wuchang, folders)
    assert "欧阳金丝雀".encode() in zipfile.ZipFile(path).read("schema.sql")  # the file knows who it was
    goodbye.ask(leaver)
    clock.shift(timedelta(days=8, hours=1))
    while outbox.relay_once():
        pass
    backups.restore_county(path, by=None)
    assert "欧阳金丝雀" not in str(rows(wuchang.schema_name))
    with county_scope(wuchang):
        moves = ProductMove.objects.order_by("pk").values_list("by_name", flat=True)
        assert list(moves) == ["已注销", manager.name]


@pytest.fixture
def under_an_old_key(wuchang, folders, settings):
    """A backup from before the key was turned and retired: (file, old key, new key, a consent, a paper's path)."""
    from datetime import timedelta

    from cms.models import Consent
    from kernel import clock, privacy, turning

    today, old = clock.today(), settings.PRIVACY_KEYS[0]
    with county_scope(wuchang):
        consent = Consent.objects.create(
            name="孙大娘",
            phone="13800001111",
            given_on=today,
            until=today + timedelta(days=90),
            recorded_at=clock.now(),
        )
    paper = folders / "private" / wuchang.schema_name / "papers" / "x.bin"
    paper.parent.mkdir(parents=True)
    paper.write_bytes(privacy.encrypt_bytes(b"a paper"))
    path = backups.back_up_county(wuchang, folders / "backups")
    new = base64.urlsafe_b64encode(b"n" * 32).decode()
    settings.PRIVACY_KEYS = [new, old]
    turning.turn_text()
    settings.PRIVACY_KEYS = [new]
    return path, old, new, consent, paper


def phone_of(county, consent):
    from cms.models import Consent

    with county_scope(county):
        return Consent.objects.get(pk=consent.pk).phone


@pytest.mark.parametrize("part", ["rows", "papers", "both", "a file without prints"])
def test_a_file_from_before_a_key_turn_is_refused_until_the_old_key_is_given(wuchang, folders, under_an_old_key, part):
    from cms.models import Consent
    from kernel.key_file import fingerprint

    path, old, _new, _consent, paper = under_an_old_key
    if part == "rows":
        path = rewritten(path, without("private/papers/x.bin"))
    elif part == "papers":
        with county_scope(wuchang):
            Consent.objects.all().update(phone="")
        with zipfile.ZipFile(backups.back_up_county(wuchang, folders)) as pack:
            rows_without = pack.read("schema.sql")
        path = rewritten(path, lambda members: exchange(members, "schema.sql", rows_without))
    elif part == "a file without prints":
        path = rewritten(path, manifest(key_prints=[]))
    before, lying = rows(wuchang.schema_name), paper.read_bytes()
    with pytest.raises(backups.KeyMissing, match="--keys") as refused:
        backups.restore_county(path, by=None)
    if part != "a file without prints":
        assert fingerprint(old) in str(refused.value)
    assert (rows(wuchang.schema_name), paper.read_bytes()) == (before, lying)
    assert not schemas.schema_exists(f"{wuchang.schema_name}_aside")
    with pytest.raises(backups.KeyMissing):
        backups.restore_county(path, by=None, old_keys=[base64.urlsafe_b64encode(b"x" * 32).decode()])


def test_with_the_old_key_everything_comes_to_lie_under_the_new_one(wuchang, under_an_old_key):
    from kernel import privacy, turning

    path, old, new, consent, paper = under_an_old_key
    done = backups.restore_county(path, by=None, old_keys=[old])
    assert done.turned >= 1
    assert phone_of(wuchang, consent) == "13800001111"
    assert privacy.decrypt_bytes(paper.read_bytes()) == b"a paper"
    assert privacy.reads(new, paper.read_bytes())
    assert turning.left_of_text(old) == {}
    assert backups.restore_county(backups.back_up_county(wuchang, path.parent), by=None).turned == 0


def test_while_both_keys_stand_nothing_need_be_given(wuchang, under_an_old_key, settings):
    path, old, new, consent, _paper = under_an_old_key
    settings.PRIVACY_KEYS = [new, old]
    backups.restore_county(path, by=None)
    assert phone_of(wuchang, consent) == "13800001111"


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


def exchange(members, name, data):
    """A member and its sum; without ``data`` neither."""
    facts = json.loads(members["manifest.json"])
    if data is None:
        del members[name], facts["sha256"][name]
    else:
        members[name], facts["sha256"][name] = data, hashlib.sha256(data).hexdigest()
    members["manifest.json"] = json.dumps(facts).encode()


def without(name):
    return lambda members: exchange(members, name, None)


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


def test_a_county_that_cannot_be_read_costs_no_other_its_file(wuchang, dongning, folders, monkeypatch, capsys):
    dump = schemas.dump_county

    def broken(schema):
        if schema == wuchang.schema_name:
            raise RuntimeError("pg_dump: a page is damaged")
        return dump(schema)

    monkeypatch.setattr(schemas, "dump_county", broken)
    with pytest.raises(CommandError, match="230184"):
        call_command("backup", "--all", "--to", str(folders / "b"))
    assert "a page is damaged" in capsys.readouterr().err
    (made,) = (folders / "b").iterdir()  # and nothing half written beside it
    assert made.name.startswith("county-231086-")


def test_a_county_that_is_not_there_is_named(wuchang, folders):
    with pytest.raises(CommandError, match="999999"):
        call_command("backup", "999999", "--to", str(folders))


# --- sealed, and kept by a rule -----------------------------------------------------------------------


def an_environment(folders, **more):
    from config.environment import read_environment

    return read_environment({"JIETI_VAR": str(folders / "var"), "JIETI_BACKUP": str(folders / "disk"), **more})


def backed_up(environment, folder):
    from config.backup.counties import county_shelf

    with county_shelf(environment) as shelf:
        call_command("backup", "230184", "--to", str(folder), shelf=shelf)


def test_a_sealed_countys_file_tells_nothing_and_comes_back_with_its_key(wuchang, sold, folders):
    from config.backup.age import Identity
    from config.backup.counties import opened
    from config.refusal import Refusal

    identity, var = Identity.make(), folders / "var"
    backed_up(an_environment(folders, JIETI_BACKUP_RECIPIENT=identity.recipient), folders / "disk" / "counties")
    (path,) = (folders / "disk").rglob("*.*")
    assert path.name.endswith(".zip.gz.age")
    assert path.stat().st_mode & 0o077 == 0
    assert sold.name.encode() not in path.read_bytes()
    assert {path.name for path in var.rglob("*")} == {"secrets.json"}, "no plain copy is left behind"
    wreck(wuchang, folders)
    for wrong, words in ((None, "要 --identity"), (Identity.make(), "私钥不是这一把")):
        with pytest.raises(Refusal, match=words), opened(path, wrong, var):
            pass
    with opened(path, identity, var) as plain:
        call_command("restore", str(plain), old_keys=[])
    assert listed(wuchang) == {sold.name}
    assert {path.name for path in var.rglob("*")} == {"secrets.json"}


def test_a_plain_file_is_opened_as_it_lies(folders):
    from config.backup.counties import opened

    with opened(folders / "county.zip", None, folders / "var") as plain:
        assert plain == folders / "county.zip"


@pytest.mark.parametrize("sealed", [False, True])
def test_the_rule_keeps_a_countys_files_in_the_backups_folder_and_touches_no_others(wuchang, folders, sealed):
    from datetime import timedelta

    from config.backup.age import Identity
    from kernel import clock

    ending = ".zip.gz.age" if sealed else ".zip"
    now = clock.now().astimezone(clock.SHANGHAI)
    old = [f"county-230184-{now - timedelta(days=day):%Y%m%d-%H%M%S}{ending}" for day in (5, 6, 40)]
    others = ["county-231086-20200101-030000.zip", "county-230184-20200101.zip", "notes.txt"]
    kept_here, stick = folders / "disk" / "counties", folders / "stick"
    for folder in (kept_here, stick):
        folder.mkdir(parents=True)
        for name in (*old, *others):
            (folder / name).write_bytes(b"x")
    more = {"JIETI_BACKUP_KEEP": "2,0,0"}
    if sealed:
        more["JIETI_BACKUP_RECIPIENT"] = Identity.make().recipient
    for folder in (kept_here, stick):
        backed_up(an_environment(folders, **more), folder)
    left = {path.name for path in kept_here.iterdir()}
    assert {old[0], *others} < left
    assert not left & {old[1], old[2]}
    assert len(left) == len(others) + 2
    assert {*old, *others} < {path.name for path in stick.iterdir()}


def test_old_keys_are_read_as_they_were_kept(folders):
    from config.backup import keys
    from config.refusal import Refusal

    old = [base64.urlsafe_b64encode(letter * 32).decode() for letter in (b"a", b"b")]
    held = keys.Keys({"keys": old, "hash_keys": ["h" * 40], "session_keys": ["s" * 40]})
    keys.write_keys(folders / "keys.age", held, "four words on a card", None)
    (folders / "jieti_keys").write_text(f"{old[0]},{old[1]}\n")
    (folders / "secrets.json").write_text(json.dumps(held.held))
    for name in ("keys.age", "jieti_keys", "secrets.json"):
        assert keys.read_old_keys(folders / name, lambda: "four words on a card") == old
    (folders / "no").write_text("not a key")
    for name in ("no", "nowhere"):
        with pytest.raises(Refusal):
            keys.read_old_keys(folders / name, str)


def test_the_shells_commands_seal_open_and_say_what_is_wrong(wuchang, sold, folders, monkeypatch, settings, capsys):
    from contextlib import nullcontext

    from config.backup.age import Identity
    from config.commands import backup, restore, room

    identity = Identity.make()
    (folders / "identity").write_text(identity.secret)
    (folders / "passphrase").write_text("not needed")
    (folders / "jieti_keys").write_text(settings.PRIVACY_KEYS[0])
    more = {"JIETI_VAR": "var", "JIETI_BACKUP": "disk"}
    for name, value in more.items():
        monkeypatch.setenv(name, str(folders / value))
    monkeypatch.setenv("JIETI_BACKUP_RECIPIENT", identity.recipient)
    (folders / "var" / "postgres").mkdir(parents=True, exist_ok=True)
    (folders / "var" / "postgres" / "PG_VERSION").write_text("18")  # a platform lives there
    monkeypatch.setattr(room, "reachable_database", lambda _environment: nullcontext())
    assert backup.backup(["230184", "--to", str(folders / "disk" / "counties")]) == 0
    (path,) = (folders / "disk").rglob("county-*")
    wreck(wuchang, folders)
    known = ["--identity", str(folders / "identity"), "--passphrase-file", str(folders / "passphrase")]
    assert restore.restore([str(path), *known, "--keys", str(folders / "jieti_keys")]) == 0
    assert listed(wuchang) == {sold.name}
    capsys.readouterr()
    assert restore.restore([str(folders / "nowhere.zip")]) == 1
    assert "没有这个文件" in capsys.readouterr().err
    assert backup.backup(["999999"]) == 1
    assert "999999" in capsys.readouterr().err

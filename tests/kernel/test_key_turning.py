"""S8: the key turns by a command while the platform serves, killed and resumed; then the old key opens nothing."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django_tenants.utils import tenant_context

from accounts import second_factor, services
from accounts.models import User
from kernel import key_file, key_ring, privacy, turning
from kernel.key_file import fingerprint
from tests.database import SURROUNDINGS
from tests.factories.people import PASSWORD, client_for, make_person

ROOT = Path(__file__).resolve().parents[2]
OLD = SURROUNDINGS["JIETI_KEYS"]
PHONES = [f"198000{number:05d}" for number in range(60)]


@pytest.fixture
def ring(settings, tmp_path):
    """A key file with one key of each kind, and everything of the tests written under it."""
    path = tmp_path / "secrets.json"
    held = {"keys": [OLD], "hash_key": settings.PRIVACY_HASH_KEY, "secret_key": settings.SECRET_KEY}
    path.write_text(json.dumps(held), encoding="utf-8")
    settings.KEY_FILE, settings.PRIVATE_ROOT = str(path), tmp_path / "private"
    settings.STORAGES = {
        **settings.STORAGES,
        "papers": {**settings.STORAGES["papers"], "OPTIONS": {"location": settings.PRIVATE_ROOT / "papers"}},
    }
    key_ring.forget()
    yield path
    key_ring.forget()


def keys(*words):
    said = io.StringIO()
    call_command("keys", *words, stdout=said)
    return said.getvalue()


def marks(ring, place="keys"):
    return [fingerprint(key) for key in key_file.load(ring)[place]]


def plant(wuchang):
    """Something private in every place that keeps some: fields of both kinds of schema, JSON, a file, a session."""
    from branding.models import Brand
    from kernel import papers
    from kernel.models import Paper

    people = [make_person("county_editor", "230184", phone=phone) for phone in PHONES]
    for person in people[:3]:
        second_factor.set_up(person, "JBSWY3DPEHPK3PXP")
    services.invite(phone="19700000001", name="受邀人", role="county_editor", county_code="230184")
    wuchang.contact_phone = "19700000002"
    wuchang.save()
    with tenant_context(wuchang):
        from cms.models import Consent

        consent = Consent._meta.get_field("phone")
        assert consent in Consent._meta.local_concrete_fields
        _fill(Consent)
    Brand.objects.create(county_code="230184", id_number="230184190001010011", contact_phone="19700000003")
    paper = papers.keep_bytes(
        b"licence", "a.pdf", kind="licence", obj=("brand", "1"), by=None, facts={"content_type": "x"}
    )
    assert Paper.objects.get(pk=paper.pk)
    browser = client_for()
    browser.post("/sign-in/code/", {"phone": PHONES[0]})
    assert browser.session["code_for"].startswith("gAAAAA")
    return people


def _fill(model):
    """A row of a model with whatever its columns ask for: only the encrypted one matters here."""
    with connection.cursor() as cursor:
        cursor.execute(f'SET session_replication_role = replica; DELETE FROM "{model._meta.db_table}"')
        columns = {
            field.column: _something(field) for field in model._meta.local_concrete_fields if not field.primary_key
        }
        names = ", ".join(f'"{name}"' for name in columns)
        holes = ", ".join(["%s"] * len(columns))
        cursor.execute(f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({holes})', list(columns.values()))
        cursor.execute("SET session_replication_role = origin")


def _something(field):
    if isinstance(field, privacy.EncryptedTextField):
        return privacy.encrypt("19700000004")
    if field.null:
        return None
    kinds = {"BooleanField": False, "DateField": "2026-01-01", "DateTimeField": "2026-01-01", "JSONField": "[]"}
    kind = field.get_internal_type()
    if kind in kinds:
        return kinds[kind]
    return "" if kind in {"CharField", "TextField"} else 1


def tokens_of_everything():
    """Every ciphertext that a dump of the database and a copy of the disk hold, known places or not."""
    found = [token for column in turning.every_text_column() for token in turning._tokens_in(column)]
    found += [path.read_bytes().decode() for path in turning.files()]
    for row in turning.live_sessions():
        found += turning.TOKEN.findall(json.dumps(row.get_decoded()))
    return found


def opened_by(key):
    def opens(token):
        with contextlib.suppress(InvalidToken):
            return bool(Fernet(key).decrypt(token))
        return False

    return sum(map(opens, tokens_of_everything()))


# --- the whole way ------------------------------------------------------------------------------------
def alone(ring, private, slow, *words):
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.kernel.keys_alone",
            connection.settings_dict["NAME"],
            str(ring),
            str(private),
            slow,
            *words,
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout.readline().strip() == "ready"
    return process


class Serving:
    """People who sign in by phone, read and change each other's numbers, until told to stop."""

    def __init__(self, people):
        self.people, self.done, self.failed = people, 0, []
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(number,)) for number in range(3)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def work(self, number):
        try:
            turn = number
            while not self.stop.is_set():
                self.once(turn % len(PHONES), number)
                turn += 3
        except Exception as trouble:
            self.failed.append(repr(trouble))
        finally:
            connection.close()

    def once(self, which, number):
        browser = client_for()
        answer = browser.post(
            "/sign-in/", {"phone": PHONES[which], "password": PASSWORD}, REMOTE_ADDR=f"10.0.{which}.{number}"
        )
        if answer.status_code != 302:
            self.failed.append(f"sign-in of {PHONES[which]}: {answer.status_code}")
        user = User.objects.get(pk=self.people[which].pk)
        if user.phone != PHONES[which]:
            self.failed.append(f"{user.phone} is not {PHONES[which]}")
        user.set_phone(PHONES[which])
        user.save(update_fields=["phone", "phone_hash"])
        self.done += 1


@pytest.mark.slow
def test_the_key_turns_under_work_is_killed_and_resumed_and_the_old_one_opens_nothing(
    transactional_db, wuchang, ring, settings
):
    people = plant(wuchang)
    before = len(tokens_of_everything())
    assert opened_by(OLD) == before > len(PHONES), "what the test looks for is there to be found"
    with Serving(people) as serving:
        keys("add")
        killed = alone(ring, settings.PRIVATE_ROOT, "0.05", "turn")
        while (first := marked_key(ring, 0)) == OLD or opened_by(first) < 10:
            assert killed.poll() is None, killed.stdout.read()
        killed.kill()
        killed.communicate()
        assert opened_by(OLD) > 0, "it was killed in the middle"
        with pytest.raises(CommandError, match="再也读不出来"):
            keys("retire", fingerprint(OLD))
        resumed = alone(ring, settings.PRIVATE_ROOT, "0", "turn")
        told, _nothing = resumed.communicate(timeout=120)
        assert resumed.returncode == 0, told
        keys("retire", fingerprint(OLD))
        served = serving.done
        while serving.done < served + 6 and not serving.failed:
            pass
    assert serving.failed == []
    assert OLD not in ring.read_text(encoding="utf-8")
    assert opened_by(OLD) == 0
    assert len(tokens_of_everything()) >= before, "and nothing was lost on the way"
    assert User.objects.with_phone(PHONES[7]) == people[7]
    assert second_factor.current_code(people[0])


def marked_key(ring, number):
    return key_file.load(ring)["keys"][number]


# --- nothing is forgotten ------------------------------------------------------------------------------
@pytest.fixture
def turned(db, wuchang, ring, monkeypatch):
    """Everything planted and turned, in this process."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    people = plant(wuchang)
    keys("add")
    keys("turn")
    return people


def test_after_a_turn_no_place_holds_anything_of_the_old_key(turned):
    assert opened_by(OLD) == 0
    assert len(tokens_of_everything()) > len(PHONES)


def test_turning_again_finds_nothing_to_do(turned):
    assert turning.turn_text() == 0


@pytest.mark.django_db
def test_a_new_encrypted_field_is_found_by_itself():
    known = {(column.table, column.name) for column in turning.columns()}
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, privacy.EncryptedTextField):
                assert (model._meta.db_table, field.column) in known


def test_the_mutant_that_forgets_one_column_is_found_out(db, wuchang, ring, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    plant(wuchang)
    whole = turning.columns()
    monkeypatch.setattr(turning, "columns", lambda: [one for one in whole if one.table != "cms_consent"])
    keys("add")
    keys("turn")
    with pytest.raises(CommandError, match=r"cms_consent\.phone"):
        keys("retire", fingerprint(OLD))
    assert fingerprint(OLD) in marks(ring)


@pytest.mark.parametrize("place", ["_turn_files", "_turn_inside_sessions"])
def test_the_mutant_that_forgets_files_or_sessions_is_found_out(db, wuchang, ring, monkeypatch, place):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    plant(wuchang)
    monkeypatch.setattr(turning, place, lambda *_: 0)
    keys("add")
    keys("turn")
    with pytest.raises(CommandError, match="files" if place == "_turn_files" else "sessions"):
        keys("retire", fingerprint(OLD))


def test_who_writes_at_the_same_moment_wins(db, ring, monkeypatch):
    """Between the reading and the writing of a row somebody changes their number."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    person = make_person("county_editor", "230184", phone=PHONES[0])
    anew = turning._anew

    def meanwhile(value, *, is_json):
        new = anew(value, is_json=is_json)
        if new != value and not is_json and privacy.decrypt(value) == PHONES[0]:
            User.objects.filter(pk=person.pk).update(phone=PHONES[1])
        return new

    keys("add")
    monkeypatch.setattr(turning, "_anew", meanwhile)
    keys("turn")
    assert User.objects.get(pk=person.pk).phone == PHONES[1]


# --- the other two kinds ----------------------------------------------------------------------------
def test_the_key_of_hashes_turns_and_phones_are_found_all_the_while(db, ring, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    people = [make_person("county_editor", "230184", phone=phone) for phone in PHONES[:5]]
    old = key_file.load(ring)["hash_keys"][0]
    issued = services.invite(phone="19700000001", name="受邀人", role="county_editor", county_code="230184")
    keys("add", "--what", "hash")
    found = []
    rehash = turning._rehash

    def looking(model, hashed, row):
        found.append(User.objects.with_phone(PHONES[3]) == people[3])
        return rehash(model, hashed, row)

    monkeypatch.setattr(turning, "_rehash", looking)
    keys("turn", "--what", "hash")
    assert found
    assert all(found)
    assert [User.objects.with_phone(phone) for phone in PHONES[:5]] == people
    assert services.find_invitation(issued.token), "a link sent before is good to its end"
    with pytest.raises(CommandError, match="waiting"):
        keys("retire", fingerprint(old))
    services.accept_invitation(issued.token, name="甲", password="a-long-enough-one")
    keys("retire", fingerprint(old))
    assert old not in ring.read_text(encoding="utf-8")
    assert User.objects.with_phone(PHONES[4]) == people[4]


def test_every_keyed_hash_is_either_made_anew_or_ends_by_itself():
    from accounts.hashing import ENDING

    known = {f"{one.model}.{one.name}" for one in turning._hashed} | set(ENDING)
    of_files = {"wagtailimages.Image.file_hash", "wagtaildocs.Document.file_hash", "cms.PictureAnswer.file_hash"}
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if re.search(r"hash$", field.name):
                name = f"{model._meta.label}.{field.name}"
                assert name in known | of_files or not name.startswith(("accounts.", "tenants.", "branding.")), name


def test_sessions_live_on_when_the_key_that_signs_them_turns(db, ring, settings, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    person = make_person("county_editor", "230184")
    browser = client_for(person)
    assert browser.get("/me/").status_code == 200
    old = settings.SECRET_KEY
    keys("add", "--what", "session")
    assert browser.get("/me/").status_code == 200
    keys("turn", "--what", "session")
    assert old != settings.SECRET_KEY
    keys("retire", fingerprint(old))
    key_ring.look_again()
    assert old not in settings.SECRET_KEY_FALLBACKS
    assert browser.get("/me/").status_code == 200, "nobody was signed out"


def test_the_key_that_signs_sessions_is_kept_while_one_needs_it(db, ring, settings, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    client_for(make_person("county_editor", "230184"))
    monkeypatch.setattr(turning, "_resign", lambda row, told: 0)
    old = settings.SECRET_KEY
    keys("add", "--what", "session")
    keys("turn", "--what", "session")
    with pytest.raises(CommandError, match="sessions"):
        keys("retire", fingerprint(old))


# --- the command ------------------------------------------------------------------------------------
def test_the_key_that_writes_is_not_taken_away(db, ring):
    with pytest.raises(CommandError, match="正在写"):
        keys("retire", fingerprint(OLD))


def test_a_key_is_listed_by_its_mark_and_never_shown(db, ring):
    keys("add")
    told = keys("list")
    assert fingerprint(OLD) in told
    assert OLD not in told
    assert "等着轮换" in told


def test_a_second_key_is_not_added_while_one_waits(db, ring):
    keys("add")
    with pytest.raises(CommandError, match="已经有一把"):
        keys("add")


def test_an_added_key_does_not_write_before_it_is_turned(db, ring):
    keys("add")
    key_ring.forget()
    assert privacy.reads(OLD, privacy.encrypt("19800000000"))


def test_a_text_of_a_key_that_came_a_moment_ago_is_read(db, ring):
    """Another machine's process was quicker than our second."""
    assert key_ring.ring().text == (OLD,)
    newer = Fernet.generate_key().decode()
    key_file.change(ring, lambda held: held["keys"].insert(0, newer))
    assert privacy.decrypt(Fernet(newer).encrypt(b"19800000000").decode()) == "19800000000"


def test_with_keys_in_the_environment_the_command_says_what_to_write_there(db, settings):
    told = keys("add")
    assert told.startswith(f"JIETI_KEYS={settings.PRIVACY_KEYS[0]},")
    with pytest.raises(CommandError, match="只有一把"):
        keys("turn")


def test_each_step_stands_in_the_trail_without_the_key(turned, ring):
    from kernel.models import AuditEntry

    keys("retire", fingerprint(OLD))
    told = list(AuditEntry.objects.filter(action__startswith="keys.").order_by("pk"))
    assert [one.action for one in told] == ["keys.add", "keys.turn", "keys.retire"]
    assert OLD not in "".join(f"{one.title}{one.facts}" for one in told)

"""What has gone since stays gone: the file beside the backups, and what a restored province does with it."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from accounts.models import User
from accounts.rights import goodbye
from cms import consents
from cms.models import Consent
from config.backup import gone
from kernel import clock
from tenants.scope import county_scope
from tests.cms.pictures import consent
from tests.factories.people import make_person

AT = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def a_line(number, at=AT):
    return ("person", number, at.isoformat())


def test_a_torn_line_is_no_line_and_spoils_none(tmp_path):
    path = tmp_path / gone.GONE
    gone.append(path, [a_line("u1")])
    with path.open("ab") as file:
        file.write(b'["person", "u2", "2026')
    gone.append(path, [a_line("u3")])
    assert gone.read(path) == [a_line("u1"), a_line("u3")]
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_is_kept_no_longer_than_the_oldest_base(tmp_path):
    path = tmp_path / gone.GONE
    gone.append(path, [a_line("old", AT - timedelta(days=1)), a_line("new")])
    gone.forget_before(path, AT)
    assert gone.read(path) == [a_line("new")]


@pytest.mark.django_db
def test_who_left_after_the_moment_does_not_stay_back(tmp_path):
    began = clock.now() - timedelta(hours=1)
    store = SimpleNamespace(folder=tmp_path, bases=lambda: [SimpleNamespace(began=began)])
    person, other = make_person("coordinator", name="甲某人"), make_person("coordinator", name="乙某人")
    before = {name: getattr(person, name) for name in ("name", "phone", "phone_hash", "is_active")}
    goodbye.again(person)
    gone.note_gone(store)
    gone.note_gone(store)
    path = tmp_path / gone.GONE
    assert [line[1] for line in gone.read(path)] == [person.username]
    assert "甲某人" not in path.read_text()
    User.objects.filter(pk=person.pk).update(left_at=None, **before)  # the older moment
    assert gone.let_go_again(path) == (1, 0, [])
    person.refresh_from_db()
    other.refresh_from_db()
    assert person.left_at
    assert person.name != "甲某人"
    assert other.left_at is None
    assert gone.let_go_again(path) == (0, 0, [])


@pytest.mark.django_db
def test_a_person_with_work_in_hand_is_named_with_the_command(tmp_path):
    person = make_person("coordinator", name="甲某人")
    gone.append(tmp_path / gone.GONE, [a_line(person.username)])
    people, _consents, troubles = gone.let_go_again(tmp_path / gone.GONE)
    assert people == 0
    assert f"jieti person gone {person.pk} --name 甲某人" in troubles[0]


def test_a_consent_withdrawn_after_the_moment_is_withdrawn_again(wuchang, tmp_path):
    store = SimpleNamespace(folder=tmp_path, bases=lambda: [SimpleNamespace(began=clock.now() - timedelta(hours=1))])
    with county_scope(wuchang):
        signed, other = consent(), consent("另一位")
        consents.withdraw_consent(signed, by=None, why="本人来电话")
    gone.note_gone(store)
    gone.note_gone(store)
    assert len(gone.read(tmp_path / gone.GONE)) == 1
    with county_scope(wuchang):
        Consent.objects.filter(pk=signed.pk).update(withdrawn_at=None, withdrawn_by="", withdrawn_why="")
    assert gone.let_go_again(tmp_path / gone.GONE) == (0, 1, [])
    with county_scope(wuchang):
        assert Consent.objects.get(pk=signed.pk).withdrawn_at
        assert Consent.objects.get(pk=other.pk).withdrawn_at is None

"""Typing help knows a registered mark by hanzi, pinyin and initials, with its county, for as long as it is one."""

from datetime import date

import pytest

from tests.branding import roads
from tests.branding.conftest import draft, handed_in, nothing_found, officer, prepared, team, village  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def certified(prepared, officer):  # noqa: F811
    case = roads.registered(prepared, by=officer)
    relay()
    return case


def relay():
    from kernel import outbox

    while outbox.relay_once():
        pass


def offered(typed):
    from search.suggesting import suggest

    return [(one.text, one.county) for one in suggest(typed) if one.kind == "brand"]


def writings(name):
    from search import words

    return [name, name[:2], words.pinyin(name), words.initials(name)]


def test_a_name_is_offered_only_from_its_certificate_on(prepared, officer):  # noqa: F811
    relay()
    assert offered(prepared.name) == []
    case = roads.registered(prepared, by=officer)
    relay()
    for typed in writings(case.name):
        assert offered(typed) == [(case.name, ("230184", "五常市"))], typed


@pytest.mark.parametrize("state", ["lapsed", "withdrawn"])
def test_a_name_goes_with_its_mark(certified, state):
    from branding.models import Brand
    from branding.services import desk

    Brand.objects.filter(pk=certified.pk).update(state=state)
    desk.closed(Brand.objects.get(pk=certified.pk), by=None)
    relay()
    assert offered(certified.name) == []


def test_a_name_goes_on_the_day_its_certificate_ends(certified):
    from branding.models import Brand
    from branding.services.watching import watch_certificates

    Brand.objects.filter(pk=certified.pk).update(valid_until=date(2026, 11, 19))
    watch_certificates()
    relay()
    assert offered(certified.name) == []


def test_an_old_announcement_brings_no_name_back(certified):
    from branding.models import Brand
    from catalog.brand_changes import teach_names
    from kernel import outbox

    Brand.objects.filter(pk=certified.pk).update(state="lapsed")
    teach_names("230184")
    outbox.announce("brand.changed", {"producer_id": None}, county="230184")  # told when it was registered
    relay()
    assert offered(certified.name) == []


def test_names_are_brought_in_line_without_an_announcement(certified):
    """As after an upgrade, and after a county was brought back from its copy."""
    from branding.models import Brand
    from catalog.brand_changes import teach_every_county
    from search.models import Name

    Name.objects.all().delete()
    teach_every_county()
    assert offered(certified.name) == [(certified.name, ("230184", "五常市"))]
    Brand.objects.filter(pk=certified.pk).update(state="lapsed")
    teach_every_county()
    assert offered(certified.name) == []

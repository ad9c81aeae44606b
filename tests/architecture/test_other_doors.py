"""S1 for those whom ``doors.csv`` does not name: the other officers, a designer, market supervision, a producer.

``doors_others.csv`` lists every address at which one of them comes in; at every other they do not. Strangers' pages
(``everyone`` and ``signed-in`` in ``doors.csv``) are theirs too and not listed again.
"""

import csv
from pathlib import Path

import pytest

from tests.architecture.addresses import COUNTY, PROVINCE
from tests.architecture.canary import CANARIES, WORD
from tests.architecture.filling import path_of
from tests.architecture.sweep import METHODS, Knocker
from tests.architecture.test_doors import GROUPS, asked, listed, pytestmark  # noqa: F401  the same marks
from tests.factories.people import make_person

TABLE = Path(__file__).with_name("doors_others.csv")
DOORS = Path(__file__).with_name("doors.csv")
OTHERS = {
    "system_admin": "",
    "security_admin": "",
    "brand_officer": "",
    "packaging_officer": "",
    "designer": "",
    "market_supervision": "230184",
    "producer": "230184",
}
# The others are the province's, whose desks have doors in every county.
OF_ONE_PLACE = ("market_supervision", "producer", "designer")


def known():
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["place"], row["route"]): frozenset(row["who"].split()) for row in csv.DictReader(file)}


def open_to_all():
    with DOORS.open(encoding="utf-8", newline="") as file:
        return {
            (row["place"], row["route"])
            for row in csv.DictReader(file)
            if row["who"] in GROUPS and row["who"] != "nobody"
        }


@pytest.fixture
def others(world):
    """The same world with seven more people in it, and a package each for the designer and the owner of a brand."""
    from branding.models import PackageRequest

    people = {role: make_person(role, county, name=role) for role, county in OTHERS.items()}
    PackageRequest.objects.filter(pk=world.province["package_round"]).update(designer=people["designer"])
    here = [world.wuchang.values[name] for name in ("package_round", "package_sign")]
    PackageRequest.objects.filter(pk__in=here).update(owner=people["producer"])
    world.knocker = Knocker(people)
    return world


def paths_of(world, county):
    """(place, route, path) of what is not open to all anyway: the province's and this county's."""
    found = [("province", route, path_of(address, world.province)) for route, address in listed(PROVINCE).items()]
    found += [("county", route, path) for route, path in asked(COUNTY, county)]
    public = open_to_all()
    return [one for one in found if one[:2] not in public]


def knocks(world, paths, who):
    for place, route, path in paths:
        for person in who:
            for method in METHODS:
                yield place, route, world.knocker.knock(person, method, path)


def came_in(world, paths):
    """(place, route) → who came in by GET or POST; and what broke, or wrote for somebody who did not."""
    found, told = {}, []
    for place, route, knock in knocks(world, paths, OTHERS):
        if knock.verdict == "in":
            found.setdefault((place, route), set()).add(knock.who)
        elif knock.verdict == "broken" or knock.writes:
            told.append((knock.who, knock.method, knock.path, knock.status, knock.writes))
    return found, told


def test_each_of_them_comes_in_where_the_table_says_and_nowhere_else(others):
    found, told = came_in(others, paths_of(others, others.wuchang))
    assert told == []
    wanted = known()
    wrong = {place: (sorted(found.get(place, ())), sorted(wanted.get(place, ()))) for place in {*found, *wanted}}
    assert {place: both for place, both in wrong.items() if both[0] != both[1]} == {}


def test_in_another_county_there_is_nothing_for_those_of_one(others):
    paths = [one for one in paths_of(others, others.dongning) if one[0] == "county"]
    wrong = []
    for _place, _route, knock in knocks(others, paths, OF_ONE_PLACE):
        sang = [word for word in CANARIES if word in knock.body]
        if knock.verdict not in {"nothing", "method"} or knock.writes or sang:
            wrong.append((knock.who, knock.method, knock.path, knock.status, sang))
    assert wrong == []


def test_those_of_that_county_see_its_canary(world):
    """Else the test above would prove nothing."""
    from branding.models import PackageRequest

    theirs = {role: make_person(role, world.dongning.county, name=role) for role in ("market_supervision", "producer")}
    PackageRequest.objects.filter(pk=world.dongning.values["package_round"]).update(owner=theirs["producer"])
    knocker = Knocker(theirs)
    for who in theirs:
        assert WORD in knocker.knock(who, "get", "/c/dongning/desk/packages/").body, who


def test_the_mutant_whose_doors_ask_for_nothing_is_noticed(others, monkeypatch):
    """Views that find a person there and let them in, whatever the permission table says."""
    some = ("desk/people/seat/", "desk/consents/")
    paths = [one for one in paths_of(others, others.wuchang) if one[1].startswith(some)]
    wanted = known()
    monkeypatch.setattr("accounts.doors.may", lambda *asked: True)
    found, _told = came_in(others, paths)
    strangers = {who for place, came in found.items() for who in came - wanted.get(place, frozenset())}
    assert strangers == set(OTHERS)


def test_the_table_names_no_address_that_is_none():
    places = {("province", route) for route in listed(PROVINCE)} | {("county", route) for route in listed(COUNTY)}
    assert set(known()) <= places

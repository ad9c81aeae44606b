"""S7: the auditor reads everything and changes nothing: every address, every method.

"Everything" is what is stored and decided: each page of the province's and the counties' desks that
shows some. Not for reading are empty forms, pages that only repeat in a form what another page
shows, and what would show a private number without its reveal being asked for and written down.
"""

from django.conf import settings

from accounts import middleware, roles
from tests.architecture.addresses import COUNTY, PROVINCE
from tests.architecture.filling import path_of
from tests.architecture.sweep import Knocker
from tests.architecture.test_doors import asked, doors, listed, pytestmark  # noqa: F401  the same marks

UNSAFE = ("post", "put", "patch", "delete")
# Reading leaves its own traces: who opened what.
TRACES = (
    'INSERT INTO "kernel_auditentry"',
    'INSERT INTO "public"."kernel_auditentry"',
    'INSERT INTO "wagtailimages_rendition"',  # a smaller copy of a picture, made when first looked at
)
# Wagtail's desk (cms/) is a tool: what is kept there is read on the county's own story and picture pages.
FORM, SHOWN, PRIVATE = (
    "an empty form",
    "a form of what another page shows",
    "identity numbers, licences or phones",
)
NOT_FOR_READING = {
    ("province", "desk/counties/new/"): FORM,
    ("province", "desk/counties/new/<str:code>/"): FORM,
    ("province", "desk/counties/import/"): FORM,
    ("province", "desk/counties/import/sample/"): FORM,
    ("province", "desk/counties/import/<int:pk>/"): PRIVATE,
    ("province", "desk/counties/import/<int:pk>/marked/"): PRIVATE,
    ("province", "desk/brands/<int:pk>/notice/"): FORM,
    ("province", "desk/brands/<int:pk>/notice/<slug:code>/"): FORM,
    ("province", "desk/brands/<int:pk>/pack.pdf"): PRIVATE,
    ("province", "desk/brands/<int:pk>/pack.zip"): PRIVATE,
    ("province", "desk/brands/<int:pk>/power.pdf"): SHOWN,
    ("province", "desk/packages/<int:pk>/compliance/"): SHOWN,
    ("province", "desk/people/seat/<int:pk>/"): SHOWN,
    ("county", "desk/people/seat/<int:pk>/"): SHOWN,
    ("county", "desk/mine/"): SHOWN,
    ("county", "desk/products/new/"): FORM,
    ("county", "desk/products/<int:pk>/throw-away/"): FORM,
    ("county", "desk/products/<int:pk>/edit/"): SHOWN,
    ("county", "desk/products/<int:pk>/edit/<int:number>/"): SHOWN,
    ("county", "desk/producers/new/"): FORM,
    ("county", "desk/brands/new/"): FORM,
    ("county", "desk/brands/look/"): SHOWN,
    ("county", "desk/brands/goods/"): FORM,
    ("county", "desk/brands/<int:pk>/throw-away/"): FORM,
    ("county", "desk/brands/<int:pk>/edit/"): SHOWN,
    ("county", "desk/brands/<int:pk>/edit/<int:number>/"): SHOWN,
    ("county", "desk/packages/<int:pk>/edit/"): SHOWN,
    ("county", "desk/packages/<int:pk>/edit/<int:number>/"): SHOWN,
    ("county", "desk/packages/<int:pk>/compliance/"): SHOWN,
    ("county", "desk/endorsements/new/"): FORM,
    ("county", "desk/endorsements/<int:pk>/edit/"): SHOWN,
    ("county", "desk/consents/new/"): FORM,
    ("county", "desk/front/"): SHOWN,
    ("county", "desk/archive/"): PRIVATE,
    ("county", "desk/archive/progress/"): PRIVATE,
}


def everything(world):
    """(place, route, name, path) of every address: the province's own, a county's, and the other county's."""
    for route, address in listed(PROVINCE).items():
        yield "province", route, address.name, path_of(address, world.province)
    for planted in (world.wuchang, world.dongning):
        for route, path in asked(COUNTY, planted):
            yield "county", route, listed(COUNTY)[route].name, path


def changed(world, methods=UNSAFE):
    """What the auditor got in by, or wrote, with a method that changes."""
    wrong = {}
    for _place, _route, name, path in everything(world):
        if name in middleware.OWN_DOOR:
            continue
        for method in methods:
            knock = world.knocker.knock("auditor", method, path)
            if knock.verdict in {"in", "broken"} or knock.writes:
                wrong[f"{method} {path}"] = (knock.status, knock.writes)
    return wrong


def test_the_auditor_changes_nothing_anywhere(world):
    assert changed(world) == {}


def test_every_reading_leaves_nothing_but_its_trace(world):
    wrong = {}
    for _place, _route, _name, path in everything(world):
        knock = world.knocker.knock("auditor", "get", path)
        written = [sql for sql in knock.writes if not sql.startswith(TRACES)]
        if written or knock.verdict == "broken":
            wrong[path] = (knock.status, written)
    assert wrong == {}


def test_a_room_that_gives_the_auditor_a_right_to_change_gives_nothing(world, monkeypatch):
    """Every permission of everybody: the one door before all views still holds."""
    everybodys = set().union(*roles.PERMISSIONS.values())
    monkeypatch.setitem(roles.PERMISSIONS, "auditor", everybodys)
    assert changed(world, ("post",)) == {}


def test_the_mutant_without_that_door_lets_the_auditor_change(world, monkeypatch, settings):
    everybodys = set().union(*roles.PERMISSIONS.values())
    monkeypatch.setitem(roles.PERMISSIONS, "auditor", everybodys)
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != "accounts.middleware.AuditorOnlyReads"]
    world.knocker = Knocker(world.people)
    assert len(changed(world, ("post",))) > 10


def test_the_door_stands_before_every_view():
    order = settings.MIDDLEWARE
    assert order.index("accounts.middleware.AuditorOnlyReads") > order.index(
        "django.contrib.auth.middleware.AuthenticationMiddleware"
    )


def test_the_auditors_own_door_is_only_their_own_coming_and_going():
    assert {name.partition(":")[2] or name for name in middleware.OWN_DOOR} == {
        "sign_in", "code", "code_enter", "second_factor", "sign_out", "password", "language", "stay",
        "end_elsewhere", "set_language", "ask_own", "take_own", "mail", "confirm_mail", "new_phone", "new_phone_code", "ask_to_leave", "stay_after_all",
    }  # fmt: skip


def test_the_auditor_reads_every_page_of_every_desk(world):
    unread = {}
    tables = {"province": doors(PROVINCE), "county": doors(COUNTY)}
    for place, route, _name, path in everything(world):
        may = tables[place][route]
        if not route.startswith("desk/") or "auditor" in may or "/dongning/" in path:
            continue
        for person in sorted(may):
            if world.knocker.knock(person, "get", path).verdict == "in":
                unread[place, route] = person
                break
    assert set(unread) == set(NOT_FOR_READING), {
        "nobody says why": sorted(set(unread) - set(NOT_FOR_READING)),
        "can be read": sorted(set(NOT_FOR_READING) - set(unread)),
    }


def test_what_the_table_opens_to_the_auditor_is_open_in_every_county(world):
    closed = []
    for planted in (world.wuchang, world.dongning):
        for route, path in asked(COUNTY, planted):
            if "auditor" in doors(COUNTY)[route] and route.startswith("desk/"):
                knock = world.knocker.knock("auditor", "get", path)
                if knock.verdict not in {"in", "method"}:
                    closed.append((path, knock.status))
    assert closed == []

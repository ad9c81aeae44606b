"""Whatever leaves the platform as a file is in the trail: who took it, how much, narrowed to what.

Every address of the doors' table is asked for. One that answers with an attachment must have been written down,
unless it stands here with the reason why not.
"""

import pytest

from kernel.models import AuditEntry
from tests.architecture.addresses import COUNTY, PROVINCE, addresses
from tests.architecture.filling import path_of
from tests.factories.people import client_for, make_person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    # Wagtail leaves an uploaded nothing open.
    pytest.mark.filterwarnings(
        "ignore::pytest.PytestUnraisableExceptionWarning", "ignore:Unclosed file:ResourceWarning"
    ),
]

# An empty form to fill in, and what a county shows to everybody: nobody's secret is carried out with them.
NOTHING_IN_IT = {"console:import_sample", "wagtaildocs_serve"}
# What a list was narrowed to belongs to lists; a case's own papers say which case.
LISTS = {
    "console:counties_export": ("county.export", {"q": "五常"}),
    "console:inbox_export": ("inbox.export", {"list": "late"}),
    "search:wants_export": ("wants.export", {}),
}


def attachments(browser, place, values, prefix=""):
    """name → (the actions written down by asking, the facts of the last)."""
    found = {}
    for address in addresses(place):
        path = prefix + path_of(address, values)
        if "/cms/" in path or address.name in NOTHING_IN_IT:
            continue
        before = AuditEntry.objects.count()
        response = browser.get(path)
        streamed = getattr(response, "streaming", False)
        body = b"".join(response.streaming_content) if streamed else response.content
        if "attachment" in response.headers.get("Content-Disposition", "") and body:
            written = list(AuditEntry.objects.order_by("pk")[before:])
            found[address.name] = [(entry.action, entry.by_id, entry.facts) for entry in written]
    return found


@pytest.fixture
def taken(world):
    """Everything a coordinator can carry out of the province and out of a county."""
    coordinator = world.people["coordinator"]
    browser = client_for(coordinator)
    browser.raise_request_exception = False
    slug = world.wuchang.county.slug
    return coordinator, {
        **attachments(browser, PROVINCE, world.province),
        **attachments(browser, COUNTY, {**world.wuchang.values, "slug": slug}, f"/c/{slug}"),
    }


def test_every_file_a_coordinator_takes_is_written_down(taken):
    coordinator, found = taken
    assert {"console:counties_export", "console:inbox_export", "search:wants_export"} <= set(found)
    unwritten = {name for name, entries in found.items() if not any(by == coordinator.pk for _a, by, _f in entries)}
    assert unwritten == set()


def test_a_list_says_how_many_rows_and_narrowed_to_what(taken):
    _coordinator, found = taken
    for name in set(LISTS) & set(found):
        facts = found[name][-1][2]
        assert isinstance(facts["rows"], int), name
        assert "filters" in facts, name


@pytest.mark.parametrize(("path", "wanted"), [
    ("/desk/counties/export/?q=五常", {"q": "五常"}),
    ("/desk/inbox/export/?list=late", {"list": "late"}),
])  # fmt: skip
def test_the_narrowing_is_the_one_that_was_asked_for(wuchang, path, wanted):
    browser = client_for(make_person("coordinator", name="林"))
    assert browser.get(path).status_code == 200
    entry = AuditEntry.objects.filter(action__endswith=".export").latest("pk")
    assert entry.facts["filters"].items() >= wanted.items()


def test_the_walk_would_find_an_export_that_writes_nothing(taken, monkeypatch, world):
    """The mutant: the trail is not written, and the first test's question has another answer."""
    monkeypatch.setattr("kernel.audit.record", lambda *args, **facts: None)
    browser = client_for(world.people["coordinator"])
    browser.raise_request_exception = False
    found = attachments(browser, PROVINCE, world.province)
    assert any(entries == [] for entries in found.values())

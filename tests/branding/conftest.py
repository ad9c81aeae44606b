"""A case in 五常, from the village's draft to wherever a test wants it."""

from datetime import date

import pytest

from tests.branding import roads
from tests.factories.people import give_role, make_person, make_user


@pytest.fixture
def officer(db):
    return make_person("brand_officer", name="何青")


@pytest.fixture
def village(wuchang):
    from tenants.services import add_village

    return add_village(wuchang, "龙凤山镇", "兴源村")


@pytest.fixture
def team(wuchang, village):
    return give_role(make_user("赵队员"), "work_team", wuchang, villages=[village])


@pytest.fixture
def nothing_found(monkeypatch):
    """The pre-check finds nothing: what it finds is its own tests' matter."""
    from branding import checking

    monkeypatch.setattr(checking, "_registered", [lambda names, classes, besides: []])


@pytest.fixture
def draft(nothing_found, wuchang, village, team):
    return roads.draft(wuchang, village, by=team)


@pytest.fixture
def handed_in(draft, team):
    from branding.services import cases

    return cases.submit_case(draft, by=team)


@pytest.fixture
def prepared(handed_in, officer):
    return roads.prepare(handed_in, by=officer)


@pytest.fixture
def filed(prepared, officer):
    return roads.enter(prepared, "filing", by=officer, dated=date(2026, 6, 11))


@pytest.fixture
def papers_room(settings, tmp_path):
    """Papers are kept in the test's own folder."""
    from django.core.files.storage import storages

    kept = {
        **settings.STORAGES,
        "papers": {**settings.STORAGES["papers"], "OPTIONS": {"location": tmp_path / "papers"}},
    }
    settings.STORAGES, settings.MEDIA_ROOT = kept, str(tmp_path / "media")
    settings.PRIVATE_ROOT = str(tmp_path / "private")
    storages._storages.clear()
    storages.__dict__.pop("backends", None)
    yield tmp_path
    storages._storages.clear()
    storages.__dict__.pop("backends", None)


@pytest.fixture
def who(wuchang, papers_room):
    """Everybody around one package in 五常, and rice on sale."""
    from tests.branding import packages

    return packages.cast(wuchang)


@pytest.fixture
def trusted_papers(monkeypatch):
    """Files are taken as they are: looking into each starts a process, and has its own tests."""
    from kernel import papers

    def trusted(data, allowed=papers.PDF_OR_PICTURE):
        kind = "application/pdf" if data.startswith(b"%PDF") else "image/jpeg"
        return {"content_type": kind}, data

    monkeypatch.setattr(papers, "inspected", trusted)

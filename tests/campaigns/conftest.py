"""五常's goods with somebody to speak for them, on 22 November 2026."""

from datetime import UTC, datetime

import pytest

from tests.campaigns import words
from tests.catalog.conftest import finished, handed_in, on_sale, other_team, other_village, team, village

__all__ = ["finished", "handed_in", "on_sale", "other_team", "other_village", "team", "village"]

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)  # noon in Shanghai


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """``today(days=3)`` moves the clock by so many days from the 22nd."""
    from datetime import timedelta

    from kernel import clock

    def move(**by):
        monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(**by))

    move()
    return move


@pytest.fixture(autouse=True)
def papers_folder(settings, tmp_path):
    settings.PRIVATE_ROOT = str(tmp_path / "private")
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def draft(wuchang, village, on_sale, editor):
    return words.proposed(wuchang, village, on_sale, by=editor)


@pytest.fixture
def waiting(wuchang, village, on_sale, editor):
    return words.submitted(wuchang, village, on_sale, by=editor)


@pytest.fixture
def standing(wuchang, village, on_sale, editor, manager):
    return words.standing(wuchang, village, on_sale, by=editor, approver=manager)

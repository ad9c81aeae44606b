"""Somebody withdraws while an editor publishes: whoever is first, the person is not left on the pages."""

import pytest

from tenants.scope import county_scope
from tests.campaigns.test_race import race
from tests.cms.pictures import DRAWING, answered, consent, image, run_outbox

pytestmark = [pytest.mark.django_db(transaction=True), *DRAWING]


@pytest.fixture
def agreed(wuchang):
    from datetime import timedelta

    from kernel import clock

    with county_scope(wuchang):
        return consent(given_on=clock.today() - timedelta(days=9), until=clock.today() + timedelta(days=300))


@pytest.fixture
def story(wuchang, write, agreed):
    """A draft with 赵福贵 on its photo and in its words."""
    with county_scope(wuchang):
        page = write(wuchang, "老赵的稻", photo=answered(image(), agreed))
        page.told.add(agreed)
        page.save_revision()
        return page


def publishing(county, page):
    def act():
        with county_scope(county):
            page.get_latest_revision().publish()
        return "published"

    return act


def withdrawing(county, agreed, *, and_work=False):
    def act():
        from cms import consents

        with county_scope(county):
            consents.withdraw_consent(agreed, by=None, why="本人来电话")
            if and_work:
                consents.take_down(agreed)
        return "withdrawn"

    return act


def left_behind(county):
    """What still shows the person when the worker has done its part."""
    from cms.models import StoryPage
    from search.models import StoryCard

    run_outbox()
    with county_scope(county):
        return StoryPage.objects.live().count(), StoryCard.objects.filter(county_code=county.code).count()


def test_who_publishes_first_is_taken_down_again(wuchang, story, agreed):
    verdicts = race(publishing(wuchang, story), withdrawing(wuchang, agreed))
    assert verdicts == ["published", "withdrawn"]
    assert left_behind(wuchang) == (0, 0)


def test_who_withdraws_first_is_not_published(wuchang, story, agreed):
    verdicts = race(withdrawing(wuchang, agreed), publishing(wuchang, story))
    assert verdicts == ["not_ready_to_show", "withdrawn"]
    assert left_behind(wuchang) == (0, 0)


def test_without_the_lock_the_person_would_stay(wuchang, story, agreed, monkeypatch):
    """The mutant: the gate reads the consents without holding them. The tests above must catch it."""
    from cms import consent_rules
    from cms.models import Consent

    monkeypatch.setattr(
        consent_rules, "_held", lambda wanted: {row.pk: row for row in Consent.objects.filter(pk__in=list(wanted))}
    )
    verdicts = race(publishing(wuchang, story), withdrawing(wuchang, agreed, and_work=True), blocked=False)
    assert verdicts == ["published", "withdrawn"]
    with county_scope(wuchang):
        from cms.models import StoryPage

        assert StoryPage.objects.live().count() == 1

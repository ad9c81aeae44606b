"""What a case keeps in words, told to an English reader in English."""

import pytest
from django.utils import translation

from tests.branding import roads
from tests.factories.people import client_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trusted_papers")]


@pytest.fixture(autouse=True)
def language():
    """An English page leaves its language to whatever runs next in this thread."""
    with translation.override("zh-hans"):
        yield


def english(user):
    client = client_for(user)
    client.cookies["jieti_language"] = "en"
    return client


def test_the_slips_note_and_the_likeness_speak_english(wuchang, village, team, officer):
    from branding.services import cases

    cases.submit_case(roads.draft(wuchang, village, by=team, name="北坡椴", owner_name="甲合作社"), by=team)
    second = roads.draft(wuchang, village, by=team, name="南坡椴", owner_name="乙合作社")
    with translation.override("en"):
        near = cases.submit_case(second, by=team)
    assert near.checks.get().findings, "else there is nothing to tell"
    chinese = client_for(officer).get(f"/desk/brands/{near.pk}/").content.decode()
    assert "预检单 " in chinese
    assert "只差一个字" in chinese
    page = english(officer).get(f"/desk/brands/{near.pk}/").content.decode()
    for left in ("预检单", "只差一个字", "商标法"):
        assert left not in page, left
    assert "南坡椴" in page


def test_what_is_no_longer_found_stands_as_it_was_written(handed_in):
    from branding import checking
    from branding.models import BrandCheck

    kept = [{"name": "山椴语", "code": "like_one", "severity": "warn", "reason": "当时的话", "article": "", "mend": ""}]
    BrandCheck.objects.update(findings=kept)
    with translation.override("en"):
        assert checking.told_of(handed_in.checks.get()) == kept


def test_sentences_stand_apart_and_steps_are_many(wuchang, handed_in, team):
    page = english(team).get(f"/c/{wuchang.slug}/desk/brands/{handed_in.pk}/").content.decode()
    assert "蜂蜜. 东山岗" in page
    assert "9 steps" in page
    assert ".The " not in page


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("选第 2 稿", "选第 2 稿"),
        ("Round 2 chosen", "选第 2 稿"),
        ("颜色再深一点", "颜色再深一点"),
    ],
)
def test_a_kept_sentence_is_told_anew_and_typed_words_stay(kept, said):
    from kernel.sentences import retold

    with translation.override("en"):
        first = translation.gettext("选第 %(number)s 稿") % {"number": 2}
    kept = first if kept == "Round 2 chosen" else kept
    with translation.override("zh-hans"):
        assert retold(kept, "选第 %(number)s 稿") == said
    with translation.override("en"):
        assert retold(kept, "选第 %(number)s 稿") == (first if said.startswith("选") else kept)

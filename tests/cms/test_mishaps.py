"""What no browser sends gets a 400 on Wagtail's desk, not a 500; our own slips stay visible."""

import pytest

from tenants.scope import county_scope

pytestmark = pytest.mark.django_db

WRONG = [
    {},
    {"body-count": "many", "sources-count": "0"},
    {"body-count": "1", "sources-count": "0", "body-0-type": "no-such-block"},
    {"body-count": "1", "sources-count": "0", "body-0-deleted": "", "body-0-order": "x", "body-0-type": "heading"},
    {"body-count": "-5", "sources-count": "99999999999999999999"},
    {"comments-TOTAL_FORMS": "x", "body-count": "0", "sources-count": "0"},
]


@pytest.fixture
def desk(wuchang, write, manager, client_for):
    from cms.models import CountyHome

    story = write(wuchang, body=[("heading", "一")])
    with county_scope(wuchang):
        home = CountyHome.objects.get().pk
    return client_for(manager), story.pk, home


@pytest.mark.parametrize("posted", WRONG)
def test_a_malformed_form_is_told_so(desk, posted):
    client, story, home = desk
    for path in (
        f"pages/{story}/edit/",
        f"pages/{story}/edit/preview/",
        f"pages/add/cms/storypage/{home}/",
        f"pages/{story}/move/",
        f"pages/{story}/copy/",
        "images/chooser/create/",
        "choose-external-link/",
    ):
        answer = client.post(f"/c/wuchang/cms/{path}", posted)
        assert answer.status_code < 500, path


def test_a_slip_of_our_own_is_not_hidden(desk, monkeypatch):
    from cms.models import CountyPage

    def slip(self, request):
        raise ValueError("ours")

    monkeypatch.setattr(CountyPage, "permissions_for_user", slip)
    client, story, _home = desk
    with pytest.raises((ValueError, TypeError)):
        client.post(f"/c/wuchang/cms/pages/{story}/edit/", {})

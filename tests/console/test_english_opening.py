"""What stopped an opening was written down once; each reader hears it in their own language."""

import pytest
from django.utils import translation

from kernel import outbox
from tenants.opening import Plan, plan_counties

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def language():
    """An English page leaves its language to whatever runs next in this thread."""
    with translation.override("zh-hans"):
        yield


def test_the_stored_trouble_of_an_opening_is_told_in_english(client_for, coordinator, wuchang):
    plan_counties([Plan("230921")])
    while outbox.relay_once():
        pass
    browser = client_for(coordinator)
    assert "还缺客服电话" in browser.get("/desk/board/").content.decode()
    browser.cookies["jieti_language"] = "en"
    for path in ("/desk/board/", "/desk/counties/", "/desk/counties/230921/"):
        page = browser.get(path).content.decode()
        assert "还缺客服电话" not in page, path
        assert "phone" in page, path

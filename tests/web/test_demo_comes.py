"""While the demo province is being filled, its first page and the sign-in say so; afterwards, and without a demo, nothing does."""

import pytest

COMING = "演示省份还在开通"
pytestmark = pytest.mark.django_db


@pytest.fixture
def mark(settings, tmp_path):
    settings.JIETI_DEMO = True
    settings.DEMO_MARK = tmp_path / "demo-complete.txt"
    return settings.DEMO_MARK


@pytest.mark.parametrize("path", ["/", "/sign-in/"])
def test_a_demo_that_is_still_coming_is_told(client, mark, path):
    assert COMING in client.get(path).content.decode()
    mark.touch()
    assert COMING not in client.get(path).content.decode()


def test_without_a_demo_nothing_is_told(client, mark, settings):
    settings.JIETI_DEMO = False
    assert COMING not in client.get("/").content.decode()

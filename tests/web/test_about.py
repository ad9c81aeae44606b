"""Whoever finds something wrong is told where to ask, with a phone of the province's own or without."""

import pytest

from tests.factories.people import client_for

pytestmark = pytest.mark.django_db


def test_without_a_phone_of_the_province_one_asks_the_county():
    page = client_for().get("/about/").content.decode()
    assert page.count("眼下先问县里") == 2, "for complaints and for accessibility"
    assert 'href="tel:' not in page


def test_a_phone_of_the_province_is_named_instead(settings):
    settings.SITE = {**settings.SITE, "complaint_phone": "0451-55550000"}
    page = client_for().get("/about/").content.decode()
    assert 'href="tel:0451-55550000"' in page
    assert "眼下先问县里" not in page

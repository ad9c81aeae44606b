"""Invitations on paper: a hundred slips ask for the names of their counties once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services import invite

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [3, 6])
def test_the_names_of_places_are_asked_once_however_many_slips(count, client_for, coordinator, wuchang, dongning):
    for number in range(count):
        county = (wuchang, dongning)[number % 2]
        phone, name = f"1995555{number:04}", f"受邀{number}"
        invite(phone=phone, name=name, role="county_manager", county_code=county.code, by=coordinator)
    ticked = {"of": "managers", "county": [wuchang.code, dongning.code]}
    with CaptureQueriesContext(connection) as asked:
        page = client_for(coordinator).post("/desk/people/print/", ticked).content.decode()
    assert page.count("五常市请您做") + page.count("东宁市请您做") == count
    assert len([one["sql"] for one in asked.captured_queries if '"tenants_county"."name"' in one["sql"]]) == 1

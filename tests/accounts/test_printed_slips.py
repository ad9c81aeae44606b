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


def test_the_sheet_has_a_button_that_prints_it_when_there_is_something_on_it(client_for, manager, wuchang):
    browser = client_for(manager)
    assert "data-print" not in browser.post("/c/wuchang/desk/people/print/").content.decode()
    invite(phone="19955550001", name="受邀", role="county_editor", county_code=wuchang.code, by=manager)
    assert "data-print hidden>打印</button>" in browser.post("/c/wuchang/desk/people/print/").content.decode()

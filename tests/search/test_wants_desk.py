"""The record of what was looked for: a county sees its own and the province's, the province sees all."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from kernel import clock
from search import services, wanted
from search.models import Want
from tests.search import shelf

pytestmark = pytest.mark.django_db


def this_month():
    return clock.today().replace(day=1)


@pytest.fixture
def record(db):
    this = this_month()
    rows = [
        ("", "榴莲", "zero", 7, this),
        ("", "=1+1", "want", 2, this),
        ("230184", "五常鸭血糯", "want", 3, this),
        ("231086", "东宁松茸", "zero", 5, this),
        ("230184", "去年的", "zero", 1, date(2025, 3, 1)),
    ]
    Want.objects.bulk_create(
        Want(county_code=code, text=text, kind=kind, count=count, month=month)
        for code, text, kind, count, month in rows
    )


def test_a_county_sees_its_own_and_what_nobody_was_named_for(record, client_for, manager):
    seen = client_for(manager).get("/c/wuchang/desk/wants/").content.decode()
    assert "榴莲" in seen
    assert "五常鸭血糯" in seen
    assert "东宁松茸" not in seen
    assert "去年的" not in seen
    assert "去年的" in client_for(manager).get("/c/wuchang/desk/wants/?month=2025-03").content.decode()


def test_a_county_cannot_choose_another(record, client_for, manager):
    seen = client_for(manager).get("/c/wuchang/desk/wants/?county=231086").content.decode()
    assert "东宁松茸" not in seen
    rows = _sheet(client_for(manager).get("/c/wuchang/desk/wants/export/?county=231086"))
    assert rows == []


def test_the_province_sees_all_and_narrows(record, client_for, coordinator):
    client = client_for(coordinator)
    assert "东宁松茸" in client.get("/desk/wants/").content.decode()
    assert "榴莲" not in client.get("/desk/wants/?county=231086").content.decode()
    assert "东宁松茸" not in client.get("/desk/wants/?county=province").content.decode()
    assert "五常鸭血糯" not in client.get("/desk/wants/?kind=zero").content.decode()


def test_the_sheet_is_what_the_page_shows_and_words_stay_words(record, client_for, manager):
    rows = _sheet(client_for(manager).get("/c/wuchang/desk/wants/export/"))
    month = this_month().strftime("%Y-%m")
    assert rows == [
        (month, "榴莲", "没搜到", "全省", 7),
        (month, "五常鸭血糯", "想要", "五常市", 3),
        (month, "=1+1", "想要", "全省", 2),
    ]


def _sheet(answer):
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    return list(sheet.iter_rows(min_row=2, values_only=True))


@pytest.mark.parametrize("address", ["/desk/wants/", "/desk/wants/export/"])
def test_who_may_read_the_province(client_for, coordinator, auditor, manager, shopper, address):
    verdicts = [client_for(person).get(address).status_code for person in (coordinator, auditor, manager, shopper)]
    assert verdicts == [200, 200, 403, 403]
    assert client_for().get(address).status_code == 302


@pytest.mark.parametrize("address", ["/c/wuchang/desk/wants/", "/c/wuchang/desk/wants/export/"])
def test_who_may_read_a_county(client_for, coordinator, manager, team_member, manager_elsewhere, address):
    verdicts = [
        client_for(person).get(address).status_code for person in (coordinator, manager, team_member, manager_elsewhere)
    ]
    assert verdicts == [200, 200, 200, 404]


def test_an_odd_address_is_still_the_page(record, client_for, manager):
    assert client_for(manager).get("/c/wuchang/desk/wants/?month=13&kind=x&county=%00&page=-4").status_code == 200


def test_a_search_in_vain_is_its_countys(db, client):
    shelf.fill()
    client.get("/search/", {"q": "饶河榴莲"})
    client.get("/search/", {"q": "榴莲", "county": "231086"})
    client.get("/search/", {"q": "榴莲", "county": "231086", "in_stock": "1"})
    client.get("/search/", {"q": "榴莲"})
    noted = set(Want.objects.values_list("text", "county_code", "count"))
    assert noted == {("饶河榴莲", "230524", 1), ("榴莲", "231086", 1), ("榴莲", "", 1)}


@pytest.mark.parametrize(
    ("text", "code"),
    [("五常鸭血糯", "230184"), ("想要东宁的松茸", "231086"), ("五常和东宁的", ""), ("向阳花", ""), ("松茸", "")],
)
def test_which_county_is_meant(text, code):
    assert wanted.county_meant(text) == code


def test_a_wish_that_names_a_county_is_that_countys(db):
    services.note_want("五常鸭血糯")
    assert Want.objects.get().county_code == "230184"

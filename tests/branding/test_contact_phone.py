"""The officer calls the contact: the whole number is asked for, shown once, and written down."""

import pytest

from tests.accounts.test_again import ASKS, PROOF, long_ago
from tests.branding import roads
from tests.factories.people import client_for, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trusted_papers")]
NUMBER = "13812345678"


def address(brand):
    return f"/desk/brands/{brand.pk}/"


def seen(brand):
    from kernel.models import AuditEntry

    return AuditEntry.objects.filter(action="brand.phone", object_id=str(brand.pk))


def test_the_officer_asks_for_it_and_the_trail_says_who_saw_it(handed_in, officer):
    client = client_for(officer)
    page = client.get(address(handed_in)).content.decode()
    assert NUMBER not in page
    assert f"{address(handed_in)}phone/" in page
    assert not seen(handed_in).exists()
    answer = client.post(f"{address(handed_in)}phone/")
    assert NUMBER in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    told = seen(handed_in).get()
    assert (told.by_id, told.county_code, told.title) == (officer.pk, handed_in.county_code, "赵队员")
    assert NUMBER not in client.get(address(handed_in)).content.decode(), "in that answer only"


def test_it_is_there_after_the_filing_too(filed, officer):
    assert f"{address(filed)}phone/" in client_for(officer).get(address(filed)).content.decode()
    assert NUMBER in client_for(officer).post(f"{address(filed)}phone/").content.decode()


def test_who_only_reads_is_not_shown_it(handed_in):
    client = client_for(make_person("auditor"))
    assert f"{address(handed_in)}phone/" not in client.get(address(handed_in)).content.decode()
    assert client.post(f"{address(handed_in)}phone/").status_code == 403
    assert not seen(handed_in).exists()


def test_five_an_hour_and_then_a_proof(handed_in, officer):
    client, path = long_ago(client_for(officer)), f"{address(handed_in)}phone/"
    shown = [NUMBER in client.post(path).content.decode() for _time in range(6)]
    assert shown == [True] * 5 + [False]
    assert seen(handed_in).count() == 5
    assert ASKS in client.post(path).content.decode()
    assert NUMBER in client.post(path, PROOF).content.decode()


def test_a_case_without_a_number_offers_none(wuchang, village, team, officer, nothing_found):
    brand = roads.draft(wuchang, village, by=team, contact_phone="")
    assert "phone/" not in client_for(officer).get(address(brand)).content.decode()

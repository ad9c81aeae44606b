"""县馆门面: the county's own office changes what the county shows, and nothing else."""

import pytest

from kernel.models import AuditEntry
from tenants.models import County

pytestmark = pytest.mark.django_db
HERE = "/c/wuchang/desk/front/"
SAID = {"theme": "river", "saying": "拉林河水灌的稻，一年一季。", "service_phone": "0451-55550184"}


def test_the_county_changes_its_front_and_the_shop_wears_it_at_once(wuchang, manager, client_for, client):
    answer = client_for(manager).post(HERE, SAID, follow=True)
    assert "县馆已经换上" in answer.content.decode()
    county = County.objects.get(code=wuchang.code)
    assert (county.theme, county.saying) == ("river", SAID["saying"])
    assert "theme-river" in client.get("/c/wuchang/").content.decode()
    entry = AuditEntry.objects.get(action="county.change")
    assert entry.by_id == manager.pk
    assert set(entry.facts["fields"]) <= {"theme", "saying", "service_phone"}


def test_what_was_typed_stays_when_something_lacks(wuchang, manager, client_for):
    answer = client_for(manager).post(HERE, {**SAID, "service_phone": ""})
    body = answer.content.decode()
    assert SAID["saying"] in body
    assert County.objects.get(code=wuchang.code).theme == wuchang.theme
    assert "error" in body


@pytest.mark.parametrize("phone", ["call me", "1234", "打 0451-55550184 找我"])
def test_a_number_that_nobody_can_tap_is_not_published(wuchang, manager, client_for, phone):
    body = client_for(manager).post(HERE, {**SAID, "service_phone": phone}).content.decode()
    assert "这不是电话" in body
    assert phone in body
    assert County.objects.get(code=wuchang.code).service_phone == wuchang.service_phone


def test_stage_and_contact_stay_the_provinces(wuchang, manager, client_for):
    client_for(manager).post(HERE, {**SAID, "stage": "oversight", "contact_name": "别人", "state": "archived"})
    county = County.objects.get(code=wuchang.code)
    assert (county.stage, county.contact_name, county.state) == (wuchang.stage, wuchang.contact_name, wuchang.state)


@pytest.mark.parametrize(("who", "status"), [("editor", 403), ("team_member", 403), ("manager_elsewhere", 404)])
def test_nobody_else_touches_it(wuchang, request, client_for, who, status):
    assert client_for(request.getfixturevalue(who)).post(HERE, SAID).status_code == status
    assert County.objects.get(code=wuchang.code).theme == wuchang.theme

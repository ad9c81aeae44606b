"""Who may do what on the brand desk: a table of role and act, over HTTP; a refusal changes nothing."""

from datetime import date

import pytest

from tests.branding import roads
from tests.branding.paper import jpeg, pdf
from tests.factories.people import client_for, give_role, make_person, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trusted_papers", "nothing_found")]

SIGN_IN, OK, DONE, NO, NOTHING = "sign-in", 200, 302, 403, 404
ROLES = (
    "stranger", "shopper", "designer", "team of the village", "team elsewhere", "editor", "manager",
    "manager of another county", "officer", "packaging officer", "coordinator", "auditor", "system admin",
)  # fmt: skip
MAY = {
    #                 str      sho      des      team     t.else   editor   manager  other    officer  pack     coord    audit    system
    "queue":         (SIGN_IN, NO,      NO,      NO,      NO,      NO,      NO,      NO,      OK,      NO,      OK,      OK,      NO),
    "read":          (SIGN_IN, NO,      NO,      NO,      NO,      NO,      NO,      NO,      OK,      NO,      OK,      OK,      NO),
    "return":        (SIGN_IN, NO,      NO,      NO,      NO,      NO,      NO,      NO,      DONE,    NO,      DONE,    NO,      NO),
    "prepare":       (SIGN_IN, NO,      NO,      NO,      NO,      NO,      NO,      NO,      DONE,    NO,      DONE,    NO,      NO),
    "paper":         (SIGN_IN, NO,      NO,      NO,      NO,      NO,      NO,      NO,      DONE,    NO,      DONE,    NO,      NO),
    "notice":        (SIGN_IN, NO,      NO,      NO,      NO,      NO,      NO,      NO,      DONE,    NO,      DONE,    NO,      NO),
    "village list":  (SIGN_IN, NOTHING, NOTHING, OK,      OK,      OK,      OK,      NOTHING, OK,      NO,      OK,      OK,      NO),
    "village case":  (SIGN_IN, NOTHING, NOTHING, OK,      NOTHING, OK,      OK,      NOTHING, OK,      NO,      OK,      OK,      NO),
    "answer":        (SIGN_IN, NOTHING, NOTHING, DONE,    NOTHING, DONE,    DONE,    NOTHING, NO,      NO,      NO,      NO,      NO),
    "take back":     (SIGN_IN, NOTHING, NOTHING, DONE,    NOTHING, DONE,    DONE,    NOTHING, NO,      NO,      NO,      NO,      NO),
    "give up":       (SIGN_IN, NOTHING, NOTHING, DONE,    NOTHING, DONE,    DONE,    NOTHING, NO,      NO,      NO,      NO,      NO),
}  # fmt: skip


@pytest.fixture
def cast(wuchang, dongning, team, officer):
    from tenants.services import add_village

    elsewhere = add_village(wuchang, "向阳镇", "保山村")
    return {
        "stranger": None,
        "shopper": make_person("shopper"),
        "designer": make_person("designer"),
        "team of the village": team,
        "team elsewhere": give_role(make_user("钱队员"), "work_team", wuchang, villages=[elsewhere]),
        "editor": make_person("county_editor", wuchang),
        "manager": make_person("county_manager", wuchang),
        "manager of another county": make_person("county_manager", dongning),
        "officer": officer,
        "packaging officer": make_person("packaging_officer"),
        "coordinator": make_person("coordinator"),
        "auditor": make_person("auditor"),
        "system admin": make_person("system_admin"),
    }


def knocks(act, case):
    """The request of an act: method, address, what is sent."""
    desk, village = f"/desk/brands/{case.pk}/", f"/c/wuchang/desk/brands/{case.pk}/"
    filing = {"dated": "2026-06-11", "online": "1", "old_case": "on", "note": ""}
    return {
        "queue": lambda: ("get", "/desk/brands/", {}),
        "read": lambda: ("get", desk, {}),
        "return": lambda: ("post", f"{desk}return/", {"note": "名字换一个"}),
        "prepare": lambda: ("post", f"{desk}prepare/", {}),
        "paper": lambda: ("post", f"{desk}papers/", {"kind": "power", "file": jpeg("power.jpg")}),
        "notice": lambda: ("post", f"{desk}notice/filing/", {**filing, "file": pdf()}),
        "village list": lambda: ("get", "/c/wuchang/desk/brands/", {}),
        "village case": lambda: ("get", village, {}),
        "answer": lambda: ("post", f"{village}answer/", {"text": "改为“蜂蜜”", "file": jpeg("answer.jpg")}),
        "take back": lambda: ("post", f"{village}take-back/", {}),
        "give up": lambda: ("post", f"{village}give-up/", {"note": "不种了"}),
    }[act]()


@pytest.fixture
def case_for(wuchang, village, team, officer):
    """The case in the state in which the act is possible at all."""
    from branding.services import cases

    def made(act):
        brand = roads.draft(wuchang, village, by=team)
        if act == "give up":
            return brand
        brand = cases.submit_case(brand, by=team)
        if act == "prepare":
            cases.add_paper(brand, jpeg("power.jpg"), kind="power", by=officer)
        if act in {"notice", "answer"}:
            brand = roads.prepare(brand, by=officer)
        if act == "answer":
            brand = roads.enter(brand, "filing", by=officer, dated=date(2026, 6, 11))
            brand = roads.enter(brand, "correction", by=officer, dated=date(2026, 6, 14))
        return brand

    return made


def changed(brand):
    from branding.models import Brand
    from kernel.models import Paper

    row = Brand.objects.filter(pk=brand.pk).values().get()
    return row, brand.notices.count(), brand.answers.count(), Paper.objects.filter(object_id=str(brand.pk)).count()


@pytest.mark.parametrize("act", MAY)
def test_the_table_of_rights(act, cast, case_for):
    from django.db import transaction

    wrong = {}
    brand = case_for(act)
    before = changed(brand)
    for role, expected in zip(ROLES, MAY[act], strict=True):
        with transaction.atomic():
            method, address, sent = knocks(act, brand)
            answer = getattr(client_for(cast[role]), method)(address, sent)
            away = answer.headers.get("Location", "").startswith("/sign-in/")
            got = SIGN_IN if away else answer.status_code
            acted = changed(brand) != before
            if got != expected or acted != (method == "post" and expected == DONE):
                wrong[role] = (got, expected, acted)
            transaction.set_rollback(True)
    assert wrong == {}


def test_another_countys_case_is_not_there(cast, case_for):
    """东宁's manager under their own address, with 五常's number; first the row that could leak is shown."""
    brand = case_for("read")
    assert "山椴语" in client_for(cast["manager"]).get(f"/c/wuchang/desk/brands/{brand.pk}/").content.decode()
    theirs = client_for(cast["manager of another county"])
    before = changed(brand)
    for answer in (
        theirs.get(f"/c/dongning/desk/brands/{brand.pk}/"),
        theirs.post(f"/c/dongning/desk/brands/{brand.pk}/give-up/", {"note": "x"}),
        theirs.post(f"/c/dongning/desk/brands/{brand.pk}/answer/", {"text": "x"}),
        theirs.get(f"/c/dongning/desk/brands/{brand.pk}/power.pdf"),
    ):
        assert answer.status_code == 404
        assert "山椴语" not in answer.content.decode()
    assert changed(brand) == before


def test_papers_are_opened_by_those_who_see_the_case_and_each_opening_is_written_down(cast, case_for):
    from kernel import papers
    from kernel.models import AuditEntry

    brand = case_for("read")
    paper = papers.of(("brand", str(brand.pk)), brand.county_code).first()
    allowed = {"team of the village", "editor", "manager", "officer", "coordinator", "auditor"}
    for role, person in cast.items():
        answer = client_for(person).get(f"/desk/papers/{paper.pk}/")
        assert (answer.status_code == 200) == (role in allowed), role
    assert AuditEntry.objects.filter(action="paper.open", object_id=str(paper.pk)).count() == len(allowed)


def test_what_an_officer_typed_stays_when_the_date_is_wrong(cast, case_for):
    brand = roads.enter(case_for("notice"), "filing", by=cast["officer"], dated=date(2026, 6, 11))
    before = changed(brand)
    sent = {"number": "TMZC83012345BZ01", "dated": "2026-06-01", "electronic": "1", "note": "第 30 类", "file": pdf()}
    answer = client_for(cast["officer"]).post(f"/desk/brands/{brand.pk}/notice/correction/", sent)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "早于递交日 2026-06-11" in page
    assert "TMZC83012345BZ01" in page
    assert changed(brand) == before

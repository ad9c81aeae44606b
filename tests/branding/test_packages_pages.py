"""The pages of a package case: who comes in where, and what they say."""

import pytest

from tests.branding import packages
from tests.factories.people import client_for, give_role, make_person, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(who, dongning):
    from branding.packaging_entries import MARKET_SUPERVISION

    return {
        "stranger": None,
        "shopper": make_person("shopper"),
        "team": who.team,
        "team of another village": give_role(make_user("钱队员"), "work_team", who.county, villages=[_village(who)]),
        "manager": who.manager,
        "supervisor": who.supervisor,
        "owner": who.owner,
        "another producer": make_person("producer", who.county, name="别家"),
        "officer": who.officer,
        "auditor": make_person("auditor"),
        "brand officer": make_person("brand_officer"),
        "designer": who.designer,
        "another designer": make_person("designer", name="另一位"),
        "supervisor elsewhere": make_person(MARKET_SUPERVISION, dongning, name="外县监管"),
        "manager elsewhere": make_person("county_manager", dongning, name="外县主任"),
    }


def _village(who):
    from tenants.services import add_village

    return add_village(who.county, "向阳镇", "保山村")


def county(path, slug="wuchang"):
    return f"/c/{slug}/desk/packages/{path}"


SIGN_IN = "sign-in"
HERE = {"stranger": SIGN_IN, "shopper": 404, "designer": 404, "another designer": 404}
ELSEWHERE = {"supervisor elsewhere": 404, "manager elsewhere": 404}
# Who may do what, on a case whose files wait for three names. Everything unnamed is what ``else`` says.
MAY = {
    ("get", county("{pk}/")): {
        **HERE,
        **ELSEWHERE,
        "team of another village": 404,
        "another producer": 404,
        "brand officer": 403,
        "else": 200,
    },
    ("get", county("{pk}/sign/")): {
        **HERE,
        **ELSEWHERE,
        "team of another village": 404,
        "another producer": 404,
        "brand officer": 403,
        "else": 200,
    },
    ("post", county("{pk}/sign/supervision/")): {
        **HERE,
        **ELSEWHERE,
        "supervisor": 302,
        "team of another village": 404,
        "another producer": 404,
        "else": 403,
    },
    ("post", county("{pk}/sign/owner/")): {
        **HERE,
        **ELSEWHERE,
        "owner": 302,
        "team of another village": 404,
        "another producer": 404,
        "else": 403,
    },
    ("post", county("{pk}/sign/village/")): {
        **HERE,
        **ELSEWHERE,
        "team": 302,
        "manager": 302,
        "team of another village": 404,
        "another producer": 404,
        "else": 403,
    },
    ("post", county("{pk}/withdraw/")): {
        **HERE,
        **ELSEWHERE,
        "team": 302,
        "manager": 302,
        "team of another village": 404,
        "else": 403,
    },
    ("post", county("{pk}/rounds/1/choose/")): {
        **HERE,
        **ELSEWHERE,
        "team": 302,
        "manager": 302,
        "team of another village": 404,
        "else": 403,
    },
    ("get", "/desk/packages/"): {"stranger": SIGN_IN, "officer": 200, "auditor": 200, "else": 403},
    ("get", "/desk/packages/{pk}/"): {"stranger": SIGN_IN, "officer": 200, "auditor": 200, "else": 403},
    ("post", "/desk/packages/{pk}/reopen/"): {"stranger": SIGN_IN, "officer": 302, "else": 403},
    ("post", "/desk/packages/{pk}/assign/"): {"stranger": SIGN_IN, "officer": 302, "else": 403},
    ("get", "/studio/{pk}/"): {
        "stranger": SIGN_IN,
        "designer": 200,
        "another designer": 404,
        "officer": 302,  # to the desk's own page of it
        "else": 403,
    },
    ("post", "/studio/{pk}/print/"): {"stranger": SIGN_IN, "designer": 302, "another designer": 404, "else": 403},
}


def test_the_table_of_rights(who, people):
    from branding.models import PackageRequest
    from branding.services import packaging
    from tests.architecture.sweep import undone

    case = packages.until(who, "compliance")
    packaging.name_owner(case, who.owner, by=who.team)
    wrong = {}
    for (method, path), table in MAY.items():
        for name, person in people.items():
            with undone():
                answer = getattr(client_for(person), method)(path.format(pk=case.pk), {"seen": case.frozen_sha256})
                got = SIGN_IN if "/sign-in/" in answer.headers.get("Location", "") else answer.status_code
            wanted = table.get(name, table["else"])
            if got != wanted:
                wrong[f"{name} {method} {path}"] = (got, wanted)
    assert wrong == {}
    assert PackageRequest.objects.get(pk=case.pk).sign_offs.count() == 0


def test_another_countys_case_is_not_there(who, dongning):
    case = packages.until(who, "handed_in")
    for path in ("", "sign/", "rounds/1/", "edit/"):
        for person in (who.team, make_person("county_manager", dongning, name="外县主任")):
            answer = client_for(person).get(county(f"{case.pk}/{path}", "dongning"))
            assert answer.status_code == 404, (path, person)


def test_a_team_asks_for_a_package_on_five_screens(who):
    from branding.models import PackageRequest

    browser = client_for(who.team)
    answer = browser.post(county(f"new/{who.product.pk}/"))
    case = PackageRequest.objects.get()
    assert answer.headers["Location"] == f"/c/wuchang/desk/packages/{case.pk}/edit/"
    assert browser.get(answer.headers["Location"]).headers["Location"].endswith("/edit/1/")
    first = browser.get(county(f"{case.pk}/edit/1/")).content.decode()
    assert "给哪一种做包装" in first
    assert "2.5 kg" in first
    answers = (
        {"variant": case.variant_id, "kind": "bag", "material": "kraft"},
        {"audience": "gift", "run": "２０００", "length_mm": "220", "width_mm": "", "height_mm": ""},
        {"must_have": "稻花香大米\n净含量 2.5 kg", "due_on": "2030-01-05", "budget_fen": "5000"},
    )
    for number, typed in enumerate(answers, start=1):
        answer = browser.post(county(f"{case.pk}/edit/{number}/"), typed)
        assert answer.status_code == 302, answer.content.decode()
    browser.post(county(f"{case.pk}/photos/"), {"photo": packages.png()})
    last = browser.get(county(f"{case.pk}/edit/5/")).content.decode()
    assert "交给省里" in last
    assert browser.post(county(f"{case.pk}/submit/")).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.run, case.budget_fen) == ("request", 2000, 500000)


def test_what_was_typed_wrong_stays_on_the_screen(who):
    case = packages.draft(who)
    answer = client_for(who.team).post(county(f"{case.pk}/edit/2/"), {"audience": "gift", "run": "两千"})
    page = answer.content.decode()
    assert "两千" in page
    assert "比如 2000" in page
    case.refresh_from_db()
    assert case.run is None


def test_what_is_right_so_far_is_kept_by_itself(who):
    case = packages.draft(who)
    answer = client_for(who.team).post(county(f"{case.pk}/edit/2/save/"), {"audience": "gift", "run": "abc"})
    assert answer.json()["saved"]
    case.refresh_from_db()
    assert (case.audience, case.run) == ("gift", None)


def test_remarks_stand_beside_what_they_are_about(who):
    from branding.models import PackageRequest

    case = packages.until(who, "request")
    officer = client_for(who.officer)
    refused = officer.post(f"/desk/packages/{case.pk}/return/", {"remark_run": " "})
    assert refused.status_code == 400
    assert "写一句要改什么" in refused.content.decode()
    officer.post(f"/desk/packages/{case.pk}/return/", {"remark_run": "3000 起印"})
    assert PackageRequest.objects.get().is_returned
    assert "3000 起印" in client_for(who.team).get(county(f"{case.pk}/edit/2/")).content.decode()
    assert "3000 起印" in client_for(who.team).get(county(f"{case.pk}/edit/5/")).content.decode()


def test_the_village_pins_asks_again_and_chooses(who):
    from branding.models import PackageRequest, Pin
    from branding.packaging_rules import latest_round

    case = packages.until(who, "handed_in")
    browser = client_for(who.team)
    file = latest_round(case).files.get()
    one = {"file": file.pk, "x": "120", "y": "340", "words": "字大一点"}
    said = browser.post(county(f"{case.pk}/rounds/1/pin/"), one, follow=True).content.decode()
    assert said.count("钉上了。") == 1, "said once"
    browser.post(county(f"{case.pk}/rounds/1/pin/"), {"file": file.pk, "spot": "833,167", "words": "别画熊"})
    assert list(Pin.objects.values_list("x", "y")) == [(120, 340), (833, 167)]
    page = browser.get(county(f"{case.pk}/rounds/1/")).content.decode()
    assert 'cx="12.0%"' in page
    assert "还有 2 条意见" in page
    browser.post(county(f"{case.pk}/rounds/1/pins/2/"))
    browser.post(county(f"{case.pk}/again/"))
    case = PackageRequest.objects.get()
    assert case.state == "working"
    from branding.services import packaging

    packaging.resolve_pin(Pin.objects.get(number=1), by=who.designer, answer="改成 5 号字")
    packages.hand_in(who, case)
    browser.post(county(f"{case.pk}/rounds/2/choose/"))
    case.refresh_from_db()
    assert (case.state, case.chosen.number) == ("chosen", 2)


@pytest.mark.parametrize("typed", [{}, {"x": "-5", "y": "3"}, {"x": "99999", "y": "1"}, {"spot": "a,b"}, {"file": "x"}])
def test_a_pin_beside_the_picture_is_refused_in_words(who, typed):
    from branding.models import Pin

    case = packages.until(who, "handed_in")
    answer = client_for(who.team).post(county(f"{case.pk}/rounds/1/pin/"), {"words": "字大一点", **typed}, follow=True)
    assert answer.status_code == 200
    assert "notice-error" in answer.content.decode()
    assert not Pin.objects.exists()


def test_the_officers_queue_is_by_due_date_and_assigns(who):
    from branding.models import PackageRequest
    from kernel.models import Deadline

    case = packages.until(who, "request")
    officer = client_for(who.officer)
    due = Deadline.objects.get(code="packaging.assign", stopped_at=None).due
    page = officer.get("/desk/packages/?list=waiting").content.decode()
    assert str(case) in page
    assert due.isoformat() in page
    assert "五常市" in page
    officer.post(f"/desk/packages/{case.pk}/assign/", {"designer": who.designer.pk})
    assert PackageRequest.objects.get().designer == who.designer
    assert str(case) not in officer.get("/desk/packages/?list=waiting").content.decode()


def test_three_sides_sign_on_their_own_screens(who):
    from branding.models import PackageRequest

    case = packages.until(who, "compliance")
    client_for(who.team).post(county(f"{case.pk}/owner/"), {"owner": who.owner.pk})
    for side, signer in (("village", who.team), ("supervision", who.supervisor), ("owner", who.owner)):
        page = client_for(signer).get(county(f"{case.pk}/sign/")).content.decode()
        assert case.frozen_sha256 in page
        client_for(signer).post(county(f"{case.pk}/sign/{side}/"), {"seen": case.frozen_sha256})
    assert PackageRequest.objects.get().state == "signed_off"


def test_each_who_must_act_finds_it_in_the_inbox(who):
    from kernel.models import InboxItem

    packages.until(who, "compliance")
    waiting = InboxItem.objects.filter(done_at=None, kind__startswith="packaging.")
    assert {(one.kind, one.role, one.person_id) for one in waiting} == {
        ("packaging.sign_village", "work_team", who.team.pk),
        ("packaging.sign_supervision", "market_supervision", None),
        ("packaging.name_owner", "work_team", who.team.pk),
    }
    assert all(one.due for one in waiting)


def test_the_product_page_thanks_the_designer_by_name(who):
    from branding.services import packaging

    case = packages.until(who, "delivered")
    page = f"/c/wuchang/p/{who.product.pk}/"
    assert "何设计" in client_for().get(page).content.decode()
    packaging.set_thanks(case, by=who.designer, agreed=False)
    assert "何设计" not in client_for().get(page).content.decode()


def test_the_products_screens_have_the_button_and_the_case(who):
    office = client_for(who.manager).get(f"/c/wuchang/desk/products/{who.product.pk}/").content.decode()
    assert "申请包装" in office
    packages.until(who, "request")
    team = client_for(who.team).get(f"/c/wuchang/desk/products/{who.product.pk}/edit/").content.decode()
    assert "申请包装" in team
    assert "省里在派设计师" in team


def test_papers_open_for_the_sides_and_nobody_else(who, people):
    case = packages.until(who, "compliance")
    from branding.services import packaging

    packaging.name_owner(case, who.owner, by=who.team)
    paper = case.chosen.files.filter(kind="print").get().paper_id
    opened = {
        name for name, person in people.items() if client_for(person).get(f"/desk/papers/{paper}/").status_code == 200
    }
    assert opened == {"team", "manager", "supervisor", "owner", "officer", "auditor", "designer"}


def test_going_back_keeps_what_is_right_and_stays_with_what_is_not(who):
    case = packages.draft(who)
    browser = client_for(who.team)
    there = county(f"{case.pk}/edit/2/")
    assert 'class="steps-back" form="answer" name="before"' in browser.get(there).content.decode()
    answer = browser.post(there, {"audience": "gift", "run": "两千", "before": "1"})
    page = answer.content.decode()
    assert (answer.status_code, "两千" in page, "不要它，直接回去" in page) == (200, True, True)
    case.refresh_from_db()
    assert (case.audience, case.run) == ("gift", None)
    answer = browser.post(there, {"audience": "gift", "run": "2000", "before": "1"})
    assert answer.headers["Location"] == county(f"{case.pk}/edit/1/")
    case.refresh_from_db()
    assert case.run == 2000


def test_the_list_says_where_one_asks_for_a_package(who):
    for is_empty in (True, False):
        page = client_for(who.team).get(county("")).content.decode()
        assert "点“申请包装”" in page, is_empty
        assert page.count('href="/c/wuchang/desk/mine/"') == 2, is_empty  # the menu's and this one
        packages.draft(who)
    assert "点“申请包装”" not in client_for(who.supervisor).get(county("")).content.decode()

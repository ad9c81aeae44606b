"""Each page of the province's desk opens for the coordinator, and the board brings people."""

from datetime import timedelta

import pytest

from accounts.models import Invitation, SmsMessage
from kernel import clock, outbox
from kernel.models import AuditEntry, OutboxRow
from tenants.opening import Plan, plan_counties

pytestmark = pytest.mark.django_db

PAGES = {
    "/desk/": "待办",
    "/desk/?list=done": "待办",
    "/desk/counties/": "五常市",
    "/desk/counties/?q=wcs": "五常市",
    "/desk/counties/?state=open&prefecture=230100": "五常市",
    "/desk/counties/progress/": "",
    "/desk/counties/new/": "县",
    "/desk/counties/new/?q=饶河": "饶河县",
    "/desk/counties/new/230524/": "饶河县",
    "/desk/counties/import/": "名单",
    "/desk/counties/230184/": "五常市",
    "/desk/counties/230524/": "饶河县",
    "/desk/board/": "五常市",
    "/desk/jobs/": "任务",
    "/desk/audit/": "记录",
    "/desk/people/": "人",
}


@pytest.mark.parametrize("path", PAGES)
def test_the_page_opens(client_for, coordinator, wuchang, dongning, path):
    answer = client_for(coordinator).get(path)
    assert answer.status_code == 200
    assert PAGES[path] in answer.content.decode()


@pytest.mark.parametrize("path", ["/desk/counties/export/", "/desk/counties/import/sample/"])
def test_the_sheets_come_as_files(client_for, coordinator, wuchang, path):
    answer = client_for(coordinator).get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.content[:2] == b"PK"


@pytest.mark.parametrize("path", ["/desk/counties/990000/", "/desk/counties/new/110101/", "/desk/counties/import/99/"])
def test_what_is_not_the_provinces_is_not_found(client_for, coordinator, path):
    assert client_for(coordinator).get(path).status_code == 404


def test_the_wizard_opens_a_county_and_shows_its_progress(client_for, coordinator, wuchang):
    from tenants.models import County

    browser = client_for(coordinator)
    facts = {
        "contact_name": "孟川", "contact_phone": "13911110001", "service_phone": "0469-55550524", "stage": "custody",
        "theme": "river", "saying": "",
    }  # fmt: skip
    answer = browser.post("/desk/counties/new/230524/", facts)
    assert answer.status_code == 302
    assert "饶河县" in browser.get(answer["Location"]).content.decode()
    while outbox.relay_once():
        pass
    assert County.objects.get(code="230524").state == "open"
    assert browser.get("/c/raohe/").status_code == 200
    assert browser.get("/desk/counties/new/230524/").status_code == 302


def test_suspending_needs_a_notice_and_comes_back(client_for, coordinator, wuchang):
    browser = client_for(coordinator)
    browser.post("/desk/counties/230184/suspend/", {"note": " "})
    wuchang.refresh_from_db()
    assert wuchang.state == "open"
    browser.post("/desk/counties/230184/suspend/", {"note": "检修，明早回来。"})
    assert browser.get("/c/wuchang/").status_code == 503
    browser.post("/desk/counties/230184/resume/")
    assert browser.get("/c/wuchang/").status_code == 200


def test_changing_a_county_keeps_the_phone_that_was_not_typed_again(client_for, coordinator, wuchang):
    browser = client_for(coordinator)
    facts = {
        "contact_name": "新联系人",
        "contact_phone": "",
        "service_phone": "0451-55550000",
        "stage": "support",
        "theme": "glow",
    }
    browser.post("/desk/counties/230184/change/", facts)
    wuchang.refresh_from_db()
    assert (wuchang.contact_name, wuchang.contact_phone, wuchang.stage) == ("新联系人", "13800000000", "support")
    page = browser.get("/desk/counties/230184/").content.decode()
    assert "13800000000" not in page
    assert 'change/" novalidate>' in page, "a browser would not let an empty phone go"


def test_what_was_typed_stands_there_again_when_a_field_is_wrong(client_for, coordinator, wuchang):
    before = (wuchang.contact_name, wuchang.saying)
    typed = {"contact_name": "新联系人", "contact_phone": "", "stage": "support", "theme": "glow", "saying": "长" * 61}
    answer = client_for(coordinator).post("/desk/counties/230184/change/", typed | {"service_phone": "0451-55550009"})
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in ('value="新联系人"', 'value="0451-55550009"', "长" * 61, '<option value="support" selected>'):
        assert words in page
    assert 'href="#id_saying"' in page
    assert "13800000000" not in page, "the phone that is kept is never shown"
    wuchang.refresh_from_db()
    assert (wuchang.contact_name, wuchang.saying) == before
    wrong = client_for(coordinator).post("/desk/counties/230184/change/", typed | {"contact_phone": "1390000"})
    assert 'value="1390000"' in wrong.content.decode()


def test_a_notice_that_is_too_long_is_refused_with_a_sentence(client_for, coordinator, wuchang):
    browser = client_for(coordinator)
    page = browser.post("/desk/counties/230184/suspend/", {"note": "长" * 301}, follow=True).content.decode()
    assert "公告最多 300 个字，现在有 301 个，请写短一点。" in page
    assert 'id="suspend-note" name="note" maxlength="300"' in page
    wuchang.refresh_from_db()
    assert wuchang.state == "open"
    browser.post("/desk/counties/230184/suspend/", {"note": "长" * 300 + " \n"})
    wuchang.refresh_from_db()
    assert (wuchang.state, len(wuchang.notice)) == ("suspended", 300)


@pytest.mark.parametrize(("name", "most"), [("contact_name", 40), ("service_phone", 30), ("saying", 60)])
def test_the_wizard_takes_what_fits_and_says_what_does_not(client_for, coordinator, name, most):
    facts = {"contact_name": "孟川", "contact_phone": "13911110001", "stage": "custody", "theme": "river"}
    browser, sign = client_for(coordinator), "0" if name == "service_phone" else "长"
    answer = browser.post("/desk/counties/new/230524/", facts | {name: sign * (most + 1)})
    assert answer.status_code == 200
    assert f'href="#id_{name}"' in answer.content.decode()
    assert browser.post("/desk/counties/new/230524/", facts | {name: sign * most}).status_code == 302


def test_the_board_invites_many_managers_at_once(client_for, coordinator, wuchang, dongning):
    browser = client_for(coordinator)
    dongning.contact_phone = "13800000001"
    dongning.save()
    browser.post("/desk/board/invite/", {"county": ["230184", "231086", "999999"]})
    invited = Invitation.objects.filter(role="county_manager").values_list("county_code", flat=True)
    assert sorted(invited) == ["230184", "231086"]
    browser.post("/desk/board/invite/", {"county": ["230184"]})
    assert Invitation.objects.unused().filter(county_code="230184").count() == 1
    assert "13800000001" not in browser.get("/desk/board/").content.decode()


def test_the_board_prints_the_invitations_of_the_ticked_counties(client_for, coordinator, wuchang, dongning):
    browser = client_for(coordinator)
    dongning.contact_phone = "13800000001"
    dongning.save()
    browser.post("/desk/board/invite/", {"county": ["230184", "231086"]})
    sent = {"of": "managers", "county": ["231086"]}
    assert 'name="of" value="managers"' in browser.get("/desk/board/").content.decode()
    page = browser.post("/desk/people/print/", sent).content.decode()
    assert page.count('<section class="slip') == 1
    assert "东宁市请您做" in page

    both = browser.post("/desk/people/print/", sent | {"county": ["231086", "230184"]}).content.decode()
    assert both.count('<section class="slip') == 2
    assert "没有要打印的邀请" in browser.post("/desk/people/print/", {"of": "managers"}).content.decode()


def test_a_county_without_a_contact_is_named_and_stops_nobody(client_for, coordinator, wuchang, dongning):
    dongning.contact_phone = ""
    dongning.save()
    answer = client_for(coordinator).post("/desk/board/invite/", {"county": ["230184", "231086"]}, follow=True)
    body = answer.content.decode()
    assert "东宁市" in body
    assert list(Invitation.objects.values_list("county_code", flat=True)) == ["230184"]


def test_a_county_that_has_its_manager_is_not_asked_again(client_for, coordinator, manager, wuchang, dongning):
    for county, phone in ((wuchang, "13800000002"), (dongning, "13800000001")):
        county.contact_phone = phone
        county.save()
    said = told(client_for(coordinator).post("/desk/board/invite/", {"county": ["230184", "231086"]}, follow=True))
    assert list(Invitation.objects.values_list("county_code", flat=True)) == ["231086"]
    assert any(f"五常市：已经有负责人{manager.name}了" in one for one in said), said


def told(answer):
    """The sentences on top of the page, without the markup."""
    import re

    found = re.findall(r'class="notice[^"]*"[^>]*>(.*?)</(?:div|li)>', answer.content.decode(), re.DOTALL)
    return [re.sub(r"<[^>]+>|\s+", "", one) for one in found]


def test_the_board_says_who_was_invited_and_why_the_others_were_not(client_for, coordinator, wuchang, dongning):
    for county in (wuchang, dongning):
        county.contact_phone = "13800000001" if county is wuchang else ""
        county.save()
    browser = client_for(coordinator)
    said = told(browser.post("/desk/board/invite/", {"county": ["230184", "231086"]}, follow=True))
    assert any("请了1个县的负责人：五常市。" in one for one in said), said
    assert any(one.endswith("没有办的：东宁市：没有联系人手机，先在县的页面补上。") for one in said), said


def test_many_reasons_are_one_sentence(rf, monkeypatch):
    from console.onboarding import Outcome
    from console.views import board

    said = []
    monkeypatch.setattr(board.messages, "success", lambda request, words: said.append(words))
    monkeypatch.setattr(board.messages, "warning", lambda request, words: said.append(words))
    skipped = [("饶河县", "都爬完了，不用提醒。"), ("萝北县", "还没请负责人，先请人。")]
    names = [f"{n}县" for n in range(12)]
    board._tell(None, Outcome(names, skipped), "提醒了 %(n)s 个县：%(who)s。")
    assert said == [
        "提醒了 12 个县：0县、1县、2县、3县、4县、5县、6县、7县、8县、9县等。",
        "没有办的：饶河县：都爬完了，不用提醒；萝北县：还没请负责人，先请人。",
    ]


def test_a_county_whose_opening_stopped_stands_at_the_foot_of_the_board(client_for, coordinator, wuchang):
    plan_counties([Plan("230921")])  # without the phone a county must have
    while outbox.relay_once():
        pass
    browser = client_for(coordinator)
    board = browser.get("/desk/board/").content.decode()
    assert board.index("勃利县") < board.index("五常市")
    assert "客服电话" in board
    assert 'value="230184"' in board
    assert 'value="230921"' not in board, "nobody can be invited or reminded there yet"


def test_those_standing_still_are_reminded_together(
    client_for, coordinator, wuchang, dongning, manager, manager_elsewhere
):
    before = SmsMessage.objects.count()
    answer = client_for(coordinator).post("/desk/board/remind/", {"county": ["230184", "231086"]})
    assert answer.status_code == 302
    assert SmsMessage.objects.count() == before + 2
    assert AuditEntry.objects.filter(action__contains="remind").count() == 2


def test_a_reminder_speaks_the_language_of_who_reads_it(client_for, coordinator, wuchang, manager):
    coordinator.language = "en"
    coordinator.save()
    for language, words in (("", "五常市的下一级是“请负责人”"), ("en", "五常市, next: Invite the manager.")):
        manager.language = language
        manager.save()
        clock.shift(timedelta(days=2))
        client_for(coordinator).post("/desk/board/remind/", {"county": ["230184"]})
        assert words in SmsMessage.objects.latest("pk").body
    assert AuditEntry.objects.filter(action="people.remind").count() == 2


def test_a_dead_job_is_seen_and_run_again(client_for, coordinator, wuchang):
    outbox.announce("county.step", {"opening": 0, "step": "schema"}, key="a-dead-one")
    row = OutboxRow.objects.get(key="a-dead-one")
    row.state, row.error = OutboxRow.State.DEAD, "Opening matching query does not exist."
    row.save()
    browser = client_for(coordinator)
    assert "county.step" in browser.get("/desk/jobs/").content.decode()
    browser.post(f"/desk/jobs/{row.pk}/rerun/")
    row.refresh_from_db()
    assert row.state == OutboxRow.State.WAITING


def test_the_list_and_the_page_of_a_county_lack_the_same_and_the_sheet_has_its_day(client_for, coordinator, wuchang):
    """Opened before eight in the morning in China it was still yesterday elsewhere."""
    from datetime import UTC, datetime
    from io import BytesIO

    from openpyxl import load_workbook

    wuchang.opened_at = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
    wuchang.contact_name = wuchang.contact_phone = ""
    wuchang.save()
    desk = client_for(coordinator)
    assert "联系人、联系人手机、负责人账号" in desk.get("/desk/counties/?q=五常").content.decode()
    page = desk.get("/desk/counties/230184/").content.decode()
    assert "还缺：联系人、联系人手机、负责人账号" in page
    sheet = load_workbook(BytesIO(desk.get("/desk/counties/export/?q=五常").content)).active
    assert [row[-1] for row in sheet.iter_rows(values_only=True)] == ["开馆时间", "2026-11-24"]

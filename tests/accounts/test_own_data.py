"""我的资料: what is held, taken along, erased; and what a whole dump still tells after a goodbye."""

import io
import json
import time
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import InvalidToken
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django_tenants.utils import tenant_context

from accounts import second_factor, services
from accounts.errors import CannotLeaveYet
from accounts.messages import send, send_mail
from accounts.models import Archive, Goodbye, Invitation, Membership, SmsMessage, User
from accounts.rights import archives, goodbye, holdings, sealed
from accounts.tasks import tend_rights
from kernel import clock, inbox, outbox, papers
from kernel.models import AuditEntry, OutboxRow
from tenants.scope import county_scope
from tests.accounts.test_stolen_dump import everything_stored
from tests.factories.people import PASSWORD, client_for, give_role, make_person, make_user

NAME, PHONE, MAIL = "欧阳金丝雀", "19955501234", "jinsique@example.cn"


@pytest.fixture(autouse=True)
def rooms(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def leaver(wuchang, manager):
    """A county editor who has left traces wherever one can."""
    person = make_person("county_editor", wuchang, name=NAME, phone=PHONE)
    person.mail, person.mail_confirmed_at = MAIL, clock.now()
    person.save()
    return person


def run_outbox():
    while outbox.relay_once():
        pass


def taken(browser, archive):
    response = browser.get(f"/me/data/{archive.pk}/")
    assert response.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


# --- taking it along ------------------------------------------------------------------------------
def test_a_person_takes_along_what_is_held_about_them(leaver):
    send("reminder", PHONE, sentence="五常市的下一级是“第一件产品”。")
    browser = client_for(leaver)
    assert browser.post("/me/data/ask/").status_code == 302
    run_outbox()
    archive = Archive.objects.get()
    assert archive.state == "ready"
    assert "下载" in browser.get("/me/data/").content.decode()
    inside = taken(browser, archive)
    told = json.loads(inside.read("资料.json"))
    assert told["account"]["记录"][0]["手机号"] == PHONE
    assert told["account"]["记录"][0]["邮箱"] == MAIL
    assert told["seats"]["记录"][0]["角色"] == "县编辑"
    assert told["messages"]["记录"][0]["哪一种"] == "提醒"
    page = inside.read("资料.html").decode()
    assert NAME in page
    assert "网络安全法" in page
    sums = json.loads(inside.read("manifest.json"))["files"]
    assert set(sums) == {"资料.json", "资料.html"}


def test_it_holds_every_kind_the_table_names(leaver):
    archives.ask_for_own(leaver)
    run_outbox()
    told = json.loads(taken(client_for(leaver), Archive.objects.get()).read("资料.json"))
    assert set(told) == {holding.code for holding in holdings.all_holdings()}
    for holding in holdings.all_holdings():
        assert holding.erase is not None or (holding.law and holding.until and holding.places), holding.code


def test_each_download_is_written_down_and_nobody_else_finds_it(leaver, coordinator):
    archives.ask_for_own(leaver)
    run_outbox()
    archive = Archive.objects.get()
    taken(client_for(leaver), archive)
    taken(client_for(leaver), archive)
    assert AuditEntry.objects.filter(action="archive.download", by=leaver).count() == 2
    assert client_for(coordinator).get(f"/me/data/{archive.pk}/").status_code == 404
    archive.refresh_from_db()
    assert archive.downloads == 2


def test_it_lies_encrypted_and_goes_after_seven_days(leaver, settings, django_capture_on_commit_callbacks):
    archives.ask_for_own(leaver)
    run_outbox()
    archive = Archive.objects.get()
    lying = Path(settings.PRIVATE_ROOT) / "archives" / str(archive.pk)
    raw = lying.read_bytes()
    assert not raw.startswith(b"PK")
    assert PHONE.encode() not in raw
    assert lying.stat().st_mode & 0o077 == 0
    assert list(lying.parent.iterdir()) == [lying], "the draft is gone"
    clock.shift(timedelta(days=7, minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert tend_rights() == 1
    assert not lying.exists()
    assert client_for(leaver).get(f"/me/data/{archive.pk}/").status_code == 302


def test_asking_twice_builds_once(leaver):
    browser = client_for(leaver)
    browser.post("/me/data/ask/")
    browser.post("/me/data/ask/")
    assert Archive.objects.count() == 1


def test_one_that_cannot_be_built_gives_up_and_makes_room(leaver, monkeypatch):
    def broken(user, target):
        raise RuntimeError("no room on the disk")

    monkeypatch.setattr("accounts.rights.person.write", broken)
    archives.ask_for_own(leaver)
    for minute in range(1, 6):
        run_outbox()
        clock.shift(timedelta(minutes=minute))
    archive = Archive.objects.get()
    assert (archive.state, archive.trouble) == ("failed", "RuntimeError")
    assert OutboxRow.objects.get(kind="archive.build").state == "done"
    archives.ask_for_own(leaver)


@pytest.mark.parametrize("size", [0, 1, sealed.PIECE - 1, sealed.PIECE, sealed.PIECE * 2 + 7])
def test_a_sealed_file_comes_back_as_it_was(tmp_path, size):
    data = (b"0123456789" * (size // 10 + 1))[:size]
    sealed.seal(io.BytesIO(data), tmp_path / "x", "x")
    opened = sealed.Opened(tmp_path / "x", "x")
    parts = []
    while part := opened.read(300_000):
        parts.append(part)
    assert b"".join(parts) == data


def test_a_sealed_file_that_was_touched_is_refused(tmp_path):
    data = b"a" * sealed.PIECE + b"b" * sealed.PIECE + b"c"
    sealed.seal(io.BytesIO(data), tmp_path / "x", "x")
    whole = (tmp_path / "x").read_bytes()
    size = 4 + int.from_bytes(whole[len(sealed.MAGIC) : len(sealed.MAGIC) + 4], "big")
    first, rest = whole[: len(sealed.MAGIC) + size], whole[len(sealed.MAGIC) + size :]
    for touched in (first, sealed.MAGIC + rest, whole[:-40], b"PK" + whole):
        (tmp_path / "y").write_bytes(touched)
        with pytest.raises((sealed.Broken, InvalidToken)):
            b"".join(sealed.pieces(tmp_path / "y", "x"))
    with pytest.raises(sealed.Broken):
        b"".join(sealed.pieces(tmp_path / "x", "another"))


# --- going ----------------------------------------------------------------------------------------
def leave(person):
    goodbye.ask(person)
    clock.shift(timedelta(days=8, hours=1))
    run_outbox()
    person.refresh_from_db()


def test_a_goodbye_waits_and_may_be_taken_back(leaver):
    browser = client_for(leaver)
    page = browser.get("/me/data/").content.decode()
    assert "7 天可以反悔" in page
    assert browser.post("/me/data/leave/", {"again": PASSWORD}).status_code == 302
    assert Goodbye.objects.get().user == leaver
    assert SmsMessage.objects.filter(kind="goodbye.asked").count() == 1
    assert "撤回，不注销了" in browser.get("/me/data/").content.decode()
    clock.shift(timedelta(days=6))
    run_outbox()
    leaver.refresh_from_db()
    assert leaver.is_active
    browser.post("/me/data/stay/")
    clock.shift(timedelta(days=9))
    run_outbox()
    leaver.refresh_from_db()
    assert (leaver.is_active, leaver.name) == (True, NAME)


def long_ago(browser):
    """A browser whose person came in an hour ago."""
    session = browser.session
    session["began_at"], session["seen_at"] = int(time.time()) - 3600, int(time.time())
    session.save()
    return browser


def test_somebody_at_an_open_screen_cannot_close_the_account(leaver):
    response = long_ago(client_for(leaver)).post("/me/data/leave/", {"again": "not-the-password"})
    assert response.status_code == 400
    assert not Goodbye.objects.exists()


def test_who_has_no_password_must_have_come_in_a_moment_ago(leaver):
    leaver.set_unusable_password()
    leaver.save()
    browser = long_ago(client_for(leaver))
    assert browser.post("/me/data/leave/").status_code == 400
    session = browser.session
    session["began_at"] = int(time.time())
    session.save()
    assert browser.post("/me/data/leave/").status_code == 302
    assert Goodbye.objects.exists()


def test_a_countys_only_manager_stays_until_there_is_another(manager, wuchang):
    with pytest.raises(CannotLeaveYet, match="唯一的负责人"):
        goodbye.ask(manager)
    make_person("county_manager", wuchang, name="副主任")
    assert goodbye.ask(manager)


def test_of_two_managers_who_both_want_to_go_one_stays(manager, wuchang):
    second = make_person("county_manager", wuchang, name="副主任")
    goodbye.ask(manager)
    with pytest.raises(CannotLeaveYet):
        goodbye.ask(second)


def test_the_last_coordinator_stays(coordinator):
    with pytest.raises(CannotLeaveYet, match="最后一位省级协调员"):
        goodbye.ask(coordinator)
    make_person("coordinator", name="另一位")
    assert goodbye.ask(coordinator)


def give_work_to(person):
    inbox.open_item(
        "brand.look", obj=("brand", "7"), title="稻乐", county="230184", role="brand_officer", person=person
    )


def test_open_tasks_are_named_in_the_refusal(leaver):
    give_work_to(leaver)
    with pytest.raises(CannotLeaveYet, match="稻乐"):
        goodbye.ask(leaver)


def test_what_came_up_meanwhile_holds_the_goodbye_and_says_so(leaver):
    goodbye.ask(leaver)
    give_work_to(leaver)
    clock.shift(timedelta(days=8, hours=1))
    run_outbox()
    leaver.refresh_from_db()
    assert leaver.is_active
    assert "稻乐" in Goodbye.objects.get().stuck
    inbox.close_item("brand.look", obj=("brand", "7"), by=None, county="230184")
    clock.shift(timedelta(days=8, hours=3))
    run_outbox()
    leaver.refresh_from_db()
    assert leaver.left_at is not None


def test_who_has_gone_cannot_come_in_and_the_phone_is_free(leaver, client):
    browser = client_for(leaver)
    second_factor.set_up(leaver, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    leave(leaver)
    assert (leaver.is_active, leaver.name, leaver.phone, leaver.phone_hash) == (False, "已注销", "", None)
    assert leaver.username.startswith("u_")
    assert not second_factor.is_set_up(leaver)
    assert not Membership.objects.current().filter(user=leaver).exists()
    clock.shift(timedelta(0))
    assert browser.get("/me/").status_code == 302
    assert client.post("/sign-in/", {"phone": PHONE, "password": PASSWORD}).status_code != 302
    again = make_user("新来的", phone=PHONE)
    assert User.objects.with_phone(PHONE) == again


# --- the dump -------------------------------------------------------------------------------------
def live(person, wuchang, manager, coordinator):
    """Traces in every room."""
    from branding.services import cases
    from catalog.models import Product, ProductMove
    from cms.models import Consent

    client_for().post("/sign-in/code/", {"phone": PHONE})
    client_for().post("/sign-in/", {"phone": PHONE, "password": PASSWORD})
    services.invite(phone=PHONE, name=NAME, role="work_team", county_code="230184", by=manager)
    services.reset_second_factor(person, by=coordinator, reason=f"{NAME}的手机丢了")
    services.remind(county_code="230184", sentence="请登录。", by=coordinator, role="county_editor")
    send_mail("deadline.late", MAIL, to=person, title="稻乐", name="补正答复", due="2026-12-01")
    case = cases.open_case("230184", by=person, candidates=["山椴语"])
    papers.keep_bytes(
        b"x", "licence.jpg", kind="licence", obj=("brand", str(case.pk)), county="230184", by=person,
        facts={"content_type": "image/jpeg"},
    )  # fmt: skip
    with county_scope(wuchang):
        product = Product.objects.create(name="木耳", created_by=person, saved_at=clock.now())
        ProductMove.objects.create(
            subject=product, from_state="draft", to_state="submitted", by=person, by_name=NAME, at=clock.now()
        )
        today = clock.today()
        Consent.objects.create(
            name="村民", given_on=today, until=today, recorded_by=person, recorded_at=clock.now(), withdrawn_by=NAME
        )
    archives.ask_for_own(person)


def tables_with(word):
    return {name.partition(".")[2] for name, text in everything_stored().items() if word in text}


def test_after_a_goodbye_a_dump_tells_the_name_only_where_the_table_says(
    leaver, wuchang, manager, coordinator, settings
):
    settings.JIETI_DEMO = False
    live(leaver, wuchang, manager, coordinator)
    before = tables_with(NAME)
    assert {"accounts_user", "accounts_invitation", "catalog_productmove", "kernel_auditentry"} <= before
    goodbye.ask(leaver)
    clock.shift(timedelta(days=8, hours=1))
    run_outbox()
    leaver.refresh_from_db()
    assert leaver.left_at is not None
    left = tables_with(NAME)
    assert left <= holdings.kept_places()
    assert "kernel_auditentry" in left, "what must be kept is kept"
    for private in (PHONE, MAIL):
        assert tables_with(private) == set()
    from kernel.privacy import keyed_hash

    assert tables_with(keyed_hash(PHONE)) == set()
    assert not [row for row in Session.objects.all() if row.get_decoded().get("_auth_user_id") == str(leaver.pk)]
    assert not Archive.objects.filter(subject=leaver, state="ready").exists()
    assert not Invitation.objects.unused().filter(name=NAME).exists()


def test_the_mutant_that_forgets_the_invitations_is_found(leaver, wuchang, manager, coordinator, monkeypatch, settings):
    settings.JIETI_DEMO = False
    live(leaver, wuchang, manager, coordinator)
    forgotten = holdings.Holding("invitations", 40, "邀请", "", lambda user: [], lambda user: None)
    monkeypatch.setitem(holdings._holdings, "invitations", forgotten)
    leave(leaver)
    assert "accounts_invitation" in tables_with(NAME) - holdings.kept_places()


def test_a_person_of_two_counties_is_erased_in_both(leaver, wuchang, dongning):
    from catalog.models import Product, ProductMove

    give_role(leaver, "county_editor", dongning)
    for county in (wuchang, dongning):
        with tenant_context(county):
            product = Product.objects.create(name="木耳", created_by=leaver, saved_at=clock.now())
            ProductMove.objects.create(
                subject=product, from_state="draft", to_state="submitted", by=leaver, by_name=NAME, at=clock.now()
            )
    leave(leaver)
    for county in (wuchang, dongning):
        with tenant_context(county):
            assert set(ProductMove.objects.values_list("by_name", flat=True)) == {"已注销"}


def test_the_page_says_what_stays_and_by_which_law(leaver):
    page = client_for(leaver).get("/me/data/").content.decode()
    for shown in ("注销时删除", "网络安全法", "商标法", "个人信息保护法", "注销后仍保留"):
        assert shown in page
    call_command("check")

"""S8: a stolen dump, a log and a session tell no private phone."""

import io
import json
import logging
from contextlib import suppress

from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django_tenants.utils import tenant_context

from accounts import second_factor, services
from accounts.models import SmsMessage
from accounts.tasks import send_waiting_sms
from console.models import CountyList
from kernel import clock
from kernel.outbox import NotNow
from kernel.privacy import keyed_hash
from search.models import Want
from tests.accounts.hours import until_noon
from tests.factories.people import make_person

FAILED, PENDING, INVITED, COMMAND, TYPED, LOOKED_FOR, LISTED = (f"1995550{number:04d}" for number in range(1, 8))
WRITTEN = ("{0}", "{1} {2} {3}", "{1}-{2}-{3}", "+86 {0}", "86{0}", "{1}.{2}.{3}")
IDENTITY = "230184199001011234"
PEOPLE = "/c/wuchang/desk/people/"


def everything_stored():
    """Every row of every table of every schema, as text: what a dump would hold."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2"
        )
        for schema, table in cursor.fetchall():
            cursor.execute(f'SELECT string_agg(row::text, chr(10)) FROM "{schema}"."{table}" row')
            found[f"{schema}.{table}"] = cursor.fetchone()[0] or ""
    return found


def ways(phone):
    """A number as people write it."""
    return [way.format(phone, phone[:3], phone[3:7], phone[7:]) for way in WRITTEN]


def plant(client_for, manager, wuchang, coordinator):
    """A phone through every screen that takes one."""
    person = make_person("county_editor", "230184", phone=PENDING)
    client_for().post("/sign-in/", {"phone": FAILED, "password": "wrong-but-long"})
    for _try in range(6):
        client_for().post("/sign-in/", {"phone": PENDING, "password": "wrong-but-long"})
    client_for().post("/sign-in/code/", {"phone": PENDING})
    browser = client_for(manager)
    browser.post(f"{PEOPLE}invite/", {"phone": INVITED, "name": "钱", "role": "county_editor"})
    browser.post(f"{PEOPLE}invite/", {"phone": TYPED, "name": "", "role": "nobody"})
    browser.get(PEOPLE, {"q": "钱"})
    browser.post(f"{PEOPLE}print/")
    browser.post(f"{PEOPLE}{person.pk}/phone/")
    call_command("person", "invite", "--role", "coordinator", "--phone", COMMAND, stdout=io.StringIO())
    second_factor.set_up(coordinator, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    services.remind(county_code="230184", sentence="请登录。", by=coordinator, role="county_editor")
    for written in (*ways(LOOKED_FOR), IDENTITY):
        client_for().get("/search/", {"q": f"找 {written}"})
        client_for().post("/want/", {"want": f"黑蜂蜜，请打 {written}"})
        client_for().get("/c/wuchang/", {"q": written})
    for written in ways(LISTED):
        rows = f"代码,县名,联系人,手机,客服电话,阶段,主题\n230183,尚志市,钱,{written},,,\n231085,穆棱市,孙 {written},,{written},,\n"
        file = SimpleUploadedFile("名单.csv", rows.encode())
        client_for(coordinator).post("/desk/counties/import/", {"file": file})


def test_planted_phones_are_nowhere_in_a_dump_the_logs_or_the_sessions(
    client_for, manager, wuchang, coordinator, settings, caplog, django_capture_on_commit_callbacks
):
    settings.JIETI_DEMO = True
    caplog.set_level(logging.DEBUG)
    plant(client_for, manager, wuchang, coordinator)
    clock.shift(until_noon())
    for number in SmsMessage.objects.values_list("pk", flat=True):
        with suppress(NotNow), django_capture_on_commit_callbacks(execute=True):
            send_waiting_sms({"sms": number}, "")
    stored = everything_stored()
    assert keyed_hash(PENDING) in stored["public.accounts_user"], "the search would find what is there"
    assert SmsMessage.objects.filter(kind="invitation").exists()
    sessions = json.dumps([row.get_decoded() for row in Session.objects.all()], ensure_ascii=False)
    logs = "\n".join(
        f"{record.getMessage()} {record.args}" for record in caplog.records if "sql" not in record.__dict__
    )
    assert Want.objects.filter(text__contains="****0006").count() > 1, "both were noted"
    assert CountyList.objects.count() == len(WRITTEN), "each list was kept"
    private = (FAILED, PENDING, INVITED, COMMAND, TYPED, manager.phone, *ways(LOOKED_FOR), *ways(LISTED), IDENTITY)
    for phone in private:
        assert [name for name, text in stored.items() if phone in text] == []
        assert phone not in sessions
        assert phone not in logs


def test_the_search_finds_a_phone_that_is_stored_plainly(wuchang, manager):
    """The canary: what the test above looks for, it would find."""
    manager.name = FAILED
    manager.save()
    assert [name for name, text in everything_stored().items() if FAILED in text] == ["public.accounts_user"]
    with tenant_context(wuchang):
        assert FAILED in everything_stored()["public.accounts_user"]

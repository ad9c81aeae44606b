"""What is logged of a request: one line, its id, and never a phone or an identity number."""

import io
import json
import logging

import pytest
import structlog

from kernel import failures, logs, outbox
from kernel.masking import mask_private_in
from kernel.models import Failure, OutboxRow

PHONES = (
    "13812345678",
    "+8613812345678",
    "8613812345678",
    "138-1234-5678",
    "138 1234 5678",
    "+86 138 1234 5678",
    "%2B8613812345678",
    "%2013812345678",
    "138%201234%205678",
    "138+1234+5678",
    "１３８１２３４５６７８",
)
IDENTITIES = ("230184199001011234", "23018419900101123X", "230184900101123")
HIDDEN = ("12345678", "1234-5678", "1234 5678", "１２３４", "1234%205678", "1990010", "900101")


@pytest.fixture(autouse=True)
def _nothing_counted():
    failures._counted.clear()


@pytest.mark.parametrize("number", [*PHONES, *IDENTITIES])
@pytest.mark.parametrize("around", ["{}", "/x/?q={}&y=1", "Key (phone)=({}) already exists.", "打给{}，没人接", '"{}"'])
def test_a_phone_or_an_identity_number_is_masked_wherever_it_stands(number, around):
    shown = mask_private_in(around.format(number))
    assert number not in shown
    assert not any(part in shown for part in HIDDEN)
    assert "*" in shown


@pytest.mark.parametrize(
    "text",
    [
        "订单 2026112200013812345678901",
        "912301991234567890123",
        "91230199MA1234567X",
        "2026-11-22T09:30:00.123456",
        "0451-55550000",
        "request 5f2b8c1d9e3a4f6b8c1d9e3a4f6b8c1d",
        "12345678901",
    ],
)
def test_other_numbers_are_left_as_they_are(text):
    assert mask_private_in(text) == text


@pytest.fixture
def heard():
    """Everything that is logged, as production writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Lines("json"))
    root, access = logging.getLogger(), logging.getLogger("jieti.request")
    before = access.level
    root.addHandler(handler)
    access.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    access.setLevel(before)


def test_a_phone_hides_in_nothing_that_is_logged(heard):
    log = logging.getLogger("x")
    log.error("called %s", "13812345678")
    log.error("called %s", 13812345678)
    try:
        raise ValueError("no such person: 13812345678, 230184199001011234")
    except ValueError:
        log.exception("for %(who)s", {"who": ["13812345678"]})
    structlog.get_logger("y").warning("sent", to="+86 138-1234-5678", facts={"13812345678": [13812345678, {"a": "x"}]})
    said = json.dumps(heard(), ensure_ascii=False)
    assert len(heard()) == 4
    assert "138****5678" in said
    assert not any(part in said for part in HIDDEN)
    assert "no such person" in heard()[2]["exception"]
    assert "Traceback" in heard()[2]["exception"]


@pytest.mark.django_db
def test_a_refused_row_does_not_log_what_it_held(heard):
    from django.db import IntegrityError, connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE told (phone text UNIQUE)")
        cursor.execute("INSERT INTO told VALUES (%s)", ["13812345678"])
        try:
            with transaction.atomic():
                cursor.execute("INSERT INTO told VALUES (%s)", ["13812345678"])
        except IntegrityError:
            logging.getLogger("z").exception("not kept")
    assert "138****5678" in heard()[0]["exception"]
    assert "13812345678" not in json.dumps(heard())


def test_a_line_that_no_encoding_can_write_is_written_all_the_same():
    record = logging.LogRecord("a", logging.WARNING, __file__, 1, "/\ud800/13812345678", (), None)
    for form in ("json", "text"):
        assert b"138****5678" in logs.Lines(form).format(record).encode("utf-8")


def test_text_for_people_is_masked_too_and_is_no_json():
    record = logging.LogRecord("a.b", logging.WARNING, __file__, 1, "打给 %s", ("13812345678",), None)
    line = logs.Lines("text").format(record)
    assert "138****5678" in line
    assert "a.b" in line
    assert not line.startswith("{")


@pytest.mark.django_db
def test_a_request_leaves_one_line_with_all_it_takes_to_find_it(client_for, manager, wuchang, heard):
    answer = client_for(manager).get("/c/wuchang/desk/products/?q=13812345678")
    assert answer.status_code == 200
    (line,) = [one for one in heard() if one["logger"] == "jieti.request"]
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert (line["county"], line["status"], line["method"]) == ("230184", 200, "GET")
    assert line["view"] == "catalog:products"
    assert line["user"] == logs.opaque(manager.pk)
    assert line["ms"] > 0
    assert "13812345678" not in json.dumps(line)


def _refusals(heard):
    lines = [line for line in heard() if line["logger"] == "jieti.request"]
    return [(line["status"], line.get("refused", "")) for line in lines]


@pytest.mark.django_db
def test_who_has_no_right_is_written_down(client_for, manager, editor, auditor, wuchang, heard):
    client_for(editor).get("/desk/people/")
    client_for(auditor).post("/c/wuchang/desk/products/new/")
    client_for(manager).get("/c/wuchang/desk/products/999999/")
    client_for(manager).get("/c/dongning/desk/products/")
    client_for(manager).get("/c/wuchang/desk/products/")
    assert _refusals(heard) == [(403, "right"), (403, "right"), (404, "row"), (404, "row"), (200, "")]
    marks = [line["user"] for line in heard() if line.get("refused")]
    assert marks == [logs.opaque(one.pk) for one in (editor, auditor, manager, manager)]


@pytest.mark.django_db
def test_who_goes_round_a_check_is_written_down_once_a_try(client_for, editor, heard, monkeypatch):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from accounts import limits

    client_for(editor, enforce_csrf_checks=True).post("/me/language/", {"language": "en"})
    client_for(editor).get("/api/search", {"min_fen": "500", "max_fen": "100"})
    monkeypatch.setattr(limits, "UPLOAD", limits.Limit("upload", 0, 3600))
    client_for(editor).post("/c/wuchang/desk/consents/new/", {"paper": SimpleUploadedFile("a.pdf", b"x" * 30_000)})
    client_for().get("/no-such-page/")
    assert _refusals(heard) == [(403, "token"), (400, "form"), (429, "often"), (404, "")]


def test_a_persons_mark_is_the_same_again_and_names_nobody(settings):
    mark = logs.opaque(7)
    assert mark == logs.opaque(7) != logs.opaque(8)
    settings.PRIVACY_HASH_KEY = "another key"
    assert logs.opaque(7) != mark
    assert logs.opaque(None) == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given", ["", "x", "13812345678", "A" * 32, "g" * 32, "a" * 31, "a" * 33, "a" * 32 + "\n", "{}"]
)
def test_only_an_id_in_nginxs_form_is_taken_over(client, given):
    answer = client.get("/healthz", headers={"X-Request-ID": given})
    assert answer.headers["X-Request-ID"] != given
    assert logs.REQUEST_ID.fullmatch(answer.headers["X-Request-ID"])


@pytest.mark.django_db
def test_nginxs_own_id_is_kept_and_comes_back(client):
    assert client.get("/healthz", headers={"X-Request-ID": "a1" * 16}).headers["X-Request-ID"] == "a1" * 16


# --- beyond the request -----------------------------------------------------------------------


@pytest.mark.django_db
def test_an_effect_is_logged_under_the_request_that_caused_it(heard, monkeypatch):
    def fail(payload, county):
        logging.getLogger("effect").warning("tried")
        outbox.announce("watch.next", {})
        raise ValueError("no")

    monkeypatch.setitem(outbox.HANDLERS, "watch.fails", fail)
    monkeypatch.setitem(outbox.HANDLERS, "watch.next", lambda payload, county: outbox.announce("watch.last", {}))
    with logs.working_for("a" * 32):
        outbox.announce("watch.fails", {})
        outbox.announce("watch.next", {})
    outbox.announce("watch.next", {}, key="of nobody")
    with logs.working_for("b" * 32):  # the relay was woken by somebody else's request
        outbox.relay_once()
    tried = next(line for line in heard() if line["logger"] == "effect")
    assert tried["request_id"] == "a" * 32
    assert tried["outbox"].startswith("watch.fails ")
    caused = sorted(OutboxRow.objects.filter(kind="watch.last").values_list("request_id", flat=True))
    assert caused == ["", "a" * 32]
    assert logs.request_id() == ""


@pytest.mark.django_db
def test_a_failing_effect_is_counted_for_its_county(wuchang, monkeypatch):
    def fail(payload, county):
        raise ValueError("no")

    monkeypatch.setitem(outbox.HANDLERS, "watch.fails", fail)
    outbox.announce("watch.fails", {}, county="230184")
    outbox.relay_once()
    failures.write()
    assert list(Failure.objects.values_list("kind", "county_code", "what", "count")) == [
        ("task", "230184", "watch.fails", 1)
    ]


def test_a_task_carries_the_id_of_the_request_that_sent_it(heard):
    from celery.signals import before_task_publish, task_postrun, task_prerun

    from config.celery import app

    @app.task(name="watch.told")
    def told():
        logging.getLogger("task").warning("worked")

    headers = {}
    with logs.working_for("c" * 32):
        before_task_publish.send(sender="watch.told", headers=headers, body={})
    assert headers == {"request_id": "c" * 32}
    told.push_request(**headers)
    try:
        task_prerun.send(sender=told, task_id="1", task=told, args=(), kwargs={})
        told.run()
        task_postrun.send(sender=told, task_id="1", task=told, args=(), kwargs={})
    finally:
        told.pop_request()
        app.tasks.pop("watch.told")
    worked = next(line for line in heard() if line["logger"] == "task")
    assert (worked["request_id"], worked["task"]) == ("c" * 32, "watch.told")
    assert logs.request_id() == ""


@pytest.mark.django_db
def test_a_page_that_breaks_is_counted_for_its_county_and_one_closed_on_purpose_is_not(client, wuchang, monkeypatch):
    from tenants.services import suspend_county

    client.raise_request_exception = False
    monkeypatch.setattr("config.health._database", lambda: "away")
    assert client.get("/readyz").status_code == 503
    from config import health

    def burst(*_):
        raise RuntimeError("13812345678")

    monkeypatch.setattr(health, "_told", burst)
    assert client.get("/readyz").status_code == 500
    suspend_county(wuchang, by=None, notice="过年")
    assert client.get("/c/wuchang/").status_code == 503
    failures.write()
    assert list(Failure.objects.values_list("kind", "county_code", "what", "count")) == [
        ("page", "", "config.health.ready", 1)
    ]


@pytest.mark.django_db
def test_failures_that_cannot_be_written_are_kept_for_the_next_time(monkeypatch):
    kept = failures._add
    monkeypatch.setattr(failures, "_add", lambda *_: 1 / 0)
    for _ in range(3):
        failures.note(failures.TASK, "x", "230184")
    failures.write()
    monkeypatch.setattr(failures, "_add", kept)
    failures.note(failures.TASK, "x", "230184")
    failures.write()
    assert Failure.objects.get().count == 4


@pytest.mark.django_db
def test_old_failures_are_forgotten():
    failures.note(failures.PAGE, "x")
    failures.write()
    assert failures.forget_old() == 0
    Failure.objects.update(slot="2020-01-01T00:00:00Z")
    assert failures.forget_old() == 1

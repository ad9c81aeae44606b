"""``/metrics``: who may read it, what it says, and how little it asks of the database."""

import os
import re
import threading
from datetime import timedelta

import pytest
import yaml
from django.test import override_settings
from django.utils import timezone

from console.checks import Level, judge, read_facts
from kernel import audit, failures, outbox
from kernel.models import Heartbeat, OutboxRow, PartProcess
from tests.database import ROOT

TOKEN = "scraper-" + "t" * 24
pytestmark = pytest.mark.django_db


@pytest.fixture
def token(settings):
    settings.METRICS_TOKEN = TOKEN


def scrape(client, token=TOKEN, path="/metrics"):
    return client.get(path, headers={"Authorization": f"Bearer {token}"} if token else {})


def samples(client):
    """Every sample by its name and labels."""
    answer = scrape(client)
    assert answer.status_code == 200
    lines = [line for line in answer.content.decode().splitlines() if line and not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def test_without_a_token_in_the_surroundings_there_is_no_such_address(client):
    assert scrape(client).status_code == 404
    assert scrape(client, "").status_code == 404


@pytest.mark.parametrize("given", ["", "wrong", TOKEN[:-1], TOKEN + "x", "令牌"])
def test_a_wrong_token_reads_nothing(client, token, given):
    answer = scrape(client, given)
    assert answer.status_code == 401
    assert b"jieti_" not in answer.content


def test_a_token_for_another_scheme_is_refused(client, token):
    assert client.get("/metrics", headers={"Authorization": f"Basic {TOKEN}"}).status_code == 401


def test_a_county_has_no_such_address_under_its_path_or_its_own_host(client, token, wuchang):
    from tenants.models import Domain

    Domain.objects.create(domain="wuchang.example", tenant=wuchang, is_primary=False)
    for path in ("/c/wuchang/metrics", "/c/wuchang/metrics/"):
        answer = client.get(path, headers={"Authorization": f"Bearer {TOKEN}"}, follow=True)
        assert answer.status_code == 404
    own = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}", "Host": "wuchang.example"})
    assert own.status_code in {301, 404}
    assert b"jieti_" not in own.content


def test_requests_are_counted_by_view_method_and_class_of_status(client, token):
    before = samples(client)
    client.get("/healthz")
    client.get("/no-such-page/")
    client.get("/no-such-page-either/")
    after = samples(client)

    def grown(name):
        return after.get(name, 0) - before.get(name, 0)

    assert grown('jieti_requests_total{method="GET",status="2xx",view="config.health.alive"}') == 1
    assert grown('jieti_requests_total{method="GET",status="4xx",view="none"}') == 2
    assert grown('jieti_request_seconds_count{view="config.health.alive"}') == 1
    assert grown('jieti_request_queries_sum{view="config.health.alive"}') == 0
    assert not any("no-such" in name for name in after)


def test_a_suspended_county_is_no_error_and_wakes_nobody(client, token, wuchang):
    """From the county's closed door to the rule: what it sums up does not hold these answers."""
    from tenants.services import suspend_county

    rule = next(one for one in rules() if one["alert"] == "JietiErrors")["expr"]
    wanted = set(re.findall(r'status="(\w+)"', rule))
    assert wanted == {"5xx"}
    suspend_county(wuchang, by=None, notice="夜里维护")
    before = samples(client)
    assert [client.get("/c/wuchang/").status_code for _ in range(7)] == [503] * 7
    after = samples(client)
    grown = {
        name: value - before.get(name, 0) for name, value in after.items() if name.startswith("jieti_requests_total")
    }
    said = {re.search(r'status="(\w+)"', name)[1]: value for name, value in grown.items() if value}
    assert said.pop("503") == 7
    assert not wanted & set(said)


def test_a_broken_page_is_an_error_all_the_same(client, token, monkeypatch):
    """The canary of the test above."""
    from config import health

    monkeypatch.setattr(health, "JsonResponse", None)
    client.raise_request_exception = False
    name = 'jieti_requests_total{method="GET",status="5xx",view="config.health.ready"}'
    before = samples(client).get(name, 0)
    assert client.get("/readyz").status_code == 500
    assert samples(client)[name] == before + 1


def rules():
    return yaml.safe_load((ROOT / "deploy" / "alerts" / "jieti.rules.yml").read_text())["groups"][0]["rules"]


def test_one_of_two_workers_that_died_is_seen_though_the_other_lives(client, token, monkeypatch):
    from config import heartbeats

    PartProcess.objects.all().delete()
    monkeypatch.setattr(heartbeats, "here", lambda: "first")
    heartbeats.write("worker")
    monkeypatch.setattr(heartbeats, "here", lambda: "second")
    heartbeats.write("worker")
    name = 'jieti_part_processes_{}{{part="worker"}}'
    said = samples(client)
    assert (said[name.format("living")], said[name.format("lost")]) == (2, 0)
    PartProcess.objects.filter(host="first").update(at=timezone.now() - timedelta(seconds=61))
    said = samples(client)
    assert (said[name.format("living")], said[name.format("lost")]) == (1, 1)
    assert said['jieti_part_silent_seconds{part="worker"}'] < 60, "what was looked at alone says nothing"
    finding = next(one for one in judge(read_facts()) if one.code == "worker")
    assert finding.level is Level.LOOK
    assert "first" in finding.says
    assert "second" not in finding.says


def test_who_ends_as_it_should_is_not_missed_and_a_new_start_takes_the_place_of_the_dead(db, monkeypatch):
    from config import heartbeats

    monkeypatch.setattr(heartbeats, "_ending", threading.Event())
    PartProcess.objects.all().delete()
    now = timezone.now()
    PartProcess.objects.create(part="worker", host=heartbeats.here(), number=2**22 + 1, at=now)  # no such process
    PartProcess.objects.create(part="worker", host="elsewhere", number=7, at=now)
    PartProcess.objects.create(part="worker", host=heartbeats.here(), number=os.getppid(), at=now)
    PartProcess.objects.create(part="beat", host="elsewhere", number=7, at=now)
    heartbeats.begin("worker")
    heartbeats.begin("beat")
    left = set(PartProcess.objects.values_list("part", "host", "number"))
    assert left == {("worker", "elsewhere", 7), ("worker", heartbeats.here(), os.getppid())}
    heartbeats.write("worker")
    assert PartProcess.objects.filter(number=os.getpid()).exists()
    heartbeats._end("worker", os.getpid() + 1)
    assert PartProcess.objects.filter(number=os.getpid()).exists(), "a child of ours is not us"
    heartbeats._end("worker", os.getpid())
    heartbeats._write_for_ever("worker")  # comes to its end at once, and writes nothing more
    assert not PartProcess.objects.filter(number=os.getpid()).exists()


def test_a_database_without_the_new_table_keeps_the_old_sign(db, monkeypatch):
    """While an upgrade runs, and before it: the part's own row is written all the same."""
    from config import heartbeats

    def broken(*_args, **_more):
        raise RuntimeError("no such table")

    Heartbeat.objects.filter(part="worker").delete()
    monkeypatch.setattr(PartProcess.objects, "update_or_create", broken)
    monkeypatch.setattr("django.db.connection.close", lambda: None)
    heartbeats.write("worker")
    assert Heartbeat.objects.filter(part="worker").exists()


def test_statements_are_counted_by_view(client, token, django_assert_num_queries):
    client.get("/about/")
    name = 'jieti_request_queries_sum{view="web:about"}'
    before = samples(client)[name]
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        client.get("/about/")
    assert samples(client)[name] - before == len(asked)


def test_an_invented_method_makes_no_label_of_its_own(client, token):
    client.generic("BREW", "/healthz")
    assert 'method="OTHER"' in scrape(client).content.decode()
    assert "BREW" not in scrape(client).content.decode()


def test_the_gauges_say_what_stands_in_the_tables(client, token, wuchang, settings):
    from tenants.models import Opening, OpeningBatch

    now = timezone.now()
    outbox.announce("county.step", {}, at=now - timedelta(seconds=300))
    outbox.announce("county.step", {}, at=now + timedelta(hours=1))
    OutboxRow.objects.create(kind="sms", state="dead", next_at=now, written_at=now)
    Heartbeat.objects.update_or_create(part="beat", defaults={"at": now - timedelta(seconds=90)})
    batch = OpeningBatch.objects.create(at=now)
    Opening.objects.update_or_create(
        county=wuchang, defaults={"batch": batch, "step": "x", "state": "stuck", "started_at": now, "moved_at": now}
    )
    audit.record("sign_in.failed")
    failures.note(failures.PAGE, "web:home", "230184")
    failures.note(failures.TASK, "kernel.relay")
    found = samples(client)
    assert 300 <= found["jieti_outbox_lag_seconds"] < 330
    assert found['jieti_outbox_waiting{kind="county.step"}'] == 2
    assert found['jieti_outbox_dead{kind="sms"}'] == 1
    assert 90 <= found['jieti_part_silent_seconds{part="beat"}'] < 120
    assert 'jieti_part_silent_seconds{part="worker"}' not in found
    assert found["jieti_openings_stuck"] == 1
    assert found['jieti_sign_ins_failed{how="failed"}'] == 1
    assert found['jieti_county_failures{county="230184",kind="page"}'] == 1
    assert found['jieti_county_failures{county="0",kind="task"}'] == 1
    assert found['jieti_search_answers{engine="postgresql"}'] == 1
    assert found['jieti_check{check="dead_letters"}'] == 2
    assert found["jieti_database_up"] == 1


def test_it_asks_ten_things_of_the_database_at_most_and_no_county(
    client, token, wuchang, dongning, settings, django_assert_max_num_queries
):
    settings.ELASTICSEARCH_URLS = ["http://127.0.0.1:1"]
    scrape(client)
    with django_assert_max_num_queries(10) as asked:
        assert scrape(client).status_code == 200
    assert not [query["sql"] for query in asked.captured_queries if re.search(r"c23\d{4}", query["sql"])]


def test_a_bad_day_in_all_counties_does_not_flood_the_scraper(client, token):
    for number in range(2844):
        failures.note(failures.PAGE, "web:home", f"{100000 + number}")
    failures.note(failures.PAGE, "web:home", "999999")
    failures.note(failures.PAGE, "web:home", "999999")
    found = {name: value for name, value in samples(client).items() if name.startswith("jieti_county_failures")}
    assert len(found) == 201
    assert found['jieti_county_failures{county="999999",kind="page"}'] == 2
    assert sum(found.values()) == 2846


def test_the_days_of_the_certificate_are_told_and_an_unreadable_one_is_missing(client, token, settings, tmp_path):
    settings.CERTIFICATE_FILE = str(tmp_path / "certificate.pem")
    found = samples(client)
    assert found["jieti_certificate_wanted"] == 1
    assert "jieti_certificate_days_left" not in found
    (tmp_path / "certificate.pem").write_bytes(certificate(days=30))
    assert 29 < samples(client)["jieti_certificate_days_left"] <= 30


def certificate(days):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = timezone.now()
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=days))
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def test_the_age_of_the_copies_is_told(client, token, settings, tmp_path):
    from tenants.province_backups import note_copy

    settings.JIETI_BACKUP = tmp_path
    assert 'jieti_backup_age_seconds{kind="base"}' not in samples(client)
    note_copy("base", timezone.now() - timedelta(hours=3), name="x")
    note_copy("media", timezone.now() - timedelta(hours=27), files=7)
    found = samples(client)
    assert found["jieti_backup_wanted"] == 1
    assert 10800 <= found['jieti_backup_age_seconds{kind="base"}'] < 10900
    assert 97200 <= found['jieti_backup_age_seconds{kind="media"}'] < 97300
    assert found['jieti_check{check="media_backup"}'] == 2


SUFFIX = re.compile(r"_(bucket|sum|count|total)$")


def test_the_alerts_ask_only_for_what_is_told(client, token):
    """A renamed metric would leave an alert that never fires."""
    rules = (ROOT / "deploy" / "alerts" / "jieti.rules.yml").read_text(encoding="utf-8")
    told = scrape(client).content.decode()
    there = set(re.findall(r"^# TYPE (\w+)", told, re.MULTILINE)) | {
        SUFFIX.sub("", n) for n in re.findall(r"# TYPE (\w+)", told)
    }
    asked = re.findall(r"\b(jieti_\w+)(?:\{([^}]*)\})?", re.sub(r"#.*", "", rules))
    assert len({name for name, _labels in asked}) > 20
    assert {name for name, _labels in asked if SUFFIX.sub("", name) not in there} == set()
    known = {"view", "method", "status", "le", "kind", "part", "county", "engine", "how"}
    assert {label for _name, labels in asked for label in re.findall(r"(\w+)[!=]", labels)} <= known
    for value in ("beat", "worker"):
        assert f'jieti_part_silent_seconds{{part="{value}"' in rules


def test_the_view_that_alerts_leave_out_has_that_name(client, token):
    client.get("/readyz")
    assert 'view="config.health.ready"' in scrape(client).content.decode()


@override_settings(METRICS_TOKEN=TOKEN)
def test_without_a_database_the_counts_are_told_all_the_same(client, monkeypatch):
    from config.watch import scrape as scraping

    def away():
        raise OSError("no database for 13812345678")

    monkeypatch.setattr(scraping, "read_facts", away)
    found = samples(client)
    assert found["jieti_database_up"] == 0
    assert any(name.startswith("jieti_requests_total") for name in found)

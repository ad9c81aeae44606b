"""Each alert fires on what it is for, not a minute earlier, and on nothing else: asked of Prometheus's own promtool.

A mutant of each rule, its threshold moved out of reach, must fail the same test.
"""

import os
import re
import shutil
import subprocess

import pytest
import yaml

from tests.database import ROOT

RULES = ROOT / "deploy" / "alerts" / "jieti.rules.yml"
LONG = "x200"  # minutes of samples

# The platform as it is when all is well, one sample a minute.
WELL = {
    'up{job="jieti"}': f"1+0{LONG}",
    'up{job="webs",instance="127.0.0.1:8001"}': f"1+0{LONG}",
    'up{job="webs",instance="127.0.0.1:8002"}': f"1+0{LONG}",
    "jieti_database_up": f"1+0{LONG}",
    'jieti_requests_total{view="web:home",method="GET",status="2xx"}': f"0+600{LONG}",
    'jieti_requests_total{view="web:home",method="GET",status="5xx"}': f"0+1{LONG}",
    'jieti_requests_total{view="config.health.ready",method="GET",status="503"}': f"0+0{LONG}",
    'jieti_requests_total{view="none",method="GET",status="503"}': f"0+400{LONG}",  # a county that is suspended
    'jieti_request_seconds_bucket{view="web:home",le="0.25"}': f"0+600{LONG}",
    'jieti_request_seconds_bucket{view="web:home",le="2.5"}': f"0+600{LONG}",
    'jieti_request_seconds_bucket{view="web:home",le="+Inf"}': f"0+600{LONG}",
    'jieti_request_queries_sum{view="web:home"}': f"0+9000{LONG}",
    'jieti_request_queries_count{view="web:home"}': f"0+600{LONG}",
    'jieti_county_failures{county="230184",kind="page"}': f"3+0{LONG}",
    'jieti_part_silent_seconds{part="beat"}': f"3+0{LONG}",
    'jieti_part_silent_seconds{part="worker"}': f"3+0{LONG}",
    'jieti_part_processes_lost{part="beat"}': f"0+0{LONG}",
    'jieti_part_processes_lost{part="worker"}': f"0+0{LONG}",
    "jieti_outbox_lag_seconds": f"5+0{LONG}",
    'jieti_outbox_dead{kind="sms"}': f"0+0{LONG}",
    "jieti_search_wanted": f"1+0{LONG}",
    "jieti_search_resting": f"0+0{LONG}",
    'jieti_search_answers{engine="elasticsearch"}': f"1+0{LONG}",
    "jieti_search_index_lag_seconds": f"2+0{LONG}",
    "jieti_openings_stuck": f"0+0{LONG}",
    "jieti_counties_troubled": f"0+0{LONG}",
    "jieti_deadlines_missed": f"0+0{LONG}",
    'jieti_sign_ins_failed{how="failed"}': f"40+0{LONG}",
    'jieti_sign_ins_failed{how="locked"}': f"2+0{LONG}",
    "jieti_audit_unsealed_seconds": f"8+0{LONG}",
    "jieti_backup_wanted": f"1+0{LONG}",
    'jieti_backup_age_seconds{kind="base"}': f"3600+60{LONG}",
    'jieti_backup_age_seconds{kind="wal"}': f"20+0{LONG}",
    'jieti_backup_age_seconds{kind="media"}': f"60+0{LONG}",
    "jieti_certificate_wanted": f"1+0{LONG}",
    "jieti_certificate_days_left": f"60+0{LONG}",
    "jieti_disk_free_bytes": f"50+0{LONG}",
    "jieti_disk_size_bytes": f"100+0{LONG}",
    "jieti_database_connections": f"30+0{LONG}",
    "jieti_database_connections_most": f"100+0{LONG}",
}
GONE = None

# What goes wrong at the first minute, and after how many minutes somebody is woken (and not yet one before).
# Where two causes wake the same, each is a row of its own.
CASES = [
    ("JietiDown", {'up{job="jieti"}': f"0+0{LONG}"}, 2),
    ("JietiWebDown", {'up{job="webs",instance="127.0.0.1:8002"}': f"0+0{LONG}"}, 2),
    ("JietiPartLost", {'jieti_part_processes_lost{part="worker"}': f"1+0{LONG}"}, 2),
    ("JietiDatabaseDown", {"jieti_database_up": f"0+0{LONG}"}, 1),
    ("JietiErrors", {'jieti_requests_total{view="web:home",method="GET",status="5xx"}': f"0+40{LONG}"}, 6),
    ("JietiCountyErrors", {'jieti_county_failures{county="230184",kind="task"}': f"18+0{LONG}"}, 5),
    (
        "JietiSlow",
        {
            'jieti_request_seconds_bucket{view="web:home",le="0.25"}': f"0+300{LONG}",
            'jieti_request_seconds_bucket{view="web:home",le="2.5"}': f"0+600{LONG}",
        },
        11,
    ),
    ("JietiManyStatements", {'jieti_request_queries_sum{view="web:home"}': f"0+90000{LONG}"}, 16),
    ("JietiBeatSilent", {'jieti_part_silent_seconds{part="beat"}': f"61+60{LONG}"}, 1),
    ("JietiBeatSilent", {'jieti_part_silent_seconds{part="beat"}': GONE}, 1),
    ("JietiWorkerSilent", {'jieti_part_silent_seconds{part="worker"}': f"61+60{LONG}"}, 1),
    ("JietiWorkerSilent", {'jieti_part_silent_seconds{part="worker"}': GONE}, 1),
    ("JietiOutboxLag", {"jieti_outbox_lag_seconds": f"301+60{LONG}"}, 5),
    ("JietiDeadLetters", {'jieti_outbox_dead{kind="sms"}': f"1+0{LONG}"}, 5),
    ("JietiSearchResting", {'jieti_search_answers{engine="elasticsearch"}': f"0+0{LONG}"}, 10),
    ("JietiIndexLag", {"jieti_search_index_lag_seconds": f"301+60{LONG}"}, 5),
    ("JietiOpeningStuck", {"jieti_openings_stuck": f"1+0{LONG}"}, 10),
    ("JietiCountiesBehind", {"jieti_counties_troubled": f"1+0{LONG}"}, 10),
    ("JietiDeadlinesMissed", {"jieti_deadlines_missed": f"1+0{LONG}"}, 60),
    ("JietiSignInsFail", {'jieti_sign_ins_failed{how="failed"}': f"199+0{LONG}"}, 5),
    ("JietiAuditUnsealed", {"jieti_audit_unsealed_seconds": f"901+60{LONG}"}, 5),
    ("JietiBackupLate", {'jieti_backup_age_seconds{kind="base"}': f"93601+60{LONG}"}, 10),
    ("JietiBackupLate", {'jieti_backup_age_seconds{kind="base"}': GONE}, 10),
    ("JietiArchiveLate", {'jieti_backup_age_seconds{kind="wal"}': f"301+60{LONG}"}, 5),
    ("JietiArchiveLate", {'jieti_backup_age_seconds{kind="wal"}': GONE}, 5),
    ("JietiMediaBackupLate", {'jieti_backup_age_seconds{kind="media"}': f"93601+60{LONG}"}, 10),
    ("JietiMediaBackupLate", {'jieti_backup_age_seconds{kind="media"}': GONE}, 10),
    (
        "JietiNoBackup",
        {
            "jieti_backup_wanted": f"0+0{LONG}",
            'jieti_backup_age_seconds{kind="base"}': GONE,
            'jieti_backup_age_seconds{kind="wal"}': GONE,
            'jieti_backup_age_seconds{kind="media"}': GONE,
        },
        60,
    ),
    ("JietiCertificateEnds", {"jieti_certificate_days_left": f"13+0{LONG}"}, 10),
    ("JietiCertificateEnds", {"jieti_certificate_days_left": GONE}, 10),
    ("JietiDiskFull", {"jieti_disk_free_bytes": f"9+0{LONG}"}, 10),
    ("JietiConnections", {"jieti_database_connections": f"91+0{LONG}"}, 5),
]
FIRING = 'count by (alertname) (ALERTS{alertstate="firing"})'


@pytest.fixture(scope="module")
def promtool():
    found = shutil.which("promtool")
    if found is None:
        if os.environ.get("JIETI_REQUIRE_ALL"):
            pytest.fail("promtool is missing: it comes with Debian's package prometheus")
        pytest.skip("promtool is missing")
    return found


def rules():
    return yaml.safe_load(RULES.read_text())["groups"][0]["rules"]


def fires(number, *alerts):
    samples = [{"labels": f'{{alertname="{alert}"}}', "value": 1} for alert in alerts]
    return {"expr": FIRING, "eval_time": f"{number}m", "exp_samples": samples}


def story(change, *questions):
    """One course of the samples and what is asked of it."""
    series = {name: values for name, values in {**WELL, **change}.items() if values is not GONE}
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": list(questions),
    }


def case(alert, change, minutes):
    return story(change, fires(minutes - 1), fires(minutes + 1, alert), fires(180, alert))


def judged(promtool, folder, stories, changed=None):
    """promtool's verdict over the rules as they are, or as a mutant has them."""
    (folder / "rules.yml").write_text(
        yaml.safe_dump({"groups": [{"name": "jieti", "interval": "1m", "rules": changed or rules()}]})
    )
    asked = {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": stories}
    (folder / "asked.yml").write_text(yaml.safe_dump(asked, allow_unicode=True))
    return subprocess.run(
        [promtool, "test", "rules", "asked.yml"], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_file_is_sound(promtool):
    told = subprocess.run([promtool, "check", "rules", RULES], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_every_alert_has_a_case():
    assert {rule["alert"] for rule in rules()} == {name for name, _change, _minutes in CASES}


def test_nobody_is_woken_while_all_is_well(promtool, tmp_path):
    told = judged(promtool, tmp_path, [story({}, *[fires(minute) for minute in (5, 30, 61, 180)])])
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize("row", CASES, ids=[f"{name}-{number}" for number, (name, _c, _m) in enumerate(CASES)])
def test_the_alert_fires_when_it_should_and_no_other_does(promtool, tmp_path, row):
    told = judged(promtool, tmp_path, [case(*row)])
    assert told.returncode == 0, told.stdout + told.stderr


def out_of_reach(expression):
    """Every threshold of an expression moved where no sample comes."""
    moved = re.sub(r"> ([\d.]+)", "> 1e12", expression)
    moved = re.sub(r"< ([\d.]+)", "< -1e12", moved)
    return re.sub(r"== ([01])\b", "== 7", moved)


@pytest.mark.parametrize("alert", sorted({name for name, _change, _minutes in CASES}))
def test_a_rule_whose_threshold_was_moved_is_caught(promtool, tmp_path, alert):
    mutant = [{**rule, "expr": out_of_reach(rule["expr"])} if rule["alert"] == alert else rule for rule in rules()]
    assert mutant != rules()
    told = judged(promtool, tmp_path, [case(*row) for row in CASES if row[0] == alert], mutant)
    assert told.returncode != 0


@pytest.mark.parametrize("alert", sorted({name for name, _change, _minutes in CASES}))
def test_a_rule_that_fires_at_once_is_caught(promtool, tmp_path, alert):
    mutant = [{**rule, "for": "0m"} if rule["alert"] == alert else rule for rule in rules()]
    told = judged(promtool, tmp_path, [case(*row) for row in CASES if row[0] == alert], mutant)
    assert told.returncode != 0


def test_each_says_what_to_do_in_both_languages():
    for rule in rules():
        words = rule["annotations"]
        assert set(words) == {"summary", "description", "summary_en", "description_en"}, rule["alert"]
        assert re.search(r"[\u4e00-\u9fff]", words["summary"] + words["description"]), rule["alert"]
        assert not re.search(r"[\u4e00-\u9fff]", words["summary_en"] + words["description_en"]), rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"}


def test_where_an_alert_sends_the_reader_there_is_something_to_read():
    named = re.findall(r"(docs/operations/[\w-]+\.md)(?:“([^”]+)”)?", RULES.read_text())
    assert len(named) > 30
    for page, heading in named:
        text = (ROOT / page).read_text()
        assert not heading or re.search(rf"^#+ {re.escape(heading)}", text, re.MULTILINE), (page, heading)

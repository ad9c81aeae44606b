"""What ``deploy/`` says is true: settings, commands, files and rules, checked without a container engine.

nginx and compose themselves read their files in ``tests/prove/test_deploy_files.py``.
"""

import ast
import base64
import os
import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from config.command import USAGE
from config.environment import read_environment
from config.environment.files import settings_in
from tests.database import ROOT

DEPLOY = ROOT / "deploy"
ENV = (DEPLOY / "env.example").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SETTING = re.compile(r"^#?([A-Z][A-Z0-9_]+)=(.*)$")
OURS = {name: service for name, service in COMPOSE["services"].items() if str(service["image"]).startswith("jieti:")}
NOT_OURS = {"PYTHONUTF8", "RUNTIME_DIRECTORY"}  # Python's and systemd's own
COMPOSE_OWN = {"JIETI_RELEASE", "JIETI_POSTGRES_VOLUME"}  # compose's, from deploy/.env
MADE_THERE = ("deploy/secrets", "deploy/jieti.env", "deploy/.env")  # by whoever installs
COMPLETE = {
    "SECRET_KEY": "x9" * 30,
    "JIETI_KEYS": base64.urlsafe_b64encode(b"k" * 32).decode(),
    "JIETI_HASH_KEY": "h" * 40,
    "JIETI_ICP": "黑ICP备00000000号",
    "JIETI_POLICE": "黑公网安备 23010000000000号",
    "JIETI_OPERATOR": "某省商务厅",
    "JIETI_COMPLAINT_PHONE": "0451-55550000",
}


class Asked(dict):
    """An environment that remembers what it was asked for."""

    def __init__(self, *facts):
        super().__init__(*facts)
        self.names = set()

    def get(self, name, default=None):
        self.names.add(name)
        return super().get(name, default)

    def __getitem__(self, name):
        self.names.add(name)
        return super().__getitem__(name)

    def __contains__(self, name):
        self.names.add(name)
        return super().__contains__(name)


def known_settings(tmp_path):
    trial = Asked({"JIETI_VAR": str(tmp_path)})
    real = Asked({**filled_in(), "JIETI_VAR": str(tmp_path)})
    read_environment(trial)
    read_environment(real)
    return trial.names | real.names


def filled_in():
    return {**settings_in(ENV), **COMPLETE}


def documented():
    return [match[1] for line in ENV.splitlines() if (match := SETTING.match(line))]


def bare(name):
    return name.removesuffix("_FILE")


# --- settings ----------------------------------------------------------------------------------


def test_every_setting_is_documented_and_every_documented_one_is_read(tmp_path):
    assert sorted(documented()) == sorted(known_settings(tmp_path))


def test_a_setting_that_nobody_documents_would_be_noticed(tmp_path):
    """The canary of the test above."""
    asked = Asked({"JIETI_VAR": str(tmp_path)})
    asked.get("JIETI_NEW")
    assert asked.names - set(documented()) == {"JIETI_NEW"}


def test_each_setting_has_a_sentence_before_it():
    bare_ones = [
        line
        for before, line in pairwise(ENV.splitlines())
        if SETTING.match(line) and not (before.startswith("# ") and "。" in before)
    ]
    assert bare_ones == []


def test_nothing_outside_reads_the_surroundings_by_itself():
    """A setting read elsewhere would be neither checked nor documented."""
    allowed = {"platform/config", "deploy", "tests"}
    found = set()
    for path in ROOT.glob("*/**/*.py"):
        place = path.relative_to(ROOT).as_posix()
        if place.startswith((*allowed, ".venv", "var/")) or "/migrations/" in place:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = _read_from_environ(node)
            if name:
                found.add((place, name))
    assert found == set()


def _read_from_environ(node):
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
        return ast.unparse(node.slice)
    if isinstance(node, ast.Call) and ast.unparse(node.func) in {"os.getenv", "os.environ.get"}:
        return ast.unparse(node.args[0])
    return ""


def test_the_filled_in_example_starts_production(tmp_path):
    environment = read_environment({**filled_in(), "JIETI_VAR": str(tmp_path)})
    assert environment.production
    assert environment.proxies == 1
    assert environment.address == "https://jieti.example.gov.cn"


def test_unset_values_are_the_ones_that_count(tmp_path):
    """``#PORT=8000`` promises what happens without it."""
    without = read_environment({**filled_in(), "JIETI_VAR": str(tmp_path)})
    promised = {match[1]: match[2] for line in ENV.splitlines() if (match := SETTING.match(line)) and line[0] == "#"}
    examples = {"SMS_TEMPLATES"}  # shows the form; unset is none
    spoken = {**filled_in(), **{name: value for name, value in promised.items() if value and name not in examples}}
    assert read_environment({**spoken, "JIETI_VAR": str(tmp_path)}) == without


@pytest.mark.parametrize("name", re.findall(r"\[文件\][^\n]*\n(?:#[^\n=]*\n)*#?([A-Z_]+)=", ENV))
def test_a_secret_may_stand_in_a_file(name, tmp_path):
    values = {**filled_in(), "REDIS_URL": "redis://127.0.0.1/1", "METRICS_TOKEN": "t" * 40}
    values |= {"SENTRY_DSN": "https://a@b.example/1", "ELASTICSEARCH_URL": "http://a:b@127.0.0.1:9200"}
    values |= {"JIETI_BACKUP_URL": values["DATABASE_URL"], "SMTP_URL": "smtps://a:b@mail.example:465"}
    values |= {"SMS_KEY_ID": "id", "SMS_KEY_SECRET": "geheim", "SMS_SIGN_NAME": "借梯", "SMS_TEMPLATES": "code=SMS_1"}
    values |= {"JIETI_VAR": str(tmp_path / "var")}
    values |= {"SECRET_KEY_FALLBACKS": "y8" * 30, "JIETI_HASH_KEY_FALLBACKS": "i" * 40}
    values |= {"JIETI_SIGNING_KEY": base64.urlsafe_b64encode(b"s" * 32).decode()}
    file = tmp_path / "value"
    file.write_text(values[name] + "\n", encoding="utf-8")
    by_file = {**{key: value for key, value in values.items() if key != name}, f"{name}_FILE": str(file)}
    assert read_environment(by_file) == read_environment(values)


def test_every_secret_may_stand_in_a_file():
    """What is not printed is a secret, and a secret may stand in a file."""
    from config.environment.values import BY_FILE

    assert set(re.findall(r"\[文件\][^\n]*\n(?:#[^\n=]*\n)*#?([A-Z_]+)=", ENV)) == BY_FILE


# --- commands ----------------------------------------------------------------------------------


def said_commands():
    """Every ``jieti …`` of the Dockerfile, compose, the units and the scripts."""
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    found = [("Dockerfile", re.search(r'^CMD \["(.+)"\]', dockerfile, re.MULTILINE)[1])]
    found += [
        ("Dockerfile", " ".join(re.findall(r"\"(\w+)\"", line)[1:]))
        for line in re.findall(r"CMD \[\"jieti.*", dockerfile)
    ]
    for name, service in OURS.items():
        found.append((f"compose {name}", " ".join(service["command"])))
        test = service.get("healthcheck", {}).get("test")
        if test:
            assert test[:2] == ["CMD", "jieti"]
            found.append((f"compose {name}", " ".join(test[2:])))
    for unit in UNITS:
        started = re.search(
            r"^ExecStart=/opt/jieti/.venv/bin/jieti (.+)$", unit.read_text(encoding="utf-8"), re.MULTILINE
        )
        assert started, f"{unit.name} starts nothing of ours"
        found.append((unit.name, started[1]))
    return found


def offered():
    """The first words of ``jieti --help``; ``web|worker`` are two."""
    words = re.findall(r"^  jieti ([a-z|]+)", USAGE, re.MULTILINE)
    return {one for word in words for one in word.split("|")}


@pytest.mark.parametrize(("place", "words"), said_commands())
def test_every_command_that_is_said_exists(place, words):
    assert words.split()[0] in offered(), f"{place}: {words}"


def test_every_part_is_started_in_both_houses():
    """By units and by compose, the same parts."""
    first = {"prepare", "web", "worker", "beat", "backup wal"}
    units = {words for place, words in said_commands() if place.endswith(".service")}
    compose = {words for place, words in said_commands() if place.startswith("compose")}
    for said in (units, compose):
        assert {word for word in first if not any(f"{one} ".startswith(f"{word} ") for one in said)} == set()


def test_the_province_and_each_county_are_backed_up_every_night_in_both_houses():
    from config.commands import backup, parts

    units = {words for place, words in said_commands() if place.endswith(".service")}
    folder = f"{settings_in(ENV)['JIETI_BACKUP']}/{backup.COUNTIES}"
    assert {"backup", f"backup --all --to {folder}"} <= units
    rounds = ["--base-every", "24", "--counties-every", "24"]
    assert OURS["wal"]["command"] == ["backup", "wal", *rounds]
    assert str(rounds)[1:-1].replace("'", '"') in Path(parts.__file__).read_text(encoding="utf-8")
    target = (DEPLOY / "systemd" / "jieti.target").read_text(encoding="utf-8")
    timers = {path.name for path in (DEPLOY / "systemd").glob("*.timer")}
    assert timers == {"jieti-backup.timer", "jieti-counties.timer"}
    for timer in timers:
        assert timer in target, "a timer that nobody starts never rings"
        assert (DEPLOY / "systemd" / timer).with_suffix(".service").is_file()


PAGES = sorted((ROOT / "docs" / "operations").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_name_only_commands_settings_and_files_that_exist(page, tmp_path):
    text = page.read_text(encoding="utf-8")
    said = re.findall(r"^(?:[A-Z_]+=\S+ )*jieti (?:--env \S+ )?([a-z]+)|`jieti ([a-z]+)", text, re.MULTILINE)
    assert {one or other for one, other in said} <= offered()
    assert set(re.findall(r"\bjieti-(\w+)@?", re.sub(r"jieti-\d+-", "", text))) <= {
        re.sub(r"jieti-(\w+).*", r"\1", unit.name) for unit in UNITS
    }
    settings = set(re.findall(r"\b((?:JIETI|SMS|ELASTICSEARCH|METRICS)_[A-Z_]+)\b", text))
    assert {bare(name) for name in settings} <= known_settings(tmp_path) | {
        "JIETI_PASSWORD",
        "JIETI_FRESH",
        "JIETI_",
        *COMPOSE_OWN,
    }
    for link in re.findall(r"\]\((?!http)([^)#]+)", text):
        assert (page.parent / link).exists(), link
    for place in re.findall(r"(?<![\w/])((?:deploy|tests)/[\w./-]+\w)", text):
        assert any(ROOT.glob(place + "*")) or place.startswith(MADE_THERE), place


# --- the image -----------------------------------------------------------------------------------


def dockerfile_steps():
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    joined = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    return [line.split(None, 1) for line in joined.splitlines() if line.strip()]


def test_what_the_image_copies_is_there_and_not_left_out():
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    copied = set()
    for step, rest in dockerfile_steps():
        if step == "COPY" and not rest.startswith("--from"):
            *sources, _target = rest.split()
            copied |= {source.removeprefix("./") for source in sources}
    assert {source for source in copied if not (ROOT / source).exists()} == set()
    assert copied == let_in, "the context holds what is copied, and no data, secrets or history"


def test_the_image_is_no_roots_and_no_surprise():
    steps = dockerfile_steps()
    froms = [rest for step, rest in steps if step == "FROM"]
    assert len(froms) == 2, "what builds does not stay"
    last = max(index for index, (step, _rest) in enumerate(steps) if step == "FROM")
    final = steps[last:]
    users = [rest for step, rest in final if step == "USER"]
    assert users
    assert users[-1].split(":")[0] not in {"0", "root"}
    first_user = next(index for index, (step, _rest) in enumerate(final) if step == "USER")
    assert all(step != "RUN" for step, _rest in final[first_user:])
    assert {"HEALTHCHECK", "ENTRYPOINT", "CMD"} <= {step for step, _rest in final}
    assert not any(
        "apt-get" in rest or "curl" in rest or "pip install" in rest for step, rest in final if step == "RUN"
    )
    assert any("--require-hashes" in rest for step, rest in steps if step == "RUN")
    said = " ".join(rest for _step, rest in steps)
    assert not re.search(r"SECRET_KEY=|PASSWORD=|JIETI_KEYS=", said)


def test_no_image_is_the_latest():
    named = [service["image"] for service in COMPOSE["services"].values()]
    named += re.findall(r"^ARG PYTHON_IMAGE=(.+)$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert all(":" in image and not image.endswith(":latest") for image in named), named


# --- compose --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_a_service_holds_no_more_than_it_needs(name):
    service = COMPOSE["services"][name]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "privileged" not in service
    assert service["restart"] in {"unless-stopped", "on-failure", "no"}
    if not name.startswith("search"):  # Elasticsearch writes beside its programs when it starts
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    if name not in {"prepare", "wal", "search-certificates", "restore"}:
        assert service["healthcheck"].get("test")
    if name != "nginx":
        assert "ports" not in service, "only nginx is reached from outside"


def test_two_of_each_that_works_and_one_clock():
    said = [" ".join(service["command"][:2]) for service in OURS.values()]
    assert {word: said.count(word) for word in ("web", "worker", "beat", "prepare", "backup wal")} == {
        "web": 2,
        "worker": 2,
        "beat": 1,
        "prepare": 1,
        "backup wal": 1,
    }
    assert sum(name in COMPOSE["services"] for name in ("search1", "search2", "search3")) == 3


def test_nobody_starts_before_what_it_needs():
    for name, service in OURS.items():
        if name != "prepare":
            assert service["depends_on"]["prepare"]["condition"] == "service_completed_successfully"
    assert COMPOSE["services"]["prepare"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_compose_gives_only_settings_that_are_read(tmp_path):
    known = known_settings(tmp_path) | NOT_OURS
    for name, service in OURS.items():
        given = {bare(variable) for variable in service["environment"]}
        assert given <= known, name


def test_every_secret_that_is_used_is_declared_and_made(tmp_path):
    made = make_secrets(tmp_path / "secrets")
    used = {secret for service in COMPOSE["services"].values() for secret in service.get("secrets", ())}
    assert used == set(COMPOSE["secrets"])
    assert {Path(facts["file"]).name for facts in COMPOSE["secrets"].values()} == set(made)


def test_every_mounted_file_is_there():
    mounted = [
        volume.split(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", ())
        if volume.startswith("./") and not volume.startswith("./secrets/")
    ]
    assert mounted
    assert [place for place in mounted if not (DEPLOY / place).is_file()] == []


def make_secrets(folder):
    subprocess.run(["sh", DEPLOY / "make-secrets.sh", folder], check=True, capture_output=True)
    return {path.name: path.read_text(encoding="utf-8").strip() for path in sorted(folder.iterdir())}


def test_made_secrets_open_the_province_and_stay_as_they_are(tmp_path):
    made = make_secrets(tmp_path / "secrets")
    assert make_secrets(tmp_path / "secrets") == made
    assert make_secrets(tmp_path / "others")["jieti_keys"] != made["jieti_keys"]
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    by_file = {
        name: str(tmp_path / "secrets" / Path(place).name)
        for name, place in OURS["wal"]["environment"].items()
        if name.endswith("_FILE")
    }
    rest = {name: value for name, value in filled_in().items() if f"{name}_FILE" not in by_file}
    environment = read_environment({**rest, **by_file, "JIETI_VAR": str(tmp_path)})
    assert environment.database["HOST"] == "postgres"
    assert environment.database["PASSWORD"] == made["jieti_password"]
    assert len(environment.elasticsearch_urls) == 3


# --- the bad day in containers ---------------------------------------------------------------------


def test_compose_asks_for_no_variable_that_the_pages_do_not_tell():
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{(\w+)", text)) == COMPOSE_OWN
    told = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert {name for name in COMPOSE_OWN if f"{name}=" not in told} == set()


def test_what_restores_has_the_postgresql_that_runs_and_every_volume_of_it():
    restore, postgres = COMPOSE["services"]["restore"], COMPOSE["services"]["postgres"]
    dockerfile = (DEPLOY / "restore" / "Dockerfile").read_text(encoding="utf-8")
    running = re.fullmatch(r"postgres:(\d+)-bookworm", postgres["image"])[1]
    assert re.findall(r"postgresql-(\d+)", dockerfile) == [running]
    assert "FROM jieti:${JIETI_RELEASE}" in dockerfile
    assert restore["image"] == "jieti-restore:${JIETI_RELEASE:-1}"
    assert {place.split(":")[0] for place in restore["volumes"]} == {"data", "backups", "postgres"}
    new = next(place.split(":")[1] for place in restore["volumes"] if place.startswith("postgres:"))
    assert f"${{JIETI_NEW:-{new}}}" in (DEPLOY / "restore" / "restore.sh").read_text(encoding="utf-8")
    assert "JIETI_POSTGRES_VOLUME" in COMPOSE["volumes"]["postgres"]["name"]
    assert set(restore["secrets"]) >= {"secret_key", "jieti_keys", "jieti_hash_key", "database_url"}
    look = COMPOSE["services"]["look"]
    assert (look["image"], look["volumes"]) == (postgres["image"], postgres["volumes"])


def test_the_bad_days_services_are_not_started_with_the_others():
    resting = {name for name, service in COMPOSE["services"].items() if service.get("profiles")}
    assert resting == {"restore", "look"}


def said_to_compose(page):
    """Every ``docker compose`` of a page: its verb and the services it names."""
    text = (ROOT / "docs" / "operations" / page).read_text(encoding="utf-8")
    for line in re.findall(r"docker compose -p jieti -f deploy/compose\.yaml(.*)", text):
        words = [word for word in line.split("`")[0].split() if not word.startswith("-") and word != "restore/"]
        yield line, words


@pytest.mark.parametrize("page", ["install.md", "upgrade.md", "restore.md"])
def test_pages_name_only_services_that_compose_has(page):
    verbs = {"up", "down", "run", "exec", "build", "rm", "ps", "logs", "stop", "config"}
    said = list(said_to_compose(page))
    assert said
    for line, words in said:
        rest = [word for word in words if word != "restore" or "--profile restore" not in line]
        verb = next(word for word in rest if word in verbs)
        after = re.split(rf"\b{verb}\b", line, maxsplit=1)[1].split("`")[0].split()
        named = [word for word in after if word in COMPOSE["services"]]
        if verb in {"run", "exec", "build", "rm"}:
            assert named, line
        if verb in {"run", "exec"} and named[0] in OURS:
            following = after[after.index(named[0]) + 1 :]
            first = following[1] if following[0] == "jieti" else following[0]
            assert first in offered(), line


def fake_jieti(folder, code=0):
    """Lays out what ``jieti restore`` would."""
    folder.mkdir()
    program = folder / "jieti"
    program.write_text(
        '#!/bin/sh\necho "$@" > "$JIETI_VAR/asked"\n'
        'case "$*" in *"--part media"*) ;; *) mkdir -p "$4/base"; echo 15 > "$4/PG_VERSION"; touch "$4/.hidden" ;; esac\n'
        f'mkdir -p "$JIETI_VAR/media"; exit {code}\n'
    )
    program.chmod(0o755)
    for name in ("chown",):
        (folder / name).write_text('#!/bin/sh\necho "$@" >> "$JIETI_VAR/owners"\n')
        (folder / name).chmod(0o755)


def restore_by_script(tmp_path, *words, code=0):
    new, var = tmp_path / "new", tmp_path / "var"
    for place in (new, var):
        place.mkdir(exist_ok=True)
    fake_jieti(tmp_path / "bin", code)
    env = {"JIETI_NEW": str(new), "JIETI_VAR": str(var), "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"}
    script = DEPLOY / "restore" / "restore.sh"
    return subprocess.run(["sh", script, *words], env=env, capture_output=True, text=True, check=False), new, var


def test_a_volume_that_holds_something_is_not_restored_over(tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "PG_VERSION").write_text("15")
    done, new, var = restore_by_script(tmp_path)
    assert done.returncode == 2
    assert "JIETI_POSTGRES_VOLUME" in done.stderr
    assert [path.name for path in new.iterdir()] == ["PG_VERSION"]
    assert not (var / "asked").exists()


@pytest.mark.parametrize("code", [0, 1])
def test_what_came_back_lies_at_the_volumes_root_and_belongs_to_its_users(code, tmp_path):
    done, new, var = restore_by_script(tmp_path, "--until", "2026-11-22 14:04:59", code=code)
    assert done.returncode == code, "what the look over found is still said"
    assert sorted(path.name for path in new.iterdir()) == [".hidden", "PG_VERSION", "base"]
    assert (var / "asked").read_text() == f"restore /var/backups/jieti --data {new}/data --until 2026-11-22 14:04:59\n"
    assert (var / "owners").read_text().splitlines() == [f"-R 999:999 {new}", f"-R 10001:10001 {var}/media"]
    assert new.stat().st_mode & 0o777 == 0o700


def test_photos_alone_leave_the_database_alone(tmp_path):
    done, new, var = restore_by_script(tmp_path, "--part", "media")
    assert (done.returncode, list(new.iterdir())) == (0, [])
    assert "999" not in (var / "owners").read_text()


# --- an upgrade in containers --------------------------------------------------------------------


def upgrade_blocks():
    page = (ROOT / "docs" / "operations" / "upgrade.md").read_text(encoding="utf-8")
    part = page[page.index("### 容器") : page.index("## 它说的话")]
    return part, re.findall(r"```sh skip\n(.*?)```", part, re.DOTALL)


@pytest.mark.parametrize("block", [1, 2], ids=["on", "back"])
def test_every_part_changes_its_release_and_one_web_waits_for_the_other(block):
    """A part left behind keeps the old release connected, and --contract and --back refuse."""
    _text, blocks = upgrade_blocks()
    lines = blocks[block].splitlines()
    assert lines[0] == "sed -i '/^JIETI_RELEASE=/d' deploy/.env"
    assert re.fullmatch(r"echo JIETI_RELEASE=\d >> deploy/\.env", lines[1]), "a plain up -d would go back"
    changed = [name for line in lines if " up " in line for name in line.split("--no-deps")[1].split()]
    assert sorted(changed) == sorted(OURS)
    order = [index for index, line in enumerate(lines) if re.search(r"web\d|reload", line)]
    said = [
        re.search(r"--no-deps (web\d)$|-T (web\d) jieti alive web|nginx -s (reload)", lines[at]) for at in order[:6]
    ]
    assert [next(word for word in one.groups() if word) for one in said] == [
        "web1",
        "web1",
        "reload",
        "web2",
        "web2",
        "reload",
    ]


def test_a_rehearsal_may_make_its_database_and_the_right_is_taken_again():
    _text, blocks = upgrade_blocks()
    said = re.findall(r"ALTER ROLE jieti (\w+)|(upgrade --dry-run)", blocks[0])
    assert [one or other for one, other in said] == ["CREATEDB", "upgrade --dry-run", "NOCREATEDB"]


def test_the_key_is_nginxs_alone_and_the_certificate_is_watched():
    page = (ROOT / "docs" / "operations" / "install.md").read_text(encoding="utf-8")
    for line in ("chown 101:101 deploy/secrets/key.pem", "chmod 400 deploy/secrets/key.pem"):
        assert f"\n{line}\n" in page
    assert "JIETI_CERTIFICATE=/etc/nginx/jieti/certificate.pem" in page
    for name, service in OURS.items():
        mounted = [place for place in service["volumes"] if "certificate.pem" in place]
        assert mounted == [f"./secrets/certificate.pem:{service['environment']['JIETI_CERTIFICATE']}:ro"], name
        assert not any("key.pem" in place for place in service["volumes"])


# --- logs ----------------------------------------------------------------------------------------

SIX_MONTHS = 184  # days, the longest six


def settings_of_journald():
    return dict(re.findall(r"^(\w+)=(.+)$", (DEPLOY / "logs" / "journald.conf").read_text(), re.MULTILINE))


def test_the_journal_of_the_machine_is_kept_six_months():
    kept = settings_of_journald()
    assert kept["Storage"] == "persistent"
    assert int(re.fullmatch(r"(\d+)day", kept["MaxRetentionSec"])[1]) >= SIX_MONTHS
    assert kept["SystemMaxUse"].endswith("G"), "its own default, 4 GB at most, would end it sooner"
    assert kept["RateLimitIntervalSec"] == "0", "no line is thrown away"


def test_nginx_on_a_host_keeps_who_asked_from_where_six_months():
    text = (DEPLOY / "logs" / "logrotate-nginx").read_text(encoding="utf-8")
    assert "\n\tdaily\n" in text
    assert all(int(re.search(rf"\t{word} (\d+)\n", text)[1]) >= SIX_MONTHS for word in ("rotate", "maxage"))
    written = [path.read_text() for path in (DEPLOY / "nginx" / "on-a-host").glob("listen-*.conf")]
    assert all("access_log /var/log/nginx/access.log jieti;" in one for one in written)


def test_containers_write_to_the_journal_which_keeps_them():
    for name, service in COMPOSE["services"].items():
        if name != "search-certificates":  # runs once
            assert service["logging"]["driver"] == "journald", name
    written = [path.read_text() for path in (DEPLOY / "nginx" / "in-compose").glob("listen-*.conf")]
    assert len(written) == 2
    assert all("access_log /dev/stdout jieti;" in one for one in written)


def test_the_install_page_puts_the_keeping_of_logs_in_its_place():
    page = (ROOT / "docs" / "operations" / "install.md").read_text(encoding="utf-8")
    assert "deploy/logs/journald.conf /etc/systemd/journald.conf.d/jieti.conf" in page
    assert "cp deploy/logs/logrotate-nginx /etc/logrotate.d/nginx" in page
    assert page.count("deploy/logs/journald.conf") == 2, "with containers as well"


# --- the units ------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_runs_as_the_platforms_user_and_writes_its_own_folders_alone(unit):
    text = unit.read_text(encoding="utf-8")
    for line in (
        "User=jieti",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "CapabilityBoundingSet=",
        "PrivateTmp=yes",
    ):
        assert f"\n{line}\n" in text
    assert "ReadWritePaths=/var/lib/jieti /var/backups/jieti" in text
    assert "EnvironmentFile=/etc/jieti/jieti.env" in text


def test_the_target_names_units_that_exist():
    wanted = re.search(
        r"^Wants=(.+)$", (DEPLOY / "systemd" / "jieti.target").read_text(encoding="utf-8"), re.MULTILINE
    )[1]
    files = {path.name for path in (DEPLOY / "systemd").iterdir()}
    assert {re.sub(r"@\w+", "@", name) for name in wanted.split()} <= files


def test_web_units_and_nginx_mean_the_same_ports():
    target = (DEPLOY / "systemd" / "jieti.target").read_text(encoding="utf-8")
    places = (DEPLOY / "nginx" / "on-a-host" / "places.conf").read_text(encoding="utf-8")
    assert re.findall(r"jieti-web@(\d+)", target) == re.findall(r"server 127\.0\.0\.1:(\d+)", places)
    inside = (DEPLOY / "nginx" / "in-compose" / "places.conf").read_text(encoding="utf-8")
    assert re.findall(r"server (\w+):8000", inside) == [n for n, s in OURS.items() if s["command"] == ["web"]]


# --- the settings file by hand ---------------------------------------------------------------------


def test_a_settings_file_is_read_as_services_read_it():
    text = '# note\nA=1\n B = not a setting\nURL=postgresql://a:p$w&x@h/n?sslmode=a&b=c\nQ="two words"\n#C=2\nE=\n'
    assert settings_in(text) == {"A": "1", "URL": "postgresql://a:p$w&x@h/n?sslmode=a&b=c", "Q": "two words", "E": ""}


def test_a_command_by_hand_sees_the_settings_and_the_surroundings_win(tmp_path, monkeypatch):
    from config.environment.files import take_settings

    (tmp_path / "env").write_text("JIETI_TEST_A=file\nJIETI_TEST_B=file\n")
    monkeypatch.setenv("JIETI_TEST_A", "here")
    monkeypatch.setenv("JIETI_TEST_B", "")
    monkeypatch.delenv("JIETI_TEST_B")
    take_settings([str(tmp_path / "env")])
    assert (os.environ["JIETI_TEST_A"], os.environ.pop("JIETI_TEST_B")) == ("here", "file")


def test_a_missing_settings_file_is_said(capsys):
    from config.command import main

    assert main(["--env", "/nowhere/jieti.env", "county", "list"]) == 2
    assert "/nowhere/jieti.env" in capsys.readouterr().err

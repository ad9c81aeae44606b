"""What nginx, compose and systemd themselves say of ``deploy/``, and what nginx passes on."""

import http.client
import http.server
import json
import os
import re
import shutil
import ssl
import subprocess
import threading
import time

import pytest

from config import processes
from tests.database import ROOT
from tests.prove.conftest import free_ports
from tests.prove.real_servers import DEPLOY, lay_out_nginx, program, until, write_certificates

NAMES = ("plain", "tls", "web1", "web2")
AWAY = 7  # seconds; nginx counts whole ones and asks again only after more than its fail_timeout of 5


class Telling(http.server.BaseHTTPRequestHandler):
    """A web process that answers with what it was told."""

    protocol_version = "HTTP/1.0"  # a connection for each: one that is away is away at once

    def answer(self):
        self.server.asked.append(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        told = {"headers": {name.lower(): value for name, value in self.headers.items()}, "bytes": len(body)}
        status = self.server.answers.get(self.path, 200)
        said = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST = answer  # noqa: N815 - the library's names

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def ports():
    return dict(zip(NAMES, free_ports(len(NAMES)), strict=True))


@pytest.fixture(scope="module")
def webs(ports):
    servers = {}
    for name in ("web1", "web2"):
        servers[name] = http.server.ThreadingHTTPServer(("127.0.0.1", ports[name]), Telling)
        servers[name].daemon_threads = True
        servers[name].asked, servers[name].answers = [], {}
        threading.Thread(target=servers[name].serve_forever, daemon=True).start()
    yield servers
    for server in servers.values():
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def nginx(ports, webs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("nginx")
    write_certificates(folder / "certificates")
    lay_out_nginx(folder, ports, folder / "certificates")
    words = [program("nginx"), "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", str(folder / "error.log")]
    tested = subprocess.run([*words, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    assert "warn" not in tested.stderr, tested.stderr
    running = processes.start(words)
    until(lambda: ask(ports, "/")[0] == 200, 10)
    yield folder
    processes.end(running)


def ask(ports, path, headers=None, method="GET", body=None, door="tls"):
    if door == "tls":
        trusting = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection("127.0.0.1", ports["tls"], timeout=20, context=trusting)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", ports["plain"], timeout=20)
    try:
        connection.request(method, path, body=body, headers={"Host": "jieti.example", **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


def test_what_a_visitor_claims_of_himself_never_arrives(nginx, ports):
    claims = {
        "X-Forwarded-For": "203.0.113.9, 203.0.113.10",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Port": "1",
        "Forwarded": "for=203.0.113.9;host=evil.example",
        "X-Real-IP": "203.0.113.9",
        "X-Request-ID": "mine",
        "Proxy": "http://evil.example",
        "SCRIPT_NAME": "/evil",
        "PATH_INFO": "/evil",
        "X-Kept": "yes",
    }
    status, body, _headers = ask(ports, "/", claims)
    told = json.loads(body)["headers"]
    assert status == 200
    assert told["x-kept"] == "yes", "the canary: other headers do arrive"
    assert told["x-forwarded-for"] == "127.0.0.1"
    assert told["x-forwarded-proto"] == "https"
    assert told["host"] == "jieti.example"
    assert re.fullmatch(r"[0-9a-f]{32}", told["x-request-id"])
    for name in ("x-forwarded-host", "x-forwarded-port", "forwarded", "x-real-ip", "proxy", "script_name", "path_info"):
        assert name not in told
    assert "evil" not in body.decode()
    assert "203.0.113" not in body.decode()


def test_plain_http_is_sent_to_tls(nginx, ports):
    status, _body, headers = ask(ports, "/c/wuchang/?q=1", door="plain")
    assert (status, headers["Location"]) == (301, "https://jieti.example/c/wuchang/?q=1")
    assert headers["Server"] == "nginx", "no version is told"


@pytest.mark.parametrize("path", ["/api/search?q=1", "/api/suggest?q=1", "/api", "/metrics", "/readyz", "/healthz"])
def test_a_program_that_asks_in_the_open_is_refused_and_not_sent_on(nginx, ports, webs, path):
    """Sent on, it would work, and nobody would notice that it says everything twice, once unencrypted."""
    for name in webs:
        webs[name].asked.clear()
    for method in ("GET", "POST"):
        status, body, headers = ask(ports, path, method=method, door="plain")
        assert (status, headers["Location"], headers["Content-Type"]) == (403, None, "application/json")
        assert json.loads(body)["error"] == "tls_only"
    assert [webs[name].asked for name in webs] == [[], []]
    assert ask(ports, "/apiary/", door="plain")[0] == 301, "what only begins like it is a page"


@pytest.mark.parametrize(("spoken", "answered"), [("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)])
def test_an_old_protocol_is_refused_and_an_old_phone_is_not(nginx, ports, spoken, answered):
    words = [program("openssl"), "s_client", "-connect", f"127.0.0.1:{ports['tls']}", spoken]
    said = subprocess.run(
        [*words, "-cipher", "ALL:@SECLEVEL=0"], input=b"", capture_output=True, timeout=20, check=False
    )
    assert (said.returncode == 0) is answered


def test_a_web_process_that_is_away_is_not_noticed(nginx, ports, webs):
    for path in ("/one", "/two", "/three", "/four"):
        assert ask(ports, path)[0] == 200
    assert all(webs[name].asked for name in webs), "both are asked"
    webs["web1"].shutdown()
    webs["web1"].server_close()
    try:
        for number in range(8):
            assert ask(ports, f"/away/{number}")[0] == 200
            assert ask(ports, f"/away/{number}", method="POST", body=b"x")[0] == 200
        assert {f"/away/{number}" for number in range(8)} <= set(webs["web2"].asked)
    finally:
        again = http.server.ThreadingHTTPServer(("127.0.0.1", ports["web1"]), Telling)
        again.daemon_threads, again.asked, again.answers = True, [], {}
        threading.Thread(target=again.serve_forever, daemon=True).start()
        webs["web1"] = again
    until(lambda: ask(ports, "/back") and webs["web1"].asked, 20)


def test_a_change_that_may_have_arrived_is_not_sent_twice(nginx, ports, webs):
    """A web process that dies with the answer: the other must not do it again."""
    for name in webs:
        webs[name].asked.clear()
    seen = []

    def dying(request, client_address):
        seen.append(1)
        request.recv(65536)
        request.close()

    whole = webs["web1"].process_request, webs["web2"].process_request
    webs["web1"].process_request = webs["web2"].process_request = dying
    try:
        status, body, _headers = ask(ports, "/order", method="POST", body=b"once")
        assert (status, len(seen)) == (503, 1)
        assert "已经保存的内容都在" in body.decode()
        seen.clear()
        time.sleep(AWAY)
        ask(ports, "/read")
        assert len(seen) == 2, "a question may be asked again"
    finally:
        webs["web1"].process_request, webs["web2"].process_request = whole
        time.sleep(AWAY)


def test_styles_of_another_release_are_found_at_the_other(nginx, ports, webs):
    for name in ("web1", "web2"):
        webs[name].answers = {
            "/static/new.css": 404 if name == "web1" else 200,
            "/page": 404 if name == "web1" else 200,
        }
    try:
        # What was away in a test before counts as away for some seconds more.
        until(lambda: ask(ports, "/static/new.css")[0] == 200, 30)
        assert [ask(ports, "/static/new.css")[0] for _ in range(6)] == [200] * 6
        assert 404 in [ask(ports, "/page")[0] for _ in range(6)], "the canary: a page that is not there is said"
    finally:
        for name in webs:
            webs[name].answers = {}


def test_too_large_is_said_in_plain_words(nginx, ports, webs):
    status, body, _headers = ask(ports, "/big", method="POST", headers={"Content-Length": str(25 * 2**20)})
    assert status == 413
    assert "照片最大 12 MB" in body.decode()
    status, body, _headers = ask(ports, "/fits", method="POST", body=b"x" * (21 * 2**20))
    assert (status, json.loads(body)["bytes"]) == (200, 21 * 2**20)


def test_a_flood_is_stopped_before_the_platform(nginx, ports, webs):
    for name in webs:
        webs[name].asked.clear()
    answers = [ask(ports, "/sign-in/", method="POST", body=b"x") for _ in range(45)]
    statuses = [status for status, _body, _headers in answers]
    assert statuses[:30] == [200] * 30, "a village office behind one address comes in"
    assert 429 in statuses
    refused = next(answer for answer in answers if answer[0] == 429)
    assert "请等十秒再试" in refused[1].decode()
    assert refused[2]["Retry-After"] == "10"
    assert sum(path == "/sign-in/" for name in webs for path in webs[name].asked) == statuses.count(200)
    assert ask(ports, "/sign-in/")[0] == 200, "looking at the page is not a try"
    assert ask(ports, "/")[0] == 200


def test_searching_over_and_over_is_stopped_before_the_platform(nginx, ports, webs):
    """The platform does not count searches: every reading would be a write. Sixty at once, fifteen a second more."""
    for name in webs:
        webs[name].asked.clear()
    trusting, statuses = ssl._create_unverified_context(), []
    connection = http.client.HTTPSConnection("127.0.0.1", ports["tls"], timeout=20, context=trusting)
    began = time.monotonic()
    for number in range(200):  # over one connection: by handshakes of their own they would come too slowly
        connection.request("GET", f"/api/search?q={number}", headers={"Host": "jieti.example"})
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    allowed = 61 + 15 * (time.monotonic() - began)
    connection.close()
    assert statuses[:60] == [200] * 60
    assert set(statuses) == {200, 429}
    assert statuses.count(200) <= allowed + 1
    assert sum(path.startswith("/api/") for name in webs for path in webs[name].asked) == statuses.count(200)
    assert ask(ports, "/c/wuchang/")[0] == 200, "whoever only looks is not stopped"


def test_no_phone_and_no_invitation_is_written_down(nginx, ports):
    """S8 in nginx: the log for people names the way without the question, and not what opens a door."""
    asked = ("/desk/people/?q=13912345678", "/invite/the-word-that-opens/", "/c/wuchang/p/1/")
    for door in ("plain", "tls"):
        for path in asked:
            ask(ports, path, door=door)
    for number in range(60):  # too often, if the flood before was not enough
        ask(ports, f"/sign-in/?phone=1391234{number:04}", method="POST")
    whole, written = ((nginx / name).read_text() for name in ("access.log", "visits.log"))
    assert [sign in whole for sign in ("13912345678", "the-word-that-opens")] == [True, True], "the canary"
    assert " 429 " in written
    assert '"GET /desk/people/" 200' in written
    assert '"GET /invite/-" 301' in written
    assert '"GET /c/wuchang/p/1/" 200' in written
    for said in (written, (nginx / "error.log").read_text()):
        assert "1391234" not in said
        assert "the-word" not in said


def test_no_folder_is_given_out(nginx):
    """The platform asks before it shows a file; nginx could not."""
    text = (DEPLOY / "nginx" / "jieti.conf").read_text(encoding="utf-8")
    assert re.findall(r"\b(?:root|alias) (\S+);", text) == ["/var/lib/jieti-acme"]  # for certificates alone
    assert "autoindex" not in text


@pytest.mark.parametrize("house", ["on-a-host", "in-compose"])
def test_both_houses_are_complete(house, tmp_path):
    """The files of each, as they are, with names that are known here and ports that are free."""
    write_certificates(tmp_path / "certificates")
    lay_out_nginx(tmp_path, dict(zip(NAMES, free_ports(4), strict=True)), tmp_path / "certificates")
    for path in (DEPLOY / "nginx" / house).glob("*.conf"):
        text = path.read_text(encoding="utf-8")
        if path.name == "nginx.conf":
            continue
        text = re.sub(r"server web\d:", "server 127.0.0.1:", text).replace("/var/log/nginx", str(tmp_path))
        text = re.sub(
            r"^listen (?:\[::\]:)?\d+", lambda _m: f"listen 127.0.0.1:{free_ports(1)[0]}", text, flags=re.MULTILINE
        )
        if "http2 on" in text and _nginx_version() < (1, 25, 1):
            text = text.replace("http2 on;", "")  # the container's is newer than Debian's
        (tmp_path / "jieti" / path.name).write_text(text, encoding="utf-8")
    tested = subprocess.run(
        [program("nginx"), "-t", "-q", "-c", tmp_path / "nginx.conf", "-p", tmp_path, "-e", tmp_path / "error.log"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert tested.returncode == 0, tested.stderr


def _nginx_version():
    said = subprocess.run([program("nginx"), "-v"], capture_output=True, text=True, check=True).stderr
    return tuple(int(part) for part in re.search(r"nginx/([\d.]+)", said)[1].split("."))


def test_nginx_notices_a_slip(tmp_path):
    """The canary of the tests above."""
    write_certificates(tmp_path / "certificates")
    lay_out_nginx(tmp_path, dict(zip(NAMES, free_ports(4), strict=True)), tmp_path / "certificates")
    conf = tmp_path / "conf.d" / "jieti.conf"
    conf.write_text(conf.read_text().replace("burst=60 ", "burst=sixty "))
    words = [program("nginx"), "-t", "-c", tmp_path / "nginx.conf", "-p", tmp_path, "-e", tmp_path / "error.log"]
    assert subprocess.run(words, capture_output=True, check=False).returncode != 0


def test_compose_reads_its_file(tmp_path):
    """``docker-compose config`` holds it against the schema of the specification; it needs no engine."""
    reader = program("docker-compose")
    folder = tmp_path / "deploy"
    shutil.copytree(DEPLOY, folder, ignore=shutil.ignore_patterns("secrets", "jieti.env"))
    shutil.copy(folder / "env.example", folder / "jieti.env")
    env = {name: value for name, value in os.environ.items() if not name.startswith("COMPOSE")}
    words = [reader, "-f", folder / "compose.yaml", "config"]
    read = subprocess.run(words, capture_output=True, text=True, env=env, check=False)
    assert read.returncode == 0, read.stderr
    assert read.stderr == ""
    for line in ("read_only: true", "- no-new-privileges:true", "condition: service_completed_successfully"):
        assert line in read.stdout
    broken = folder / "compose.yaml"
    broken.write_text(broken.read_text().replace("cap_drop: [ALL]", "cap_drops: [ALL]"))
    assert subprocess.run(words, capture_output=True, env=env, check=False).returncode != 0, "the canary"


def test_systemd_reads_the_units(tmp_path):
    reader = program("systemd-analyze", package="systemd")
    for path in (DEPLOY / "systemd").iterdir():
        text = path.read_text(encoding="utf-8").replace("/opt/jieti/.venv/bin/jieti", "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    names = [re.sub(r"@\.", "@8001.", path.name) for path in sorted(tmp_path.iterdir())]
    words = [reader, "verify", "--man=no", *(tmp_path / name for name in names)]
    env = {**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"}
    read = subprocess.run(words, capture_output=True, text=True, env=env, check=False)
    ours = [line for line in read.stderr.splitlines() if "jieti" in line]
    assert ours == []
    (tmp_path / "jieti-beat.service").write_text("[Service]\nExecStart=/bin/true\nProtectEverything=yes\n")
    canary = subprocess.run(words, capture_output=True, text=True, env=env, check=False)
    assert "ProtectEverything" in canary.stderr


def test_logrotate_reads_its_file(tmp_path):
    """As it lies in /etc/logrotate.d, where a file that others may write is refused."""
    reader = program("logrotate")
    rules = tmp_path / "nginx"
    text = (DEPLOY / "logs" / "logrotate-nginx").read_text(encoding="utf-8").replace("/var/log/nginx", str(tmp_path))
    rules.write_text(text, encoding="utf-8")
    rules.chmod(0o644)
    (tmp_path / "access.log").write_text("x\n")
    words = [reader, "--debug", "--state", tmp_path / "state", rules]
    read = subprocess.run(words, capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stderr
    assert "error" not in read.stderr
    assert "after 1 days (200 rotations)" in read.stderr
    rules.write_text(text.replace("rotate 200", "rotate long"), encoding="utf-8")
    assert "error" in subprocess.run(words, capture_output=True, text=True, check=False).stderr, "the canary"


def test_the_makers_of_secrets_and_databases_are_sound_shell():
    for name in ("make-secrets.sh", "postgres/init.sh", "restore/restore.sh", "jieti"):
        assert subprocess.run(["sh", "-n", ROOT / "deploy" / name], check=False).returncode == 0

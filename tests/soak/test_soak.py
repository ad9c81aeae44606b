"""The soak's own judgement: what it calls a leak, a failure and a form."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.soak.__main__ import LEAST, _live, died, report
from tests.soak.browser import Browser, Page
from tests.soak.memory import growth, still_grows
from tests.soak.notes import Notes


def test_a_part_that_filled_its_caches_and_stays_is_no_leak():
    assert not still_grows([100 + min(number, 40) for number in range(120)])


def test_a_part_that_needs_much_for_a_moment_is_no_leak():
    assert not still_grows([150 + (80 if number % 9 == 0 else 0) for number in range(120)])


def test_a_part_that_gains_a_little_with_every_look_is_a_leak():
    leaking = [150 + number * 0.6 for number in range(120)]
    assert still_grows(leaking)
    assert growth(leaking) == pytest.approx(18, abs=3)


def test_too_few_looks_say_nothing():
    assert growth([1, 2, 3, 400]) == 0


def test_what_fails_a_soak_is_the_server_a_broken_line_and_a_walk_that_stopped():
    notes = Notes()
    for status in (200, 302, 404, 429, 500, "ConnectionResetError"):
        notes.note("home", "/", 0.01, status)
    notes.trouble("team", "no form with name on /desk/")
    told = "\n".join(notes.fatal())
    assert "500" in told
    assert "ConnectionResetError" in told
    assert "no form with name" in told
    assert "404" not in told
    assert "429" not in told
    assert any("404 × 1" in line and "500 × 1" in line for line in notes.table())


class Nowhere:
    port = 1


@pytest.mark.parametrize("broken", [KeyError("category"), ValueError("x"), AttributeError("y"), AssertionError()])
def test_a_walker_that_stumbles_over_anything_is_noted_and_walks_on(broken):
    notes, ended, walked = Notes(), threading.Event(), []
    ended.wait = lambda _seconds: None

    def walk(_browser, _dice):
        walked.append(1)
        if len(walked) == 3:
            ended.set()
        raise broken

    _live(Nowhere, notes, ended, "team wuchang", walk, "", None)
    assert len(walked) == 3
    assert any(type(broken).__name__ in line and "× 3" in line for line in notes.fatal())


def test_who_walks_no_more_and_a_part_that_was_away_or_begun_again_fail_it():
    assert died([], [], {"web": {7}, "worker": {8}}) == []
    assert died(["editor"], ["team wuchang"], {}) == ["editor walks no more", "team wuchang does not end"]
    assert died([], [], {"worker": {8, None}}) == ["worker was away"]
    assert died([], [], {"web": {7, 9}}) == ["web was started again: 2 processes"]


def test_a_kind_that_nobody_did_fails_it():
    notes = Notes()
    notes.began -= 600
    for kind in LEAST:
        for _time in range(40):
            notes.note(kind, "/", 0.01, 200)
    assert notes.too_few(LEAST) == []
    del notes.times["upload photo"]
    assert [line.split(":")[0] for line in notes.too_few(LEAST)] == ["upload photo"]
    sizes = {"web": [100.0] * 30}
    assert report(notes, sizes, [0.0], [1.0], []) == 0
    assert report(notes, sizes, [0.0], [1.0], notes.too_few(LEAST)) == 1


FORM = """<form action="save/" method="POST"><input type="hidden" name="token" value="t1"><input name="name" value="">
<select name="kind"><option value="a">A<option value="b" selected>B</select><textarea name="words">
two
lines</textarea><input type="checkbox" name="month" value="3" checked><input type="checkbox" name="month" value="4">
<input type="file" name="photo"><button name="go">go</button></form>"""


def test_a_form_is_sent_as_it_stands_with_what_was_answered():
    form = Page("/here/", 200, FORM).form("kind")
    assert form.fields == {"token": ["t1"], "name": [""], "kind": ["b"], "words": ["two\nlines"], "month": ["3"]}
    assert form.choices["kind"] == ["a", "b"]
    with pytest.raises(LookupError, match="no form with phone"):
        Page("/here/", 200, FORM).form("phone")


class _Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    got: list = []

    def do_GET(self):
        self._answer(200, FORM.encode(), ("Set-Cookie", "session=s1; Path=/"))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, self.headers["Cookie"], self.headers["Content-Type"], body))
        if b"refuse" in body:
            self._answer(400, b"")
        else:
            self._answer(302, b"", ("Location", "/there/"))

    def _answer(self, status, body, *headers):
        self.send_response(status)
        for name, value in [*headers, ("Content-Length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


@pytest.fixture
def port():
    server = HTTPServer(("127.0.0.1", 0), _Echo)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_photo_goes_with_its_form_and_the_cookie_and_the_way_is_followed(port):
    notes = Notes()
    browser = Browser(port, notes.note, "10.0.0.1")
    page = browser.get("desk", "/here/")
    page = browser.send(
        "photo", page, page.form("photo"), {"name": "榛子"}, photo=("a.jpg", "image/jpeg", b"\xff\xd8x")
    )
    path, cookie, sort, body = _Echo.got.pop()
    assert (path, cookie, page.path) == ("/here/save/", "session=s1", "/there/")
    assert sort.startswith("multipart/form-data")
    assert b"\xff\xd8x" in body
    assert "榛子".encode() in body
    assert [len(notes.times[kind]) for kind in ("desk", "photo")] == [1, 2]
    browser.line.close()


def test_a_form_that_is_refused_stops_the_walk(port):
    notes = Notes()
    browser = Browser(port, notes.note, "10.0.0.1")
    page = browser.get("desk", "/here/")
    with pytest.raises(LookupError, match="refused at /here/save/: 400"):
        browser.send("draft", page, page.form("photo"), {"name": "refuse"})
    _Echo.got.clear()
    browser.line.close()

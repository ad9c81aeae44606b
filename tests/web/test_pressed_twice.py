"""A button pressed again while the answer is on its way sends the form once."""

import threading
from pathlib import Path

import web
from tests.browsers import DESKTOP, a_browser

SCRIPT = (Path(web.__file__).parent / "static" / "jieti.js").read_text(encoding="utf-8")
PAGE = """<!doctype html><form method="{method}" action="/done/" {more}><input name="a" value="1"><button>存</button></form>
<script>{script}</script>"""


def times_sent(browser, method="post", more=""):
    """How often three quick presses reach a server that takes its time."""
    sent, context = [], browser.new_context(base_url="http://jieti.test", **DESKTOP)

    def answer(route):
        if "/done/" in route.request.url:
            sent.append(route.request.method)
            threading.Event().wait(0.3)
            route.fulfill(status=204)
        else:
            html = PAGE.format(method=method, more=more, script=SCRIPT)
            route.fulfill(body=html, content_type="text/html; charset=utf-8")

    context.route("**/*", answer)
    page = context.new_page()
    page.clock.install()
    page.goto("/")

    def press():
        for _ in range(3):
            page.click("button", no_wait_after=True)
            page.wait_for_timeout(400)

    press()
    first = len(sent)
    page.clock.run_for(6000)
    press()
    context.close()
    return first, len(sent)


def test_a_form_goes_once_and_again_when_no_answer_came():
    with a_browser() as browser:
        assert times_sent(browser) == (1, 2)
        assert times_sent(browser, "get") == (3, 6)
        assert times_sent(browser, more='onsubmit="event.preventDefault()"') == (0, 0)

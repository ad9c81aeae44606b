"""Whoever is signed in finds the way out on every page, and it leaves nothing behind in the browser."""

import re
import threading
from pathlib import Path

import pytest

import web
from kernel.models import AuditEntry
from tests.architecture.addresses import COUNTY, PROVINCE
from tests.architecture.filling import path_of
from tests.architecture.test_doors import asked, doors, listed
from tests.browsers import DESKTOP, a_browser
from tests.factories.people import client_for

pytestmark = pytest.mark.django_db

WAY_OUT = re.compile(r'<form[^>]* action="/sign-out/" method="post"|/cms/logout/')
WHOLE_PAGE = re.compile(r"\s*<!doctype html>", re.IGNORECASE)
# A preview stands within the editor's page. Wagtail's own sign-in is for private pages: there are none.
NO_PLACE_OF_ITS_OWN = re.compile(r"/cms/pages/.*/preview/$|/_util/login/$")
SCRIPTS = Path(web.__file__).parent / "static"


def pages(world):
    """Every address with one person who may look at it."""
    ways = {
        PROVINCE: [(route, path_of(address, world.province)) for route, address in listed(PROVINCE).items()],
        COUNTY: asked(COUNTY, world.wuchang),
    }
    for place, cast in ((PROVINCE, ("coordinator", "shopper")), (COUNTY, ("manager", "team"))):
        table = doors(place)
        for route, path in ways[place]:
            who = next((one for one in cast if one in table[route]), None)
            if who and not route.startswith("sign-out"):
                yield who, path


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore:Unclosed file:ResourceWarning")
def test_every_page_of_a_signed_in_person_shows_the_way_out(world):
    seen, without = 0, []
    for who, path in pages(world):
        knock = world.knocker.knock(who, "get", path)
        if knock.status != 200 or not WHOLE_PAGE.match(knock.body) or NO_PLACE_OF_ITS_OWN.search(path):
            continue
        seen += 1
        if not WAY_OUT.search(knock.body):
            without.append((who, path))
    assert without == [], without
    assert seen > 100


@pytest.mark.parametrize("path", ["/", "/search/", "/c/wuchang/", "/c/wuchang/p/"])
def test_a_stranger_is_shown_none_though_the_page_was_made_for_somebody(manager, wuchang, path):
    for _time in range(2):
        assert bool(WAY_OUT.search(client_for(manager).get(path, follow=True).content.decode()))
        assert not WAY_OUT.search(client_for().get(path, follow=True).content.decode())


@pytest.mark.parametrize("path", ["/sign-out/", "/c/wuchang/cms/logout/"])
def test_the_browser_is_told_to_keep_nothing(manager, wuchang, path):
    browser = client_for(manager)
    answer = browser.post(path)
    assert (answer.status_code, answer.url) == (302, "/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert AuditEntry.objects.filter(action="sign_out", by=manager).count() == 1
    assert browser.get("/c/wuchang/desk/").status_code == 302


# --- in the browser ---------------------------------------------------------------------------
FORM = '<form method="post" action="/note/"><textarea name="note"></textarea></form>'
PAGE = """<!doctype html><main id="main">一位生产者的地址{form}</main>
<form method="post" action="/sign-out/" data-sign-out><button>退出</button></form><script>{staying}</script><script>{jieti}</script>"""
TAG = (
    'data-stay="here" data-person="who" data-idle="900" data-url="/stay/" data-left="/left/" data-over="已经自动退出。"'
)


class Desk:
    """One page with our two scripts, before a server that answers as the test says."""

    def __init__(self, browser, form=FORM):
        scripts = {name: (SCRIPTS / f"{name}.js").read_text(encoding="utf-8") for name in ("staying", "jieti")}
        html = PAGE.format(form=form, **scripts).replace("<script>", f"<script {TAG}>", 1)
        self.answer = None
        self.context = browser.new_context(base_url="http://jieti.test", **DESKTOP)
        self.context.route("**/*", self.respond)
        self.html = html
        self.page = self.context.new_page()
        self.page.clock.install()
        self.page.goto("/")

    def respond(self, route):
        if "/left/" in route.request.url or "/stay/" in route.request.url:
            if self.answer is None:
                route.abort()
            else:
                route.fulfill(body=self.answer, content_type="text/html; charset=utf-8")
        elif "/sign-out/" in route.request.url:
            route.abort()
        else:
            route.fulfill(body=self.html, content_type="text/html; charset=utf-8")

    def kept(self):
        return self.page.evaluate("Object.keys(window.sessionStorage).length")

    def shown(self):
        return self.page.inner_text("main")


@pytest.fixture(scope="module")
def browser():
    with a_browser() as opened:
        yield opened


def test_what_was_typed_goes_at_sign_out_even_without_a_network(browser):
    desk = Desk(browser)
    desk.page.fill("textarea", "没存的话")
    assert desk.kept() == 1, "the canary"
    desk.page.click("button", no_wait_after=True)
    threading.Event().wait(0.3)
    desk.page.goto("/")
    assert desk.kept() == 0
    desk.context.close()


@pytest.mark.parametrize(
    ("said", "emptied"),
    [
        ('<script data-stay="sign-in"></script>', True),  # our server: the session is over
        ('{"left": 0}', True),
        ('{"left": 600}', False),
        ("<h1>Welcome to this hotel's network</h1>", False),
        (None, True),  # no network at all, and nobody has touched anything for as long as a session lasts
    ],
)
def test_a_session_that_is_over_leaves_no_page_standing(browser, said, emptied):
    desk = Desk(browser)
    desk.page.fill("textarea", "没存的话")
    desk.answer = said
    for _ in range(20):
        desk.page.clock.run_for(50_000)
    threading.Event().wait(0.2)
    assert ("地址" not in desk.shown()) is emptied
    assert desk.kept() == 1, "what was typed is put back after the next sign-in"
    desk.context.close()


def test_a_draft_that_saves_itself_stays_in_the_page_that_holds_it(browser):
    desk = Desk(browser, FORM.replace("<form ", '<form data-autosave="/save/" '))
    desk.answer = '{"left": 0}'
    desk.page.fill("textarea", "没存的话")
    for _ in range(20):
        desk.page.clock.run_for(50_000)
    assert "地址" in desk.shown()
    desk.context.close()

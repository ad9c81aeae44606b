"""A county's story page against a plain Django view of one query: made anew each time, and kept.

And where the time of a page made anew goes: what a kept page takes too (the way to the county, the version),
finding the page, its goods and the stories beside it, writing it out.
"""

import pkgutil
import time
from contextlib import ExitStack
from unittest.mock import patch

import pytest
from django.core.cache import caches
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext

from tests.bench import plain
from tests.bench.table import median, ms, seconds, show
from tests.cms.conftest import *  # noqa: F403  sell and write

ROUNDS, REQUESTS = 15, 20
GOODS = 40


def handler():
    from django.core.handlers.wsgi import WSGIHandler

    return WSGIHandler()


def ask(app, path):
    """One request as a server hands it in, to the last byte."""
    said = {}
    environ = RequestFactory(SERVER_NAME="127.0.0.1").get(path).environ
    body = b"".join(app(environ, lambda status, headers: said.update(status=status)))
    assert said["status"].startswith("200"), said
    return body


PARTS = (
    ("find the page", "cms.views.pages.reach"),
    ("its goods, stories and share picture", "cms.models.CountyPage.get_context"),
    ("write it out", "django.template.response.TemplateResponse.render"),
)


def parts_of(run):
    """Seconds spent inside each of the parts while ``run`` runs."""
    spent = dict.fromkeys((name for name, _place in PARTS), 0.0)

    def timed(name, real):
        def call(*args, **kwargs):
            began = time.perf_counter()
            try:
                return real(*args, **kwargs)
            finally:
                spent[name] += time.perf_counter() - began

        return call

    with ExitStack() as stack:
        for name, place in PARTS:
            owner, _dot, attribute = place.rpartition(".")
            real = getattr(pkgutil.resolve_name(owner), attribute)
            stack.enter_context(patch(place, timed(name, real)))
        run()
    return spent


@pytest.fixture
def kept_connection():
    """As a server between two requests: the connection stays, for our rows are not committed."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def page(wuchang, sell, write):
    """Words, a quote, a product, a shelf, and the county's newest goods below."""
    for number in range(1, GOODS + 1):
        sell(wuchang, number, title=f"稻花香 {number}", price=6800 + number)
    words = [("text", f"<p>{'九月的水凉下来，稻子一夜一个样。' * 6}</p>")] * 5
    body = [*words, ("product", {"product": 3}), ("quote", {"words": "看着晒的。", "who": "老刘"})]
    body.append(("shelf", {"title": "当季", "products": [], "category": "grain", "count": 4}))
    return write(wuchang, body=body, live=True)


@pytest.mark.django_db
def test_bench_story(page, kept_connection, settings):
    settings.CLOCK_MAY_SHIFT = False  # as on real servers: only the demo asks the database what day it is
    ours, path = handler(), "/c/wuchang/river/"
    with override_settings(MIDDLEWARE=plain.MIDDLEWARE):
        theirs = handler()

    def fresh():
        for _number in range(REQUESTS):
            caches["pages"].clear()
            ask(ours, path)

    def kept():
        for _number in range(REQUESTS):
            ask(ours, path)

    def one_query():
        connection.set_schema_to_public()
        for _number in range(REQUESTS):
            ask(theirs, f"/story/{page.pk}/")

    counts = {}
    for name, run in (("fresh", lambda: (caches["pages"].clear(), ask(ours, path))), ("kept", lambda: ask(ours, path)),
                      ("plain", lambda: ask(theirs, f"/story/{page.pk}/"))):  # fmt: skip
        run()
        connection.set_schema_to_public()
        with CaptureQueriesContext(connection) as asked:
            run()
        counts[name] = len(asked)
    times = {"fresh": [], "kept": [], "plain": []}
    parts = {name: [] for name, _place in PARTS}
    for _round in range(ROUNDS):  # turn by turn: a noisy neighbour disturbs all alike
        times["fresh"].append(seconds(fresh) / REQUESTS)
        ask(ours, path)
        times["kept"].append(seconds(kept) / REQUESTS)
        times["plain"].append(seconds(one_query) / REQUESTS)
        for name, spent in parts_of(fresh).items():
            parts[name].append(spent / REQUESTS)
    mid = {name: median(each) for name, each in times.items()}
    show(
        f"A story page of {len(ask(ours, path)) // 1024} KB, median of {ROUNDS} × {REQUESTS}",
        [
            (f"plain Django, one query ({counts['plain']} counted)", ms(mid["plain"])),
            (f"made anew ({counts['fresh']} queries)", ms(mid["fresh"])),
            *((f"  of it: {name}", ms(median(each))) for name, each in parts.items()),
            (f"kept ({counts['kept']} queries)", ms(mid["kept"])),
            ("requests a second made anew, of the plain view's", f"{mid['plain'] / mid['fresh']:.2f} ×"),
            ("requests a second kept, of the plain view's (aim 0.3)", f"{mid['plain'] / mid['kept']:.2f} ×"),
        ],
    )

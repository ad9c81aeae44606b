"""Knock at every door as everybody, by GET and by POST, and write down who came in and what was written."""

import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from unittest import mock

ROLES = ("stranger", "shopper", "elsewhere", "team", "editor", "manager", "coordinator", "auditor")
METHODS = ("get", "post")
SIGN_IN = "/sign-in/"
# Not ready is an answer; Wagtail's own test of the error page breaks on purpose.
MAY_SAY_5XX = ("/readyz", "/c/wuchang/cms/failwhale/", "/c/dongning/cms/failwhale/")
# What Wagtail's forms always send; without it they break on their own.
POSTED = {"body-count": "0", "sources-count": "0", "new_parent_page": "1", "external-link-chooser-url": "/"}
REMEMBERED = ("django_session", "django_cache", "jieti_cache", "wagtailadmin_editingsession")


@dataclass
class Knock:
    """One answer: ``verdict`` is in, sign-in, forbidden, nothing or method."""

    who: str
    method: str
    path: str
    status: int
    verdict: str
    body: str
    writes: list[str] = field(default_factory=list)


class Knocker:
    """One browser a person; each knock starts from the same cookies and is undone afterwards."""

    def __init__(self, people: dict[str, Any]) -> None:
        from tests.factories.people import client_for

        self.draws_refusals = False
        self.clients = {who: client_for(user) for who, user in people.items()}
        for who, user in people.items():
            if user is not None:
                _begin(self.clients[who])
        self.cookies = {who: client.cookies.output() for who, client in self.clients.items()}
        for client in self.clients.values():
            client.raise_request_exception = False

    def knock(self, who: str, method: str, path: str, data: dict[str, Any] | None = None) -> Knock:
        from django.db import connection

        client = self.clients[who]
        client.cookies = SimpleCookie()
        for line in self.cookies[who].splitlines():
            client.cookies.load(line.partition(": ")[2])
        with undone(), watching() as writes, nullcontext() if self.draws_refusals else bare_refusals():
            response = getattr(client, method)(path, data or (POSTED if method == "post" else {}))
            streamed = getattr(response, "streaming", False)
            body = b"".join(response.streaming_content) if streamed else response.content
        assert connection.schema_name == "public", f"{path} left {connection.schema_name} behind"
        place = response.headers.get("Location", "")
        words = body.decode(errors="replace") + place
        return Knock(who, method, path, response.status_code, verdict(response.status_code, place, path), words, writes)


def verdict(status: int, place: str, path: str) -> str:
    if status >= 500 and path not in MAY_SAY_5XX:
        return "broken"
    if status in {301, 302} and place.startswith(SIGN_IN) and not path.startswith(SIGN_IN):
        return "sign-in"
    refusals = {403: "forbidden", 404: "nothing", 405: "method"}
    if status in {301, 302} and "/cms/" in path and place.endswith("/cms/") and place != path:
        return "forbidden"  # Wagtail's way of saying so: back to its first page, with a sentence
    return refusals.get(status, "in")


def _begin(client: Any) -> None:
    """A session as young at the last knock as at the first: else each would note it anew, and be undone."""
    from accounts import staying

    session = client.session
    session[staying.BEGAN] = session[staying.SEEN] = int(time.time()) + 3600
    session.save()


def bare_refusals() -> Any:
    """Our own 403 and 404 without their page: it is one for all, and test_refusals.py looks at it."""
    from django.http import HttpResponse

    def bare(request: Any, template: str, *, status: int) -> HttpResponse:
        return HttpResponse(template, status=status)

    return mock.patch("web.views.errors.render", bare)


@contextmanager
def undone():
    """Whatever a request did is rolled back, so that the next one finds the same world."""
    from django.db import transaction

    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


@contextmanager
def watching():
    """The statements that changed rows, apart from sessions, caches and who is looking at a page."""
    from django.db import connection

    writes: list[str] = []

    def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        words = str(sql).lstrip().upper()
        if words.startswith(("INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "TRUNCATE")) and not any(
            name in str(sql) for name in REMEMBERED
        ):
            writes.append(str(sql)[:160])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield writes

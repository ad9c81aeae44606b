"""``/healthz``: the process answers. ``/readyz``: every part, one by one."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from config.heartbeats import STALE_AFTER
from kernel.models import Heartbeat
from tenants.upgrading.released import read_released

log = logging.getLogger(__name__)
_migrated = False


@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    parts = {name: _told(ask) for name, ask in QUESTIONS.items()}
    if settings.ELASTICSEARCH_URLS:
        parts["search"] = _search()
    complete = all(part["ready"] for part in parts.values())
    return JsonResponse({"ready": complete, "parts": parts}, status=200 if complete else 503)


def _told(ask: Callable[[], str]) -> dict[str, Any]:
    """An empty answer is a good one."""
    try:
        trouble = ask()
    except Exception as wrong:
        log.warning("readyz: %s", wrong)
        trouble = type(wrong).__name__
    return {"ready": not trouble, **({"trouble": trouble} if trouble else {})}


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _migrations() -> str:
    """Asked until it is so; a running process does not lose migrations.

    What only takes away is not missed, and what a newer release has added is not known here.
    """
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        shared = {label.rsplit(".", 1)[-1] for label in settings.SHARED_APPS}
        pending = [m for m, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())]
        released = read_released()
        left = [m for m in pending if m.app_label in shared and not released.is_contraction(m)]
        if left:
            return f"{len(left)} migrations to run"
        _migrated = True
    return ""


def _heartbeat(part: str) -> str:
    at = Heartbeat.objects.filter(part=part).values_list("at", flat=True).first()
    if at is None:
        return "not started"
    return "" if timezone.now() - at < timedelta(seconds=STALE_AFTER) else f"silent since {at.isoformat()}"


def _data() -> str:
    from search.models import Category

    if not Category.objects.exists():
        return "categories are not loaded"
    if settings.JIETI_DEMO and not settings.DEMO_MARK.exists():
        return "the demo province is being opened"
    return ""


def _search() -> dict[str, Any]:
    """A dead engine is not a dead shop: PostgreSQL answers, so this part is always ready and says who answers."""
    from search.models import EngineIndex, EngineRest
    from search.ports import ELASTICSEARCH, POSTGRES

    prefix = settings.ELASTICSEARCH_PREFIX
    try:
        rest = EngineRest.objects.filter(pk=prefix).first()
        built = EngineIndex.objects.filter(prefix=prefix, state=EngineIndex.State.LIVE).exists()
    except Exception as wrong:
        return {"ready": False, "trouble": type(wrong).__name__}
    if rest:
        return {"ready": True, "engine": POSTGRES, "note": f"elasticsearch is away since {rest.since.isoformat()}"}
    if not built:
        return {"ready": True, "engine": POSTGRES, "note": "the first index is being built"}
    return {"ready": True, "engine": ELASTICSEARCH}


QUESTIONS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "worker": lambda: _heartbeat("worker"),
    "beat": lambda: _heartbeat("beat"),
    "data": _data,
}

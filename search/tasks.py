"""What the worker does for the search."""

import logging
from typing import Any

from celery import shared_task

from kernel.outbox import NotNow, handles, handles_together
from search import analysing, feed, lexicon, naming, rebuilding, telling
from search.engines import breaker, elastic_client
from search.engines.choice import Guarded
from search.ports import Query

log = logging.getLogger(__name__)
BUILD_FOR = 4.0  # seconds at a time


@handles(lexicon.COUNT)
def count_terms(payload: dict[str, Any], county_code: str) -> None:
    lexicon.count_terms()
    naming.bring_in_line()


@handles_together(feed.INDEX, feed.TOGETHER)
def tell_engine(payloads: list[dict[str, Any]]) -> list[Exception | None]:
    return telling.tell_engine(payloads)


@shared_task(name="search.keep_up", ignore_result=True)
def keep_up() -> None:
    """After an upgrade: listings read by the analysis of now, and names for those published before there were any."""
    if analysing.is_stale():
        analysing.bring_in_line()
        naming.bring_in_line()


@shared_task(name="search.tend", ignore_result=True)
def tend() -> None:
    """Every few seconds: is the second engine well, has it an index, is one being built?"""
    if not feed.configured():
        return
    try:
        _tend()
    except (NotNow, *elastic_client.TROUBLES) as trouble:
        log.warning("elasticsearch cannot be tended now: %s", trouble)
        reason = trouble.__cause__ if isinstance(trouble, NotNow) else trouble
        if isinstance(reason, elastic_client.TROUBLES):  # staff hear of it, whether or not anybody searches
            breaker.failed(reason)


def _tend() -> None:
    well = not Guarded().search(Query(size=1)).stand_in  # the breaker hears of a dead engine before a shopper does
    if not (rebuilding.forget_lost() or well):
        return
    index = rebuilding.building()
    if index is None and rebuilding.live() is None:
        index = rebuilding.begin()
    if index is not None:
        rebuilding.run(index, seconds=BUILD_FOR)
    rebuilding.drop_retired()

"""A province with all its counties open: what the benchmarks of many counties start from."""

from typing import Any


def open_all(beside: Any = None) -> list[float]:
    """Open every county that is not yet, one after another as the worker does; seconds for each.

    ``beside`` is called after each: a fixed piece of work that tells how busy the machine was meanwhile.
    """
    from django.conf import settings

    from kernel import outbox
    from tenants import register
    from tenants.models import County
    from tenants.opening import Plan, plan_counties
    from tests.bench.table import seconds

    there = set(County.objects.values_list("code", flat=True))
    times = []
    for division in register.divisions(settings.JIETI_PROVINCE):
        if division.code in there:
            continue
        plan_counties([Plan(division.code, service_phone="0451-55550000")])
        times.append(seconds(_empty(outbox)))
        if beside:
            beside()
    assert not County.objects.exclude(state="open").exists()
    return times


def _empty(outbox: Any) -> Any:
    def run() -> None:
        while outbox.relay_once():
            pass

    return run

"""What tenancy costs: a view of five queries through the county middleware against plain Django."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from tests.bench.table import median, ms, seconds, show

ROUNDS, REQUESTS = 15, 100


def five_queries(request):
    from catalog.models import Producer

    for number in range(5):
        list(Producer.objects.filter(pk__gt=number).values_list("name", flat=True)[:20])
    return HttpResponse("ok")


@pytest.mark.django_db
def test_bench_tenancy(wuchang):
    from catalog.models import Producer
    from tenants.middleware import CountyMiddleware
    from tenants.scope import county_scope

    with county_scope(wuchang):
        for number in range(20):
            Producer.objects.create(name=f"生产者 {number}", kind="coop", business_phone="0451-55550101")
    requests, served = RequestFactory(SERVER_NAME="127.0.0.1"), CountyMiddleware(five_queries)

    def through_tenancy():
        for _number in range(REQUESTS):
            assert served(requests.get("/c/wuchang/five/")).content == b"ok"

    def plain():
        for _number in range(REQUESTS):
            assert five_queries(requests.get("/five/")).content == b"ok"

    with_it, without = [], []
    through_tenancy()
    for _round in range(ROUNDS):  # turn by turn: a noisy neighbour disturbs both alike
        with_it.append(seconds(through_tenancy) / REQUESTS)
        with county_scope(wuchang):  # the same tables, found by a search_path that stays
            without.append(seconds(plain) / REQUESTS)
    show(
        f"A view of five queries, median of {ROUNDS} × {REQUESTS}",
        [
            ("through the county middleware", ms(median(with_it))),
            ("plain Django on the same tables", ms(median(without))),
            ("cost of tenancy (aim 1.2)", f"{median(with_it) / median(without):.2f} ×"),
        ],
    )

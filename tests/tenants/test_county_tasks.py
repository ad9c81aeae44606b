"""S2 through Celery itself: the county of a task is what it was called with, whatever its header says or lost."""

import pytest
from celery import chain
from django.db import connection, transaction

from kernel import outbox
from kernel.errors import CountyGone
from kernel.models import OutboxRow
from tenants.scope import county_scope
from tenants.tasks import CountyTask

pytestmark = pytest.mark.django_db


class Count(CountyTask):
    """Says which county's front page it reads; the first try of each fails."""

    name = "test.count"
    abstract = False
    default_retry_delay = 0
    tries: list = []

    def run(self, county_code, fails=0):
        from cms.models import CountyHome

        seen = CountyHome.objects.get().title
        self.tries.append((connection.schema_name, seen))
        if self.request.retries < fails:
            raise self.retry(countdown=0, max_retries=5)
        return seen


@pytest.fixture
def count():
    from config.celery import app

    Count.tries = []
    yield app.register_task(Count())
    app.tasks.unregister(Count.name)


@pytest.fixture
def counties(wuchang, dongning):
    return {"230184": "五常市", "231086": "东宁市"}


@pytest.mark.parametrize("header", [None, {}, {"_schema_name": "public"}, {"_schema_name": "c231086"}])
def test_a_header_that_is_missing_or_lies_changes_nothing(counties, count, header):
    assert count.apply(args=["230184"], headers=header).get() == "五常市"
    assert connection.schema_name == "public"


def test_a_retry_is_in_the_same_county(counties, count, dongning):
    with county_scope(dongning):
        assert count.apply(args=["230184"], kwargs={"fails": 2}).get() == "五常市"
        assert connection.schema_name == dongning.schema_name
    assert count.tries == [("c230184", "五常市")] * 3


def test_a_chain_goes_from_county_to_county(counties, count):
    done = chain(count.si("230184"), count.si("231086"), count.si("230184")).apply()
    assert [done.parent.parent.get(), done.parent.get(), done.get()] == ["五常市", "东宁市", "五常市"]
    assert connection.schema_name == "public"


def test_a_county_that_is_gone_is_refused_and_leaves_nothing_behind(counties, count, wuchang):
    from tenants.models import County

    County.objects.filter(pk=wuchang.pk).update(state="archived")
    with pytest.raises(CountyGone):
        count.apply(args=["230184"]).get()
    assert (count.tries, connection.schema_name) == ([], "public")


def test_what_a_county_announces_is_its_own_though_the_transaction_ends_outside(counties, wuchang, dongning):
    """A function registered for the commit would run in public by then; a row keeps its county."""
    with transaction.atomic(), county_scope(wuchang):
        outbox.announce("test.nothing", {}, county=wuchang.code, key="its-own")
    assert OutboxRow.objects.get(key="its-own").county_code == "230184"
    assert connection.schema_name == "public"

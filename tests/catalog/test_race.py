"""Two reviewers at once: the first decides, the second is told so."""

import threading

import pytest

from tests.catalog import goods


def decide(county, pk, by, *, moved=None, go_on=None, verdicts):
    """One reviewer in a thread and a connection of their own; the first lingers before committing."""
    from django.db import connection, transaction

    from catalog import services
    from catalog.models import Product
    from kernel.errors import IllegalMove
    from tenants.scope import county_scope

    try:
        with county_scope(county), transaction.atomic():
            services.publish_product(Product.objects.get(pk=pk), by=by)
            if moved:
                moved.set()
                go_on.wait(10)
        verdicts.append("published")
    except IllegalMove:
        verdicts.append("refused")
    finally:
        connection.close()


def race(county, product, first, second):
    """The second starts after the first has moved the row and before it commits."""
    moved, go_on, verdicts = threading.Event(), threading.Event(), []
    one = threading.Thread(
        target=decide,
        args=(county, product.pk, first),
        kwargs={"moved": moved, "go_on": go_on, "verdicts": verdicts},
    )
    one.start()
    assert moved.wait(20)
    two = threading.Thread(target=decide, args=(county, product.pk, second), kwargs={"verdicts": verdicts})
    two.start()
    wait_until_blocked()
    go_on.set()
    one.join(20)
    two.join(20)
    return sorted(verdicts)


def wait_until_blocked():
    """Until the second waits for the first one's row."""
    import time

    from django.db import connection

    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("the second reviewer never reached the row")


def history(county, product):
    from tenants.scope import county_scope

    with county_scope(county):
        return list(product.history_moves.order_by("pk").values_list("to_state", "by_name"))


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_the_second_is_refused(wuchang, handed_in, manager, coordinator):
    assert race(wuchang, handed_in, manager, coordinator) == ["published", "refused"]
    assert history(wuchang, handed_in) == [("submitted", "赵队员"), ("published", "王主任")]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_have_published_it(wuchang, handed_in, manager, coordinator, monkeypatch):
    """The mutant: the row is read without ``FOR UPDATE``. It must be caught by the test above."""
    from kernel.workflow import Stateful

    monkeypatch.setattr(Stateful, "_locked", lambda self: type(self)._default_manager.all())
    assert race(wuchang, handed_in, manager, coordinator) == ["published", "published"]
    assert len(history(wuchang, handed_in)) == 3


@pytest.mark.django_db(transaction=True)
def test_a_reviewer_too_late_at_the_button_changes_nothing(wuchang, on_sale, manager):
    before = goods.facts(wuchang, on_sale)
    answer = goods.browser(manager).post(goods.here(wuchang, f"products/{on_sale.pk}/publish/"))
    assert answer.status_code == 302
    assert goods.facts(wuchang, on_sale) == before

"""What the second engine will be told is written with the change itself, and every change has a larger number."""

import threading

import pytest
from django.db import connections, transaction

from kernel import outbox
from search import feed, services, telling
from search.engines import elastic_index
from search.models import Departed, EngineIndex, ListingIndex
from tests.search import shelf

NOWHERE = "http://jieti:secret@127.0.0.1:9"


@pytest.fixture
def configured(settings):
    settings.ELASTICSEARCH_URLS = [NOWHERE]


def told():
    return [row.payload for row in outbox.OutboxRow.objects.filter(kind=feed.INDEX).order_by("pk")]


@pytest.mark.django_db
def test_without_a_second_engine_nothing_is_announced():
    shelf.publish("五常大米", product_id=1)
    services.withdraw_listing("230184", 1)
    assert told() == []


@pytest.mark.django_db
def test_every_change_is_announced_by_name_only(configured):
    shelf.publish("五常大米", product_id=1)
    services.withdraw_listing("230184", 1)
    services.hide_county("230184")
    assert told() == [
        {"county": "230184", "products": [1]},
        {"county": "230184", "products": [1]},
        {"county": "230184", "products": []},
    ]


@pytest.mark.django_db
def test_a_change_that_is_undone_is_not_announced(configured):
    class Undone(Exception):
        pass

    def publish_and_give_up():
        with transaction.atomic():
            shelf.publish("五常大米", product_id=1)
            raise Undone

    with pytest.raises(Undone):
        publish_and_give_up()
    assert told() == []


@pytest.mark.django_db
def test_numbers_grow_over_changes_and_over_coming_and_going():
    def number():
        return ListingIndex.objects.get().version

    shelf.publish("五常大米", product_id=1)
    seen = [number()]
    shelf.publish("五常大米 新价", product_id=1)
    seen.append(number())
    services.hide_county("230184")
    seen.append(number())
    services.withdraw_listing("230184", 1)
    seen.append(Departed.objects.get().version)
    shelf.publish("五常大米 又来", product_id=1)
    seen.append(number())
    services.withdraw_county("230184")
    seen.append(Departed.objects.get().version)
    assert seen == sorted(set(seen))


@pytest.mark.django_db
def test_what_was_never_there_is_not_mourned(configured):
    """A tombstone with a number could outrun a publishing that has not committed yet."""
    services.withdraw_listing("230184", 1)
    assert not Departed.objects.exists()
    assert told() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["publish", "withdraw"])
def test_of_two_at_once_the_later_has_the_larger_number(first):
    """The second waits for the first one's row, and takes its number only then."""
    shelf.publish("五常大米", product_id=1)
    acts = {
        "publish": lambda: shelf.publish("五常大米 新价", product_id=1),
        "withdraw": lambda: services.withdraw_listing("230184", 1),
    }
    second = next(name for name in acts if name != first)
    waiting = threading.Event()

    def run_second():
        waiting.set()
        acts[second]()
        connections.close_all()

    thread = threading.Thread(target=run_second)
    with transaction.atomic():
        acts[first]()
        thread.start()
        waiting.wait(5)
        thread.join(0.5)
        assert thread.is_alive(), "it did not wait"
    thread.join(20)
    published = ListingIndex.objects.values_list("version", flat=True).first() or 0
    gone = Departed.objects.values_list("version", flat=True).first()
    assert (published > gone) == (second == "publish")


@pytest.mark.django_db
def test_a_document_is_what_the_row_says():
    shelf.publish("五常大米 稻花香", product_id=7, price_fen=6800, description="煮粥香。", in_stock=False)
    (row,) = elastic_index.rows_where("l.product_id = %s", [7])
    found = elastic_index.document(row, 30.0)
    assert (found["county"], found["product"], found["price_fen"], found["in_stock"]) == ("230184", 7, 6800, False)
    assert found["categories"] == ["grain", "grain.rice"]
    assert {"五常", "大米", "稻花香"} <= set(found["title"].split())
    assert "五常市" in found["told"].split()
    assert "煮粥" in found["rest"].split()
    assert not set(found["title"].split()) & set(found["told"].split())
    assert found["lift_title"] > 0 < found["lift_about"]


@pytest.mark.django_db
def test_the_checksum_changes_with_every_field():
    def checksum():
        return elastic_index.rows_where("true", [])[0]["checksum"]

    shelf.publish("五常大米", product_id=1)
    seen = {checksum()}
    for facts in ({"price_fen": 1}, {"in_stock": False}, {"category": "grain.corn"}, {"description": "香" * 50}):
        shelf.publish("五常大米", product_id=1, **facts)
        seen.add(checksum())
    services.hide_county("230184")
    seen.add(checksum())
    assert len(seen) == 6
    assert all(0 <= one < 2**32 for one in seen)


@pytest.mark.django_db
def test_before_the_first_index_there_is_nobody_to_tell(configured):
    shelf.publish("五常大米", product_id=1)
    assert outbox.relay_once() == 1
    assert outbox.OutboxRow.objects.get(kind=feed.INDEX).state == "done"


@pytest.mark.django_db
def test_an_engine_that_is_away_costs_no_try(configured, settings):
    from django.utils import timezone

    EngineIndex.objects.create(
        prefix=settings.ELASTICSEARCH_PREFIX,
        number=1,
        state="live",
        average_length=30,
        began_at=timezone.now(),
        moved_at=timezone.now(),
    )
    shelf.publish("五常大米", product_id=1)
    outbox.relay_once()
    row = outbox.OutboxRow.objects.get(kind=feed.INDEX)
    assert (row.state, row.attempts) == ("waiting", 0)
    assert "Connection" in row.last_trouble


def test_each_item_of_a_bulk_answer_is_read():
    def item(name, status, **error):
        return {"index": {"_id": name, "status": status, "error": error}}

    found = telling._read(
        [
            item("a", 201),
            item("b", 409, type="version_conflict", reason="newer"),
            item("c", 429, type="rejected", reason="queue full"),
            item("d", 400, type="strict_dynamic_mapping_exception", reason="no such field"),
        ]
    )
    assert sorted(found) == ["c", "d"]
    assert isinstance(found["c"], outbox.NotNow)
    assert isinstance(found["d"], telling.Refused)

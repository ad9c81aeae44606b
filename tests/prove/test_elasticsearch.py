"""Elasticsearch for real: the whole contract, and that nothing late, repeated or lost brings back an old state."""

import time

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from kernel import outbox
from search import feed, lexicon, rebuilding, services, telling, verifying
from search.engines import breaker, elastic_client, elastic_index
from search.models import Departed, EngineIndex, Listing
from search.ports import Band, Query
from tests.search import engines, shelf
from tests.search.test_engines import *  # noqa: F403  the contract, held against a real server

pytestmark = pytest.mark.django_db


@pytest.fixture
def engine(node_url, settings):
    engines.fresh_index(settings, node_url)
    yield engines.Elastic()
    engines.drop_indices()


def price(engine):
    """What the engine knows as the first product's price."""
    elastic_client.client().indices.refresh(index=rebuilding.live().name)
    found = elastic_client.client().options(ignore_status=404).get(index=rebuilding.live().name, id="c230184:1")
    return found.body.get("_source", {}).get("price_fen")


def documents():
    index = rebuilding.live()
    return [elastic_index.document(row, index.average_length) for row in elastic_index.rows_where("true", [])]


def unversioned(documents, index, *, again=False):
    """The mutant: a writer without numbers."""
    lines = []
    for one in documents:
        lines += [{"index": {"_index": index, "_id": elastic_index.identity(one["county"], one["product"])}}, one]
    return lines


# --- nothing old comes back ------------------------------------------------------------------------


@pytest.mark.parametrize("numbered", [True, False], ids=["with numbers", "mutant without numbers"])
def test_what_was_read_before_a_change_and_arrives_after_it_is_refused(engine, monkeypatch, numbered):
    shelf.publish("五常大米", product_id=1, price_fen=100)
    late = documents()
    shelf.publish("五常大米", product_id=1, price_fen=200)
    engine.settle()
    if not numbered:
        monkeypatch.setattr(telling, "operations", unversioned)
    assert telling.send(late, rebuilding.live()) == {}
    assert price(engine) == (200 if numbered else 100)


def test_a_repeated_row_of_the_outbox_changes_nothing(engine):
    shelf.publish("五常大米", product_id=1, price_fen=100)
    services.withdraw_listing("230184", 1)
    engine.settle()
    for _time in range(3):
        outbox.OutboxRow.objects.filter(kind=feed.INDEX).update(state="waiting", next_at=outbox.clock.now())
        engine.settle()
        assert engine.search(Query()).total == 0


@pytest.mark.parametrize("kept", [True, False], ids=["tombstone", "mutant that deletes"])
def test_a_day_after_a_withdrawal_a_late_message_does_not_bring_it_back(engine, kept):
    """A server forgets a deleted document's number after ``gc_deletes``; here that is no time at all."""
    index = rebuilding.live()
    client = elastic_client.client()
    client.indices.put_settings(index=index.name, settings={"index.gc_deletes": "0ms"})
    shelf.publish("五常大米", product_id=1, price_fen=100)
    engine.settle()
    late = documents()
    services.withdraw_listing("230184", 1)
    if kept:
        engine.settle()
    else:
        number = Departed.objects.get().version
        client.delete(index=index.name, id="c230184:1", version=number, version_type="external")
        outbox.OutboxRow.objects.filter(kind=feed.INDEX).delete()
    time.sleep(2)  # the server looks at its clock once in a while
    client.indices.refresh(index=index.name)
    shelf.publish("别的", product_id=2)
    engine.settle()
    telling.send(late, index)
    client.indices.refresh(index=index.name)
    found = engine.search(Query(prices=(Band(100, 101),))).total
    assert found == (0 if kept else 1)


def test_a_new_index_knows_of_withdrawals_too(engine):
    shelf.publish("五常大米", product_id=1)
    shelf.publish("别的", product_id=2)
    late = documents()
    services.withdraw_listing("230184", 1)
    rebuilding.run(rebuilding.begin())
    telling.send(late, rebuilding.live())
    elastic_client.client().indices.refresh(index=rebuilding.live().name)
    assert engine.search(Query()).total == 1


def test_one_bad_document_does_not_hold_up_the_others(engine, monkeypatch):
    made = telling.document

    def with_a_stray_field(row, average):
        return made(row, average) | ({"colour": "red"} if row["product"] == 2 else {})

    monkeypatch.setattr(telling, "document", with_a_stray_field)
    for number in (1, 2, 3):
        shelf.publish("五常大米", product_id=number)
    outbox.relay_once()
    rows = {row.payload["products"][0]: row for row in outbox.OutboxRow.objects.filter(kind=feed.INDEX)}
    assert [rows[number].state for number in (1, 2, 3)] == ["done", "waiting", "done"]
    assert "strict_dynamic_mapping_exception" in rows[2].last_trouble


def test_nobody_writes_a_dropped_index_back_into_being(engine):
    """A writer that still has the old index in its hand finds the entrance closed."""
    old = rebuilding.live()
    shelf.publish("五常大米", product_id=1)
    rebuilding.run(rebuilding.begin())
    rebuilding.drop_retired(older_than=rebuilding.timedelta(0))
    assert telling.send(documents(), old) == {}
    assert not elastic_client.client().indices.exists(index=old.name)


def test_an_emptied_engine_is_built_anew_by_itself(engine):
    from search.tasks import tend

    shelf.fill()
    engine.settle()
    elastic_client.client().indices.delete(index=rebuilding.live().name)
    breaker.forget()
    tend()
    assert engine.search(Query()).total == len(shelf.GOODS)


# --- verify ------------------------------------------------------------------------------------------


def damage(kind):
    """Change something behind the platform's back."""
    client, index = elastic_client.client(), rebuilding.live()
    if kind == "missing":
        client.delete(index=index.name, id="c230184:1")
    elif kind == "stale":
        client.update(index=index.name, id="c230184:1", doc={"price_fen": 1, "checksum": 1})
    elif kind == "left over":
        stray = documents()[0] | {"product": 999, "version": 5}
        telling.send([stray], index)
    elif kind == "ahead":  # the database was put back from a copy: the engine knows larger numbers
        telling.send([one | {"version": one["version"] + 10**6, "price_fen": 7} for one in documents()[:3]], index)
    elif kind == "withdrawn ahead":
        telling.send([elastic_index.tombstone("230184", 1, documents()[0]["version"] + 10**6)], index)


@pytest.mark.parametrize("kind", ["missing", "stale", "left over", "ahead", "withdrawn ahead"])
def test_verify_names_what_differs_and_mends_it(engine, kind, capsys):
    shelf.fill()
    engine.settle()
    index = rebuilding.live()
    assert list(verifying.differences(index, every_row=True)) == []
    damage(kind)
    with pytest.raises(CommandError):
        call_command("search", "verify", "--only-look")
    assert "230184" in capsys.readouterr().out
    call_command("search", "verify")
    assert list(verifying.differences(index, every_row=True)) == []
    assert engine.search(Query()).total == len(shelf.GOODS)
    shelf.publish("五常大米 后来的价", product_id=1, price_fen=4321)
    engine.settle()
    assert price(engine) == 4321, "and what is told afterwards is taken"


def test_a_field_changed_without_its_checksum_is_found_by_looking_at_every_row(engine):
    shelf.fill()
    engine.settle()
    index = rebuilding.live()
    elastic_client.client().update(index=index.name, id="c230184:1", doc={"price_fen": 1})
    assert list(verifying.differences(index)) == []
    (difference,) = verifying.differences(index, every_row=True)
    assert difference.stale == [1]


def test_the_commands_say_what_they_do(engine, capsys):
    shelf.fill()
    engine.settle()
    call_command("search", "status")
    call_command("search", "reindex")
    call_command("search", "verify")
    said = capsys.readouterr().out
    assert "listings-v1" in said
    assert "listings-v2" in said
    assert engine.search(Query()).total == len(shelf.GOODS)


# --- both rank alike -----------------------------------------------------------------------------------


def test_both_engines_show_the_same_first_results(engine):
    shelf.fill()
    lexicon.count_terms()
    rebuilding.run(rebuilding.begin())
    mine = engines.Postgres()
    for text in ("五常大米", "大米", "木耳", "东宁 黑木耳", "玉米", "蜂蜜", "大豆 非转基因", "长粒香", "真空"):
        assert engine.search(Query(text=text)).listings == mine.search(Query(text=text)).listings, text
    assert Listing.objects.count() == len(shelf.GOODS)
    assert EngineIndex.objects.filter(state="live").count() == 1

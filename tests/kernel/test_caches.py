"""A cache in Redis that dies or hangs costs one short wait and is a cache that remembers nothing."""

import socket
import time

import pytest

from kernel import caches


@pytest.fixture
def hanging():
    """A port that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield listener.getsockname()[1]


def cache_at(port):
    return caches.ForgivingRedis(f"redis://127.0.0.1:{port}/1", {"KEY_PREFIX": "x"})


def ask_everything(cache):
    cache.set("a", 1)
    cache.set_many({"a": 1, "b": 2})
    assert cache.get("a") is None
    assert cache.get("a", "otherwise") == "otherwise"
    assert cache.get_many(["a", "b"]) == {}
    assert cache.get_or_set("a", lambda: 7) == 7
    assert not cache.add("a", 1)
    assert not cache.has_key("a")
    assert not cache.touch("a")
    assert not cache.delete("a")
    cache.delete_many(["a", "b"])


def test_nobody_there_is_a_miss():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ask_everything(cache_at(port))


def test_one_that_hangs_is_waited_for_once_and_asked_again_later(hanging, monkeypatch):
    began = time.monotonic()
    cache = cache_at(hanging)
    ask_everything(cache)
    assert time.monotonic() - began < 3 * caches.PATIENCE
    monkeypatch.setattr(caches, "REST", 0.0)
    other = cache_at(hanging)
    for _ in range(2):
        began = time.monotonic()
        other.get("a")
        assert time.monotonic() - began >= caches.PATIENCE, "the canary: it is really asked, and it hangs"

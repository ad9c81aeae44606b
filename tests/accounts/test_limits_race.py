"""The lock holds when everybody tries at the same moment, in the cache that production uses."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection

from accounts import limits

DATABASE_CACHE = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "jieti_cache"}


@pytest.fixture
def database_cache(transactional_db, settings):
    settings.CACHES = {"default": DATABASE_CACHE, "shared": DATABASE_CACHE}
    call_command("createcachetable", verbosity=0)


class CountingLimit(limits.Limit):
    """The mutant: read the count, then write it back, as ``cache.incr`` does here."""

    def take(self, key):
        shared, place = caches["shared"], f"mutant:{key}"
        count = shared.get(place, 0)
        if count >= self.tries:
            return False
        shared.set(place, count + 1, self.seconds)
        return True


def taken_at_once(limit, tries=40):
    def take(_number):
        try:
            return limit.take("somebody")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(take, range(tries)))


def test_forty_tries_at_once_get_five(database_cache):
    assert taken_at_once(limits.SIGN_IN_PER_PHONE) == 5


def test_the_mutant_that_counts_lets_more_in(database_cache):
    mutant = CountingLimit("mutant", 5, 900)

    def one_round():
        caches["shared"].clear()
        return taken_at_once(mutant)

    assert any(one_round() > 5 for _round in range(20))

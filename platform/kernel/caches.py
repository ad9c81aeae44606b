"""Redis as a cache that may go away: then nothing is remembered, and nobody is turned away."""

import functools
import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
REST = 5.0  # seconds without asking Redis again after it did not answer
PATIENCE = 0.3  # seconds a page may wait for Redis, once in a REST


AWAY = object()


def forgiving(method: Callable[..., Any], otherwise: Any) -> Any:
    """The method, or the answer for when Redis is away or was away a moment ago."""

    @functools.wraps(method)
    def asked(self: "ForgivingClient", *args: Any) -> Any:
        if time.monotonic() < self.rests_until:
            return otherwise
        try:
            return method(self, *args)
        except RedisError as trouble:
            self.rests_until = time.monotonic() + REST
            log.warning("cache.away", extra={"trouble": str(trouble)})
            return otherwise

    return asked


class ForgivingClient(RedisCacheClient):
    """What cannot be asked is a miss; what cannot be kept is forgotten."""

    rests_until = 0.0

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **{"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, **options})

    _get = forgiving(RedisCacheClient.get, AWAY)
    get_many = forgiving(RedisCacheClient.get_many, {})
    has_key = forgiving(RedisCacheClient.has_key, False)
    add = forgiving(RedisCacheClient.add, False)
    set = forgiving(RedisCacheClient.set, None)
    set_many = forgiving(RedisCacheClient.set_many, None)
    touch = forgiving(RedisCacheClient.touch, False)
    delete = forgiving(RedisCacheClient.delete, False)
    delete_many = forgiving(RedisCacheClient.delete_many, None)

    def get(self, key: Any, default: Any) -> Any:
        found = self._get(key, default)
        return default if found is AWAY else found


class ForgivingRedis(RedisCache):
    """Django's Redis cache with a client that forgives; for what may be missed, never for what counts tries."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgivingClient

"""The one client of a process, and which of its troubles mean what."""

from functools import lru_cache
from urllib.parse import unquote, urlsplit

from django.conf import settings
from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError

PATIENCE = 1.0  # seconds a shopper's search may take before PostgreSQL answers it
WRITING = 30.0  # seconds a bulk request may take
TROUBLES = (ApiError, TransportError)
MISSING = NotFoundError


def client(patience: float = WRITING) -> Elasticsearch:
    """It waits ``patience`` seconds for an answer."""
    return _waiting(tuple(settings.ELASTICSEARCH_URLS), patience)


@lru_cache(maxsize=32)
def _waiting(urls: tuple[str, ...], patience: float) -> Elasticsearch:
    """Kept, for the library makes forty objects for another patience, on the same connections."""
    return _made(urls).options(request_timeout=patience)


@lru_cache(maxsize=8)
def _made(urls: tuple[str, ...]) -> Elasticsearch:
    parts = [urlsplit(url) for url in urls]
    hosts = [f"{part.scheme}://{_host(part.hostname or '')}:{part.port or 9200}" for part in parts]
    user, password = unquote(parts[0].username or ""), unquote(parts[0].password or "")
    return Elasticsearch(
        hosts,
        basic_auth=(user, password) if user else None,
        api_key=password if password and not user else None,
        retry_on_timeout=len(hosts) > 1,
        max_retries=min(len(hosts) - 1, 3),
    )


def _host(name: str) -> str:
    return f"[{name}]" if ":" in name else name

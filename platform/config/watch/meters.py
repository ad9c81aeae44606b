"""What each process counts of the requests it answers; a view's name is one of the addresses', never what was asked."""

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

disable_created_metrics()
counting = True
REGISTRY = CollectorRegistry()
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
ON_PURPOSE = 503  # a suspended county, a part that is not ready: we said so ourselves

REQUESTS = Counter(
    "jieti_requests",
    "Requests answered, by view, method and class of status.",
    ["view", "method", "status"],
    registry=REGISTRY,
)
SECONDS = Histogram(
    "jieti_request_seconds",
    "Seconds until the answer, by view.",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
QUERIES = Histogram(
    "jieti_request_queries",
    "Statements the database was asked for one request, by view.",
    ["view"],
    buckets=(0, 5, 10, 25, 50, 100, 250),
    registry=REGISTRY,
)


def count(view: str, method: str, status: int, seconds: float, queries: int) -> None:
    if not counting:
        return
    REQUESTS.labels(view, method if method in METHODS else "OTHER", class_of(status)).inc()
    SECONDS.labels(view).observe(seconds)
    QUERIES.labels(view).observe(queries)


def class_of(status: int) -> str:
    """What was refused on purpose is a class of its own: nobody is woken because a county rests."""
    return str(status) if status == ON_PURPOSE else f"{status // 100}xx"

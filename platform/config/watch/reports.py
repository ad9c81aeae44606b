"""Errors go to Sentry only where a DSN is set, and without a person in them."""

from typing import Any, cast

from kernel.logs import masked, request_id

LEFT_OUT = ("data", "cookies", "env", "query_string")
HEADERS_KEPT = frozenset({"Host", "User-Agent", "Accept-Language", "X-Request-Id"})


def report_to(dsn: str) -> None:
    """Inert without a DSN: nothing is imported, nothing is sent."""
    if not dsn:
        return
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        max_breadcrumbs=20,
        before_send=cast(Any, without_people),
        before_breadcrumb=cast(Any, lambda crumb, _hint: masked(crumb)),
    )


def without_people(event: dict[str, Any], _hint: dict[str, Any]) -> dict[str, Any]:
    """No bodies, no cookies, no questions, no names; phones and identity numbers masked in what is left."""
    request = event.get("request", {})
    for part in LEFT_OUT:
        request.pop(part, None)
    request["headers"] = {k: v for k, v in request.get("headers", {}).items() if k.title() in HEADERS_KEPT}
    event.pop("user", None)
    if request_id():
        event["tags"] = {**dict(event.get("tags") or {}), "request_id": request_id()}
    return cast(dict[str, Any], masked(event))

"""What is logged, and how: one line an event, in JSON where machines read it, and never a phone in it.

Every line carries the id of the request it belongs to, also when it was written by a task or an effect that the
request left behind, and the county it was written in.
"""

import hmac
import logging
import re
from collections.abc import Callable, MutableMapping
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

import structlog

from kernel.masking import mask_private_in

Event = MutableMapping[str, Any]
REQUEST_ID = re.compile(r"[0-9a-f]{32}")


def _nowhere() -> str:
    return ""


# tenants replaces this at start: the floor cannot know which county we are in.
current_county: Callable[[], str] = _nowhere


def accepted_id(offered: str) -> str:
    """The id that nginx gave (32 hexadecimal digits), or one of our own: what people send is never logged as it is."""
    return offered if REQUEST_ID.fullmatch(offered) else uuid4().hex


def request_id() -> str:
    """Of the request that is being worked for, empty where there is none."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def working_for(request: str, **facts: Any) -> AbstractContextManager[None]:
    """Every line logged inside belongs to this request, or with an empty id to none."""
    return structlog.contextvars.bound_contextvars(request_id=request, **facts)


def opaque(user_id: Any) -> str:
    """A person in the logs: the same for the same person, and nothing to whoever has no hash key."""
    from kernel.privacy import keyed_hash  # not while the settings are still being read

    return keyed_hash(f"log:{user_id}")[:16] if user_id else ""


def same_secret(given: str, kept: str) -> bool:
    """Compared in constant time; an empty one fits nothing."""
    return bool(kept) and hmac.compare_digest(given.encode(), kept.encode())


def masked(value: Any) -> Any:
    """The same with every phone and identity number masked, down to the last leaf."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, MutableMapping):
        return {masked(str(key)): masked(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [masked(one) for one in value]
    text = mask_private_in(str(value))
    return value if isinstance(value, int) and text == str(value) else text


def _mask(_logger: Any, _method: str, event: Event) -> Event:
    return {key: masked(value) for key, value in event.items()}


def _name_place(_logger: Any, _method: str, event: Event) -> Event:
    """The county we are in; what is empty is left out."""
    event["county"] = event.get("county") or current_county()
    return {key: value for key, value in event.items() if value or key not in {"county", "request_id", "user"}}


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _name_place,
]


class Lines(structlog.stdlib.ProcessorFormatter):
    """What Django, Celery, gunicorn and we log, in one form. A traceback never carries its local variables."""

    def __init__(self, form: str) -> None:
        last = (
            structlog.processors.JSONRenderer(ensure_ascii=False)
            if form == "json"
            else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
        )
        super().__init__(
            foreign_pre_chain=SHARED,
            processors=[self.remove_processors_meta, structlog.processors.format_exc_info, _mask, last],
        )

    def format(self, record: logging.LogRecord) -> str:
        """What no encoding can write is written as its number: a line that fails would be printed unmasked."""
        return super().format(record).encode("utf-8", "backslashreplace").decode()


def configure_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def logging_of(form: str) -> dict[str, Any]:
    """Python's own configuration: ``form`` is "json" for machines or "text" for people.

    A line for each request is written for machines only.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "kernel.logs.Lines", "form": form}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "jieti.request": {"level": "INFO" if form == "json" else "WARNING"},
            "django.security.DisallowedHost": {"level": "ERROR"},
            "elastic_transport": {"level": "ERROR"},  # a whole traceback for each try; the breaker says it once
            "kombu.connection": {"level": "ERROR"},  # the filesystem broker has no host name to warn about
        },
    }


access = structlog.stdlib.get_logger("jieti.request")

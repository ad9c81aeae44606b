"""A task belongs to the request that sent it; one that fails is counted for its county."""

from contextlib import AbstractContextManager
from typing import Any

from celery.signals import before_task_publish, task_failure, task_postrun, task_prerun

from kernel import logs

HEADER = "request_id"
_open: dict[str, AbstractContextManager[None]] = {}


@before_task_publish.connect
def _pass_on(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None and logs.request_id():
        headers[HEADER] = logs.request_id()


@task_prerun.connect
def _begin(task_id: str, task: Any, **_: Any) -> None:
    """A message is not trusted more than a header of a request is."""
    offered = str(task.request.get(HEADER) or "")
    kept = offered if logs.REQUEST_ID.fullmatch(offered) else ""
    _open[task_id] = scope = logs.working_for(kept, task=task.name)
    scope.__enter__()


@task_postrun.connect
def _end(task_id: str, **_: Any) -> None:
    scope = _open.pop(task_id, None)
    if scope is not None:
        scope.__exit__(None, None, None)


@task_failure.connect
def _count(sender: Any = None, args: Any = (), **_: Any) -> None:
    """The first word of a county's task is its code."""
    from kernel import failures  # Celery imports this module before Django knows its apps

    first = args[0] if args else ""
    failures.note(failures.TASK, getattr(sender, "name", ""), first if isinstance(first, str) else "")

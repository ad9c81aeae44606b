"""County tasks: one that lost its county is refused instead of running in ``public``."""

from typing import Any

from tenant_schemas_celery.task import TenantTask

from kernel.errors import CountyGone
from tenants.scope import scope_of


class CountyTask(TenantTask):
    """A task whose first argument is a county's code; it runs in that county's scope or not at all.

    The header of the message is not trusted: without one tenant-schemas-celery would run the task
    in ``public``, and so would a retry or a chain that lost it.
    """

    abstract = True

    def __call__(self, county_code: str, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(county_code, str) or len(county_code) != 6:
            raise CountyGone("a county task needs its county's code first", given=str(county_code))
        with scope_of(county_code):
            return super().__call__(county_code, *args, **kwargs)

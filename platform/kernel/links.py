"""Links between a county's schema and the public one."""

from typing import Any

from django.db import models


class SharedForeignKey(models.ForeignKey):
    """A link from a county's schema up to a row in the public one.

    Deleting the public row would make Django look for the county table in ``public``,
    where it does not exist. So Django looks nowhere (``DO_NOTHING``, no reverse name),
    and PostgreSQL refuses to delete any such row at all (ADR 0027).
    """

    def __init__(self, to: Any, on_delete: Any = models.DO_NOTHING, **kwargs: Any) -> None:
        kwargs["related_name"] = "+"
        super().__init__(to, on_delete=models.DO_NOTHING, **kwargs)

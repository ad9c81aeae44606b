"""Where a county stands, and what may follow."""

from django.db.models import TextChoices

from kernel.workflow import Moves


class CountyState(TextChoices):
    PLANNED = "planned", "计划"
    OPENING = "opening", "开馆中"
    OPEN = "open", "在营"
    SUSPENDED = "suspended", "暂停"
    ARCHIVED = "archived", "归档"


COUNTY_MOVES: Moves = {
    CountyState.PLANNED: frozenset({CountyState.OPENING}),
    CountyState.OPENING: frozenset({CountyState.OPEN}),
    CountyState.OPEN: frozenset({CountyState.SUSPENDED, CountyState.ARCHIVED}),
    CountyState.SUSPENDED: frozenset({CountyState.OPEN, CountyState.ARCHIVED}),
    CountyState.ARCHIVED: frozenset(),
}


class Stage(TextChoices):
    """先托后扶再监管: who carries the county's shop, as Longnan did it."""

    CUSTODY = "custody", "托管"
    SUPPORT = "support", "扶持"
    OVERSIGHT = "oversight", "监管"


class Theme(TextChoices):
    PINE = "pine", "松"
    GLOW = "glow", "霞"
    RIVER = "river", "江"


class OpeningState(TextChoices):
    WORKING = "working", "正在开"
    STUCK = "stuck", "停住"
    DONE = "done", "开好"

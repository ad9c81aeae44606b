"""Where a county stands, and what may follow."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kernel.workflow import Moves


class CountyState(TextChoices):
    PLANNED = "planned", _("计划")
    OPENING = "opening", _("开馆中")
    OPEN = "open", _("在营")
    SUSPENDED = "suspended", _("暂停")
    ARCHIVED = "archived", _("归档")


COUNTY_MOVES: Moves = {
    CountyState.PLANNED: frozenset({CountyState.OPENING}),
    CountyState.OPENING: frozenset({CountyState.OPEN}),
    CountyState.OPEN: frozenset({CountyState.SUSPENDED, CountyState.ARCHIVED}),
    CountyState.SUSPENDED: frozenset({CountyState.OPEN, CountyState.ARCHIVED}),
    CountyState.ARCHIVED: frozenset(),
}


class Stage(TextChoices):
    """先托后扶再监管: who carries the county's shop, as Longnan did it."""

    CUSTODY = "custody", _("托管")
    SUPPORT = "support", _("扶持")
    OVERSIGHT = "oversight", _("监管")


class Theme(TextChoices):
    PINE = "pine", _("松")
    GLOW = "glow", _("霞")
    RIVER = "river", _("江")


class OpeningState(TextChoices):
    WORKING = "working", _("正在开")
    STUCK = "stuck", _("停住")
    DONE = "done", _("开好")

"""Where a trade mark stands at the CNIPA, from the first idea to the end of its certificate."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kernel.workflow import Moves


class BrandState(TextChoices):
    IDEA = "idea", _("想好名字")
    CHECKED = "checked", _("查过近似")
    PREPARED = "prepared", _("材料备齐")
    FILED = "filed", _("已递交")
    CORRECTION = "correction", _("补正")
    ACCEPTED = "accepted", _("已受理")
    EXAMINED = "examined", _("实质审查")
    PUBLISHED = "published", _("初审公告")
    OPPOSED = "opposed", _("被异议")
    REFUSED = "refused", _("驳回")
    REVIEW = "review", _("驳回复审")
    REGISTERED = "registered", _("已注册")
    RENEWED = "renewed", _("已续展")
    WITHDRAWN = "withdrawn", _("撤回")
    LAPSED = "lapsed", _("失效")


BRAND_MOVES: Moves = {
    BrandState.IDEA: frozenset({BrandState.CHECKED, BrandState.WITHDRAWN}),
    BrandState.CHECKED: frozenset({BrandState.PREPARED, BrandState.WITHDRAWN}),
    BrandState.PREPARED: frozenset({BrandState.FILED, BrandState.WITHDRAWN}),
    BrandState.FILED: frozenset({BrandState.CORRECTION, BrandState.ACCEPTED, BrandState.LAPSED, BrandState.WITHDRAWN}),
    BrandState.CORRECTION: frozenset({BrandState.ACCEPTED, BrandState.WITHDRAWN, BrandState.LAPSED}),
    BrandState.ACCEPTED: frozenset({BrandState.EXAMINED, BrandState.WITHDRAWN}),
    BrandState.EXAMINED: frozenset({BrandState.PUBLISHED, BrandState.REFUSED, BrandState.WITHDRAWN}),
    BrandState.PUBLISHED: frozenset({BrandState.REGISTERED, BrandState.OPPOSED, BrandState.WITHDRAWN}),
    BrandState.OPPOSED: frozenset({BrandState.REGISTERED, BrandState.REFUSED, BrandState.WITHDRAWN}),
    BrandState.REFUSED: frozenset({BrandState.REVIEW, BrandState.LAPSED}),
    BrandState.REVIEW: frozenset(
        {BrandState.PUBLISHED, BrandState.REGISTERED, BrandState.LAPSED, BrandState.WITHDRAWN}
    ),
    BrandState.REGISTERED: frozenset({BrandState.RENEWED, BrandState.LAPSED, BrandState.WITHDRAWN}),
    BrandState.RENEWED: frozenset({BrandState.RENEWED, BrandState.LAPSED, BrandState.WITHDRAWN}),
    BrandState.WITHDRAWN: frozenset(),
    BrandState.LAPSED: frozenset(),
}
CERTIFIED = frozenset({BrandState.REGISTERED, BrandState.RENEWED})
# A name nobody has checked, or that was given up, carries no mark at all.
UNMARKED = frozenset({BrandState.IDEA, BrandState.REFUSED, BrandState.WITHDRAWN, BrandState.LAPSED})


def word_of(state: str, *, registered: bool) -> str:
    """What a page calls where a case stands: a registered mark its owner gave up is 注销, only an application is 撤回."""
    if state == BrandState.WITHDRAWN and registered:
        return str(_("已注销"))
    return str(BrandState(state).label)

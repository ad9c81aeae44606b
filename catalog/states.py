"""Where a product stands. 退回 is a mark with remarks on a draft, not a state of its own.

A revision (改稿) is a product beside the one on sale that it is to replace: drafted, handed in and returned like
any other, never on sale itself. It ends when it is carried over, given up, or the product is withdrawn.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kernel.workflow import Moves


class ProductState(TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审")
    PUBLISHED = "published", _("在售")
    WITHDRAWN = "withdrawn", _("已撤下")
    ENDED = "ended", _("改稿了结")


PRODUCT_MOVES: Moves = {
    ProductState.DRAFT: frozenset({ProductState.SUBMITTED, ProductState.ENDED}),
    ProductState.SUBMITTED: frozenset({ProductState.DRAFT, ProductState.PUBLISHED, ProductState.ENDED}),
    ProductState.PUBLISHED: frozenset({ProductState.WITHDRAWN}),
    ProductState.WITHDRAWN: frozenset({ProductState.SUBMITTED}),
    ProductState.ENDED: frozenset(),
}
TAKEN_BACK = "拿回来改"  # the history's note where the team, not the county, made it a draft again
GIVEN_UP, CAME_ALONG = "不改了", "随产品撤下"  # how a revision ended other than by being carried over
EDITABLE = frozenset({ProductState.DRAFT, ProductState.WITHDRAWN})


class ProducerKind(TextChoices):
    COOP = "coop", _("合作社")
    FARM = "farm", _("家庭农场")
    HOUSEHOLD = "household", _("农户")
    ENTERPRISE = "enterprise", _("企业")


class PhotoState(TextChoices):
    WAITING = "waiting", _("处理中")
    READY = "ready", _("可用")
    REFUSED = "refused", _("用不了")

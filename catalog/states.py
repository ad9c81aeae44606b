"""Where a product stands. 退回 is a mark with remarks on a draft, not a state of its own."""

from django.db.models import TextChoices

from kernel.workflow import Moves


class ProductState(TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审"
    PUBLISHED = "published", "在售"
    WITHDRAWN = "withdrawn", "已撤下"


PRODUCT_MOVES: Moves = {
    ProductState.DRAFT: frozenset({ProductState.SUBMITTED}),
    ProductState.SUBMITTED: frozenset({ProductState.DRAFT, ProductState.PUBLISHED}),
    ProductState.PUBLISHED: frozenset({ProductState.WITHDRAWN}),
    ProductState.WITHDRAWN: frozenset({ProductState.SUBMITTED}),
}
EDITABLE = frozenset({ProductState.DRAFT, ProductState.WITHDRAWN})


class ProducerKind(TextChoices):
    COOP = "coop", "合作社"
    FARM = "farm", "家庭农场"
    HOUSEHOLD = "household", "农户"
    ENTERPRISE = "enterprise", "企业"


class PhotoState(TextChoices):
    WAITING = "waiting", "处理中"
    READY = "ready", "可用"
    REFUSED = "refused", "用不了"

"""Where a package design stands, from the village's request to the printer's files.

Withdrawn and returned are marks on the row, not states: a withdrawn request stands where it stood
and nothing moves it any more; a returned one is a draft again with remarks beside its fields.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kernel.workflow import Moves


class PackageState(TextChoices):
    DRAFT = "draft", _("草稿")
    REQUEST = "request", _("等派设计师")
    ASSIGNED = "assigned", _("已派设计师")
    WORKING = "working", _("设计中")
    HANDED_IN = "handed_in", _("交稿待看")
    CHOSEN = "chosen", _("已选定")
    COMPLIANCE = "compliance", _("合规通过，待签字")
    SIGNED_OFF = "signed_off", _("三方已签")
    DELIVERED = "delivered", _("已交付")


PACKAGE_MOVES: Moves = {
    PackageState.DRAFT: frozenset({PackageState.REQUEST}),
    PackageState.REQUEST: frozenset({PackageState.DRAFT, PackageState.ASSIGNED}),
    PackageState.ASSIGNED: frozenset({PackageState.WORKING, PackageState.REQUEST}),
    PackageState.WORKING: frozenset({PackageState.HANDED_IN, PackageState.REQUEST}),
    PackageState.HANDED_IN: frozenset({PackageState.WORKING, PackageState.CHOSEN}),
    PackageState.CHOSEN: frozenset({PackageState.COMPLIANCE, PackageState.WORKING}),
    # Files that change after the check go back to it; a design that changes goes back to the designer.
    PackageState.COMPLIANCE: frozenset({PackageState.SIGNED_OFF, PackageState.CHOSEN, PackageState.WORKING}),
    PackageState.SIGNED_OFF: frozenset({PackageState.DELIVERED, PackageState.CHOSEN, PackageState.WORKING}),
    PackageState.DELIVERED: frozenset({PackageState.WORKING}),
}
# Handed in and not delivered, as the constraint of the table has it.
UNDER_WAY = ("request", "assigned", "working", "handed_in", "chosen", "compliance", "signed_off")
# The designer has it in hand.
WITH_DESIGNER = frozenset({PackageState.ASSIGNED, PackageState.WORKING, PackageState.CHOSEN})
# Files were frozen: whatever changes now needs the check and all three names again.
FROZEN = frozenset({PackageState.COMPLIANCE, PackageState.SIGNED_OFF, PackageState.DELIVERED})
# Nobody waits for anybody.
AT_REST = frozenset({PackageState.DRAFT, PackageState.DELIVERED})


class Side(TextChoices):
    """Whose name stands under a package."""

    VILLAGE = "village", _("村里")
    SUPERVISION = "supervision", _("县市场监管")
    OWNER = "owner", _("品牌主")


class PackageKind(TextChoices):
    BAG = "bag", _("袋")
    BOX = "box", _("盒")
    CARTON = "carton", _("箱")
    JAR = "jar", _("瓶或罐")
    LABEL = "label", _("只做标签")


class Material(TextChoices):
    PAPER = "paper", _("纸")
    KRAFT = "kraft", _("牛皮纸")
    PLASTIC = "plastic", _("塑料膜")
    VACUUM = "vacuum", _("真空袋")
    GLASS = "glass", _("玻璃")
    TIN = "tin", _("铁罐")
    CLOTH = "cloth", _("布")
    UNSURE = "unsure", _("听设计师的")


class Audience(TextChoices):
    HOME = "home", _("自家吃")
    GIFT = "gift", _("送人")
    YOUNG = "young", _("城里年轻人")
    TOURIST = "tourist", _("来玩的人")
    CANTEEN = "canteen", _("食堂和团购")


class FileKind(TextChoices):
    PICTURE = "picture", _("效果图")
    PRINT = "print", _("印刷文件")


class Answer(TextChoices):
    """What a designer says to an invitation, or the officer to an offer."""

    WAITING = "waiting", _("等回话")
    ACCEPTED = "accepted", _("接了")
    DECLINED = "declined", _("没接")

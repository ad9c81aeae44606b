"""The small states of codes, messages, archives and goodbyes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CodeKind(models.TextChoices):
    SMS = "sms", _("短信验证码")
    PRINTED = "printed", _("打印的登录码")
    MAIL = "mail", _("邮箱验证码")
    PHONE = "phone", _("换手机号的验证码")


class SmsState(models.TextChoices):
    """``UNKNOWN``: the carrier was asked and gave no answer, so nobody can say whether it went out."""

    WAITING = "waiting", _("待发")
    HELD = "held", _("停着")
    SENDING = "sending", _("正在发")
    SENT = "sent", _("已发")
    REFUSED = "refused", _("被拒")
    UNKNOWN = "unknown", _("不知道发没发")
    DROPPED = "dropped", _("过时没发")
    UNSENT = "unsent", _("没有短信通道")


class Reached(models.TextChoices):
    """How far an invitation has come, the furthest first."""

    ACCEPTED = "accepted", _("接受了邀请")
    SENT = "sent", _("邀请发到手机了")
    PRINTED = "printed", _("邀请打印了")
    UNKNOWN = "unknown", _("邀请的短信不知道到没到，打印一份给他")
    WRITTEN = "written", _("邀请写好了，短信还没发")
    NIGHT = "night", _("邀请写好了，早上 8 点发短信")
    HELD = "held", _("邀请写好了，短信停着没发")
    FAILED = "failed", _("邀请的短信没发出去，打印给他")
    EXPIRED = "expired", _("邀请过期了，再请一次")


class ArchiveState(models.TextChoices):
    WAITING = "waiting", _("排队")
    BUILDING = "building", _("正在打包")
    READY = "ready", _("可以下载")
    FAILED = "failed", _("没打成")
    GONE = "gone", _("已销毁")


class ArchiveKind(models.TextChoices):
    PERSON = "person", _("个人资料")
    COUNTY = "county", _("全县资料")

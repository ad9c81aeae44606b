"""The small states of invitations, codes and text messages."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CodeKind(models.TextChoices):
    SMS = "sms", _("短信验证码")
    PRINTED = "printed", _("打印的登录码")


class SmsState(models.TextChoices):
    WAITING = "waiting", _("待发")
    SENT = "sent", _("已发")
    UNSENT = "unsent", _("没有短信通道")
    FAILED = "failed", _("没发出去")


class SmsKind(models.TextChoices):
    CODE = "code", _("登录验证码")
    INVITATION = "invitation", _("邀请")
    REMINDER = "reminder", _("提醒")

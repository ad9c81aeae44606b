"""What the outbox's effects are called on the screen; the rows themselves keep their codes."""

from typing import Any

from django.utils.translation import gettext_lazy as _

EFFECTS: dict[str, Any] = {
    "archive.build": _("打包要的那份资料"),
    "brand.changed": _("品牌变了：改产品页和搜索里的商标"),
    "catalog.render_photo": _("做照片的各种大小"),
    "consent.ended": _("同意书到期或撤回：撤下照片和名字"),
    "county.step": _("开馆：做下一步"),
    "deadline.reminded": _("期限快到或过了：发短信提醒"),
    "endorsement.turn": _("代言到日子：上墙或撤下"),
    "mail.send": _("发邮件"),
    "packaging.draw_preview": _("画包装稿的预览"),
    "packaging.make_pack": _("打包印刷文件"),
    "person.leave": _("注销到期的账号"),
    "search.count_terms": _("数搜索用的词"),
    "search.index": _("把改动告诉搜索"),
    "sms.send": _("发短信"),
}


def said(kind: str) -> str:
    """The effect in the reader's words; one that nobody named stays a code."""
    return str(EFFECTS.get(kind, kind))

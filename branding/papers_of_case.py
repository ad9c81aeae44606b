"""What the papers of a case are called."""

from django.utils.translation import gettext as _


def paper_names() -> dict[str, str]:
    """Kind → name, in the reader's language."""
    return {
        "licence": _("营业执照"),
        "land": _("土地承包合同"),
        "identity": _("身份证复印件"),
        "specimen": _("商标图样"),
        "power": _("代理委托书"),
        "answer": _("答复材料"),
        "other": _("其他文件"),
    }

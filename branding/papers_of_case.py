"""What the papers of a case are called."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _


def named(kept: Iterable[Any]) -> list[tuple[Any, str]]:
    """Each paper with what it is; several of one kind are told apart by a number, whatever their files are called."""
    listed, names = list(kept), paper_names()
    many = {kind for kind, n in Counter(one.kind for one in listed).items() if n > 1}
    seen: Counter[str] = Counter()
    told = []
    for one in listed:
        seen[one.kind] += 1
        name = names.get(one.kind, one.name)
        told.append((one, f"{name} {seen[one.kind]}" if one.kind in many else name))
    return told


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

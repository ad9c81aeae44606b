"""我的资料: everything we hold about one person, as JSON for machines and one page for them."""

from __future__ import annotations

from pathlib import Path

from django.utils.html import escape
from django.utils.translation import override

from accounts.models import User
from accounts.rights.bundle import Bundle, table
from accounts.rights.holdings import Holding, collected

BEFORE = "这是借梯平台保存的关于您的全部资料。同样的内容在“资料.json”里，可以交给别的系统读。"


def write(user: User, target: Path) -> int:
    """Returns how many files there are in it."""
    with override("zh-hans"), Bundle(target) as bundle:
        found = collected(user)
        bundle.add_json(
            "资料.json",
            {
                holding.code: {"名称": str(holding.name), "说明": str(holding.what), "记录": rows}
                for holding, rows in found
            },
        )
        parts = "".join(
            f"<h2>{escape(holding.name)}</h2><p>{escape(holding.what)}。{_fate(holding)}</p>{table(rows)}"
            for holding, rows in found
        )
        bundle.add_page("资料.html", "我的资料", f"<p>{escape(BEFORE)}</p>{parts}")
    return bundle.files


def _fate(holding: Holding) -> str:
    if not holding.is_kept:
        return "注销时删除。"
    return f"注销后仍保留：{escape(holding.law)}；{escape(holding.until)}。"

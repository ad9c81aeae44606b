"""横梯: progress as a ladder lying down, one rung for each unit.

Drawn with SVG attributes, so that the strict style policy has nothing to forbid.
"""

from typing import Any

from django import template

register = template.Library()
FEW = 12
HEIGHT = 10


@register.inclusion_tag("web/rungs.html")
def rungs(done: int | None, total: int | None, before: str = "", after: str = "") -> dict[str, Any]:
    """``{% rungs 37 121 "第 37 个县" "共 121 个" %}``; the words are also its spoken value."""
    total = max(int(total or 0), 1)
    done = min(max(int(done or 0), 0), total)
    return {
        "done": done,
        "total": total,
        "before": before,
        "after": after,
        "words": before or f"{done} / {total}",
        "height": HEIGHT,
        "few": total <= FEW,
        "done_path": _strokes(1, done),
        "rest_path": _strokes(done + 1, total - 1),
    }


def _strokes(first: int, last: int) -> str:
    return "".join(f"M{at} 0v{HEIGHT}" for at in range(first, last + 1))

"""How our texts stand one after the other: Chinese sentences without a space, English ones with it."""

from collections.abc import Iterable

from django.utils.translation import get_language


def together(texts: Iterable[object]) -> str:
    """The sentences that are there, as one paragraph."""
    glue = "" if (get_language() or "zh").startswith("zh") else " "
    return glue.join(found for text in texts if (found := str(text).strip()))

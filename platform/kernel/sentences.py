"""How our texts stand one after the other: Chinese sentences without a space, English ones with it."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import get_language, gettext, override

HANZI = re.compile(r"[\u4e00-\u9fff]")
LEAST_SAID = 4


def together(texts: Iterable[object]) -> str:
    """The sentences that are there, as one paragraph."""
    glue = "" if (get_language() or "zh").startswith("zh") else " "
    return glue.join(found for text in texts if (found := str(text).strip()))


def retold(text: str, *sentences: str) -> str:
    """One of these sentences of ours, kept as it was said then, in the reader's language; else the text itself."""
    for sentence in sentences:
        for code, _name in settings.LANGUAGES:
            with override(code):
                said = gettext(sentence)
            found = re.fullmatch(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+?)", re.escape(said)), text)
            if found:
                return gettext(sentence) % found.groupdict()
    return text


def is_said(words: str) -> bool:
    """A reason: four different hanzi at least, which a full stop, "12345" and "好好好好" are not."""
    return len(set(HANZI.findall(words))) >= LEAST_SAID

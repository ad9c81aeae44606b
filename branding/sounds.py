"""How a text sounds: with tones, without, and by its first letters."""

import unicodedata
from functools import lru_cache
from typing import Any

LONGEST = 60


def plain(text: str) -> str:
    """Compatibility forms folded, small letters, letters and digits only, at most 60 of them."""
    folded = unicodedata.normalize("NFKC", text[: LONGEST * 4]).casefold()
    return "".join(sign for sign in folded if sign.isalnum())[:LONGEST]


def is_latin(text: str) -> bool:
    return bool(text) and text.isascii()


@lru_cache(maxsize=20_000)
def toned(text: str) -> str:
    """山椴语 → shan1duan4yu3; what is no hanzi stays as it is."""
    from pypinyin import Style

    return "".join(_syllables(text, Style.TONE3))


@lru_cache(maxsize=20_000)
def toneless(text: str) -> str:
    """山椴语 → shanduanyu."""
    from pypinyin import Style

    return "".join(_syllables(text, Style.NORMAL))


@lru_cache(maxsize=20_000)
def initials(text: str) -> str:
    """山椴语 → sdy."""
    from pypinyin import Style

    return "".join(one[0] for one in _syllables(text, Style.NORMAL) if one)


def _syllables(text: str, style: Any) -> list[str]:
    from pypinyin import lazy_pinyin

    return lazy_pinyin(text, style=style, v_to_u=False, neutral_tone_with_five=True)

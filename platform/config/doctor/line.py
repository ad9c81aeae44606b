"""One line of the doctor's."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

GOOD, MEND, UNKNOWN = "good", "mend", "unknown"
SIGNS = {GOOD: "✓", MEND: "✗", UNKNOWN: "–"}


@dataclass(frozen=True)
class Line:
    """What was looked at, how it is, and for what is not good what to do, in Chinese and English."""

    code: str
    verdict: str
    chinese: str
    english: str
    do_chinese: str = ""
    do_english: str = ""

    def told(self) -> str:
        words = f"{SIGNS[self.verdict]} {self.chinese}  {self.english}"
        if self.verdict != GOOD and self.do_chinese:
            words += f"\n    → {self.do_chinese}\n      {self.do_english}"
        return words

    def facts(self) -> dict[str, Any]:
        return asdict(self)


Look = Callable[[], Iterator[Line]]


def good(code: str, chinese: str, english: str) -> Line:
    return Line(code, GOOD, chinese, english)


def mend(code: str, chinese: str, english: str, do_chinese: str, do_english: str) -> Line:
    return Line(code, MEND, chinese, english, do_chinese, do_english)


def unknown(code: str, chinese: str, english: str, do_chinese: str = "", do_english: str = "") -> Line:
    return Line(code, UNKNOWN, chinese, english, do_chinese, do_english)


def looked(code: str, look: Look) -> list[Line]:
    """What a look says; one that breaks is itself something to mend, and the others go on."""
    try:
        return list(look())
    except Exception as wrong:
        kind = type(wrong).__name__
        return [
            mend(
                code,
                f"看 {code} 的时候出错：{kind}。",
                f"Looking at {code} failed: {kind}.",
                "运行时加 -X dev 再看，或者把这一行报给我们。",
                "Run it again with python -X dev, or report this line.",
            )
        ]

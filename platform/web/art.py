"""Which drawings we have. A name in the data that nobody drew must not bring a page down."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

ART = Path(__file__).with_name("static") / "art"


@cache
def drawings() -> frozenset[str]:
    """The names of the drawings, without ``.svg``."""
    return frozenset(path.stem for path in ART.glob("*.svg"))


@dataclass(frozen=True)
class Label:
    """The paper label on a drawn package, in the drawing's 400 × 400: where the word is written."""

    box: tuple[int, int, int, int]  # x, y, width, height
    ground: str
    ink: str
    size: int
    plain: str  # what stands there when the goods have no word of their own
    upright: bool = False

    def lines(self, word: str) -> list[tuple[str, int, int]]:
        """What to write and where its baseline's middle stands."""
        x, y, width, height = self.box
        parts = list(word) if self.upright else [word]
        top = y + height // 2 - (len(parts) - 1) * self.step // 2 + self.size * 36 // 100
        return [(part, x + width // 2, top + place * self.step) for place, part in enumerate(parts)]

    @property
    def step(self) -> int:
        return self.size * 5 // 4


LABELS = {
    "rice-sack": Label((164, 166, 72, 132), "#2A211B", "#F6F0E0", 34, "大米", upright=True),
    "honey-jar": Label((142, 196, 96, 88), "#FFFBEF", "#4A3526", 34, "蜂蜜"),
    "fermented-tofu": Label((134, 196, 72, 84), "#F4E4C8", "#5A3527", 30, "腐乳"),
    "roe": Label((158, 286, 84, 18), "#F1E6CF", "#34525B", 20, "鱼子"),
}

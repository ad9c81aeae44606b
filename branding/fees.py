"""What the state asks for an application or a renewal: dated, with its source, in fen."""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "fees.csv"
ONLINE, ON_PAPER = "online", "paper"


@dataclass(frozen=True)
class Fee:
    """``fen`` for one class with ``included`` items, or for one item beyond them."""

    code: str
    name: str
    channel: str
    fen: int
    included: int
    valid_from: date
    source: str


@lru_cache(maxsize=1)
def fees() -> tuple[Fee, ...]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Fee(
                row["code"],
                row["name"],
                row["channel"],
                int(row["fen"]),
                int(row["included"]),
                date.fromisoformat(row["valid_from"]),
                row["source"],
            )
            for row in csv.DictReader(file)
        )


def fee(code: str, channel: str, on: date) -> Fee:
    """The row in force that day; raises LookupError where there was none."""
    known = [one for one in fees() if one.code == code and one.channel == channel and one.valid_from <= on]
    if not known:
        raise LookupError(f"no fee {code} {channel} on {on}")
    return max(known, key=lambda one: one.valid_from)


def application_fee(classes_of_items: Iterable[int], on: date, channel: str = ONLINE) -> int:
    """Fen for an application: the class of each item, one number an item."""
    per_class, per_item = fee("application", channel, on), fee("item", channel, on)
    return sum(
        per_class.fen + max(0, items - per_class.included) * per_item.fen
        for items in Counter(classes_of_items).values()
    )


def renewal_fee(classes: int, on: date, *, late: bool = False, channel: str = ONLINE) -> int:
    """Fen for ten more years; ``late`` adds the surcharge of the six months' grace."""
    surcharge = fee("surcharge", channel, on).fen if late else 0
    return classes * (fee("renewal", channel, on).fen + surcharge)

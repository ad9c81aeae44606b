"""The demo province as data: one file a county, read and checked.

Counties, goods and the facts of stories are real and public; people, producers, phones, prices and
stock are invented.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("data") / "counties"


@dataclass(frozen=True)
class DemoCounty:
    code: str
    theme: str
    saying: str
    contact: str
    service_phone: str
    townships: list[dict[str, Any]]
    producers: list[dict[str, Any]]
    products: list[dict[str, Any]]
    story: dict[str, Any]
    home: dict[str, Any]


@cache
def counties() -> tuple[DemoCounty, ...]:
    """Every county of the demo, in the order of codes."""
    return tuple(read(path) for path in sorted(FOLDER.glob("*.toml")))


def read(path: Path) -> DemoCounty:
    with path.open("rb") as file:
        return DemoCounty(**tomllib.load(file))

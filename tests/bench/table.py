"""Tables of what was measured: a name, our figure, what it was compared with and the ratio."""

import statistics
import time
from collections.abc import Callable


def seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def show(title: str, rows: list[tuple[str, str]]) -> None:
    print(f"\n\n{title}")
    for name, figure in rows:
        print(f"  {name:<58}{figure:>18}")


def ms(value: float) -> str:
    return f"{value * 1000:.1f} ms"


def median(values: list[float]) -> float:
    return statistics.median(values)

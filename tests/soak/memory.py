"""How much each part of the platform holds, and whether it goes on growing."""

import statistics
from collections.abc import Sequence

ENOUGH = 10.0  # MB: caches that fill, allocators that keep
SHARE = 0.05


def growth(samples: Sequence[float]) -> float:
    """MB by which a part grew in the last third of its time: the end of it against its beginning.

    Medians of a quarter each: a request that needs much for a moment is no leak.
    """
    last = list(samples[-(len(samples) // 3) :])
    if len(last) < 8:
        return 0.0
    quarter = len(last) // 4
    return statistics.median(last[-quarter:]) - statistics.median(last[:quarter])


def still_grows(samples: Sequence[float]) -> bool:
    return growth(samples) > max(ENOUGH, SHARE * statistics.median(samples))

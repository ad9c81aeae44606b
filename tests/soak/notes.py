"""What was answered, by kind."""

import math
import threading
import time
from collections import Counter, defaultdict


class Notes:
    def __init__(self) -> None:
        self.times: dict[str, list[float]] = defaultdict(list)
        self.wrong: Counter[tuple[str, str]] = Counter()
        self.examples: dict[tuple[str, str], str] = {}
        self.began = time.monotonic()
        self._lock = threading.Lock()

    def note(self, kind: str, path: str, seconds: float, status: int | str) -> None:
        with self._lock:
            self.times[kind].append(seconds)
            if isinstance(status, str) or status >= 400:
                self._mark(kind, str(status), path)

    def trouble(self, kind: str, words: str) -> None:
        """A walk that could not go on: a page was not what it should be."""
        with self._lock:
            self._mark(kind, "walk", words)

    def _mark(self, kind: str, what: str, example: str) -> None:
        self.wrong[kind, what] += 1
        self.examples.setdefault((kind, what), example)

    def too_few(self, wanted: dict[str, float]) -> list[str]:
        """Kinds that were asked less often than ``wanted`` a minute: what nobody does is not shown to work."""
        minutes = (time.monotonic() - self.began) / 60
        return [
            f"{kind}: asked {len(self.times.get(kind, ()))} times in {minutes:.1f} min, at least {least * minutes:.0f}"
            for kind, least in wanted.items()
            if len(self.times.get(kind, ())) < max(1, int(least * minutes))
        ]

    def fatal(self) -> list[str]:
        """Server errors, lines that broke, walks that stopped."""
        return [
            f"{kind}: {what} × {count}, {self.examples[kind, what][:160]}"
            for (kind, what), count in sorted(self.wrong.items())
            if not what.isdecimal() or int(what) >= 500
        ]

    def table(self) -> list[str]:
        lasted = time.monotonic() - self.began
        total = sum(len(times) for times in self.times.values())
        lines = [f"{'kind':<16}{'asked':>8}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'longest':>9}   wrong"]
        for kind, times in sorted(self.times.items()):
            wrong = ", ".join(f"{what} × {count}" for (of, what), count in sorted(self.wrong.items()) if of == kind)
            figures = "".join(f"{_at(times, part) * 1000:>9.0f}" for part in (0.5, 0.95, 0.99, 1))
            lines.append(f"{kind:<16}{len(times):>8}{figures}   {wrong or '–'}")
        return [*lines, f"{total} requests in {lasted:.0f} s, {total / lasted:.1f} a second"]


def _at(times: list[float], part: float) -> float:
    ordered = sorted(times)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]

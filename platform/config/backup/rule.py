"""Which base backups stay: all of the last two days, then the newest of each of so many days, weeks and months in China.

All of two days, because who has just lost a table makes a backup first: it must not push out the one before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kernel.clock import SHANGHAI

RECENT = timedelta(days=2)


@dataclass(frozen=True)
class Rule:
    daily: int = 7
    weekly: int = 4
    monthly: int = 12

    @classmethod
    def read(cls, text: str) -> "Rule":
        """ "7,4,12"."""
        return cls(*(int(part) for part in text.split(",")))

    def kept(self, moments: Iterable[datetime]) -> set[datetime]:
        """The newest always stays: a rule must not take the last backup there is."""
        known = list(moments)
        return self.daily_kept(known) | _newest(known, "%G-%V", self.weekly) | _newest(known, "%Y-%m", self.monthly)

    def daily_kept(self, moments: Iterable[datetime]) -> set[datetime]:
        """From the oldest of these on, every moment can be gone back to; older ones are whole as they stand."""
        known = list(moments)
        recent = {moment for moment in known if moment >= max(known) - RECENT}
        return recent | _newest(known, "%Y-%m-%d", max(1, self.daily))


def _newest(moments: Iterable[datetime], span: str, number: int) -> set[datetime]:
    by_span = {moment.astimezone(SHANGHAI).strftime(span): moment for moment in sorted(moments)}
    return {by_span[name] for name in sorted(by_span, reverse=True)[:number]}

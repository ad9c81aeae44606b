"""Is the platform well? Read once (``facts``), judged once (``findings``); the status page, ``/metrics`` and
``jieti doctor`` all say the same.
"""

from console.checks.facts import Facts, read_facts
from console.checks.findings import Finding, Level, judge, worst

__all__ = ["Facts", "Finding", "Level", "judge", "read_facts", "worst"]

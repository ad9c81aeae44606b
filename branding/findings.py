"""What the pre-check says of a name: severity, reason, article and how to mend it."""

from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

STOP, WARN, NOTE = "stop", "warn", "note"
WEIGHT = {STOP: 0, WARN: 1, NOTE: 2}

# Kept in the tables as "10.1.2"; 商标法 as revised in 2019.
ARTICLES = {
    "10.1.1": gettext_noop("《商标法》第十条第一款第（一）项"),
    "10.1.2": gettext_noop("《商标法》第十条第一款第（二）项"),
    "10.1.3": gettext_noop("《商标法》第十条第一款第（三）项"),
    "10.1.4": gettext_noop("《商标法》第十条第一款第（四）项"),
    "10.1.5": gettext_noop("《商标法》第十条第一款第（五）项"),
    "10.1.6": gettext_noop("《商标法》第十条第一款第（六）项"),
    "10.1.7": gettext_noop("《商标法》第十条第一款第（七）项"),
    "10.1.8": gettext_noop("《商标法》第十条第一款第（八）项"),
    "10.2": gettext_noop("《商标法》第十条第二款"),
    "11.1.1": gettext_noop("《商标法》第十一条第一款第（一）项"),
    "11.1.2": gettext_noop("《商标法》第十一条第一款第（二）项"),
    "11.1.3": gettext_noop("《商标法》第十一条第一款第（三）项"),
    "13": gettext_noop("《商标法》第十三条"),
    "30": gettext_noop("《商标法》第三十条"),
    "31": gettext_noop("《商标法》第三十一条"),
    "50": gettext_noop("《商标法》第五十条"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one name. A ``stop`` is what the office would refuse."""

    name: str
    code: str
    severity: str
    reason: str
    article: str
    mend: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def sort(found: list[Finding]) -> list[Finding]:
    """The gravest first, else in the order found."""
    return sorted(found, key=lambda one: WEIGHT[one.severity])


def article(code: str) -> str:
    return _(ARTICLES[code])


def disclaimer() -> str:
    """Stands under every answer."""
    return _("这是本平台的预检，只比了本省的案子，没有查国家商标局的注册簿，也不是法律意见。递交前品牌专员还会再看。")

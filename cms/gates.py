"""What must be so before a page may be shown. Rooms and parts add their conditions at start.

A gate looks at a page as it would be published and says in sentences what is missing.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from wagtail.actions.publish_page_revision import PublishPageRevisionAction

from cms.errors import NotReadyToShow
from kernel.sentences import together

Gate = Callable[[Any], list[str]]
_gates: list[Gate] = []


def add_gate(gate: Gate) -> None:
    if gate not in _gates:
        _gates.append(gate)


def missing(page: Any) -> list[str]:
    return [sentence for gate in _gates for sentence in gate(page)]


def must_pass(page: Any) -> None:
    """Raises NotReadyToShow with everything that is missing."""
    lacks = missing(page)
    if lacks:
        raise NotReadyToShow(together(lacks), missing=lacks)


def must_be_ready(page: Any) -> None:
    """Of the page's latest words, before they are handed in: nobody reads what cannot be shown. Raises NotReadyToShow."""
    lacks = missing(page.get_latest_revision_as_object())
    if lacks:
        said = _("还不能交上去：%(lacks)s") % {"lacks": together(lacks)}
        raise NotReadyToShow(said, missing=lacks, page=page.pk)


def install() -> None:
    """Every way out (a button, an approval, the hour, the interface for programs) makes this action."""
    if "check" not in PublishPageRevisionAction.__dict__:
        raise RuntimeError("Wagtail changed how pages are published: look again at the gates")
    original = PublishPageRevisionAction.check

    def check(self: Any, skip_permission_checks: bool = False) -> None:
        original(self, skip_permission_checks)
        must_pass(self.object)

    PublishPageRevisionAction.check = check

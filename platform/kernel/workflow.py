"""State tables with one locked door.

A room declares its states and moves as data; ``Stateful.move`` is the only way from one to the
next. Of two people pressing at once the second is refused.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _

from kernel import clock
from kernel.errors import IllegalMove
from kernel.links import SharedForeignKey

Moves = Mapping[str, frozenset[str]]


class MoveRecord(models.Model):
    """One step of one thing: a room's own history table inherits this and adds ``subject``."""

    from_state = models.CharField(max_length=20)
    to_state = models.CharField(max_length=20)
    by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    by_name = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["-at", "-pk"]


class Stateful(models.Model):
    """A thing whose ``state`` changes only through ``move``."""

    MOVES: ClassVar[Moves] = {}
    HISTORY: ClassVar[str] = "history_moves"

    state = models.CharField(max_length=20)

    class Meta:
        abstract = True

    def can_move(self, to: str) -> bool:
        return to in self.MOVES.get(self.state, frozenset())

    def move(self, to: str, *, by: Any = None, note: str = "", **marks: Any) -> None:
        """Lock the row, check the table, save, write history; ``marks`` are fields set in the same step.

        Raises IllegalMove when the table has no such step from where the row stands now.
        """
        self._step(to, lambda: self.can_move(to), by, note, marks)

    def take_back(self, to: str, *, by: Any = None, note: str = "", **marks: Any) -> None:
        """Undo a step that was a mistake: only the way one came, and it stays in the history with the step."""
        self._step(to, lambda: self.state in self.MOVES.get(to, frozenset()), by, note, marks)

    def _step(self, to: str, is_allowed: Callable[[], bool], by: Any, note: str, marks: dict[str, Any]) -> None:
        with transaction.atomic():
            self.refresh_from_db(fields=["state"], from_queryset=self._locked())
            if not is_allowed():
                raise IllegalMove(
                    _("现在的状态不能这样做，请刷新页面看看是不是别人已经处理了。"),
                    state=self.state,
                    to=to,
                )
            before, self.state = self.state, to
            for name, value in marks.items():
                setattr(self, name, value)
            self.save(update_fields=["state", *marks])
            getattr(self, self.HISTORY).create(
                from_state=before,
                to_state=to,
                by=by,
                by_name=str(by or ""),
                note=note,
                at=clock.now(),
            )

    def _locked(self) -> Any:
        return type(self)._default_manager.select_for_update(of=("self",))

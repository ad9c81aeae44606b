"""What goes wrong in the field's own words.

Every refusal carries a code for programs, a sentence for people that says what to do next,
and the facts behind it.
"""

from typing import Any


class DomainError(Exception):
    """A rule of the field refuses what was asked; nothing has been changed."""

    code = "refused"

    def __init__(self, sentence: str, **facts: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.facts = facts

    def __str__(self) -> str:
        return self.sentence


class IllegalMove(DomainError):
    """The state table has no such step, or somebody else was faster."""

    code = "illegal_move"


class NoteMissing(DomainError):
    """Whoever sends something back must say what to change."""

    code = "note_missing"


class CountyGone(DomainError):
    """The county a task was written for is not there any more."""

    code = "county_gone"

"""Who files for the villages. 商标法 §18: the owner itself, or an agency on the office's record."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Agent:
    """An agency by its name and its number on the record of the 国家知识产权局."""

    name: str
    number: str

    def __str__(self) -> str:
        return f"{self.name}（{self.number}）"


def agent() -> Agent | None:
    """The province's agency; None where each owner files for itself and signs no power of attorney."""
    name, number = settings.TRADEMARK_AGENT
    return Agent(name, number) if name else None

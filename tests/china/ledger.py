"""What was done and measured so far, on the disk: a run that was killed goes on from here."""

import json
from pathlib import Path
from typing import Any


class Ledger:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.facts: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}

    def __contains__(self, name: str) -> bool:
        return name in self.facts

    def __getitem__(self, name: str) -> Any:
        return self.facts[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.facts.get(name, default)

    def note(self, **facts: Any) -> None:
        self.facts.update(facts)
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps(self.facts, ensure_ascii=False, indent=1), "utf-8")
        draft.replace(self.path)

    def forget(self, *names: str) -> None:
        self.facts = {name: fact for name, fact in self.facts.items() if name not in names}
        self.note()

    def add(self, name: str, seconds: float) -> None:
        """Time spent on something over all the runs it took."""
        self.note(**{name: self.get(name, 0.0) + seconds})

"""Which migrations the last release contained, and what is declared about later ones."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration

Name = tuple[str, str]

SOURCE = Path(__file__).with_name("released.toml")


@dataclass(frozen=True)
class Released:
    """The last release by the last migration of each app, and words about migrations that are not ours to edit."""

    release: str
    last: Mapping[str, str] = field(default_factory=dict)
    contracts: Mapping[str, str] = field(default_factory=dict)
    safe: Mapping[str, str] = field(default_factory=dict)

    def is_contraction(self, migration: Migration) -> bool:
        """It takes away what the release before still needed: ``jieti upgrade --contract`` takes it, nothing else."""
        return bool(getattr(migration, "contracts", "") or self.contracts.get(dotted(migration)))

    def is_declared_safe(self, migration: Migration) -> bool:
        return bool(getattr(migration, "safe_because", "") or self.safe.get(dotted(migration)))

    def nodes(self, loader: MigrationLoader) -> set[Name]:
        """The last migrations and everything before them."""
        known = [name for name in self.last.items() if name in loader.graph.nodes]
        return {node for name in known for node in loader.graph.forwards_plan(name)}


def read_released(source: Path = SOURCE) -> Released:
    facts = tomllib.loads(source.read_text(encoding="utf-8"))
    return Released(
        release=facts["release"],
        last=facts["last"],
        contracts=facts.get("contracts", {}),
        safe=facts.get("safe", {}),
    )


def write_released(loader: MigrationLoader, release: str, source: Path = SOURCE) -> None:
    """What is on disk now is what the release contains; declarations about older migrations are spent."""
    head = source.read_text(encoding="utf-8").split("release =")[0]
    last = "\n".join(f'{app} = "{name}"' for app, name in sorted(loader.graph.leaf_nodes()))
    source.write_text(f'{head}release = "{release}"\n\n[last]\n{last}\n', encoding="utf-8")


def in_order(loader: MigrationLoader) -> Iterator[Name]:
    """Every migration on disk, each after those it needs."""
    seen: set[Name] = set()
    for leaf in sorted(loader.graph.leaf_nodes()):
        for node in loader.graph.forwards_plan(leaf):
            if node not in seen:
                seen.add(node)
                yield node


def dotted(migration: Migration) -> str:
    return f"{migration.app_label}.{migration.name}"

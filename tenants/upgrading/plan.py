"""What an upgrade to the release on disk would do, before it does it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.contrib.postgres import operations as pg
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration

from tenants import schemas
from tenants.migrating import behind, with_schema
from tenants.one_migration import Name, is_fast, lives_in
from tenants.scope import public_scope
from tenants.upgrading.released import Released, dotted, in_order, read_released
from tenants.upgrading.rule import Fault, faults

PUBLIC = "public"


@dataclass(frozen=True)
class Step:
    """One migration: where it changes tables, by which road, and whether it only adds."""

    migration: Migration
    contracts: bool
    in_public: bool  # still to be taken there
    in_counties: bool

    @property
    def name(self) -> Name:
        return self.migration.app_label, self.migration.name

    @property
    def title(self) -> str:
        return dotted(self.migration)

    @property
    def of_counties(self) -> bool:
        return lives_in(self.migration, schemas.TEMPLATE)

    @property
    def of_public(self) -> bool:
        return lives_in(self.migration, PUBLIC)

    @property
    def fast(self) -> bool:
        return all(is_fast(self.migration, schema) for schema in self._places)

    @property
    def beside(self) -> bool:
        """It builds an index while everybody works on."""
        kinds = (pg.AddIndexConcurrently, pg.RemoveIndexConcurrently)
        return any(isinstance(operation, kinds) for operation in self.migration.operations)

    @property
    def _places(self) -> list[str]:
        return [PUBLIC] * self.of_public + [schemas.TEMPLATE] * self.of_counties


@dataclass(frozen=True)
class Plan:
    """The steps in their order, and which counties they find."""

    steps: list[Step]
    counties: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)  # taken already, and not on this disk

    @cached_property
    def expanding(self) -> list[Step]:
        return [step for step in self.steps if not step.contracts]

    @cached_property
    def contracting(self) -> list[Step]:
        return [step for step in self.steps if step.contracts]

    @property
    def is_older(self) -> bool:
        """This release does not know what the tables have already: a newer one is being brought in."""
        return bool(self.unknown)

    @property
    def waits_for_contraction(self) -> str:
        """A contraction of an earlier release that must come before what is to be added now."""
        contracting = {step.name for step in self.contracting}
        for step in self.expanding:
            for before in step.migration.dependencies:
                if before in contracting:
                    return ".".join(before)
        return ""


def is_fresh() -> bool:
    """No county could be opened yet: there is nothing to upgrade, ``first_start`` makes it all."""
    with public_scope():
        return not schemas.applied(schemas.TEMPLATE)


def make_plan(released: Released | None = None) -> Plan:
    released = released or read_released()
    with public_scope():
        loader = MigrationLoader(connection)
        public, template = set(schemas.applied(PUBLIC)), set(schemas.applied(schemas.TEMPLATE))
        order = list(in_order(loader))
        steps = [_step(loader, name, public, template, released) for name in order if name not in public & template]
        squashed = {name for migration in loader.disk_migrations.values() for name in migration.replaces}
        known = squashed | set(loader.disk_migrations)
        return Plan(
            steps=steps,
            counties=[county.code for county in with_schema()],
            behind=[county.code for county in behind()],
            faults=_faults(loader, released, public & template) if steps else [],
            unknown=sorted(".".join(name) for name in template - known if name[0] in loader.migrated_apps),
        )


def _step(loader: MigrationLoader, name: Name, public: set[Name], template: set[Name], released: Released) -> Step:
    migration = loader.graph.nodes[name]
    return Step(
        migration=migration,
        contracts=released.is_contraction(migration),
        in_public=name not in public,
        in_counties=name not in template,
    )


def _faults(loader: MigrationLoader, released: Released, taken: Iterable[Name]) -> list[Fault]:
    """The rule once more, against what this database really has: releases may have been left out."""
    return faults(loader, released, base=set(taken))

"""Fails where a model has no migration, and where one breaks the running release. Needs no database.

``python -m config.commands.check_migrations release NAME`` writes what is here now into ``released.toml``.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path


def main(words: Sequence[str] = ()) -> int:
    from config.command import speak_utf8

    speak_utf8()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.testing"
    import django

    django.setup()
    from django.utils import translation

    translation.deactivate_all()  # migrations keep Django's own words in English, as makemigrations wrote them
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
    from django.db.migrations.state import ProjectState

    from config.environment import ROOT
    from tenants.upgrading.released import read_released, write_released
    from tenants.upgrading.rule import faults

    loader = MigrationLoader(None)
    conflicts = loader.detect_conflicts()
    rooms = [config for config in apps.get_app_configs() if "site-packages" not in config.path]
    ours = {config.label for config in rooms if Path(config.path).is_relative_to(ROOT)}
    questioner = NonInteractiveMigrationQuestioner(specified_apps=ours, dry_run=True)
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps), questioner)
    changes = {label: found for label, found in detector.changes(graph=loader.graph).items() if label in ours}
    for label, names in conflicts.items():
        print(f"{label}: two last migrations: {', '.join(sorted(names))}")
    for label, migrations in changes.items():
        for migration in migrations:
            for operation in migration.operations:
                print(f"{label}: {operation.describe()}")
    if conflicts:
        return 1
    if words[:1] == ["release"]:
        write_released(loader, words[1])
    found = faults(loader, read_released())
    for fault in found:
        print(fault)
    return 1 if changes or found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

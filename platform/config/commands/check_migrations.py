"""Fails where a model has no migration. Needs no database: the history in it is not asked."""

import os
import sys
from pathlib import Path


def main() -> int:
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
    return 1 if changes or conflicts else 0


if __name__ == "__main__":
    sys.exit(main())

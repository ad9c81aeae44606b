"""What the pre-check hands in at start: who looks at names, and the keys kept with every saved case."""

from typing import Any

from django.db import connection
from django.db.models.signals import post_migrate, post_save


def register() -> None:
    from branding import checking, likeness, precheck
    from branding.models import Brand

    checking.register(precheck.checker)
    post_save.connect(likeness.keep_saved, sender=Brand, dispatch_uid="brand keys")
    post_migrate.connect(_first_keys, dispatch_uid="first brand keys")


def _first_keys(app_config: Any, **_: Any) -> None:
    """Cases from before the keys get theirs once."""
    from branding import likeness
    from branding.models import Brand, BrandKey

    if app_config.name != "branding" or getattr(connection, "schema_name", "public") != "public":
        return
    if BrandKey._meta.db_table not in connection.introspection.table_names():  # on the way to an older release
        return
    if Brand.objects.exists() and not BrandKey.objects.exists():
        likeness.rebuild()

"""What the pre-check hands in at start: who looks at names, and the keys kept with every saved case."""

from typing import Any

from django.db import connection
from django.db.models.signals import post_migrate, post_save
from django.utils.translation import gettext_lazy as _

from accounts.desks import PROVINCE_DESK, Entry, add_entry
from branding.permissions import SEE_ALL


def register() -> None:
    from branding import checking, likeness, precheck
    from branding.models import Brand

    checking.register(precheck.checker)
    post_save.connect(likeness.keep_saved, sender=Brand, dispatch_uid="brand keys")
    post_migrate.connect(_first_keys, dispatch_uid="first brand keys")
    add_entry(Entry(PROVINCE_DESK, 41, _("查近似"), "brands:look", SEE_ALL, _("共享台")))


def _first_keys(app_config: Any, **_more: Any) -> None:
    """Cases from before the keys get theirs once."""
    from branding import likeness
    from branding.models import Brand, BrandKey

    if app_config.name != "branding" or getattr(connection, "schema_name", "public") != "public":
        return
    if BrandKey._meta.db_table not in connection.introspection.table_names():  # on the way to an older release
        return
    if Brand.objects.exists() and not BrandKey.objects.exists():
        likeness.rebuild()

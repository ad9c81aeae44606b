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
    post_migrate.connect(_keys_of_this_release, dispatch_uid="brand keys of this release")
    add_entry(Entry(PROVINCE_DESK, 41, _("查近似"), "brands:look", SEE_ALL, _("共享台")))


def _keys_of_this_release(app_config: Any, **_more: Any) -> None:
    """Cases kept under no keys yet, or under those of older tables, get theirs."""
    from branding import likeness
    from branding.models import BrandKey

    if app_config.name != "branding" or getattr(connection, "schema_name", "public") != "public":
        return
    if BrandKey._meta.db_table not in connection.introspection.table_names():  # on the way to an older release
        return
    likeness.keep_up()

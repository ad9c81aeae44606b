"""django-tenants' backend, whose counties hold no key up to public tables (ADR 0027).

PostgreSQL keeps both triggers of a foreign key in the catalogue of the table it leads to, and every
connection that touches that table reads all of them. 46 keys a county made opening the 200th county
take three times as long as the first and each connection 34 MB larger.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models, router
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantsWrapper

from tenants.links_up import leads_out


class CountySchemaEditor(DatabaseSchemaEditor):
    """Makes a foreign key only to a table of the same schema; the column and its index are made all the same."""

    def create_model(self, model: type[models.Model]) -> None:
        with self._without_keys_up(*model._meta.local_fields):
            super().create_model(model)

    def add_field(self, model: type[models.Model], field: Any) -> None:
        with self._without_keys_up(field):
            super().add_field(model, field)

    def alter_field(self, model: type[models.Model], old_field: Any, new_field: Any, strict: bool = False) -> None:
        with self._without_keys_up(old_field, new_field):
            super().alter_field(model, old_field, new_field, strict)

    @contextmanager
    def _without_keys_up(self, *fields: Any) -> Iterator[None]:
        keys = [one for one in fields if leads_out(one, self._is_here)]
        for key in keys:
            key.db_constraint = False
        try:
            yield
        finally:
            for key in keys:
                key.db_constraint = True

    def _is_here(self, app_label: str) -> bool:
        return router.allow_migrate(self.connection.alias, app_label)


class DatabaseWrapper(TenantsWrapper):
    SchemaEditorClass = CountySchemaEditor
    knows_the_door = False

    def init_connection_state(self) -> None:
        """A new connection: what the last one had prepared (``tenants/doorstep.py``) is gone with it."""
        self.knows_the_door = False
        super().init_connection_state()

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """As django-tenants does it, but content types stay known: here they are rows of public alone, the same in
        every county. Forgotten at each step, a page of Wagtail's asked for each of them anew."""
        self.tenant = tenant
        self.schema_name = tenant.schema_name
        self.include_public_schema = include_public
        self.set_settings_schema(self.schema_name)
        self.search_path_set_schemas = None

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "县"

    def ready(self) -> None:
        from kernel import outbox
        from tenants import opening  # noqa: F401  registers the steps every county takes
        from tenants.scope import scope_of

        outbox.county_doorway = scope_of

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "县"

    def ready(self) -> None:
        from kernel import logs, outbox
        from tenants import (
            opening,  # noqa: F401  registers the steps every county takes
            visits,
        )
        from tenants.backups import look_for_dangling
        from tenants.links_up import pointing_at_nothing
        from tenants.scope import code_here, scope_of

        outbox.county_doorway = scope_of
        logs.current_county = code_here
        visits.listen()
        look_for_dangling(pointing_at_nothing)

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = "产品"

    def ready(self) -> None:
        from branding import ports
        from catalog import entries, rendering  # noqa: F401  the outbox's handler
        from catalog.brand_port import CatalogGoods

        ports.register(CatalogGoods())
        entries.grant_permissions()
        entries.add_entries()

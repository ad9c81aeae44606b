from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = "产品"

    def ready(self) -> None:
        from branding import ports
        from catalog import brand_changes, entries, rendering, restoring, rules, services, taking_along  # noqa: F401  handlers, and names of inbox items
        from catalog.brand_port import CatalogGoods
        from kernel import inbox

        ports.register(CatalogGoods())
        inbox.add_places("product", rules.places_of)
        restoring.listen()
        taking_along.register()
        entries.grant_permissions()
        entries.add_entries()

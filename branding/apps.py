from django.apps import AppConfig


class BrandingConfig(AppConfig):
    name = "branding"
    verbose_name = "品牌"

    def ready(self) -> None:
        from branding import case_entries, packaging_entries, precheck_entries, studio_entries, taking_along

        case_entries.register()
        packaging_entries.register()
        precheck_entries.register()
        studio_entries.register()
        taking_along.register()

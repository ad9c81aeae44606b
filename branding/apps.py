from django.apps import AppConfig


class BrandingConfig(AppConfig):
    name = "branding"
    verbose_name = "品牌"

    def ready(self) -> None:
        from branding import packaging_entries

        packaging_entries.register()

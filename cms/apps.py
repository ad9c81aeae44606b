from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = "故事"

    def ready(self) -> None:
        from wagtail.signals import page_published, page_unpublished

        from cms import cards, entries, opening, wagtail_paths  # noqa: F401  steps and signals

        entries.add_entries()
        wagtail_paths.install()
        page_published.connect(cards.on_published, dispatch_uid="cms.card")
        page_unpublished.connect(cards.on_unpublished, dispatch_uid="cms.card")

    def prepare_county_template(self) -> None:
        from cms.opening import clear_wagtail_beginnings

        clear_wagtail_beginnings()

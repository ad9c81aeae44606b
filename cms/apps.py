from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = "故事"

    def ready(self) -> None:
        from wagtail.signals import page_published, page_unpublished

        from catalog import ties as catalog_ties
        from cms import (  # noqa: F401  steps and signals
            cards,
            claims,
            consent_entries,
            entries,
            gates,
            opening,
            restoring,
            rights,
            taking_along,
            telling,
            ties,
            wagtail_paths,
        )
        from kernel import inbox, terms

        rights.grant_permissions()
        entries.add_entries()
        terms.add_terms(Path(__file__).parent / "data" / "terms.csv", {"story.review": _("故事待审")})
        inbox.add_kind(telling.REVIEW, _("故事待审"))
        inbox.add_kind(telling.MEND, _("故事退回"))
        telling.listen()
        restoring.listen()
        catalog_ties.ask(ties.told_by)
        taking_along.register()
        wagtail_paths.install()
        gates.install()
        claims.install()
        consent_entries.know_the_consents()
        page_published.connect(cards.on_published, dispatch_uid="cms.card")
        page_unpublished.connect(cards.on_unpublished, dispatch_uid="cms.card")

    def prepare_county_template(self) -> None:
        from cms.opening import prepare_template

        prepare_template()

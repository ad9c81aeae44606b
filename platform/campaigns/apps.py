from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = "代言"

    def ready(self) -> None:
        from campaigns import entries, selectors, taking_along, turning  # noqa: F401  the outbox's handler
        from catalog import ties

        entries.grant_permissions()
        entries.add_entries()
        entries.know_the_papers()
        taking_along.register()
        ties.ask(selectors.reason_to_keep)

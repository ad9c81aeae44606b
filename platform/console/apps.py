from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "console"
    verbose_name = "省台"

    def ready(self) -> None:
        from console import entries, ladder

        entries.grant_permissions()
        entries.add_entries()
        ladder.listen()

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = "搜索"

    def ready(self) -> None:
        from kernel import inbox
        from search import (
            entries,
            planning,
            tasks,  # noqa: F401  registers what the worker does
        )
        from search.engines.breaker import KIND
        from search.shutters import listen

        listen()
        planning.listen()
        entries.grant_permissions()
        entries.add_entries()
        inbox.add_kind(KIND, _("搜索引擎没有回答，先由备用搜索回答"))

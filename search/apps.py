from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = "搜索"

    def ready(self) -> None:
        from search import tasks  # noqa: F401  registers what the worker does
        from search.shutters import listen

        listen()

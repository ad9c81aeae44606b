from django.apps import AppConfig


class RunningConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # Every process wakes the relay through our broker; without this Celery would knock at a default one.
        from config import celery  # noqa: F401

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "kernel"
    verbose_name = "地基"

    def ready(self) -> None:
        from kernel import deadlines  # noqa: F401  names its kinds of inbox items

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "kernel"
    verbose_name = "地基"

    def ready(self) -> None:
        from django.core.signals import request_started

        from kernel import deadlines, key_ring  # noqa: F401  deadlines names its kinds of inbox items

        request_started.connect(key_ring.on_request, dispatch_uid="keys")

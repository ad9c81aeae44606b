from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    name = "kernel"
    verbose_name = "地基"

    def ready(self) -> None:
        from django.core.signals import request_started

        from kernel import deadlines, key_ring, terms  # noqa: F401  deadlines names its kinds of inbox items

        names = {"security.log": _("安全日志至少保存")}
        terms.add_terms(Path(__file__).parent / "data" / "terms.csv", names)
        request_started.connect(key_ring.on_request, dispatch_uid="keys")

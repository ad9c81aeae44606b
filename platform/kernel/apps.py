from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    name = "kernel"
    verbose_name = "地基"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Before any app's models are read, for they make forms.

        Wagtail's catalogue stands before Django's and calls an empty box "必需字段", in every form of ours too.
        """
        from django.forms import Field

        super().__init__(*args, **kwargs)
        Field.default_error_messages["required"] = _("这里还空着，请填上或选好。")

    def ready(self) -> None:
        from django.core.signals import request_started

        from kernel import deadlines, key_ring, terms  # noqa: F401  deadlines names its kinds of inbox items

        names = {"security.log": _("安全日志至少保存")}
        terms.add_terms(Path(__file__).parent / "data" / "terms.csv", names)
        request_started.connect(key_ring.on_request, dispatch_uid="keys")

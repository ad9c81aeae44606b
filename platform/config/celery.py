"""The worker's application. A task carries its county's schema in a header (tenant-schemas-celery)."""

import os
from typing import Any

from celery.signals import setup_logging
from tenant_schemas_celery.app import CeleryApp

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config import heartbeats  # noqa: F401 - importing connects its signals
from config.watch import tasks  # noqa: F401 - and so does this

app = CeleryApp("jieti")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _keep_django_logging(**_: Any) -> None:
    """Being connected is the point: Celery then leaves our formatter on the handlers, which hides phones."""

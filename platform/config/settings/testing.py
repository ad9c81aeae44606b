"""The tests: the same settings, with what is slow on purpose made quick."""

import os
from importlib.util import find_spec

from config.settings.base import *  # noqa: F403

_without = os.environ.get("JIETI_TEST_WITHOUT", "").split(",")
SHARED_APPS = [app for app in SHARED_APPS if find_spec(app) and app not in _without]  # noqa: F405
TENANT_APPS = [app for app in TENANT_APPS if find_spec(app) and app not in _without]  # noqa: F405
INSTALLED_APPS = [app for app in INSTALLED_APPS if find_spec(app) and app not in _without]  # noqa: F405

ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]  # noqa: F405
PROVINCE_HOSTS = frozenset({*PROVINCE_HOSTS, "testserver"})  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
CACHES = {
    name: {**cache, "BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name, cache in CACHES.items()  # noqa: F405
}
CLOCK_MAY_SHIFT = True
WAKE_RELAY = False
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}

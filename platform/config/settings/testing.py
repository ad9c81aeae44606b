"""The tests: the same settings, with what is slow on purpose made quick."""

from config.settings.base import *  # noqa: F403

ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]  # noqa: F405
PROVINCE_HOSTS = frozenset({*PROVINCE_HOSTS, "testserver"})  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
CACHES = {
    name: {**cache, "BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name, cache in CACHES.items()  # noqa: F405
}
# Nothing is gathered for tests; whitenoise would warn of the empty folder.
STATIC_ROOT = None
CLOCK_MAY_SHIFT = True
TRADEMARK_AGENT = ("五谷商标事务所", "备案 2312345")
WAKE_RELAY = False
COUNT_FAILURES_BY_TIMER = False
METRICS_TOKEN = ""
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}

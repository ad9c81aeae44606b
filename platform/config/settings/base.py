"""One Django configuration for the embedded trial, the demo and a province's real servers."""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.environment import read_environment
from config.release import application_name, release_mark
from config.watch import reports
from kernel import logs

ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENT = read_environment(os.environ)

DEBUG = ENVIRONMENT.debug
SECRET_KEY = ENVIRONMENT.secret_key
PRIVACY_KEYS = list(ENVIRONMENT.keys)
PRIVACY_HASH_KEY = ENVIRONMENT.hash_key
# While a key turns the one before still reads; where there is a file, every process follows it by itself.
SECRET_KEY_FALLBACKS = list(ENVIRONMENT.old_secret_keys)
PRIVACY_HASH_KEY_FALLBACKS = list(ENVIRONMENT.old_hash_keys)
KEY_FILE = str(ENVIRONMENT.key_file or "")
AUDIT_SIGNING_KEY = ENVIRONMENT.signing_key
SESSION_MARK = "accounts.hashing.marked_anew"

JIETI_PROVINCE = ENVIRONMENT.province
JIETI_DEMO = ENVIRONMENT.demo
JIETI_PRODUCTION = ENVIRONMENT.production
JIETI_VAR = ENVIRONMENT.var
JIETI_BACKUP = str(ENVIRONMENT.backup or "")
DEMO_MARK = ENVIRONMENT.demo_mark
CLOCK_MAY_SHIFT = JIETI_DEMO
WAKE_RELAY = True
SITE = {
    "operator": ENVIRONMENT.operator,
    "complaint_phone": ENVIRONMENT.complaint_phone,
    "icp": ENVIRONMENT.icp_number,
    "police": ENVIRONMENT.police_number,
}

# The demo's agency is invented.
TRADEMARK_AGENT = (
    ("演示商标代理机构", "演示备案号 0000")
    if JIETI_DEMO and not ENVIRONMENT.trademark_agent
    else (ENVIRONMENT.trademark_agent, ENVIRONMENT.trademark_agent_number)
)

# --- addresses -------------------------------------------------------------------------------
PROVINCE_ORIGIN = ENVIRONMENT.address
PROVINCE_HOSTS = frozenset(ENVIRONMENT.hosts)
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)
# How many of our own servers stand in front and write X-Forwarded-For; 0 believes nobody.
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.proxies
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.origin] if ENVIRONMENT.origin else []
ROOT_URLCONF = "config.urls_county"
PUBLIC_SCHEMA_URLCONF = "config.urls_province"
WSGI_APPLICATION = "config.wsgi.application"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/me/"
STATIC_URL = "/static/"
MEDIA_URL = ENVIRONMENT.media_url or "/media/"
STATIC_ROOT: Path | None = ENVIRONMENT.static_folder
MEDIA_ROOT = JIETI_VAR / "media"
PRIVATE_ROOT = JIETI_VAR / "private"
STATICFILES_DIRS: list[Path] = []

# --- rooms -----------------------------------------------------------------------------------
SHARED_APPS = [
    "django_tenants",
    "kernel",
    "tenants",
    "accounts",
    "branding",
    "search",
    "campaigns",
    "web",
    "console",
    "demo",
    "config",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "template_partials",
]
TENANT_APPS = [
    "cms",  # before Wagtail: its desk wears our templates
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.humanize",  # Wagtail says with it how long ago; only an installed one speaks Chinese
    "catalog",
]
INSTALLED_APPS = [*SHARED_APPS, *[app for app in TENANT_APPS if app not in SHARED_APPS]]
TENANT_MODEL = "tenants.County"
TENANT_DOMAIN_MODEL = "tenants.Domain"
TENANT_LIMIT_SET_CALLS = True
TENANT_BASE_MIGRATE_COMMAND = "tenants.migrate_command.Command"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "config.watch.middleware.WatchMiddleware",  # outermost: what is refused is counted too
    "tenants.middleware.CountyMiddleware",  # before all that answers: an unknown host gets nothing, not even a picture
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "web.middleware.SafetyHeaders",
    "web.middleware.WithoutNulls",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "cms.keeping.KeptPages",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SessionClock",
    "accounts.middleware.AuditorOnlyReads",
    "accounts.middleware.UploadsAreFew",
    "django.contrib.messages.middleware.MessageMiddleware",
    "web.middleware.ButtonOnlyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "tenants.middleware.CmsGateMiddleware",
    "cms.policy.WidgetsPolicy",
    "cms.mishaps.DeskMishaps",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "cms.redirects.CountyRedirectMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "web.context_processors.site",
                "console.context_processors.desk",
            ],
        },
    }
]

# --- database and caches ---------------------------------------------------------------------
DATABASES = {
    "default": {
        "ENGINE": "tenants.postgres",
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        **ENVIRONMENT.database,
    }
}
# PostgreSQL knows our connections by the release: an upgrade is contracted only when the old one is gone.
RELEASE = release_mark()
DATABASES["default"]["OPTIONS"] = {"application_name": application_name(), **ENVIRONMENT.database["OPTIONS"]}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]


_in_database: dict[str, Any] = {
    "BACKEND": "django.core.cache.backends.db.DatabaseCache",
    "LOCATION": "jieti_cache",
    "OPTIONS": {"MAX_ENTRIES": 200_000},
}
_in_redis = {"BACKEND": "kernel.caches.ForgivingRedis", "LOCATION": ENVIRONMENT.redis_url}
CACHES: dict[str, dict[str, Any]] = {
    # Without the county in the key Wagtail's site roots leak from one county to the next.
    "default": {
        **(_in_redis if ENVIRONMENT.redis_url else _in_database),
        "KEY_PREFIX": "county",
        "KEY_FUNCTION": "django_tenants.cache.make_key",
    },
    # With it an attacker would get as many tries as there are counties; and who counts tries must not forget
    # them, as Redis does when it is started again or full.
    "shared": {**_in_database, "KEY_PREFIX": "shared"},
    # What may be stale for a while may live in a process.
    "renditions": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "OPTIONS": {"MAX_ENTRIES": 3000},  # of all counties together; some 2 KB each
    },
    # A county's public pages for strangers, each under a version of all it shows.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "OPTIONS": {"MAX_ENTRIES": 500},
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# Over TLS a cookie of this name is from this very host, for all of it: no neighbour's host can plant one.
_https = ENVIRONMENT.origin.startswith("https://")
_host = "__Host-" if _https else ""
SESSION_COOKIE_NAME = f"{_host}jieti_session"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{_host}jieti_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None  # as long as the browser is open: whoever only looks carries nothing away
CSRF_COOKIE_SAMESITE = "Lax"

# --- people ----------------------------------------------------------------------------------
# People have a phone; allauth must not look for an address to write to.
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# Empty is the console in the demo and nothing elsewhere; a test or a province names its own class.
SMS_CARRIER = ""
SMS = {
    "endpoint": ENVIRONMENT.messages.sms_endpoint,
    "key_id": ENVIRONMENT.messages.sms_key_id,
    "key_secret": ENVIRONMENT.messages.sms_key_secret,
    "sign": ENVIRONMENT.messages.sms_sign or "借梯",
    "templates": dict(ENVIRONMENT.messages.sms_templates),
}
SMTP = dict(ENVIRONMENT.messages.smtp)
MAIL_OPERATOR = ENVIRONMENT.messages.mail_operator
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.messages.mail_from or "jieti@localhost"
AUTHENTICATION_BACKENDS = ["accounts.backends.PhoneBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.NoOwnWords"},
]

# --- safety ----------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
SECURE_HSTS_SECONDS = 31536000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- words -----------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
LANGUAGE_COOKIE_NAME = "jieti_language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- files -----------------------------------------------------------------------------------
STORAGES = {
    "default": {"BACKEND": "tenants.storage.CountyMediaStorage"},
    # Papers of cases: encrypted, never below the public media.
    "papers": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT / "papers", "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 31536000
WHITENOISE_MANIFEST_STRICT = False  # a drawing that is not there must not take a page down

# --- Wagtail ---------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = _("借梯")
WAGTAILADMIN_BASE_URL = PROVINCE_ORIGIN
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_I18N_ENABLED = False
# Passwords and addresses are changed on the province's own pages, where the trail sees it.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAIL_FRONTEND_LOGIN_URL = LOGIN_URL
WAGTAIL_WORKFLOW_ENABLED = True
WAGTAIL_FINISH_WORKFLOW_ACTION = "cms.finishing.publish_approved"
WAGTAILADMIN_PERMITTED_LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 12 * 1024 * 1024
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.picture_form.PictureForm"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

# --- search: a second engine where one is named -------------------------------------------------
ELASTICSEARCH_URLS = list(ENVIRONMENT.elasticsearch_urls)
ELASTICSEARCH_PREFIX = ENVIRONMENT.elasticsearch_prefix
ELASTICSEARCH_SHARDS = ENVIRONMENT.elasticsearch_shards

# --- work behind the pages -------------------------------------------------------------------
CELERY_BROKER_URL = ENVIRONMENT.broker_url or "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
if ENVIRONMENT.broker_url.startswith("redis"):
    # A Redis that hangs without a word must not hold the page that wanted to wake somebody.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 4, "socket_keepalive": True}
elif not ENVIRONMENT.broker_url:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(ENVIRONMENT.broker_folder / "queue"),
        "data_folder_out": str(ENVIRONMENT.broker_folder / "queue"),
        "control_folder": str(ENVIRONMENT.broker_folder / "control"),
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "relay": {"task": "kernel.relay", "schedule": 5.0, "options": {"expires": 5}},
    "deadlines": {"task": "kernel.sweep_deadlines", "schedule": 30.0, "options": {"expires": 30}},
    "certificates": {"task": "branding.watch_certificates", "schedule": 60.0, "options": {"expires": 60}},
    "packages": {"task": "branding.release_packages", "schedule": 60.0, "options": {"expires": 60}},
    "seal": {"task": "kernel.seal_audit", "schedule": 10.0, "options": {"expires": 10}},
    "stories": {"task": "cms.publish_due", "schedule": 20.0, "options": {"expires": 20}},
    "consents": {"task": "cms.end_consents", "schedule": 60.0, "options": {"expires": 60}},
    "endorsements": {"task": "campaigns.end_due", "schedule": 60.0, "options": {"expires": 60}},
    "brands": {"task": "catalog.teach_brands", "schedule": 600.0, "options": {"expires": 600}},
    "analysis": {"task": "search.keep_up", "schedule": 60.0, "options": {"expires": 60}},
    "messages": {"task": "accounts.tend_messages", "schedule": 30.0, "options": {"expires": 30}},
    "rights": {"task": "accounts.tend_rights", "schedule": 60.0, "options": {"expires": 60}},
    "failures": {"task": "kernel.forget_failures", "schedule": 3600.0, "options": {"expires": 3600}},
    "beat": {"task": "kernel.beat", "schedule": 10.0, "options": {"expires": 10}},
}
if ELASTICSEARCH_URLS:
    CELERY_BEAT_SCHEDULE["search"] = {"task": "search.tend", "schedule": 5.0, "options": {"expires": 5}}

SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
SIMPLE_HISTORY_HISTORY_ID_USE_UUID = False

# --- watching --------------------------------------------------------------------------------
METRICS_TOKEN = ENVIRONMENT.metrics_token
CERTIFICATE_FILE = ENVIRONMENT.certificate
COUNT_FAILURES_BY_TIMER = True
LOGGING: dict[str, Any] = logs.logging_of(ENVIRONMENT.log_form)
logs.configure_structlog()
reports.report_to(ENVIRONMENT.sentry_dsn)

"""Settings, all from the environment; `.env.example` documents each of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from halobridge.browsers import CONTENT_SECURITY_POLICY as CONTENT_SECURITY_POLICY
from halobridge.environment_values import Environment
from halobridge.logs import FORMATS, LEVELS, logging_settings
from halobridge.openapi import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS
from halobridge.sidebar import UNFOLD as UNFOLD

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment()
TESTING = env.switch("HALOBRIDGE_TESTING", default=False)
if not TESTING and (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

VAR_DIR = Path(env.str("HALOBRIDGE_VAR", default=str(BASE_DIR / "var"))).absolute()
DEBUG = env.switch("HALOBRIDGE_DEBUG", default=False)

# ---- secrets ---------------------------------------------------------------------------------

_unset = "not-set-run-make-run-or-fill-in-the-environment-file"
SECRET_KEY = env.str("HALOBRIDGE_SECRET_KEY", default=_unset if TESTING else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("HALOBRIDGE_SECRET_KEY is not set; `make run` writes one into .env.")
HALOBRIDGE_ENCRYPTION_KEYS: list[str] = env.list(
    "HALOBRIDGE_ENCRYPTION_KEYS", default=[Fernet.generate_key().decode()] if TESTING else []
)
if not HALOBRIDGE_ENCRYPTION_KEYS:
    raise ImproperlyConfigured("HALOBRIDGE_ENCRYPTION_KEYS is not set; `make run` writes one into .env.")

# ---- where and how it runs -------------------------------------------------------------------

ALLOWED_HOSTS: list[str] = env.list("HALOBRIDGE_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("HALOBRIDGE_TRUSTED_ORIGINS", default=[])
HALOBRIDGE_ALLOW_PRIVATE_HOSTS: list[str] = env.list("HALOBRIDGE_ALLOW_PRIVATE_HOSTS", default=[])
SANDBOX_PORTS = 12
"""The simulated HaloPSA and consoles listen on so many ports in a row."""
HALOBRIDGE_SANDBOX: bool = env.switch("HALOBRIDGE_SANDBOX", default=True)
HALOBRIDGE_SANDBOX_PORT: int = env.whole("HALOBRIDGE_SANDBOX_PORT", default=8091, most=65_535 - SANDBOX_PORTS)
if HALOBRIDGE_SANDBOX and (VAR_DIR / "sandbox").is_dir():
    # `make run` has started a sandbox here: commands in a second terminal may reach it as well.
    _noted = VAR_DIR / "sandbox" / "port"
    _first = int(_noted.read_text()) if _noted.is_file() else HALOBRIDGE_SANDBOX_PORT
    HALOBRIDGE_ALLOW_PRIVATE_HOSTS += [f"127.0.0.1:{_first + offset}" for offset in range(SANDBOX_PORTS)]
HALOBRIDGE_CA_BUNDLE: str = env.str("HALOBRIDGE_CA_BUNDLE", default="")
HALOBRIDGE_WEB_WORKERS: int = env.whole("HALOBRIDGE_WEB_WORKERS", default=2)
HALOBRIDGE_DELIVERY_THREADS: int = env.whole("HALOBRIDGE_DELIVERY_THREADS", default=4)
HALOBRIDGE_PAUSE_FACTOR: float = env.number("HALOBRIDGE_PAUSE_FACTOR", default=1.0)
HALOBRIDGE_EXECUTE = "halobridge.tasks.execute"
"""The only way up: what a wake-up calls with a run's id."""
HALOBRIDGE_SCHEDULES = {
    "halobridge: asset updates": "mappings.schedules.tick",
    "halobridge: mappings nightly": "mappings.schedules.nightly",
}
"""What upper floors want to be asked, by name: once a minute or as its end says. Imports go down only."""
HALOBRIDGE_TIME_ZONE: str = env.zone("HALOBRIDGE_TIME_ZONE", default="UTC")
HALOBRIDGE_WATCH_INTERVAL: int = env.whole("HALOBRIDGE_WATCH_INTERVAL", default=10)
HALOBRIDGE_EVENT_INTERVAL: int = env.whole("HALOBRIDGE_EVENT_INTERVAL", default=1)
HALOBRIDGE_SYNC_INTERVAL: int = env.whole("HALOBRIDGE_SYNC_INTERVAL", default=60)
HALOBRIDGE_RUN_HOURS: float = env.number("HALOBRIDGE_RUN_HOURS", default=6.0)
HALOBRIDGE_RETENTION_DAYS: int = env.whole("HALOBRIDGE_RETENTION_DAYS", default=90)
HALOBRIDGE_AUDIT_DAYS: int = env.whole("HALOBRIDGE_AUDIT_DAYS", default=730, least=0)
HALOBRIDGE_UPLOAD_MIB: int = env.whole("HALOBRIDGE_UPLOAD_MIB", default=10)
HALOBRIDGE_UPGRADE_BACKUPS: int = env.whole("HALOBRIDGE_UPGRADE_BACKUPS", default=5, least=0)
HALOBRIDGE_METRICS_TOKEN: str = env.str("HALOBRIDGE_METRICS_TOKEN", default="").strip()
HALOBRIDGE_METRICS_OPEN: bool = env.switch("HALOBRIDGE_METRICS_OPEN", default=False)
HTTPS_ONLY = env.switch("HALOBRIDGE_HTTPS", default=False)

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # the other one puts its own admin site in the place of ours
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "halobridge.apps.HaloBridgeAdminConfig",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_q",
    "csp",
    "axes",
    "integrations.apps.IntegrationsConfig",
    "mappings.apps.MappingsConfig",
    "ticketing.apps.TicketingConfig",
    "halobridge.apps.HaloBridgeConfig",
]

MIDDLEWARE = [
    "halobridge.request_ids.RequestIds",
    "halobridge.request_lines.RequestLines",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "halobridge.addresses.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "halobridge.acting.Acting",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "halobridge.urls"
CSRF_FAILURE_VIEW = "halobridge.urls.stale"
WSGI_APPLICATION = "halobridge.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "libraries": {
                "badges": "halobridge.badges",
                "bridge": "integrations.admin.tags",
                "guide": "halobridge.guide.tags",
                "naming": "halobridge.naming",
            },
        },
    },
]

# ---- database and cache ----------------------------------------------------------------------

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;"
    "PRAGMA journal_size_limit=27103364; PRAGMA cache_size=2000;"
)


def _database() -> dict[str, Any]:
    """No ATOMIC_REQUESTS: it would take SQLite's write lock on every GET and span HTTP calls."""
    database = env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'halobridge.sqlite3'}")
    database["CONN_MAX_AGE"] = 60
    database["CONN_HEALTH_CHECKS"] = True
    if database["ENGINE"].endswith("sqlite3"):
        Path(database["NAME"]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": _SQLITE_PRAGMAS,
        }
    return database


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL: str = env.str("REDIS_URL", default="")
_REDIS = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
CACHES: dict[str, Any] = {
    "default": (
        _REDIS
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "halobridge_cache"}
    ),
    # Counted at each call: without Redis in the memory of each web process, never in the database.
    "throttles": (
        _REDIS
        if REDIS_URL
        else {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "throttles",
            "OPTIONS": {"MAX_ENTRIES": 10_000},
        }
    ),
    # Figures that took long to count, for some seconds: looking them up must cost no statement.
    "figures": (
        _REDIS
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "figures"}
    ),
}

# ---- queue -----------------------------------------------------------------------------------

DELIVERY_CLUSTER = "delivery"
"""Tickets have their own cluster and queue, so that a mirror never delays a ticket."""

Q_CLUSTER: dict[str, Any] = {
    "name": "halobridge",
    "orm": "default",
    "workers": env.whole("HALOBRIDGE_WORKERS", default=2),
    "timeout": 300,
    "retry": 1200,
    "max_attempts": 3,
    "ack_failures": True,
    "save_limit": 0,  # all; the nightly clean-up drops them
    "bulk": 1,
    "queue_limit": 2,
    "poll": 0.5,
    "catch_up": False,
    "recycle": 500,
    "label": "Queue",
    "ALT_CLUSTERS": {
        DELIVERY_CLUSTER: {"workers": 1, "queue_limit": 1, "poll": 0.2, "timeout": 300, "retry": 1200},
    },
}

# ---- people ----------------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "halobridge.permissions.PermissionsAtOnce",
    "django.contrib.auth.backends.ModelBackend",
]
# A name waits at the address where its log-ins fail: nobody locks out somebody who is elsewhere.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "halobridge.lockout.address_of"
AXES_LOCKOUT_CALLABLE = "halobridge.lockout.locked_out"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# ---- browsers --------------------------------------------------------------------------------

HALOBRIDGE_SESSION_HOURS: int = env.whole("HALOBRIDGE_SESSION_HOURS", default=12)
SESSION_COOKIE_AGE = HALOBRIDGE_SESSION_HOURS * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS_ONLY
# With this prefix browsers take a cookie only from this very host, over https.
_HOST = "__Host-" if HTTPS_ONLY else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_HOST}sessionid", f"{_HOST}csrftoken"
SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
"""What watches the processes asks them past the proxy."""
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS_ONLY else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS_ONLY
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = ["security.W021"]
"""Browsers' preload lists are about a whole domain, which is not ours to decide."""

# ---- mail (own alarms) -----------------------------------------------------------------------

vars().update(env.email_url("HALOBRIDGE_MAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("HALOBRIDGE_MAIL_FROM", default="halobridge@localhost")
EMAIL_TIMEOUT = 10

# ---- language, time, files -------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = HALOBRIDGE_TIME_ZONE
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# ---- REST ------------------------------------------------------------------------------------

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "integrations.api.authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["integrations.api.permissions.ModelPermissions"],
    "DEFAULT_THROTTLE_CLASSES": ["integrations.api.throttles.TokenThrottle"],
    "DEFAULT_THROTTLE_RATES": {"token": env.str("HALOBRIDGE_API_RATE", default="1200/min") or None},
    "DEFAULT_FILTER_BACKENDS": [
        "django_filters.rest_framework.DjangoFilterBackend",
        "rest_framework.filters.SearchFilter",
        "rest_framework.filters.OrderingFilter",
    ],
    "DEFAULT_PAGINATION_CLASS": "integrations.api.pagination.CountedPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "integrations.api.problems.problem_details",
}

# ---- errors ---------------------------------------------------------------------------------

HALOBRIDGE_SENTRY_DSN: str = env.str("HALOBRIDGE_SENTRY_DSN", default="").strip()

# ---- logs ------------------------------------------------------------------------------------

LOGGING: dict[str, Any] = logging_settings(
    env.one_of("HALOBRIDGE_LOG_FORMAT", "plain", FORMATS), env.one_of("HALOBRIDGE_LOG_LEVEL", "INFO", LEVELS)
)

"""What is the same everywhere. The environment decides the rest: docs/deploy.md lists every variable."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from loyalty_site.console import looks
from loyalty_site.logs import configure_structlog, logging_config
from loyalty_site.servers import kept
from loyalty_site.settings import backends, content_policy, described, identity
from loyalty_site.settings.accounts import *
from loyalty_site.settings.keeping import *
from loyalty_site.settings.limits import *
from loyalty_site.settings.variables import Environment
from loyalty_site.settings.watching import *
from loyalty_site.settings.webhooks import *
from loyalty_site.settings.work import *

env = Environment()

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

# --- The site ---------------------------------------------------------------------------------------------

SITE_NAME = env.str("SITE_NAME", default="Trei")
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
SECRET_KEY = env.str("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = False
DEMO_ALLOWED = False  # whether `manage.py demo` and `forget_everything` may run
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "loyalty_site.urls"
WSGI_APPLICATION = "loyalty_site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "loyalty_site",
    "modeltranslation",  # before the admin, which it extends
    "unfold.apps.BasicAppConfig",  # before the admin, whose templates it replaces
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.inlines",
    "loyalty_site.console.apps.ConsoleConfig",  # django.contrib.admin with our own site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "safedelete",
    "django_celery_beat",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "groundwork",
    "tenancy",
    "customers",
    "loyalty",
    "notifications",
    "wallet",
    "webhooks",
]

MIDDLEWARE = [
    "loyalty_site.request_id.RequestIdMiddleware",
    "loyalty_site.health.HealthMiddleware",
    "loyalty_site.metrics.MetricsMiddleware",
    "loyalty_site.middleware.BoundedWaitsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "loyalty_site.middleware.ContentSecurityPolicyMiddleware",
    "loyalty_site.middleware.PlausibleSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "loyalty_site.language.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "loyalty_site.accounts.again.SignInAgainMiddleware",  # after allauth's: the last hears of an exception first
    "loyalty_site.page_errors.PageErrorsMiddleware",
    "loyalty_site.middleware.ReplicaMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database, cache, broker ------------------------------------------------------------------------------

# Without an address: the servers of a demo that runs in this folder (`make demo`), or none.
KEPT_SERVERS = kept.known(VAR_DIR)
DATABASE_URL = env.str("DATABASE_URL", default="") or KEPT_SERVERS.get("DATABASE_URL", backends.NO_DATABASE)
DRILL_DATABASE_URL = env.str("DRILL_DATABASE_URL", default=DATABASE_URL)
DATABASES = {"default": backends.database(DATABASE_URL, pool_size=env.int("DATABASE_POOL_SIZE", default=0))}
DATABASE_WAITS = backends.DATABASE_WAITS
REPLICA_LAG_SECONDS = env.int("DATABASE_REPLICA_LAG_SECONDS", default=5)
# Never who may sign in, and do what.
READ_AFAR = {"customers", "loyalty", "notifications", "wallet", "webhooks"}
if DATABASE_REPLICA_URL := env.str("DATABASE_REPLICA_URL", default=""):
    DATABASES["replica"] = backends.database(DATABASE_REPLICA_URL)
    DATABASE_ROUTERS = ["groundwork.database.reading.Router"]

REDIS_URL = env.str("REDIS_URL", default="") or KEPT_SERVERS.get("REDIS_URL", "")
REDIS_CLIENT_OPTIONS = backends.REDIS_CLIENT_OPTIONS
CACHE_URL = env.str("CACHE_URL", default=REDIS_URL)
CACHES = {"default": backends.cache(CACHE_URL)}
SESSION_ENGINE = f"django.contrib.sessions.backends.{'cached_db' if CACHE_URL else 'db'}"

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL) or "memory://"  # for a lone command
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = backends.REDIS_BROKER_OPTIONS
CELERY_BROKER_CONNECTION_TIMEOUT = 0.5
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False  # a lost bell is caught by the sweep; a request never waits for it
CELERY_ACCEPT_CONTENT = ["json"]  # nothing that Redis holds is ever run: see also loyalty_site.cache
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = None  # nothing is kept, so that beat needs no job to clean it up
DOORBELL_ENABLED = True
# The tables of groundwork, with whose a row is.
OUTBOX_MESSAGE_MODEL = "tenancy.OutboxMessage"
IDEMPOTENCY_KEY_MODEL = "tenancy.IdempotencyKey"
# What tills are answered, for packing it: each file stays as it is, and three days longer than its successor.
IDEMPOTENCY_SPECIMENS = [BASE_DIR / "loyalty/api/answers-1.jsonl"]
BACKGROUND_JOB_MODEL = "tenancy.BackgroundJob"
HISTORY_MODEL = "tenancy.HistoryEntry"
PULSE_MODEL, TALLY_MODEL = "tenancy.Pulse", "tenancy.Tally"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SEND_SENT_EVENT = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "loyalty_site.beat:Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 2  # seconds until the clock sees an operator's change, and until it stops
DJANGO_CELERY_BEAT_TZ_AWARE = True

# --- Imports and exports ----------------------------------------------------------------------------------

# What has more rows than this runs in the background; its file can be had for so many hours.
BACKGROUND_ROWS = env.int("BACKGROUND_ROWS", default=2_000)
JOB_FILE_HOURS = env.int("JOB_FILE_HOURS", default=24)

# --- Mail -------------------------------------------------------------------------------------------------

EMAIL_BACKEND = "loyalty_site.mail.EmlFileBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{SITE_NAME} <cards@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
if env.str("EMAIL_URL", default=""):
    globals().update(env.email_url("EMAIL_URL"))

# --- Text messages (notifications.texting) -----------------------------------------------------------------

SMS_URL = env.str("SMS_URL", default="")
SMS_TOKEN = env.str("SMS_TOKEN", default="")
SMS_SENDER = env.str("SMS_SENDER", default=SITE_NAME[:11])
SMS_FILE_PATH: Path | None = None

# --- People and sign-in -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "tenancy.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # the e-mail is unique among the living; deleted ones may repeat it
AUTHENTICATION_BACKENDS = ["tenancy.sign_in.EmailBackend"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/terminal/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 2 * 3600  # seconds that the link of an e-mail is good for

# django-allauth carries what comes after the password: `loyalty_site.settings.accounts`.
MFA_TOTP_ISSUER = SITE_NAME
SOCIALACCOUNT_PROVIDERS = identity.provider(env)
OPERATORS_NEED_SECOND_FACTOR = env.bool("OPERATORS_NEED_SECOND_FACTOR", default=False)

# --- Behind proxies, and against attackers ----------------------------------------------------------------

# How many proxies of our own stand before the site: the client's address is taken that many entries from
# the right of X-Forwarded-For (`groundwork.web.client.address`). With 0 the header is not looked at.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "loyalty_site.errors.csrf_failed"
CONSOLE_PREFIX = "/admin/"
CONTENT_SECURITY_POLICY = content_policy.PAGES
CONSOLE_CONTENT_SECURITY_POLICY = content_policy.CONSOLE

# --- Languages and time -----------------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("de", _("German")), ("lb", _("Luxembourgish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["loyalty_site.formats"]

MODELTRANSLATION_LANGUAGES = tuple(dict(LANGUAGES))
MODELTRANSLATION_DEFAULT_LANGUAGE = LANGUAGE_CODE
# An empty text is shown in English; one that was only ever written in another language, in that one.
MODELTRANSLATION_FALLBACK_LANGUAGES = MODELTRANSLATION_LANGUAGES
JQUERY_UI_URL = "vendor/jquery-ui/jquery-ui.min.js"

# --- Files ------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "loyalty_site.storage.UploadStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    **BACKUP_STORAGES,
}
if MEDIA_S3 := env.str("MEDIA_S3", default=""):
    STORAGES["default"] = backends.bucket(MEDIA_S3, backends.PAGE_WAITS)
backends.refuse_one_in_another(STORAGES)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
WHITENOISE_ALLOW_ALL_ORIGINS = False

# --- API --------------------------------------------------------------------------------------------------

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "loyalty_site.errors.problem_response",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS: dict[str, Any] = described.settings(SITE_NAME)

# --- The console, and deleting ----------------------------------------------------------------------------

UNFOLD: dict[str, Any] = looks.unfold(SITE_NAME)
SAFE_DELETE_FIELD_NAME = "deleted_at"

# --- Wallets (files or base64 texts; the wallet app reads them) -------------------------------------------

WALLET_APPLE_PASS_TYPE_ID = env.str("WALLET_APPLE_PASS_TYPE_ID", default="")
WALLET_APPLE_TEAM_ID = env.str("WALLET_APPLE_TEAM_ID", default="")
WALLET_APPLE_CERTIFICATE = env.str("WALLET_APPLE_CERTIFICATE", default="")
WALLET_APPLE_KEY = env.str("WALLET_APPLE_KEY", default="")
WALLET_APPLE_KEY_PASSWORD = env.str("WALLET_APPLE_KEY_PASSWORD", default="")
WALLET_APPLE_WWDR = env.str("WALLET_APPLE_WWDR", default="")
WALLET_APPLE_PUSH_URL = env.str("WALLET_APPLE_PUSH_URL", default="https://api.push.apple.com")
WALLET_APPLE_PUSH_CA = env.str("WALLET_APPLE_PUSH_CA", default="")
WALLET_GOOGLE_ISSUER_ID = env.str("WALLET_GOOGLE_ISSUER_ID", default="")
WALLET_GOOGLE_SERVICE_ACCOUNT = env.str("WALLET_GOOGLE_SERVICE_ACCOUNT", default="")
WALLET_GOOGLE_API_URL = env.str(
    "WALLET_GOOGLE_API_URL", default="https://walletobjects.googleapis.com/walletobjects/v1"
)
WALLET_GOOGLE_TOKEN_URL = env.str("WALLET_GOOGLE_TOKEN_URL", default="https://oauth2.googleapis.com/token")
WALLET_GOOGLE_KEYS_URL = env.str("WALLET_GOOGLE_KEYS_URL", default="https://pay.google.com/gp/m/issuer/keys")

# --- Logs -------------------------------------------------------------------------------------------------

configure_structlog()
LOGGING = logging_config(
    as_json=env.str("LOG_FORMAT", default="plain") == "json", level=env.str("LOG_LEVEL", default="WARNING")
)

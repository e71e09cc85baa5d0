"""What is the same wherever StemGuide runs."""

import tomllib
from datetime import timedelta

from csp.constants import NONE, SELF

from stemguide import env, servers

env.refuse(env.FAULTS)

BASE_DIR = env.ROOT
VAR_DIR = env.VAR_DIR
CONTENT_DIR = env.CONTENT_DIR
# What that folder lacks comes from here; both are one where CONTENT_DIR is not set.
SHIPPED_CONTENT_DIR = BASE_DIR / "content"
BACKUP_DIR = env.BACKUP_DIR
# Names alone, for backups: what to set again on a new machine.
CONFIGURATION_NAMES = env.NAMES_SET
_project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
APP_VERSION: str = _project["project"]["version"]
PUBLIC_URL = env.PUBLIC_URL
SECURITY_CONTACT = env.SECURITY_CONTACT

SECRET_KEY = env.SECRET_KEY
ALLOWED_HOSTS = env.ALLOWED_HOSTS
DEBUG = False

ROOT_URLCONF = "stemguide.urls"
WSGI_APPLICATION = "stemguide.wsgi.application"

INSTALLED_APPS = [
    "sessions",
    "crispy_forms",
    "sessions.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

# Each sets headers from its own settings. They stand outermost, so that static files,
# redirects and errors carry them too. What gunicorn answers by itself passes through
# them as well (stemguide.web_server).
HEADER_MIDDLEWARE = [
    "stemguide.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
MIDDLEWARE = [
    "stemguide.logs.RequestIdMiddleware",
    *HEADER_MIDDLEWARE,
    "stemguide.limits.LimitsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "sessions.people.gate.StaffSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "sessions.guide.errors.ErrorMiddleware",
    "sessions.people.rate_limits.RateLimitMiddleware",
    "sessions.people.gate.StaffGateMiddleware",
    "axes.middleware.AxesMiddleware",
]

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
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ["forms"]
CRISPY_TEMPLATE_PACK = "forms"
CRISPY_FAIL_SILENTLY = False

# IMMEDIATE and a long timeout: deferred transactions lost contended writes. FULL:
# NORMAL may lose an acknowledged save when the power fails.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": env.VAR_DIR / "stemguide.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
}
if env.DATABASE:
    DATABASES = {"default": servers.postgresql(env.DATABASE)}
CACHES = {
    "default": servers.redis(env.CACHE_URL) if env.CACHE_URL else servers.LOCAL_MEMORY
}
# Held while the database is migrated, where it is SQLite.
MIGRATE_LOCK = env.VAR_DIR / "migrate.lock"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation."
        "UserAttributeSimilarityValidator"
    },
]
LOGIN_URL = "admin:login"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]

# Five failures lock a name for one address; SIGN_IN_FAILURES_ANYWHERE lock it for all.
# What is kept of a failure (an address too) goes when the time is over.
AXES_HANDLER = "sessions.people.lockout.LockHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "username"]
AXES_FAILURE_LIMIT = 5
SIGN_IN_FAILURES_ANYWHERE = 50
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "sessions.people.lockout.client_address"
AXES_LOCKOUT_CALLABLE = "sessions.people.lockout.locked_response"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
PROXY_COUNT = env.PROXY_COUNT

# "required": reviewers and administrators set one up before anything else opens.
STAFF_SECOND_FACTOR = "required"
OTP_TOTP_ISSUER = "StemGuide"

# A one-time link to set a password works this long, and once.
PASSWORD_RESET_TIMEOUT = 48 * 60 * 60

# How many requests one address may make in so many seconds. A whole clinic may share an
# address; codes of sheets cannot be guessed at any speed.
RATE_LIMITS = {"search": (120, 60), "codes": (60, 60), "sign-in": (30, 60)}

# Below these addresses somebody must have signed in; nothing else reads a session.
STAFF_PATHS = ("/admin/", "/desk/")
STAFF_IDLE_SECONDS = 60 * 60
# Room for a whole draft, however long: it is saved first and judged after.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
SESSION_ENGINE = "sessions.people.session_keys"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 0
# Patients send three short boxes at most; the longest addresses name a set of sheets.
MAX_BODY = 4096
MAX_ADDRESS = 4000
SESSION_COOKIE_NAME = "stemguide_staff"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "sessions.guide.errors.csrf_failure"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
# Pages are in English. Sheets may be in later languages, by content/locale/.
USE_I18N = True
LOCALE_PATHS = [CONTENT_DIR / "locale"]
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.STATIC_DIR
STATICFILES_DIRS = [BASE_DIR / "static"]
# No other site has any use for our files.
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "stemguide.static_files.StaticFiles"},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "camera", "display-capture", "geolocation", "microphone", "payment", "usb",
    )
}  # fmt: skip
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Pages are compressed once for a content version, so as hard as can be.
BROTLI_QUALITY = 11

# Seconds a worker may go on with what it last read; a publish shows within one second.
CONTENT_VERSION_MAX_AGE = 0.5

# review_due prints its mail where no mail server is set.
EMAIL_HOST = env.EMAIL.get("EMAIL_HOST") or ""
EMAIL_PORT = env.EMAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = env.EMAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = env.EMAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = env.EMAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env.EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.EMAIL_FROM

# Whoever draws a PDF holds this file, so that one batch at a time is drawn.
PDF_LOCK = env.VAR_DIR / "pdf.lock"

# The site says so on every page where it is not for patients yet.
TRYOUT_BANNER = ""

# Each line is JSON, with nothing in it that a reader sent (ADR 20).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "stemguide.logs.JsonFormatter"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
        }
    },
    "root": {"handlers": ["stdout"], "level": "INFO"},
    "loggers": {"axes": {"level": "WARNING"}},
}

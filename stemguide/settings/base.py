"""The settings that all the others import."""

import tomllib
from datetime import timedelta

from csp.constants import NONE, SELF

from stemguide import env, servers

env.refuse(env.FAULTS)

BASE_DIR = env.ROOT
VAR_DIR = env.VAR_DIR
CONTENT_DIR = env.CONTENT_DIR
# Files that CONTENT_DIR lacks are read from here. Both are the same by default.
SHIPPED_CONTENT_DIR = BASE_DIR / "content"
BACKUP_DIR = env.BACKUP_DIR
# The environment variables that are set, without values. A backup lists them.
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

# Outermost, so that static files, redirects and errors have these headers too. Error
# responses of gunicorn pass through them as well (stemguide.web_server).
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

# IMMEDIATE and a long timeout: with deferred transactions, concurrent writes failed.
# FULL: with NORMAL, a power failure can lose a committed save.
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
# The lock file of migrate, on SQLite.
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

# Five failures lock a user name for one IP address; SIGN_IN_FAILURES_ANYWHERE failures
# lock it for all. Failures and their addresses are deleted after AXES_COOLOFF_TIME.
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

# "required": reviewers and Administrators must set one up before they can do more.
STAFF_SECOND_FACTOR = "required"
OTP_TOTP_ISSUER = "StemGuide"

# How long a one-time link to set a password is valid.
PASSWORD_RESET_TIMEOUT = 48 * 60 * 60

# (requests, seconds) for each IP address. A whole clinic may share one. The codes of
# sheets are too many to be guessed at this rate.
RATE_LIMITS = {"search": (120, 60), "codes": (60, 60), "sign-in": (30, 60)}

# Paths below these need a sign-in. No other path reads a session.
STAFF_PATHS = ("/admin/", "/desk/")
STAFF_IDLE_SECONDS = 60 * 60
# Above the limit of a draft, so that a text that is too long comes back in its form.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
SESSION_ENGINE = "sessions.people.session_keys"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 0
# Patients submit three short fields at most. The longest URLs name a set of sheets.
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
# Pages are in English. Sheets can be translated, with catalogs in content/locale/.
USE_I18N = True
LOCALE_PATHS = [CONTENT_DIR / "locale"]
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.STATIC_DIR
STATICFILES_DIRS = [BASE_DIR / "static"]
# Other sites do not need these files.
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

# The highest: each page is compressed once for a content version.
BROTLI_QUALITY = 11

# Seconds until a worker reads the content version again, so that a new wording shows
# within one second.
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

# The lock file of the PDF process: one batch is drawn at a time.
PDF_LOCK = env.VAR_DIR / "pdf.lock"

# Shown on every page of a site that is not for patients. Empty: no banner.
TRYOUT_BANNER = ""

# Each line is JSON, without any data that a client sent (ADR 20).
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

"""Settings, all from the environment. A wrong value stops the start with a sentence that names the variable."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from rasr.embedded import server as embedded

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"


# -- Readers ------------------------------------------------------------------------------------------------------


def text(name: str, default: str = "") -> str:
    """The variable without white space around it."""
    return os.environ.get(name, default).strip()


def flag(name: str) -> bool:
    """A yes or a no; anything else is refused."""
    value = text(name, "0").lower()
    if value not in {"1", "0", "true", "false", "yes", "no", ""}:
        raise ImproperlyConfigured(f"{name} is {value!r}: write 1 or 0.")
    return value in {"1", "true", "yes"}


def count(name: str, default: int) -> int:
    """A whole number that is not negative."""
    value = text(name) or str(default)
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}: write a whole number, 0 or more.")
    return int(value)


def address(name: str, default: str) -> str:
    """A web address with scheme and host and nothing behind, without its last slash."""
    value = (text(name) or default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"{name} is {value!r}: write an address like https://rasr.example.org.")
    return value


def made_once(name: str, make: Any) -> str:
    """A secret of the development site: made at the first start, kept in var/ for its owner alone."""
    path = VAR / name
    try:
        VAR.mkdir(exist_ok=True)
        if not path.exists():
            with tempfile.NamedTemporaryFile("w", dir=VAR) as file:  # readable for its owner alone
                file.write(make())
                file.flush()
                # Of several processes the first gives its name to the secret, whole; the others read that one.
                with contextlib.suppress(FileExistsError):
                    os.link(file.name, path)
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name.upper()} is not set, and {path} cannot be used: {error.strerror}.") from None


def secret(name: str, make: Any) -> str:
    """A secret from the environment; only a development site may make its own."""
    if value := text(name):
        return value
    if DEVELOPMENT:
        return made_once(name.lower(), make)
    raise ImproperlyConfigured(f"{name} is not set. See docs/operating.md.")


def fernet_keys(name: str) -> list[str]:
    """Fernet keys, separated by commas: the first encrypts, all decrypt."""
    keys = [key.strip() for key in secret(name, lambda: Fernet.generate_key().decode()).split(",") if key.strip()]
    for key in keys:
        try:
            Fernet(key)
        except ValueError:
            raise ImproperlyConfigured(
                f"{name} holds a key that is not 32 url-safe base64-encoded bytes. See docs/operating.md."
            ) from None
    if not keys:
        raise ImproperlyConfigured(f"{name} holds no key.")
    return keys


def database() -> dict[str, Any]:
    """The server of DATABASE_URL; a development site without one starts its own."""
    common: dict[str, Any] = {
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # A person waits at most five seconds for another's lock; a query or an idle transaction ends by itself.
        "OPTIONS": {
            "options": "-c lock_timeout=5s -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s",
            "connect_timeout": 5,
        },
    }
    if url := text("DATABASE_URL"):
        is_ours = urlsplit(url).scheme in {"postgres", "postgresql"}
        parsed = environ.Env.db_url_config(url) if is_ours else {}
        if not parsed.get("NAME"):
            raise ImproperlyConfigured("DATABASE_URL is wrong: write postgres://user:password@host:5432/name.")
        parsed["HOST"] = unquote(parsed["HOST"])  # %2Fvar%2Frun%2Fpostgresql is a socket's directory
        options = common["OPTIONS"] | parsed.get("OPTIONS", {})
        return parsed | common | {"ENGINE": "django.db.backends.postgresql", "OPTIONS": options}
    if not DEVELOPMENT:
        raise ImproperlyConfigured("DATABASE_URL is not set. Write postgres://user:password@host:5432/name.")
    return common | {
        "ENGINE": "rasr.embedded",
        "NAME": embedded.DATABASE,
        "USER": embedded.ROLE,
        "HOST": str(embedded.socket_dir()),
    }


def cache() -> dict[str, Any]:
    """Redis or Valkey for several processes that must count together; else the memory of each process."""
    url = text("CACHE_URL")
    if not url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if urlsplit(url).scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured("CACHE_URL is wrong: write redis://host:6379/0.")
    return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}


def mail_server() -> dict[str, Any]:
    """Where the worker sends mail; without EMAIL_URL it writes var/mail/*.eml."""
    url = text("EMAIL_URL")
    if not url:
        return {"EMAIL_BACKEND": "participants.delivery.FolderBackend"}
    if urlsplit(url).scheme not in {"smtp", "smtps", "smtp+tls", "smtp+ssl"} or not urlsplit(url).hostname:
        raise ImproperlyConfigured("EMAIL_URL is wrong: write smtp+tls://user:password@host:587.")
    return environ.Env.email_url_config(url)  # type: ignore[no-any-return]


# -- The site -----------------------------------------------------------------------------------------------------

DEVELOPMENT = flag("DEVELOPMENT")
DEBUG = flag("DEBUG")
SECRET_KEY = secret("SECRET_KEY", lambda: secrets.token_urlsafe(50))
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is too short: write at least 50 random characters.")
PRIVATE_DATA_KEYS = fernet_keys("PRIVATE_DATA_KEYS")
if not DEVELOPMENT and not text("SITE_URL"):
    raise ImproperlyConfigured("SITE_URL is not set. Write the address of the site, like https://rasr.example.org.")
SITE_URL = address("SITE_URL", f"http://127.0.0.1:{count('PORT', 8000)}")
HTTPS = SITE_URL.startswith("https://")
_hosts = [host.strip() for host in text("ALLOWED_HOSTS").split(",") if host.strip()]
ALLOWED_HOSTS = _hosts or [str(urlsplit(SITE_URL).hostname)] + (["127.0.0.1", "localhost"] if DEVELOPMENT else [])
TRUSTED_PROXIES = count("TRUSTED_PROXIES", 0)

INSTALLED_APPS = [
    "participants",
    "events",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_countries",
    "i18nfield",
    "phonenumber_field",
]
MIDDLEWARE = [
    "rasr.middleware.RequestNumberMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "rasr.middleware.LanguageFromPathMiddleware",
    "rasr.middleware.OddBytesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "rasr.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "rasr.middleware.DatabaseFaultMiddleware",
]
ROOT_URLCONF = "rasr.urls"
WSGI_APPLICATION = "rasr.wsgi.application"
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
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")
CRISPY_TEMPLATE_PACK = CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"

DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": cache()}

# -- Accounts of staff --------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "participants.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "participants.backends.RoleBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "participants.staffing.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# -- Languages and time -------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("bs", "Bosanski, crnogorski, hrvatski, srpski"),
    ("ro", "Română"),
    ("sq", "Shqip"),
    ("sl", "Slovenščina"),
    ("bg", "Български"),
    ("mk", "Македонски"),
]
LOCALE_PATHS = [BASE_DIR / "rasr" / "locale"]
FORMAT_MODULE_PATH = ["rasr.formats"]
USE_TZ = True
TIME_ZONE = "UTC"

# -- Files --------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "rasr" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# A development site serves the files where they lie; a real one the collected, hashed and compressed ones.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEVELOPMENT
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_ROOT = Path(text("MEDIA_ROOT") or VAR / "media")

# -- Mail ---------------------------------------------------------------------------------------------------------

_mail = mail_server()
EMAIL_BACKEND = _mail.get("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = _mail.get("EMAIL_HOST", "localhost")
EMAIL_PORT = _mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 30
EMAIL_FILE_PATH = VAR / "mail"
DEFAULT_FROM_EMAIL = f"RASR <no-reply@{'rasr.example' if DEVELOPMENT else urlsplit(SITE_URL).hostname}>"

# -- Security -----------------------------------------------------------------------------------------------------

SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "events.views.errors.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
LARGEST_FILE = 25_000_000  # bytes of a document
LARGEST_REQUEST = LARGEST_FILE + 2**20  # with files and what stands around them; refused before it is read

# -- Logs ---------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "rasr.logs.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Django's own lines quote paths and what people typed; ours say the same without.
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        "rasr": {"level": "WARNING" if DEVELOPMENT else "INFO"},
    },
}

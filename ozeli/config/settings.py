"""Settings of Ozéli. Everything that changes from one installation to another comes from the environment."""

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent.parent
HOME = Path(os.environ.get("OZELI_HOME", BASE_DIR / "var"))
DEBUG = os.environ.get("OZELI_DEBUG") == "1"
DEMO = os.environ.get("OZELI_DEMO") == "1"


def _secret_key() -> str:
    """The key given by the environment, else one drawn once and kept in the home folder (0600)."""
    if key := os.environ.get("OZELI_SECRET_KEY"):
        return key
    path = HOME / "secret_key"
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


SECRET_KEY = _secret_key()
PUBLIC_URL = os.environ.get("OZELI_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}").rstrip("/")
ALLOWED_HOSTS = [urlsplit(PUBLIC_URL).hostname or "127.0.0.1", "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "ozeli.core",
    "ozeli.journal",
    "ozeli.network",
    "ozeli.accounts",
    "ozeli.files",
    "ozeli.search",
    "ozeli.engagement",
    "ozeli.activity",
    "ozeli.challenges",
    "ozeli.ideas",
    "ozeli.airlock",
    "ozeli.projects",
    "ozeli.people",
    "ozeli.transfers",
    "ozeli.portal",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    # The provider itself is no app: allauth would load it, and an HTTP client with it, in every process.
    "allauth.socialaccount",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "lucide",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "ozeli.core.middleware.SecurityHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "ozeli.core.middleware.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ozeli.core.middleware.PersonalPagesMiddleware",
    "ozeli.core.middleware.DatabaseAwayMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "ozeli.accounts.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ozeli.accounts.middleware.SignInRequiredMiddleware",
    "ozeli.accounts.middleware.SecondFactorMiddleware",
    "ozeli.core.middleware.ReadOnlyGetMiddleware",
]
# Tests and development prove that a GET writes nothing; in production the proof is not paid for.
READ_ONLY_GET = DEBUG

ROOT_URLCONF = "ozeli.config.urls"
WSGI_APPLICATION = "ozeli.config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "ozeli.portal.context.chrome",
            ],
            "builtins": ["ozeli.core.templatetags.ozeli"],
        },
    }
]


def _database() -> dict[str, object]:
    """The external server of DATABASE_URL, else the embedded one (started at the first connection)."""
    options: dict[str, object] = {
        "connect_timeout": 2,
        "pool": {
            "min_size": 1,
            "max_size": int(os.environ.get("OZELI_DB_POOL", "8")),
            "timeout": 2.5,
            "reconnect_timeout": 3,
        },
    }
    common = {"ENGINE": "ozeli.core.backends.postgresql", "OPTIONS": options, "CONN_HEALTH_CHECKS": True}
    if not (url := os.environ.get("DATABASE_URL")):
        return common | {"NAME": os.environ.get("OZELI_DATABASE", "ozeli"), "EMBEDDED": True}
    parts = urlsplit(url)
    return common | {
        "NAME": unquote(parts.path.lstrip("/")),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {
            "MAX_ENTRIES": 100_000
        },  # past it entries are culled at random, those of the rate limits too
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["ozeli.accounts.backend.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/connexion/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/connexion/"
ACCOUNT_ADAPTER = "ozeli.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/connexion/"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Ozéli\u00a0: "
# allauth's own would keep a second table of addresses in step, on a GET.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "airlock_sign": "10/h/user"}

# Single sign-on by OpenID Connect: without these three there is no button.
OIDC_URL = os.environ.get("OZELI_OIDC_URL", "").rstrip("/")
OIDC_CLIENT = os.environ.get("OZELI_OIDC_CLIENT", "")
OIDC_SECRET = os.environ.get("OZELI_OIDC_SECRET", "")
OIDC_NAME = os.environ.get("OZELI_OIDC_NAME", "la connexion unique")
OIDC_SCOPES = os.environ.get("OZELI_OIDC_SCOPES", "openid email profile").split()
# The claim that tells the body: its value is a code of the directory, or a value registered in the administration.
OIDC_BODY_CLAIM = os.environ.get("OZELI_OIDC_BODY_CLAIM", "siret")
# Domains whose addresses the provider is known to verify, when it does not say so itself (it may not say the contrary).
OIDC_VERIFIED_DOMAINS = os.environ.get("OZELI_OIDC_VERIFIED_DOMAINS", "").lower().replace(",", " ").split()
SOCIALACCOUNT_ADAPTER = "ozeli.accounts.single_sign_on.SocialAccountAdapter"
SOCIALACCOUNT_STORE_TOKENS = False

# Second factor. The demonstration's accounts are public: nobody could prove more than their password.
SECOND_FACTOR_REQUIRED = not DEMO
MFA_ADAPTER = "ozeli.accounts.second_factor.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Ozéli"
MFA_TOTP_TOLERANCE = 1  # a telephone thirty seconds late
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PUBLIC_URL.startswith(("http://127.0.0.1", "http://localhost"))
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900

INVITATION_DAYS = 7
# Without a proxy that is told to us, the address of the peer is the only one worth trusting.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("OZELI_PROXIES", "0"))

_HTTPS = PUBLIC_URL.startswith("https://")
# « __Host- »: the browser takes it from this very host only, never from a neighbour of the same domain.
_HOST = "__Host-" if _HTTPS else ""
SESSION_COOKIE_NAME = f"{_HOST}ozeli_session"
SESSION_COOKIE_AGE = 14 * 24 * 3600
# A session that does nothing for so long is over; a signed cookie tells when it was last used.
SESSION_IDLE_SECONDS = int(float(os.environ.get("OZELI_SESSION_IDLE_HOURS", "12")) * 3600)
PRESENCE_COOKIE_NAME = f"{_HOST}ozeli_presence"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{_HOST}ozeli_csrf"
CSRF_COOKIE_HTTPONLY = True  # forms carry the token: no script reads it
CSRF_FAILURE_VIEW = "ozeli.core.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SECURE_HSTS_SECONDS = 31536000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 5
FILE_UPLOAD_HANDLERS = [
    "ozeli.core.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_MAX_MEMORY_SIZE = 500_000
FILE_UPLOAD_TEMP_DIR = HOME / "tmp"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
# Where the tables that people bring and fetch are kept for a while.
TABLES_FOLDER = HOME / "tables"
# Pages that take more than a file of 10 MB: the start of their path, and the most in bytes.
UPLOAD_LIMITS = {"/administration/imports/": 22_000_000}
# What the files joined by one person may weigh together, in bytes.
FILES_QUOTA = int(os.environ.get("OZELI_FILES_QUOTA_MB", "100")) * 1_000_000
# The socket of ClamAV (« unix:/run/clamav/clamd.ctl », « tcp://hôte:3310 »): without it nothing looks for viruses.
CLAMAV = os.environ.get("OZELI_CLAMAV", "")

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_FINDERS = ["ozeli.core.static_build.BuiltFilesFinder", "ozeli.core.static_build.SourceFinder"]
FILES_ROOT = HOME / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Outside anything that is served: only `ozeli.files.views` gives these bytes, after asking who may read them.
    "files": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": FILES_ROOT / "kept",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "ozeli.core.static_build.StaticStorage"},
}
WHITENOISE_MAX_AGE = 3600

# Mails leave by SMTP when a server is given, else they are files that `ozeli doctor` points to.
DEFAULT_FROM_EMAIL = os.environ.get("OZELI_FROM", "Ozéli <ne-pas-repondre@ozeli.test>")
if _smtp := os.environ.get("SMTP_URL"):
    _parts = urlsplit(_smtp)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _parts.hostname, _parts.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_parts.username or ""), unquote(_parts.password or "")
    EMAIL_USE_SSL, EMAIL_USE_TLS = _parts.scheme == "smtps", _parts.scheme == "smtp+tls"
    EMAIL_TIMEOUT = 10
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = HOME / "mails"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "file": {
            "class": "logging.handlers.RotatingFileHandler",
            "filename": HOME / "log" / "ozeli.log",
            "maxBytes": 2_000_000,
            "backupCount": 3,
            "delay": True,
            "formatter": "line",
        },
    },
    "root": {"handlers": ["console", "file"], "level": "WARNING"},
    # A closed door is an answer, not a fault: only what we broke is worth a line.
    "loggers": {"ozeli": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}
(HOME / "log").mkdir(parents=True, exist_ok=True)

# Where people write to the team that runs the portal.
CONTACT = os.environ.get("OZELI_CONTACT", "equipe@demo.test" if DEMO else "")

# Copies of personal data, for their owners alone, and the journal of erasures (back it up apart from the base).
PERSONAL_DATA_ROOT = HOME / "personal-data"

# Promises made to people, in days, and the limits that go with them.
ANSWER_DELAY_DAYS = 30
# The right to a second look: asked within so many days of the answer, given within so many others.
SECOND_LOOK_ASK_DAYS = 60
SECOND_LOOK_DAYS = 30

# The airlock (`ozeli.airlock`): what waits in its urn leaves at so many entries, else so many days after the first.
AIRLOCK_ROOT = HOME / "airlock"
AIRLOCK_ROOT.mkdir(mode=0o700, parents=True, exist_ok=True)
AIRLOCK_URN = Path(os.environ.get("OZELI_AIRLOCK_URN", AIRLOCK_ROOT / "urn"))
AIRLOCK_BATCH = int(os.environ.get("OZELI_AIRLOCK_BATCH", "20"))
AIRLOCK_DAYS = int(os.environ.get("OZELI_AIRLOCK_DAYS", "7"))
AIRLOCK_URL = os.environ.get(
    "OZELI_AIRLOCK_URL", f"http://localhost:{int(os.environ.get('PORT') or '8000') + 1}"
).rstrip("/")


def _pepper() -> bytes:
    """The key of the receipts: given by the environment, else drawn once, 0600, and never in the database."""
    if given := os.environ.get("OZELI_AIRLOCK_PEPPER"):
        return given.encode()
    path = AIRLOCK_ROOT / "pepper"
    if not path.exists():
        draft = AIRLOCK_ROOT / f".pepper.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process drew it first
        finally:
            draft.unlink()
    return path.read_bytes()


AIRLOCK_PEPPER = _pepper()
# Where grave facts are reported, told on the first page of the airlock.
ALERT_URL = os.environ.get("OZELI_ALERT_URL", "")
ALERT_TEXT = os.environ.get(
    "OZELI_ALERT_TEXT",
    "Un crime, un délit, un harcèlement, un danger\u202f? Le sas n’est pas fait pour cela et ne vous donne pas la"
    " protection d’un lanceur d’alerte. Adressez-vous au dispositif de recueil des signalements de votre organisme"
    " (référent alerte), ou au Défenseur des droits.",
)

# Mails: how many a person gets in a day at most (one place is kept for what asks for an action), and when digests leave
# (hour and day of the week in Paris, Monday is 0).
MAILS_A_DAY = int(os.environ.get("OZELI_MAILS_A_DAY", "5"))
DIGEST_HOUR = int(os.environ.get("OZELI_DIGEST_HOUR", "7"))
DIGEST_WEEKDAY = int(os.environ.get("OZELI_DIGEST_WEEKDAY", "0"))

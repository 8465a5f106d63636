"""Settings. Everything that differs between places comes from the environment (docs/operations.md)."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from clinic import environment, logs

BASE_DIR = Path(__file__).resolve().parent.parent
# What the demo, development and the tests keep on this machine.
STATE_DIR = Path(environment.text("VIGIL_STATE_DIR", str(BASE_DIR / ".vigil"))).absolute()

# --- what kind of place this is -------------------------------------------------------------------
DEBUG = environment.flag("DEBUG", default=False)
VIGIL_DEMO = environment.flag("VIGIL_DEMO", default=False)
LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

# Good enough to run commands and tests; a server refuses it (clinic/checks.py, clinic/wsgi.py).
DEMO_SECRET_KEY = "demo-secret-for-commands-and-tests-never-for-a-server"  # noqa: S105
SECRET_KEY = environment.text("SECRET_KEY") or DEMO_SECRET_KEY
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS")

ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", ",".join(LOCAL_HOSTS) if DEBUG or VIGIL_DEMO else "")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")
if (DEBUG or VIGIL_DEMO) and not set(ALLOWED_HOSTS) <= set(LOCAL_HOSTS):
    raise ImproperlyConfigured(
        f"ALLOWED_HOSTS may hold only {', '.join(LOCAL_HOSTS)} while {'VIGIL_DEMO' if VIGIL_DEMO else 'DEBUG'} is set: "
        "the demo serves sample data, and a page of DEBUG shows whatever failed, to this machine alone."
    )

# --- applications ---------------------------------------------------------------------------------
# django.contrib.admin is left out: it walks past every gate.
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_structlog",
    "clinic.apps.ClinicConfig",
    "sessions_app.apps.SessionsAppConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "clinic.middleware.keep_to_this_house",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Early, so that every answer, also a refused one, has its request id.
    "clinic.logs.RequestLogMiddleware",
    "clinic.middleware.refuse_null_bytes",
    "clinic.middleware.refuse_other_methods",
    "clinic.middleware.say_server_time",
    "clinic.middleware.lead_scripts_on",
    "clinic.middleware.refuse_long_bodies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Before whatever asks who somebody is.
    "sessions_app.views.live.answer_unchanged",
    "django.contrib.messages.middleware.MessageMiddleware",
    "clinic.outbox.send_for_the_author",
    "clinic.middleware.know_tablet",
    "clinic.patient_mode.keep_to_the_questionnaire",
    "clinic.middleware.sign_out_when_idle",
    "clinic.middleware.demand_second_factor",
    "clinic.middleware.tell_what_was_saved",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "clinic.middleware.keep_displays_to_the_wall",
    "clinic.limits.limit_uploads",
]
ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES: list[dict[str, Any]] = [
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
                "clinic.context.vigil",
            ]
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- database: this is the application role; the owner appears only in `prepare_database` -----------
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **environment.database("DATABASE_URL", environment.embedded_database_url(STATE_DIR)),
        "CONN_MAX_AGE": environment.number("CONN_MAX_AGE", 60),
        "CONN_HEALTH_CHECKS": True,
    }
}
# A lock is waited for at most 5 s: `now` is taken before the wait (docs/decisions).
DATABASES["default"]["OPTIONS"] = {
    "application_name": "vigil",
    "options": "-c lock_timeout=5000 -c pg_trgm.word_similarity_threshold=0.38",
    **DATABASES["default"]["OPTIONS"],
}
# What is asked all day is planned once per connection (clinic/prepared.py); a pooler that hands connections on after
# each transaction has none to keep it in.
PREPARE_STATEMENTS = environment.flag("PREPARE_STATEMENTS", default=True)
# clinic/grants.py gives this role its rights.
APPLICATION_ROLE = DATABASES["default"].get("USER") or "vigil_app"
# The database, because sign-in lock-outs live in the cache and every process must see them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "vigil_cache",
        # A full cache drops entries: nobody frees a locked account by filling it with names nobody has.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

# --- people ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "clinic.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_LENGTH = 12  # [D]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "MinimumLengthValidator": {"min_length": PASSWORD_LENGTH},
        "UserAttributeSimilarityValidator": {"user_attributes": ("username", "printed_name", "email")},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "clinic.accounts.AccountAdapter"
ACCOUNT_FORMS = {"login": "clinic.accounts.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
# Per person and per address; generous per address, as a whole clinic shares one. Wrong passwords are counted apart from
# wrong codes. [D]
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip", "login_failed": "600/m/ip,10/5m/key", "reauthenticate": "20/m/user"}
MFA_RATE_LIMITS = {"webauthn_login": "600/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("TRUSTED_PROXY_COUNT", 0, maximum=10)
MFA_ADAPTER = "clinic.accounts.EncryptingMFAAdapter"
MFA_FORMS = {
    "activate_totp": "clinic.forms.second_factor.ActivateTOTPForm",
    "add_webauthn": "clinic.forms.second_factor.AddPasskeyForm",
    "authenticate": "clinic.forms.second_factor.AuthenticateForm",
    "authenticate_webauthn": "clinic.forms.second_factor.AuthenticatePasskeyForm",
    "login_webauthn": "clinic.forms.second_factor.LoginPasskeyForm",
    "reauthenticate": "clinic.forms.second_factor.ReauthenticateForm",
    "reauthenticate_webauthn": "clinic.forms.second_factor.ReauthenticatePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Vigil"
# Whoever doses, discharges or administers signs in with a second factor (clinic/middleware.py).
MFA_REQUIRED = environment.flag("MFA_REQUIRED", default=not (DEBUG or VIGIL_DEMO))

# Signs where the audit stands (manage.py seal_audit); nobody needs it to check. Empty: no seals.
SEALING_KEY = environment.text("SEALING_KEY")
# Where copies of seals lie that this server may read: the newest goes with each record that is exported.
SEALS_FOLDER = environment.text("SEALS_FOLDER")

# --- cookies and transport: secure unless this is a demo or a developer's machine over http ---------
OVER_HTTPS = environment.flag("OVER_HTTPS", default=not (DEBUG or VIGIL_DEMO))
# Over https no neighbouring host can set a cookie in our place: browsers keep to that for names that begin so.
_ONLY_HERE = "__Host-" if OVER_HTTPS else ""
SESSION_ENGINE = "clinic.sign_ins"
SESSION_COOKIE_NAME = _ONLY_HERE + environment.text("SESSION_COOKIE_NAME", "vigil_session")
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
# After so long without anybody's request a person is signed out; 0 never. [D]
IDLE_MINUTES = environment.number("IDLE_MINUTES", 30)
# The same on an enrolled tablet, where a PIN brings them back; 0: as anywhere else. [D]
TABLET_LOCK_MINUTES = environment.number("TABLET_LOCK_MINUTES", 2)
# Not heard from for so long, a tablet that charted a patient is named at the release. [D]
TABLET_SILENT_SECONDS = environment.number("TABLET_SILENT_SECONDS", 120)
TABLET_COOKIE_NAME = f"{SESSION_COOKIE_NAME}_tablet"
SESSION_COOKIE_SECURE = OVER_HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = OVER_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = f"{_ONLY_HERE}csrftoken"
LANGUAGE_COOKIE_SECURE = OVER_HTTPS
SECURE_SSL_REDIRECT = environment.flag("SECURE_SSL_REDIRECT", default=OVER_HTTPS)
# The load balancer asks for it over plain http, from inside.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = environment.number("SECURE_HSTS_SECONDS", 31_536_000 if OVER_HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = environment.flag("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=OVER_HTTPS)
SECURE_HSTS_PRELOAD = environment.flag("SECURE_HSTS_PRELOAD", default=OVER_HTTPS)
SECURE_PROXY_SSL_HEADER = environment.proxy_header("SECURE_PROXY_SSL_HEADER")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- files sent by people: held in memory and kept in the database, never in a folder (docs/decisions/0017) ---
DOCUMENT_MEGABYTES = environment.number("DOCUMENT_MEGABYTES", 10, minimum=1, maximum=50)
# A file of that size and what else stands in its form; a longer body is not read (clinic/middleware.py).
LONGEST_BODY = (DOCUMENT_MEGABYTES + 1) * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = LONGEST_BODY

# --- language and time: stored in UTC, shown in the facility's zone ---------------------------------
LANGUAGE_CODE = "en-us"
# Of the staff's pages; what patients read has its own (sessions_app/presenters/patient_texts.py, docs/decisions/0027).
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# --- static files -----------------------------------------------------------------------------------
STATIC_URL = "/static/"
# Straight from the source folders where nobody runs collectstatic; hashed and compressed elsewhere.
WHITENOISE_USE_FINDERS = DEBUG or VIGIL_DEMO
STATIC_ROOT = None if WHITENOISE_USE_FINDERS else environment.text("STATIC_ROOT", str(STATE_DIR / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if WHITENOISE_USE_FINDERS
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

# --- mail and logs ----------------------------------------------------------------------------------
vars().update(environment.email("EMAIL_URL"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", "vigil@localhost")
LOG_LEVEL = environment.text(
    "LOG_LEVEL", "WARNING" if VIGIL_DEMO else "INFO", one_of=("DEBUG", "INFO", "WARNING", "ERROR")
)
LOG_FORMAT = environment.text("LOG_FORMAT", "text" if DEBUG or VIGIL_DEMO else "json", one_of=("json", "text"))
# An address is personal data and the request id already joins the lines of one request.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
# What a request began with stands in the line of its end, or of its failure, too.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
LOGGING = logs.configuration(level=LOG_LEVEL, form=LOG_FORMAT)

"""Read settings from the environment; refuse nonsense by name, in one plain sentence."""

import os
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}
POSTGRES_SCHEMES = ("postgres", "postgresql", "pgsql")


def text(name: str, default: str = "", *, one_of: tuple[str, ...] = ()) -> str:
    value = os.environ.get(name, default).strip()
    if one_of and value not in one_of:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(one_of)}, not {value!r}.")
    return value


def flag(name: str, *, default: bool) -> bool:
    """Strict on purpose: a mistyped "ture" must not quietly mean no."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in TRUE_WORDS:
        return True
    if value.strip().lower() in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def number(name: str, default: int, *, minimum: int = 0, maximum: int | None = None) -> int:
    value = os.environ.get(name, str(default)).strip()
    bounds = f"{minimum} or more" if maximum is None else f"from {minimum} to {maximum}"
    try:
        parsed = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number {bounds}, not {value!r}.") from None
    if parsed < minimum or (maximum is not None and parsed > maximum):
        raise ImproperlyConfigured(f"{name} must be a whole number {bounds}, not {parsed}.")
    return parsed


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def proxy_header(name: str) -> tuple[str, str] | None:
    """`X-Forwarded-Proto=https` as the pair Django wants: ("HTTP_X_FORWARDED_PROTO", "https")."""
    value = os.environ.get(name, "").strip()
    if not value:
        return None
    header, _, expected = value.partition("=")
    if not header.strip() or not expected.strip():
        raise ImproperlyConfigured(f"{name} must look like X-Forwarded-Proto=https, not {value!r}.")
    return "HTTP_" + header.strip().upper().replace("-", "_"), expected.strip()


def database(name: str, default: str = "") -> dict[str, Any]:
    """A postgres:// URL as Django's settings. Never repeats the value: it holds a password."""
    url = os.environ.get(name) or default
    wanted = f"{name} must be a PostgreSQL address such as postgres://user:password@host:5432/database"
    if not url:
        raise ImproperlyConfigured(f"{name} is missing; {wanted}.")
    if url.partition("://")[0] not in POSTGRES_SCHEMES:
        raise ImproperlyConfigured(f"{wanted}; only PostgreSQL is supported.")
    try:
        parsed = dict(environ.Env.db_url_config(url))
    except (ValueError, AttributeError, KeyError):
        raise ImproperlyConfigured(f"{wanted}; what is set cannot be read.") from None
    if not parsed.get("NAME"):
        raise ImproperlyConfigured(f"{wanted}; what is set names no database.")
    options = dict(parsed.get("OPTIONS", {}))
    # A socket's folder is written ?host=/folder; Django wants every host in one place.
    parsed["HOST"] = options.pop("host", "") or parsed["HOST"]
    return {**parsed, "OPTIONS": options, "ENGINE": "django.db.backends.postgresql"}


def email(name: str) -> dict[str, Any]:
    try:
        return dict(environ.Env.email_url_config(os.environ.get(name) or "dummymail://"))
    except (ValueError, AttributeError, KeyError, ImproperlyConfigured):
        raise ImproperlyConfigured(f"{name} must look like smtp+tls://user:password@host:587.") from None


def embedded_database_url(state_dir: Path) -> str:
    """The demo's embedded server, as the application role: the default when DATABASE_URL is not given."""
    try:
        return (state_dir / "demo" / "application.url").read_text().strip()
    except OSError:
        # Nothing has been started yet: a socket nobody listens on, so that commands which
        # need no database work and the others say where they looked.
        return "postgres:///vigil?host=" + str(state_dir / "demo" / "socket").replace(" ", "%20")

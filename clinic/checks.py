"""System checks: what must be true of the installation before it serves."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.compatibility)
def only_one_database_driver(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Django takes psycopg 3 over psycopg2 without a word as soon as it can be imported."""
    if find_spec("psycopg") is None:
        return []
    return [
        Error(
            "psycopg (3) is installed and Django would silently use it instead of psycopg2.",
            hint="Uninstall psycopg; find what brought it in with `pip show psycopg`.",
            id="clinic.E001",
        )
    ]


def server_refusals() -> list[str]:
    """Why this configuration may not serve; empty means go. Commands may run with it all the same."""
    if settings.DEBUG:
        return []
    refusals = []
    if settings.SECRET_KEY == settings.DEMO_SECRET_KEY:
        refusals.append("SECRET_KEY is missing: with DEBUG off a server needs its own long random secret.")
    if not settings.ALLOWED_HOSTS:
        refusals.append("ALLOWED_HOSTS is empty: with DEBUG off a server needs the host names it answers to.")
    return refusals


def missing_files() -> list[str]:
    """What a server needs beside its configuration."""
    root = settings.STATIC_ROOT
    if root and not Path(root).is_dir():
        return [f"The static files are not in {root} (STATIC_ROOT): run manage.py collectstatic first."]
    return []


@register(Tags.security, deploy=True)
def configuration_may_serve(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    return [Error(refusal, id="clinic.E002") for refusal in server_refusals()]


@register(Tags.security, deploy=True)
def second_factor_is_demanded(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    if settings.MFA_REQUIRED:
        return []
    return [
        Error(
            "MFA_REQUIRED is off: people who dose, discharge or administer sign in with a password alone.",
            hint="Leave MFA_REQUIRED out of the environment, or set it to 1.",
            id="clinic.E003",
        )
    ]

"""The floor: Django on the same server, with the same connection settings, and nothing of ours before its view."""

from clinic.settings import *  # noqa: F403
from clinic.settings import BASE_DIR, TEMPLATES

ROOT_URLCONF = "tests.bench.floor"
MIDDLEWARE: list[str] = []
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "tests.bench"]
AUTH_USER_MODEL = "auth.User"
TEMPLATES = [{**TEMPLATES[0], "DIRS": [BASE_DIR / "tests" / "bench" / "templates"], "OPTIONS": {}}]

"""The web server's way in. Refuses to serve with a configuration that is not fit to."""

import os

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler


def fit_application() -> WSGIHandler:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    django.setup()

    from clinic.checks import missing_files, server_refusals
    from clinic.serving import allow_connections

    if refusals := server_refusals() or missing_files():
        raise ImproperlyConfigured(" ".join(refusals))
    allow_connections()
    return WSGIHandler()


application = fit_application()

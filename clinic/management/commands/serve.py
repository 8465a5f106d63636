"""``manage.py serve``: the pages, as they are served everywhere (clinic/serving.py)."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from clinic.serving import THREADS, WORKERS, command


class Command(BaseCommand):
    """Becomes the server, so that whoever started it stops that."""

    help = "Serves the pages, behind a proxy that ends TLS (docs/operations.md)."
    requires_system_checks = ()  # the server asks its own, and does not start (clinic/wsgi.py)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=WORKERS, help="one for each core")
        parser.add_argument("--threads", type=int, default=THREADS, help="of each worker")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = command(**{name: options[name] for name in ("host", "port", "workers", "threads")})
        os.chdir(settings.BASE_DIR)
        os.execv(asked[0], asked)  # noqa: S606

"""What makes Vigil an application of the device: its manifest, the worker that keeps pages, and what that shows while
nobody can be asked (docs/decisions/0024)."""

import hashlib
import json
import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from clinic.matrix import addresses
from clinic.views.audience import open_to_all

WORKER = "clinic/worker.js"
# What pages are drawn with; papers and their pictures are never kept.
_DRAWN_WITH = (".css", ".js", ".svg")
_OURS = ("clinic/", "sessions_app/", "vendor/")


@open_to_all
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    icons = [
        {
            "src": static(f"clinic/icon-{side}.png"),
            "sizes": f"{side}x{side}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for side in (192, 512)
    ]
    said = {
        "name": "Vigil",
        "short_name": "Vigil",
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#edf1f2",
        "theme_color": "#10303d",
        "icons": icons,
    }
    return HttpResponse(json.dumps(said), content_type="application/manifest+json")


@open_to_all
@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """At the root, because a worker minds what lies below it. Browsers ask for it by themselves, and take it for a new
    one when a byte of it differs: its version says what the files of this deployment are."""
    return HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")


@open_to_all
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """For nobody, whoever asks: it is kept in clear."""
    request.user = AnonymousUser()
    return render(request, "clinic/offline.html")


def _worker() -> str:
    return _script() if settings.DEBUG else _script_once()


def _script() -> str:
    files = _files()
    found = hashlib.sha256()
    for name, path in files.items():
        found.update(name.encode() + Path(path).read_bytes())
    source = Path(str(finders.find(WORKER))).read_text(encoding="utf-8")
    found.update(source.encode())
    said = {
        "version": found.hexdigest()[:16],
        "static": settings.STATIC_URL,
        "files": [static(name) for name in files],
        "offline": reverse("offline"),
        "kept": [_pattern(address.route) for address in addresses() if address.offline],
    }
    return f"self.VIGIL = {json.dumps(said)};\n{source}"


@lru_cache(maxsize=1)
def _script_once() -> str:
    return _script()


def _files() -> dict[str, str]:
    """Every file that pages are drawn with, and where it lies."""
    found: dict[str, str] = {}
    for finder in finders.get_finders():
        for name, storage in finder.list(None):
            if name.startswith(_OURS) and name.endswith(_DRAWN_WITH) and name != WORKER:
                found.setdefault(name, storage.path(name))
    return dict(sorted(found.items()))


def _pattern(route: str) -> str:
    """The addresses of a route, as script tells them."""
    return "^" + re.sub(r"<uuid:\w+>", "[0-9a-f-]{36}", route) + "$"

"""What somebody searches a patient by is a name, a birth date or a number: it comes in a form, and stands encrypted in
the address of what was found, so that no browser's history and no log of a proxy keeps it."""

from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from clinic.encrypted import decrypt, encrypt
from clinic.limits import limited
from clinic.models import Facility
from clinic.rules.roles import Permission
from sessions_app.views.scope import of_facility

PURPOSE = "vigil.search"
LONGEST = 200
# A free place of the diary that somebody is looked for.
PLACE = ("at", "chair")
# Where one may search, and so be led back to.
LISTS = ("patients", "check-in", "access")


@of_facility(Permission.VIEW)
@limited("search")
def find_patients(request: HttpRequest, facility: Facility) -> HttpResponse:
    asked = request.POST.get("of", "")
    url = reverse(f"sessions_app:{asked if asked in LISTS else LISTS[0]}")
    words = request.POST.get("q", "").strip()[:LONGEST]
    said = {"found": encrypt(words, purpose=PURPOSE)} if words else {}
    said |= {name: request.POST[name][:LONGEST] for name in PLACE if request.POST.get(name)}
    return redirect(f"{url}?{urlencode(said)}" if said else url)


def offered_at(request: HttpRequest) -> datetime | None:
    """The moment for which somebody is looked for, by the facility's clocks; none where the address names none."""
    try:
        return datetime.fromisoformat(request.GET.get("at", "")).replace(tzinfo=None)
    except ValueError:
        return None


def searched_words(request: HttpRequest) -> str:
    """What this page was searched for; nothing where its address says nothing that was encrypted here."""
    try:
        return decrypt(request.GET.get("found", ""), purpose=PURPOSE)
    except ValueError:
        return ""

"""What somebody searches a patient by is a name, a birth date or a number: it comes in a form, and stands encrypted in
the address of what was found, so that no browser's history and no log of a proxy keeps it."""

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
# Where one may search, and so be led back to.
LISTS = ("patients", "check-in", "access")


@of_facility(Permission.VIEW)
@limited("search")
def find_patients(request: HttpRequest, facility: Facility) -> HttpResponse:
    asked = request.POST.get("of", "")
    url = reverse(f"sessions_app:{asked if asked in LISTS else LISTS[0]}")
    words = request.POST.get("q", "").strip()[:LONGEST]
    return redirect(f"{url}?{urlencode({'found': encrypt(words, purpose=PURPOSE)})}" if words else url)


def searched_words(request: HttpRequest) -> str:
    """What this page was searched for; nothing where its address says nothing that was encrypted here."""
    try:
        return decrypt(request.GET.get("found", ""), purpose=PURPOSE)
    except ValueError:
        return ""

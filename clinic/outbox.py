"""What a tablet kept while no server answered, sent when one does: whose it is, and when it was typed
(docs/decisions/0022). The tablet sends the very form to its own address; whoever is signed in there by then only
carries it."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.messages.storage.base import BaseStorage, Message
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import work_only_at
from clinic.accounts import SECOND_FACTOR, SIGN_IN, SecondFactor
from clinic.models import Tablet, User
from clinic.tablet import tablet_of

AUTHOR, TYPED = "X-Outbox-Author", "X-Outbox-Typed"
# The tablet's clock was set while it waited: TYPED is a guess.
UNTIMED = "X-Outbox-Untimed"
SALT = "vigil.author"
# What somebody typed belongs to the sign-in they typed it in, at most so long after they came in [D].
LONGEST_SIGN_IN = timedelta(hours=24)
GRACE = timedelta(minutes=2)


@dataclass(frozen=True)
class Waited:
    """A form that waited on ``tablet``: typed by ``author`` at ``typed_at``, carried here by ``sent_by``."""

    author: User
    sent_by: Any
    tablet: Tablet
    typed_at: datetime
    untimed: bool = False


def waited_of(request: HttpRequest) -> Waited | None:
    """What is known of a form that waited; None for one that is sent as it is typed."""
    return getattr(request, "waited", None)


def keep_key(request: HttpRequest) -> str:
    """Under which a device seals what it keeps: an enrolled tablet's own, elsewhere the person's. It stands in pages
    that were asked for by somebody signed in, and nowhere else."""
    if not request.user.is_authenticated:
        return ""
    tablet = tablet_of(request)
    whose = f"tablet:{tablet.pk}" if tablet else f"person:{request.user.pk}"
    return base64.b64encode(salted_hmac("vigil.keep", whose, algorithm="sha256").digest()).decode()


def author_token(request: HttpRequest) -> str:
    """Says, for as long as it lies on this tablet, who typed what is kept beside it. Empty anywhere else."""
    tablet, signed_in = tablet_of(request), request.session.get(SIGN_IN)
    if tablet is None or signed_in is None or not request.user.is_authenticated:
        return ""
    since = datetime.fromisoformat(signed_in["at"]).timestamp()
    by_pin = request.session.get(SECOND_FACTOR) == SecondFactor.TABLET
    return signing.dumps([UUID(str(request.user.pk)).hex, tablet.pk.hex, since, by_pin], salt=SALT)


def read_waited(request: HttpRequest) -> Waited | None:
    """None where this tablet gave no such token, or where nobody could have typed then under it."""
    tablet = tablet_of(request)
    try:
        person_id, tablet_id, since, by_pin = signing.loads(request.headers[AUTHOR], salt=SALT)
        typed_at = datetime.fromisoformat(request.headers.get(TYPED, ""))
    except (signing.BadSignature, ValueError):
        return None
    if tablet is None or tablet.pk.hex != tablet_id or typed_at.tzinfo is None:
        return None
    came_in = datetime.fromtimestamp(since, UTC)
    if not came_in - GRACE <= typed_at <= came_in + LONGEST_SIGN_IN:
        return None
    author = User.objects.get(pk=UUID(person_id))
    if by_pin:
        work_only_at(author, tablet.facility_id)
    typed_at, untimed = typed_at.astimezone(UTC), UNTIMED in request.headers
    return Waited(author=author, sent_by=request.user, tablet=tablet, typed_at=typed_at, untimed=untimed)


class _Heard(BaseStorage):
    """What the view says goes to whoever sends, in the answer, and waits for no page."""

    def _get(self, *args: Any, **kwargs: Any) -> tuple[list[Message], bool]:
        return [], True

    def _store(self, messages: Any, response: HttpResponse, *args: Any, **kwargs: Any) -> list[Message]:
        return []


def send_for_the_author(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    """A form that waited is taken as its author's, by the few views that say they take one; every answer to it is
    JSON: saved, refused, not-allowed, or sign-in, where nobody is signed in on this tablet."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        return _in_json(request, response) if AUTHOR in request.headers else response

    def process_view(request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.headers.get("X-Requested-With") == "keep":
            request._messages = _Heard(request)  # type: ignore[attr-defined]  # nobody reads a page that is put away
        if AUTHOR not in request.headers:
            return None
        if not request.user.is_authenticated or tablet_of(request) is None:
            return JsonResponse({"outcome": "sign-in"}, status=401)
        if request.method != "POST" or not getattr(view, "may_wait", False):
            return refused(_("Only readings and what else was seen wait on a tablet. This needs the server itself."))
        waited = read_waited(request)
        if waited is None:
            return not_allowed(_("This tablet cannot show who typed this. Type it again, with its time."))
        if waited.typed_at > clock.now() + GRACE:
            return refused(_("By this tablet's clock it was typed later than now. Open it and enter the time."))
        request.waited, request.user = waited, waited.author  # type: ignore[attr-defined]
        request._messages = _Heard(request)  # type: ignore[attr-defined]
        return None

    respond.process_view = process_view  # type: ignore[attr-defined]
    return respond


def saved(at: str, says: list[str]) -> JsonResponse:
    return JsonResponse({"outcome": "saved", "at": at, "says": says})


def refused(*says: str, status: int = 409) -> JsonResponse:
    return JsonResponse({"outcome": "refused", "says": says}, status=status)


def not_allowed(says: str) -> JsonResponse:
    return JsonResponse({"outcome": "not-allowed", "says": [says]}, status=403)


def _in_json(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Where no view took it: signed out, a page of an older sign-in, a record or a permission that is not there."""
    if response.get("Content-Type", "").startswith("application/json") or response.status_code >= 500:
        return response
    waited = waited_of(request)
    if response.status_code == 400:
        return refused(_("The server cannot read what was kept. Open it, and type what is missing."), status=422)
    if waited is None:
        return JsonResponse({"outcome": "sign-in"}, status=401)
    if response.status_code == 403:
        return not_allowed(_("%(who)s could not write this here at that time.") % {"who": waited.author})
    return refused(_("This record is not known here."))

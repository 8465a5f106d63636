"""Pages that stay open: a part of them is asked for anew every few seconds (vigil.js), and "nothing new" costs one
small query (docs/decisions/0006)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from clinic import clock
from clinic.access import sequence_seen_by, written_of_others_alone
from clinic.middleware import idle_at
from clinic.models import User
from clinic.models.tablet import hear_again, heard_long_ago
from clinic.rules.roles import Permission
from clinic.tablet import digest_of, secret_of

ORDER_COOKIE = "vigil_order"  # in which order this device shows the chairs
Respond = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True)
class Version:
    """What a page shows: everything written at the facility up to ``sequence``, which was read before anything else,
    or as far as it may concern this one session; good until time alone changes it. Whoever asks again still needs
    ``permission`` there."""

    permission: Permission
    facility_id: UUID
    sequence: int
    good_until: datetime
    session_id: UUID | None = None


def sight(permissions: frozenset[Permission]) -> Permission:
    """What whoever has this page open must still hold to keep it: the chart where the page shows it."""
    return Permission.READ_CHART if Permission.READ_CHART in permissions else Permission.VIEW


def answer_unchanged(get_response: Respond) -> Respond:
    """Answers 304, before anything else reads the database, where the page that this very sign-in has open still holds.
    Anything else goes the whole way and is decided there."""

    def respond(request: HttpRequest) -> HttpResponse:
        token = request.headers.get("If-None-Match", "").strip('"')
        if request.method == "GET" and token and _still_holds(request, token):
            return _uncached(HttpResponseNotModified(), token)
        return get_response(request)

    return respond


def live_page(request: HttpRequest, name: str, context: dict[str, Any], version: Version) -> HttpResponse:
    """The whole page, or to its own script its part alone; either way under its version."""
    token = _token(request, version)
    part = request.headers.get("X-Requested-With") == "refresh"
    template = f"sessions_app/{'_' if part else ''}{name}.html"
    response = render(request, template, {**context, "version": token})
    return _uncached(response, token) if part else response


def _uncached(response: HttpResponse, token: str) -> HttpResponse:
    response["ETag"] = f'"{token}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _salt(request: HttpRequest) -> str:
    """A version is worth nothing in another sign-in, on another tablet, at another address, in another order."""
    names = (settings.SESSION_COOKIE_NAME, settings.TABLET_COOKIE_NAME, ORDER_COOKIE)
    cookies = (request.COOKIES.get(name, "") for name in names)
    return ":".join(("vigil.page", *cookies, request.get_full_path()))


def _fingerprint(user: User) -> str:
    """Changes with the password, so that a page left open elsewhere is signed out with everything else."""
    return salted_hmac("vigil.live", user.get_session_auth_hash()).hexdigest()[:16]


def _token(request: HttpRequest, version: Version) -> str:
    user: Any = request.user
    return signing.dumps(
        [
            user.pk.hex,
            _fingerprint(user),
            version.permission.value,
            version.facility_id.hex,
            version.sequence,
            version.good_until.timestamp(),
            idle_at(request),
            version.session_id.hex if version.session_id else "",
        ],
        salt=_salt(request),
    )


def is_refresh(request: HttpRequest) -> bool:
    """A page that fetches itself anew, and proves by the version it shows that this sign-in opened it here before;
    however old that is."""
    if request.headers.get("X-Requested-With") != "refresh":
        return False
    try:
        signing.loads(request.headers.get("If-None-Match", "").strip('"'), salt=_salt(request))
    except signing.BadSignature:
        return False
    return True


def _still_holds(request: HttpRequest, token: str) -> bool:
    """The token is proven without the database; then one query finds the counter, and that this person may still
    look: signed in, active, in a role that has the permission, under the same password, at a tablet in force."""
    now = clock.now()
    try:
        said = signing.loads(token, salt=_salt(request))
    except signing.BadSignature:
        return False
    user_id, fingerprint, permission, facility_id, sequence, good_until, idle, session_id = said
    if now >= datetime.fromtimestamp(good_until, UTC) or (idle is not None and time() >= idle):
        return False
    session_key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    digest = digest_of(secret) if (secret := secret_of(request)) else ""
    seen = sequence_seen_by(
        UUID(user_id),
        Permission(permission),
        UUID(facility_id),
        session_key=session_key,
        tablet_digest=digest,
        at=now,
    )
    if seen is None:
        return False
    user = User(pk=UUID(user_id), password=seen[1])
    if _fingerprint(user) != fingerprint:
        return False
    if seen[0] != sequence and not (
        session_id and written_of_others_alone(UUID(facility_id), after=sequence, session_id=UUID(session_id))
    ):
        return False
    if digest and heard_long_ago(seen[2], at=now):
        hear_again(digest, at=now)
    request.user = user  # for the log, which would ask the database who this is
    return True

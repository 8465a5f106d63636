"""The people of a facility: who works here, since when, by whose word, and with which credentials."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.models import Credential, Facility, RoleAssignment, User
from clinic.models.employment import Employment
from clinic.models.staff import SYSTEM
from clinic.presenters.credential import KIND_WORDS, credential_state
from clinic.presenters.time import calendar_day, clock_time
from clinic.rules.credentials import NEEDED, CredentialKind
from clinic.rules.roles import Role
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.site import ROLE_WORDS


def people_page(employments: Iterable[Employment], facility: Facility, *, at: datetime) -> dict[str, Any]:
    """Context of ``clinic/people.html``: who works here now, who will, who did."""
    reader = Reader(facility.zone, at)
    groups: dict[str, list[dict[str, Any]]] = {_("Now"): [], _("Planned"): [], _("Ended"): []}
    for each in employments:
        group = _("Now") if each.held(at) else _("Planned") if each.planned(at) else _("Ended")
        groups[group].append(_line(each, reader))
    return {
        "facility_name": facility.name,
        "groups": [{"title": title, "people": people} for title, people in groups.items() if people],
        "invite_url": reverse("sessions_app:invite-person"),
        "known_url": reverse("sessions_app:give-role-to-known"),
    }


def _line(of: Employment, reader: Reader) -> dict[str, Any]:
    current = of.held(reader.now) or of.planned(reader.now) or of.roles[:1]
    return {
        "url": person_url(of.person),
        "name": str(of.person),
        "username": of.person.username,
        "roles": [{"role": role_word(each), "term": term_words(each, reader)} for each in current],
        "credentials": _badges(of, current, reader),
        "second_factor": _second_factor(of),
        "last_sign_in": last_sign_in(of.person, reader),
    }


def _badges(of: Employment, roles: Iterable[RoleAssignment], reader: Reader) -> list[dict[str, Any]]:
    """Of the credentials that these roles need."""
    today = reader.now.astimezone(reader.zone).date()
    needed = set().union(*(NEEDED.get(Role(each.role), frozenset()) for each in roles))
    return [
        {"name": str(KIND_WORDS[kind]), "badge": credential_state(of.newest(kind), today=today)}
        for kind in CredentialKind
        if kind in needed
    ]


def _second_factor(of: Employment) -> dict[str, Any]:
    if of.has_second_factor:
        return {"word": _("set up"), "kind": "ready"}
    return {"word": _("not set up"), "kind": ""}


def last_sign_in(person: User, reader: Reader) -> str:
    if not person.is_active:
        return _("closed")
    if person.last_login is None:
        return _("never yet")
    return moment_words(person.last_login, reader)


def person_url(person: User) -> str:
    return reverse("sessions_app:person", args=[person.pk])


def role_word(assignment: RoleAssignment) -> str:
    return str(ROLE_WORDS[assignment.role])


def moment_words(at: datetime, reader: Reader) -> str:
    """``14 Apr 2026, 9:05``; at the facility's midnight the day alone."""
    local = at.astimezone(reader.zone)
    day = calendar_day(local.date())
    return f"{day}, {clock_time(at, reader.zone)}" if (local.hour, local.minute) != (0, 0) else day


def _last_day(ends: datetime, reader: Reader) -> str:
    """A term that ends at midnight lasts through the day before."""
    local = ends.astimezone(reader.zone)
    if (local.hour, local.minute) == (0, 0):
        return calendar_day(local.date() - timedelta(days=1))
    return moment_words(ends, reader)


def term_words(assignment: RoleAssignment, reader: Reader) -> str:
    """From when, until when, as far as it has come by now."""
    starts = moment_words(assignment.starts_at, reader)
    if assignment.ended_at and assignment.ended_at <= reader.now:
        return _("%(start)s to %(end)s") % {"start": starts, "end": moment_words(assignment.ended_at, reader)}
    if assignment.ends_at:
        return _("%(start)s to %(end)s") % {"start": starts, "end": _last_day(assignment.ends_at, reader)}
    planned = assignment.starts_at > reader.now
    return (_("from %(start)s") if planned else _("since %(start)s")) % {"start": starts}


def granted_words(assignment: RoleAssignment, reader: Reader) -> dict[str, Any]:
    """By whose word. Somebody who gave it to themselves is said so, loudly."""
    at = moment_words(assignment.granted_at, reader)
    if assignment.granted_by_id == assignment.user_id:
        return {"text": at, "badge": {"word": _("given by themselves"), "kind": "held"}}
    who = assignment.granted_by
    name = _("when the facility was opened") if who.username == SYSTEM else who.printed_name
    return {"text": f"{name}, {at}", "badge": None}


def person_page(of: Employment, facility: Facility, *, reader_is: User, at: datetime) -> dict[str, Any]:
    """Context of ``clinic/person.html``."""
    reader, person = Reader(facility.zone, at), of.person
    oneself = person == reader_is
    return {
        "person_name": str(person),
        "username": person.username,
        "email": person.email,
        "oneself": oneself,
        "is_active": person.is_active,
        "roles": [_role(each, reader, url=_url("end-role", person, each.pk)) for each in _going_on(of, at)],
        "past_roles": [_role(each, reader, url="") for each in of.over(at)],
        "give_url": _url("give-role", person) if person.is_active else "",
        "credentials": [_credential_panel(kind, of, reader) for kind in _kinds(of, at)],
        "record_url": _record_url(of, at),
        "contact_url": _url("record-person-contact", person),
        "sign_in": _sign_in_rows(of, reader),
        "acts": [] if oneself else _acts(of, at),
        "close_out_url": _url("close-out-person", person) if not oneself and person.is_active else "",
        "bring_back_url": _url("bring-back-person", person) if not person.is_active else "",
    }


def _url(name: str, person: User, *more: Any) -> str:
    return reverse(f"sessions_app:{name}", args=[person.pk, *more])


def _record_url(of: Employment, at: datetime) -> str:
    """Nothing is entered of somebody who has left."""
    return _url("record-credential", of.person) if _going_on(of, at) else ""


def _going_on(of: Employment, at: datetime) -> list[RoleAssignment]:
    return [*of.held(at), *of.planned(at)]


def _role(assignment: RoleAssignment, reader: Reader, *, url: str) -> dict[str, Any]:
    planned = assignment.starts_at > reader.now and not assignment.ended_at
    ended = _("ended by %(who)s") % {"who": assignment.ended_by.printed_name} if assignment.ended_by else ""
    return {
        "role": role_word(assignment),
        "planned": planned,
        "term": term_words(assignment, reader),
        "granted": granted_words(assignment, reader),
        "ended": ended,
        "end_url": url,
    }


def _kinds(of: Employment, at: datetime) -> list[CredentialKind]:
    """What the roles of this person need, and whatever else was ever entered."""
    needed = set().union(*(NEEDED.get(Role(each.role), frozenset()) for each in _going_on(of, at)))
    return [kind for kind in CredentialKind if kind in needed | set(of.credentials)]


def _credential_panel(kind: CredentialKind, of: Employment, reader: Reader) -> dict[str, Any]:
    today = reader.now.astimezone(reader.zone).date()
    rows = of.credentials.get(kind, [])
    return {
        "name": str(KIND_WORDS[kind]),
        "badge": credential_state(of.newest(kind), today=today),
        "record_url": f"{url}?kind={kind.value}" if (url := _record_url(of, reader.now)) else "",
        "rows": [_credential(row, of.person, reader, counts=row is rows[0]) for row in rows],
    }


def _credential(row: Credential, holder: User, reader: Reader, *, counts: bool) -> dict[str, Any]:
    document = row.document
    by_themselves = row.recorded_by_id == holder.pk
    return {
        "number": ", ".join(filter(None, (row.number, row.issued_by))),
        "last_day": calendar_day(row.expires_date) if row.expires_date else _("no end"),
        "entered": moment_words(row.occurred_at, reader),
        "by": _("themselves") if by_themselves else row.recorded_by.printed_name,
        "by_themselves": by_themselves,
        "counts": counts,
        "paper": paper_link(document) if document else None,
    }


def _sign_in_rows(of: Employment, reader: Reader) -> list[dict[str, Any]]:
    person = of.person
    rows: list[tuple[str, Any, Any]] = [
        (_("Sign-in name"), person.username, None),
        (_("E-mail"), person.email or "–", None),
        (_("Password"), _("set") if person.has_usable_password() else _("not set yet"), None),
        (_("Second factor"), "", _second_factor(of)),
        (_("Last sign-in"), last_sign_in(person, reader), None),
    ]
    return [{"label": label, "value": value, "badge": badge} for label, value, badge in rows]


def _acts(of: Employment, at: datetime) -> list[dict[str, Any]]:
    """What an administrator does for somebody who cannot sign in, or should not be."""
    person = of.person
    if not person.is_active or not _going_on(of, at):
        return []
    if not person.has_usable_password():
        first = {"url": _url("welcome-link", person), "label": _("Show their link")}
    else:
        first = {"url": _url("reset-password", person), "label": _("New password")}
    acts = [first]
    if of.has_second_factor:
        acts.append({"url": _url("reset-second-factor", person), "label": _("Reset second factor")})
    return [*acts, {"url": _url("end-sign-ins", person), "label": _("Sign out everywhere")}]


def paper_link(document: Any) -> dict[str, str]:
    return {"url": reverse("sessions_app:document", args=[document.pk]), "name": document.name}

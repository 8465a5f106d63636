"""The facility page: may it dose, who and what is here, by which numbers."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.identifiers import new_id
from clinic.models import Facility, Tablet
from clinic.presenters.credential import ending_badge
from clinic.presenters.time import calendar_day, zone_name
from clinic.rules.certification import CertificationStatus, certification_refusals, review_due
from clinic.rules.enrolment import Setting
from clinic.rules.roles import Permission, Role
from sessions_app.models import FacilityPolicy, OximeterCheck, Presence
from sessions_app.models.program import default_alarms
from sessions_app.models.site import Site
from sessions_app.models.site_overview import SiteOverview
from sessions_app.presenters.cabinet import line_last_day
from sessions_app.presenters.certification import confirmed_day, status_word
from sessions_app.presenters.policy import policy_rows
from sessions_app.presenters.refusal import shown
from sessions_app.presenters.sentences import Reader, Text
from sessions_app.presenters.tablet import tablets_panel
from sessions_app.rules.program import Program

ROLE_WORDS: Mapping[str, Text] = {
    Role.PRESCRIBER: gettext_lazy("prescriber"),
    Role.NURSE: gettext_lazy("nurse"),
    Role.FRONT_DESK: gettext_lazy("front desk"),
    Role.ADMINISTRATOR: gettext_lazy("administrator"),
    Role.INSPECTOR: gettext_lazy("inspector"),
    Role.DISPLAY: gettext_lazy("display on the wall"),
}
SETTING_WORDS: Mapping[str, Text] = {
    Setting.OUTPATIENT: gettext_lazy("Outpatient setting"),
    Setting.INPATIENT: gettext_lazy("Inpatient setting"),
}


# Whoever runs more has a list of them, and a facility's page is about that facility.
MOST_TILES = 10


def facility_page(
    overview: SiteOverview,
    *,
    permissions: frozenset[Permission],
    places: Mapping[Facility, str],
    here: Tablet | None,
) -> dict[str, Any]:
    """Context of ``clinic/facility.html``. ``places``: every facility of this reader, and the REMS's word on it;
    ``here``: the tablet it is read on."""
    facility, zone = overview.facility, overview.facility.zone
    reader = Reader(zone, overview.at)
    manages, at_site = Permission.MANAGE_FACILITY in permissions, Permission.MANAGE_SITE in permissions
    return {
        "facility": {
            "name": facility.name,
            "setting": str(SETTING_WORDS[facility.setting]),
            "address": facility.address,
            "zone": f"{facility.time_zone} ({zone_name(overview.at, zone)})",
            "places": _places(places, facility) if 1 < len(places) <= (MOST_TILES if manages else len(places)) else [],
        },
        "programmes": [
            _programme(version.program, overview.sites[code], reader) for code, version in overview.versions.items()
        ],
        "policies": [
            _policy(version.program, overview.policies.get(code), reader, manages)
            for code, version in overview.versions.items()
        ],
        **_people(overview, may_manage=at_site),
        "oximeters": [_oximeter(check, reader, at_site) for check in overview.here.oximeters],
        "oximeter_url": reverse("sessions_app:check-oximeter") if at_site else "",
        "devices": [_devices(line, overview) for line in overview.cabinet],
        "device_count": sum(line["count"] for line in overview.cabinet),
        "device_url": reverse("sessions_app:receive-device") if Permission.STOCK in permissions else "",
        "cabinet_url": reverse("sessions_app:cabinet"),
        "staff": _staff(overview),
        "people_url": reverse("sessions_app:people") if manages else "",
        "display_url": reverse("sessions_app:add-display") if manages else "",
        "tablets": tablets_panel(overview.tablets, reader, here=here) if manages else None,
        "enrol_url": "" if here else reverse("sessions_app:enrol-tablet"),
        "closes": overview.closes.strftime("%H:%M") if overview.closes else "",
        "closing_url": reverse("sessions_app:set-closing-time") if manages else "",
        "glass_url": reverse("sessions_app:broken-glass") if Permission.REVIEW in permissions else "",
        "glass_unreviewed": overview.glass_unreviewed if Permission.REVIEW in permissions else 0,
        "left_early_url": reverse("sessions_app:left-early") if Permission.READ_CHART in permissions else "",
        "adverse_events_url": reverse("sessions_app:adverse-events") if Permission.READ_CHART in permissions else "",
        "insight_url": reverse("sessions_app:insight") if Permission.INSIGHT in permissions else "",
        "book_url": reverse("sessions_app:stock-book") if Permission.BOOK in permissions else "",
        "access_url": reverse("sessions_app:access") if Permission.REVIEW in permissions else "",
        "permissions_url": reverse("sessions_app:permissions") if Permission.REVIEW in permissions else "",
        "chairs": overview.chairs,
        "chairs_url": reverse("sessions_app:set-chairs") if at_site else "",
    }


def _rows(*pairs: tuple[Any, Any]) -> list[dict[str, Any]]:
    return [{"label": label, "value": value} for label, value in pairs if value]


def _places(places: Mapping[Facility, str], current: Facility) -> list[dict[str, Any]]:
    return [
        {
            "value": place.pk,
            "entry_id": new_id(),
            "name": place.name,
            "word": status_word(word),
            "icon": "shield-check" if word == CertificationStatus.CERTIFIED else "shield-slash",
            "phase": "" if word == CertificationStatus.CERTIFIED else "overdue",
            "current": place.pk == current.pk,
        }
        for place, word in places.items()
    ]


def _programme(program: Program, site: Site, reader: Reader) -> dict[str, Any]:
    """Where the certification stands, in short: its own page has the rest."""
    refusals = certification_refusals(site.certification_facts)
    last, confirmed, representative = site.certification, site.confirmation, site.representative
    status = last.status if last else None
    if refusals and status == CertificationStatus.CERTIFIED:
        status = CertificationStatus.RECERTIFICATION_DUE  # of a representative designated before that was a step
    due = review_due(site.certification_facts)
    return {
        "name": _("%(program)s REMS") % {"program": program.label},
        "badge": {"word": status_word(status), "kind": "overdue" if refusals else "held" if due else "ready"},
        "rows": _rows(
            (_("Authorized Representative"), representative.name if representative else _("none designated")),
            (_("The REMS confirmed on"), confirmed_day(confirmed)),
            (_("Confirmation identifier"), confirmed.confirmation_identifier if confirmed else ""),
            (_("Reason"), last.reason if last and refusals else ""),
        ),
        "refusals": [shown(refusal, reader, session_id=None, permissions=frozenset()) for refusal in refusals],
        "clear_text": _("New doses may be given here."),
        "note": _("Vigil certifies nobody: what the REMS said is written down here."),
        "also": [
            {
                "url": reverse("sessions_app:certification", args=[program.code]),
                "label": _("Requirements, findings, history"),
            }
        ],
    }


def _policy(program: Program, policy: FacilityPolicy | None, reader: Reader, manages: bool) -> dict[str, Any]:
    version = ""
    if policy:
        since = calendar_day(policy.occurred_at.astimezone(reader.zone).date())
        said = {"number": policy.number, "since": since, "who": policy.performed_by.printed_name}
        version = _("Policy %(number)s, since %(since)s, %(who)s") % said
    return {
        "name": program.label,
        "version": version,
        "reason": policy.reason if policy else "",
        "missing": policy is None,
        "url": f"{reverse('sessions_app:set-policy')}?program={program.code}" if manages else "",
        "label": _("Change") if policy else _("Save a policy"),
        "rows": policy_rows(
            policy.program if policy else program,
            policy.alarms if policy else default_alarms(),
            policy.days if policy else {},
        ),
    }


def _people(overview: SiteOverview, *, may_manage: bool) -> dict[str, Any]:
    """Who is here, each with a button to leave; and a form for one more to arrive."""
    reader, here = Reader(overview.facility.zone, overview.at), overview.here.on_site
    held = {user.pk: [row.role for row in rows] for user, rows in overview.staff.items()}
    url = reverse("sessions_app:record-presence")
    present = [
        {
            "name": str(row.person),
            "role": _role_words(held.get(row.person_id, [])),
            "since": reader.clock(row.occurred_at),
            "action_url": url if may_manage else "",
            "action_label": _("Left"),
            "hidden": _hidden(person=row.person_id, kind=Presence.Kind.LEFT),
        }
        for row in here
    ]
    ids = {row.person_id for row in here}
    away = [
        {"value": user.pk, "label": str(user)}
        for user in overview.staff
        if user.pk not in ids and set(held[user.pk]) != {Role.DISPLAY}
    ]
    arrive = {
        "action_url": url,
        "label": _("Arrived"),
        "field": "person",
        "choices": [{"value": "", "label": _("Who arrived?")}, *away],
        "hidden": _hidden(kind=Presence.Kind.ARRIVED),
    }
    roles = [role for row in here for role in set(held.get(row.person_id, []))]
    return {
        "on_site": present,
        "on_site_text": _counted_roles(roles),
        "arrive": arrive if may_manage and away else None,
    }


def _hidden(**values: Any) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in {"entry_id": new_id(), **values}.items()]


def _counted_roles(roles: list[str]) -> str:
    prescribers, nurses = roles.count(Role.PRESCRIBER), roles.count(Role.NURSE)
    said = (
        ngettext("%(count)s prescriber", "%(count)s prescribers", prescribers) % {"count": prescribers},
        ngettext("%(count)s nurse", "%(count)s nurses", nurses) % {"count": nurses},
    )
    return ", ".join(said)


def _role_words(roles: list[str]) -> str:
    return ", ".join(str(word) for role, word in ROLE_WORDS.items() if role in roles)


def _oximeter(check: OximeterCheck, reader: Reader, may_manage: bool) -> dict[str, Any]:
    checked, today = (at.astimezone(reader.zone).date() for at in (check.occurred_at, reader.now))
    when = reader.clock(check.occurred_at) if checked == today else calendar_day(checked)
    works = {"word": _("Works"), "kind": "ready"} if check.working else {"word": _("Does not work"), "kind": "overdue"}
    url = f"{reverse('sessions_app:check-oximeter')}?{urlencode({'asset_tag': check.asset_tag})}"
    return {
        "name": check.asset_tag,
        "badge": works,
        "checked": _("checked %(when)s") % {"when": when},
        "action_url": url if may_manage else "",
        "action_label": _("Check"),
    }


def _devices(line: Mapping[str, Any], overview: SiteOverview) -> dict[str, Any]:
    """Alike devices as one line; one for a named patient is used within a number of days."""
    today = overview.at.astimezone(overview.facility.zone).date()
    last_day, said = line_last_day(line, _program(line["device__program_code"], overview)), _("bulk")
    if line["device__patient"]:
        name = f"{line['device__patient__first_name']} {line['device__patient__last_name']}"
        said = _("for %(name)s") % {"name": name}
    count = {"count": line["count"], "for_whom": said}
    detail = [
        _("lot %(lot)s, to be used by %(day)s") % {"lot": line["device__lot"] or "–", "day": calendar_day(last_day)}
    ]
    if line["device__gtin"]:
        detail += [f"GTIN {line['device__gtin']}", _("serial %(serial)s") % {"serial": ", ".join(line["serials"])}]
    return {
        "name": ngettext("%(count)s device, %(for_whom)s", "%(count)s devices, %(for_whom)s", line["count"]) % count,
        "detail": "; ".join(detail),
        "badge": {"word": _("Past its day"), "kind": "overdue"} if last_day < today else None,
    }


def _program(program_code: str, overview: SiteOverview) -> Program:
    policy = overview.policies.get(program_code)
    return policy.program if policy else overview.versions[program_code].program


def _staff(overview: SiteOverview) -> list[dict[str, Any]]:
    """Who works here; a badge only where a credential of theirs is over or will be soon."""
    return [
        {
            "name": str(user),
            "role": _role_words([row.role for row in rows]),
            "badge": ending_badge(overview.days_left[user.pk]) if user.pk in overview.days_left else None,
        }
        for user, rows in overview.staff.items()
    ]


def chairs_fact(chairs: list[str]) -> list[dict[str, Any]]:
    return _rows((_("In use now"), ", ".join(chairs) or _("none")))

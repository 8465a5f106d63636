"""What the made-up people showed of themselves: most of it in date, one licence that ends in 20 days, and the REMS
training of the front desk, over, which takes nothing away. And who is yet to come, and who has gone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from clinic.actions.credential import record_credential
from clinic.actions.entry import Submission
from clinic.actions.person import close_out_person, invite_person
from clinic.models import Credential
from clinic.rules.credentials import CredentialKind
from clinic.rules.roles import Role
from sessions_app.demo.clinic import Clinic
from sessions_app.demo.timeline import Timeline


@dataclass(frozen=True)
class Shown:
    """``days``: from the day of the demo to its last day."""

    username: str
    kind: CredentialKind
    days: int
    number: str = ""
    issued_by: str = ""


_STATE, _REMS = "New York State", "the REMS"
SHOWN = (
    Shown("nora", CredentialKind.LICENCE, 412, "RN 55-0142", _STATE),
    Shown("nora", CredentialKind.REMS_TRAINING, 190, "", _REMS),
    Shown("nils", CredentialKind.LICENCE, 20, "RN 55-0877", _STATE),
    Shown("nils", CredentialKind.REMS_TRAINING, 190, "", _REMS),
    Shown("paul", CredentialKind.LICENCE, 655, "MD 20-4410", _STATE),
    Shown("paul", CredentialKind.DEA, 530, "FP1234563", "DEA"),
    Shown("fred", CredentialKind.REMS_TRAINING, -12, "", _REMS),
)


def show(clinic: Clinic, *, today: date, now: datetime) -> None:
    """Whatever was never shown, or is needed and over: on a later day of the demo somebody has a new one."""
    for shown in SHOWN:
        holder, last_day = clinic.people[shown.username], today + timedelta(days=shown.days)
        before = Credential.objects.filter(holder=holder, kind=shown.kind).order_by("-occurred_at", "-id").first()
        if before and (shown.days < 0 or (before.expires_date and before.expires_date >= today)):
            continue
        record_credential(
            holder=holder,
            facility=clinic.facility,
            kind=shown.kind,
            number=shown.number,
            issued_by=shown.issued_by,
            expires_date=last_day,
            entry=Submission(),
            by=clinic.administrator,
            now=now,
        )


def come_and_go(clinic: Clinic, timeline: Timeline, *, base: datetime, opening: datetime) -> None:
    """A nurse begins in ten days and has not opened her link yet; another left three weeks ago."""
    ends = datetime.combine(clinic.day_of(base) + timedelta(days=100), time.min, tzinfo=clinic.facility.zone)
    said: dict[str, Any] = {
        "facility": clinic.facility,
        "role": Role.NURSE,
        "credential": "RN",
        "by": clinic.administrator,
    }
    left = invite_person(username="willa", printed_name="Willa Wagtail", entry=Submission(), now=opening, **said)
    timeline.at(
        base - timedelta(days=21), lambda at: close_out_person(person=left.user, by=clinic.administrator, now=at)
    )
    invite_person(
        username="tessa",
        printed_name="Tessa Treecreeper",
        starts_at=ends - timedelta(days=90),
        ends_at=ends,
        entry=Submission(),
        now=opening,
        **said,
    )

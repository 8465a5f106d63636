"""The paperwork of the made-up clinic: how people are reached, another edition of the form since the last review, and
what became of the form of every past session."""

from datetime import datetime, time, timedelta
from typing import Any

from clinic.actions.entry import Submission
from clinic.models import User
from sessions_app.actions import contact, edition, filing, replacement
from sessions_app.demo.clinic import Clinic
from sessions_app.demo.timeline import Timeline
from sessions_app.demo.visit import SignEntry, reading
from sessions_app.models import Check, DosingSession, FilingVersion, FormEdition, SignObservation
from sessions_app.models.filing import filing_of
from sessions_app.models.filing_record import FilingRecord
from sessions_app.models.record import Record
from sessions_app.rules.filing import Outcome

DESK = time(16, 30)  # when forms are done
ADDRESS: dict[str, Any] = {
    "address_1": "12 Plover Lane",
    "address_2": "",
    "city": "Wrenfield",
    "state": "NY",
    "zip_code": "12553",
}
# The prescriber's e-mail is still missing, so that a form of theirs says where it is entered.
REACHED = {
    "nora": ("Nora", "Nightjar", "(555) 555-0142", "nora.nightjar@example.org"),
    "nils": ("Nils", "Quince", "(555) 555-0177", "nils.quince@example.org"),
    "paul": ("Paul", "Penstemon", "(555) 555-0110", ""),
}


def reach(clinic: Clinic, *, now: datetime) -> None:
    """The clinic's address, and whoever monitors there."""
    said: dict[str, Any] = {"facility": clinic.facility, "by": clinic.administrator, "now": now}
    contact.record_facility_contact(**ADDRESS, entry=Submission(), **said)
    for username, (first, last, phone, email) in REACHED.items():
        named: dict[str, Any] = {"first_name": first, "last_name": last, "phone": phone, "email": email}
        contact.record_person_contact(holder=clinic.people[username], **named, entry=Submission(), **said)


def use_newer(clinic: Clinic, *, now: datetime) -> None:
    newer = FormEdition.objects.filter(seen=False).latest("id")
    said: dict[str, Any] = {"facility": clinic.facility, "by": clinic.administrator, "now": now}
    edition.switch_edition(edition=newer, from_date=clinic.day_of(now), entry=Submission(), **said)


class Desk:
    """Does forms in the afternoon, most of them in time."""

    def __init__(self, clinic: Clinic, timeline: Timeline, *, base: datetime) -> None:
        self.clinic, self.timeline, self.base = clinic, timeline, base
        self._number, self._to_amend = 0, False

    def plan(self, mrn: str, treated_at: datetime) -> None:
        """What becomes of the form of this treatment, as far as it has come by ``base``."""
        self._number += 1
        number, ago = self._number, (self.base - treated_at).days
        if ago <= 2 or 9 < ago < 15:
            return  # nobody has got to it yet; an older one is late
        days = 9 if number % 11 == 4 else 1 + number % 4
        self._on(days, mrn, treated_at, self._answer)
        if ago <= 6 and number % 2:
            return  # ready to send
        self._on(days, mrn, treated_at, self._send)
        if number % 9 == 5:
            self._on(days + 2, mrn, treated_at, self._return)
            if ago > 30:
                self._on(days + 3, mrn, treated_at, self._send)
        elif ago > 14:
            self._on(days + 3, mrn, treated_at, self._acknowledge)
        if number % 12 == 9 and ago > 120:
            self._on(days + 4, mrn, treated_at, self._correct)
            self._on(days + 5, mrn, treated_at, self._send)
        elif 15 <= ago < 60 and number % 9 != 5 and not self._to_amend:
            self._to_amend = True
            self._on(days + 4, mrn, treated_at, self._correct)

    def _on(self, days: int, mrn: str, treated_at: datetime, do: Any) -> None:
        at = self.clinic.local(self.clinic.day_of(treated_at) + timedelta(days=days), DESK)
        if at < self.base:
            self.timeline.at(at, lambda now: self._do(do, mrn, treated_at, now))

    def _do(self, do: Any, mrn: str, treated_at: datetime, now: datetime) -> None:
        near = (treated_at - timedelta(hours=6), treated_at + timedelta(hours=6))
        session = DosingSession.objects.filter(patient__mrn=mrn, scheduled_at__range=near).first()
        if session is not None and filing_of(session) is not None:
            do(session, now)

    @property
    def _by(self) -> User:
        return self.clinic.nurse

    def _said(self, session: DosingSession, now: datetime) -> dict[str, Any]:
        return {"dosing_session": session, "entry": Submission(), "by": self._by, "now": now}

    def _answer(self, session: DosingSession, now: datetime) -> None:
        """What only the clinician says, near what is suggested; and what a patient who left leaves open."""
        stands = self._stands(session, now)
        for each in stands.filled:
            if each.missing and each.field.derive != "said":
                suggested = each.suggested.value if each.suggested else ""
                value = {"blood_pressure": "128/80", "minutes": suggested or "90", "yes_no": "no"}[each.field.kind]
                filing.answer_field(code=each.field.code, value=value, **self._said(session, now))

    def _stands(self, session: DosingSession, now: datetime) -> FilingRecord:
        found = filing_of(session)
        if found is None:
            raise ValueError("no filing")
        return FilingRecord(found, Record(session), at=now)

    def _send(self, session: DosingSession, now: datetime) -> None:
        route = FilingVersion.Route.FAX if self._number % 5 == 0 else FilingVersion.Route.PORTAL
        stands = self._stands(session, now)
        still = stands.missing
        filing.submit_filing(
            route=route,
            confirmation=f"PM-{session.pk.hex[-6:].upper()}",
            incomplete_reason="The patient was gone; nobody could measure it." if still else "",
            seen=stands.submitted.pk if stands.submitted else None,
            **self._said(session, now),
        )

    def _return(self, session: DosingSession, now: datetime) -> None:
        self._reply(session, Outcome.RETURNED, now, reason="The date of birth is not the one they enrolled.")

    def _acknowledge(self, session: DosingSession, now: datetime) -> None:
        self._reply(session, Outcome.ACKNOWLEDGED, now)

    def _reply(self, session: DosingSession, kind: Outcome, now: datetime, *, reason: str = "") -> None:
        if sent := self._stands(session, now).submitted:
            filing.record_reply(kind=kind, reason=reason, seen=sent.pk, **self._said(session, now))

    def _correct(self, session: DosingSession, now: datetime) -> None:
        """The pressure at 40 minutes was typed wrong, which nobody saw until the form was sent."""
        found = self._stands(session, now).field("pressure_at_peak")
        if found is None or found.derived is None:
            return
        check = Check.objects.get(pk=found.derived.source.row)
        said = self._said(session, now)
        seen = SignObservation.objects.filter(check_row=check)
        signs = {row.code: SignEntry(row.present, row.score) for row in seen}
        replacement.correct_check(
            check_id=check.pk,
            check=reading(136, 84, spo2=check.spo2_percent or 97, **signs),
            reason="Two digits were swapped.",
            **said,
        )

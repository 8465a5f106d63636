"""What is put right, what ends otherwise, what comes from paper, and what happens around the chair."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from clinic.actions.enrolment import record_enrolment
from clinic.models import Certification
from clinic.rules.certification import CertificationStatus
from clinic.rules.refusals import ActionRefused
from sessions_app.actions import booking, correction, departure, discharge, dosing, floor, paper, replacement, site
from sessions_app.models import Check, DeviceAdministration, Impairment, Presence, SignEvent, Transfer
from sessions_app.rules.charting import CheckEntry
from sessions_app.rules.facts import SignEventKind
from tests.factories import Walk, arrive, entry, minutes, signed_by
from tests.sessions_app.gates.clinic_day import AGO, ANYBODY, AT_WORK, Day, checks
from tests.sessions_app.gates.watch import OPEN, Watch
from tests.sessions_app.paper import Sheet

VOIDABLE = sorted(correction.VOIDABLE)
SELDOM = st.sampled_from((False, False, False, False, True))


class PutsRight(Day):
    def _row_of(self, model: Any, which: int) -> Any:
        found = list(model.objects.filter(dosing_session=self.walk.dosing_session).order_by("order", "id"))
        return found[which % len(found)] if found else None

    @rule(by=AT_WORK, kind=st.sampled_from(VOIDABLE), which=st.integers(0, 99))
    def void(self, by: str, kind: str, which: int) -> None:
        if row := self._row_of(correction.VOIDABLE[kind], which):
            self.attempt(correction.void_row, by, row_kind=kind, row_id=row.pk, reason="Another patient's.")

    @rule(by=AT_WORK, which=st.integers(0, 9))
    def void_a_device(self, by: str, which: int) -> None:
        self.void(by=by, kind="DeviceAdministration", which=which)

    @rule(by=AT_WORK, which=st.integers(0, 99), check=checks(), ago=AGO, before=SELDOM)
    def correct_check(self, by: str, which: int, check: CheckEntry, ago: int, before: bool) -> None:
        if row := self._row_of(Check, which):
            said = {"check_id": row.pk, "check": check, "before_dose": before, "reason": "Typed wrongly."}
            form = self.form(ago) if ago else entry()
            self.attempt(replacement.correct_check, by, form, **said)

    @rule(by=AT_WORK, which=st.integers(0, 99), kind=st.sampled_from(SignEventKind), ago=AGO)
    def correct_sign(self, by: str, which: int, kind: SignEventKind, ago: int) -> None:
        if row := self._row_of(SignEvent, which):
            said = {"event_id": row.pk, "kind": kind, "reason": "Typed wrongly."}
            self.attempt(replacement.correct_sign, by, self.form(ago), **said)

    @rule(by=AT_WORK, which=st.integers(0, 99), here=st.booleans())
    def move_check(self, by: str, which: int, here: bool) -> None:
        """To the next chair, or from there."""
        origin, to = (self.watch, self.beside) if here else (self.beside, self.watch)
        rows = list(Check.objects.filter(dosing_session=origin.session).order_by("order"))
        for each in (origin, to):
            each.before(self.now)
        if rows:
            self.attempt(
                replacement.move_check,
                by,
                dosing_session=origin.walk.dosing_session,
                check_id=rows[which % len(rows)].pk,
                to=to.walk.dosing_session,
                reason="Wrong chair.",
            )
        self.beside.after(self.now)

    @rule(by=AT_WORK, which=st.integers(0, 9))
    def confirm_device_time(self, by: str, which: int) -> None:
        if given := self._row_of(DeviceAdministration, which):
            row = self.attempt(dosing.confirm_device_time, by, administration=given)
            assert row is None or row.recorded_by_id not in (given.recorded_by_id, given.performed_by_id)

    # --- other ends -------------------------------------------------------------------------------------

    @rule(by=AT_WORK, seldom=SELDOM)
    def leaves_early(self, by: str, seldom: bool) -> None:
        if seldom:
            self.attempt(
                departure.record_left_early,
                by,
                last_seen_at=self.now - minutes(1),
                found_gone_at=self.now,
                impaired=Impairment.UNKNOWN,
                prescriber_told="Paul",
                contact_told="tried twice",
            )

    @rule(by=AT_WORK, seldom=SELDOM)
    def is_transferred(self, by: str, seldom: bool) -> None:
        if seldom:
            said = {"destination": Transfer.Destination.HOSPITAL, "place": "Wrenfield General", "handed_over": "All."}
            self.attempt(departure.transfer_patient, by, **said)

    @rule(by=AT_WORK, seldom=SELDOM)
    def is_not_dosed(self, by: str, seldom: bool) -> None:
        if seldom:
            self.attempt(dosing.end_not_dosed, by, reason="Would rather not.")

    @rule(by=AT_WORK)
    def reopen(self, by: str) -> None:
        self.comes_back(by)

    @rule(by=AT_WORK, other=AT_WORK, seldom=SELDOM)
    def in_error(self, by: str, other: str, seldom: bool) -> None:
        self.attempt(correction.propose_in_error, by, reason="Another patient's.")
        if seldom:
            self.attempt(correction.enter_in_error, other)

    @rule(by=ANYBODY, days=st.integers(0, 3))
    def next_visit(self, by: str, days: int) -> None:
        """The same patient again: refused while a session is open."""
        self.now += timedelta(days=days)
        try:
            with transaction.atomic():
                session = booking.check_in(
                    course=self.watch.session.course,
                    identifiers=("name", "birth_date"),
                    chair="7",
                    entry=entry(),
                    by=self.person(by),
                    now=self.now,
                )
        except (ActionRefused, PermissionDenied):
            self.accepted["not check_in"] += 1
            return
        self.accepted["check_in"] += 1
        assert self.walk.refresh().state not in OPEN
        self.watch, self.sent = Watch(Walk(self.cast, session)), []

    # --- paper ------------------------------------------------------------------------------------------

    @rule(by=AT_WORK, nurse=st.sampled_from(("nora", "nils")), check=checks(), ago=st.sampled_from((3, 20, 60)))
    def sheet(self, by: str, nurse: str, check: CheckEntry, ago: int) -> None:
        """Some lines of a sheet about a session that is here: a check, and perhaps a device and its end."""
        sheet, at = Sheet(self.cast, self.person(nurse)), self.now - minutes(ago)
        sheet.check(at, check)
        if self.watch.session.state in ("CLEARED", "DOSING") and ago > 3:
            sheet.device(at + minutes(1), exception_reason="It was given.")
        if self.watch.session.state == "DOSING":
            sheet.finish(at + minutes(2), "Enough.")
        if self.watch.session.state == "MONITORING" and ago == 60:
            sheet.does(at, "ready", discharge.assess_readiness)
            sheet.released(at + minutes(1))
        self.attempt(paper.enter_paper, by, lines=sheet.lines, reason="Power cut.")

    @rule(by=AT_WORK)
    def confirm_paper(self, by: str) -> None:
        self.attempt(paper.confirm_paper, by)

    # --- around the chair -------------------------------------------------------------------------------

    @rule(kind=st.sampled_from(Presence.Kind), who=st.sampled_from(("paul", "paul", "nora")))
    def comes_or_goes(self, kind: Presence.Kind, who: str) -> None:
        arrive(self.cast, self.person(who), kind=kind, now=self.now)
        self.watch.site_changed()

    @rule(working=st.booleans())
    def oximeter(self, working: bool) -> None:
        said = {"facility": self.cast.facility, "asset_tag": "OX-1", "working": working}
        site.check_oximeter(**said, entry=entry(), by=self.cast.nora, now=self.now)
        self.watch.site_changed()

    @precondition(lambda self: not self.stopped)
    @rule(seldom=SELDOM)
    def facility_is_stopped(self, seldom: bool) -> None:
        """From then on nobody is dosed here, and nobody is held."""
        if not seldom:
            return
        last = Certification.objects.filter(facility=self.cast.facility).order_by("occurred_at", "id").last()
        site.stop_facility(
            facility=self.cast.facility,
            program_code=self.cast.program_version.code,
            status=CertificationStatus.SUSPENDED,
            reason="The REMS said so.",
            after=last.pk if last else None,
            entry=entry(),
            by=self.cast.ada,
            now=self.now,
        )
        self.stopped = True
        self.watch.site_changed()
        self.accepted["stop_facility"] += 1

    stopped = False

    @rule(back=st.booleans(), seldom=SELDOM)
    def enrolment(self, back: bool, seldom: bool) -> None:
        if not seldom:
            return
        said: dict[str, Any] = {"facility": self.cast.facility, "program_code": self.cast.program_version.code}
        said |= {"patient": self.walk.refresh().patient, "entry": entry(), "by": self.cast.fred, "now": self.now}
        try:
            with transaction.atomic():
                if back:
                    record_enrolment(**said, rems_identifier="E-3", **signed_by(self.cast.paul))
                else:
                    site.withdraw_enrolment(**said, reason="The patient asked.")
        except ActionRefused:
            self.accepted["not enrolment"] += 1
        else:
            self.accepted["enrolment"] += 1
            self.watch.site_changed()

    @rule(by=ANYBODY, chair=st.sampled_from(("1", "2", "7")))
    def move_chair(self, by: str, chair: str) -> None:
        """The next patient sits on 1."""
        self.attempt(floor.move_chair, by, to_chair=chair)

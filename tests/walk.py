"""One session and its people: each step is an action by the person whose work it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps

from clinic.models import Device, User
from sessions_app.actions import cabinet, correction, departure, discharge, dosing, intake, monitoring
from sessions_app.models import DeviceAdministration, DosingSession, Impairment, SessionRow, Transfer
from sessions_app.models.stock import session_steps, still_drawn
from sessions_app.rules.charting import CheckEntry
from sessions_app.rules.facts import Intake, IntakeAnswer, Outcome, WayHomeKind
from tests.cast import Cast, entry, full_check, make_device, minutes


@dataclass
class Walk:
    """One session and its people. Each step is an action by the person whose work it is; ``now`` is when."""

    cast: Cast
    dosing_session: DosingSession

    def refresh(self) -> DosingSession:
        return DosingSession.objects.select_related("facility", "patient", "course", "policy__program_version").get(
            pk=self.dosing_session.pk
        )

    def rows(self, kind: str) -> list[Any]:
        """The rows of this kind, in order of entry; corrected ones too."""
        found = apps.get_model("sessions_app", kind)._default_manager.filter(dosing_session=self.dosing_session)
        return list(found.order_by("order"))

    def check(
        self, now: datetime, check: CheckEntry | None = None, *, at: datetime | None = None, **fields: Any
    ) -> Any:
        return monitoring.record_check(
            dosing_session=self.dosing_session,
            check=check or full_check(),
            entry=fields.pop("form", None) or entry(at),
            by=fields.pop("by", self.cast.nora),
            now=now,
            **fields,
        )

    def answer(self, now: datetime) -> None:
        """Everything asked before the dose, answered without trouble."""
        program = self.cast.program_version.program
        common: dict[str, Any] = {"dosing_session": self.dosing_session, "by": self.cast.nora, "now": now}
        intake.answer_questions(
            anything_new=False,
            contraindications=dict.fromkeys(program.contraindications, False),
            medicines=dict.fromkeys(program.medicines, False),
            entry=entry(),
            **common,
        )
        none = intake.IntakeReportEntry(IntakeAnswer.NONE)
        intake.report_intake(reports=dict.fromkeys(Intake, none), entry=entry(), **common)
        intake.verify_enrolment(how="PORTAL", entry=entry(), **common)
        intake.counsel_patient(entry=entry(), **common)
        self.way_home(now)

    def way_home(self, now: datetime, **fields: Any) -> None:
        intake.arrange_way_home(
            dosing_session=self.dosing_session,
            **{
                "kind": WayHomeKind.PERSON,
                "name": "Basil Tamarack",
                "phone": "(555) 555-0134",
                "will_not_drive": True,
                **fields,
            },
            entry=entry(),
            by=self.cast.fred,
            now=now,
        )

    def order(self, now: datetime, devices: int = 2, reason: str = "") -> None:
        dosing.order_dose(
            dosing_session=self.dosing_session,
            mg=28 * devices,
            devices=devices,
            reason=reason,
            entry=entry(),
            by=self.cast.paul,
            now=now,
        )

    def clear(self, now: datetime, **fields: Any) -> None:
        dosing.clear_for_dosing(
            dosing_session=self.dosing_session,
            prescriber=self.cast.paul,
            entry=entry(),
            by=self.cast.nora,
            now=now,
            **fields,
        )

    def give(
        self, now: datetime, *, device: Device | None = None, outcome: Outcome | None = Outcome.FULL, **fields: Any
    ) -> DeviceAdministration:
        given = dosing.administer_device(
            dosing_session=self.dosing_session,
            device=device or make_device(self.cast),
            entry=fields.pop("form", None) or entry(fields.pop("at", None)),
            by=self.cast.nora,
            now=now,
            **fields,
        )
        if outcome:
            self.outcome(given, outcome, now)
        return given

    def take(self, now: datetime, *devices: Device, count: int = 1, by: User | None = None) -> list[Device]:
        """Out of the cabinet: these devices, or as many."""
        taken = list(devices) or [make_device(self.cast) for _ in range(count)]
        cabinet.take_devices(devices=taken, **self.envelope(now, by=by))
        return taken

    def taken(self) -> list[Device]:
        """What was taken, and neither given nor put back."""
        return still_drawn(session_steps(self.dosing_session), self.dosing_session)

    def outcome(self, given: DeviceAdministration, outcome: Outcome, now: datetime, *, by: User | None = None) -> None:
        dosing.record_outcome(administration=given, outcome=outcome, **self.envelope(now, by=by))

    def finish(self, now: datetime, reason: str = "") -> None:
        dosing.finish_dosing(
            dosing_session=self.dosing_session,
            stopped_early_reason=reason,
            entry=entry(),
            by=self.cast.nora,
            now=now,
        )

    def instruct(self, now: datetime, language: str = "en") -> None:
        discharge.give_instructions(how="PRINTED", language=language, **self.envelope(now))

    def assess(self, now: datetime) -> None:
        discharge.assess_readiness(dosing_session=self.dosing_session, entry=entry(), by=self.cast.nora, now=now)

    def release(self, now: datetime, **fields: Any) -> Any:
        return discharge.discharge_patient(
            dosing_session=self.dosing_session,
            handed_over_to=fields.pop("handed_over_to", "Basil Tamarack"),
            entry=fields.pop("entry", None) or entry(),
            by=fields.pop("by", self.cast.nora),
            now=now,
            **fields,
        )

    # --- ways out besides the gate ------------------------------------------------------------------------

    def envelope(self, now: datetime, by: Any = None) -> dict[str, Any]:
        return {"dosing_session": self.dosing_session, "entry": entry(), "by": by or self.cast.nora, "now": now}

    def end_not_dosed(self, now: datetime) -> None:
        dosing.end_not_dosed(reason="The patient would rather not.", **self.envelope(now))

    def leave_early(self, now: datetime) -> None:
        departure.record_left_early(
            last_seen_at=now - minutes(10),
            found_gone_at=now,
            impaired=Impairment.UNKNOWN,
            prescriber_told="Paul Penstemon, by telephone",
            contact_told="tried twice",
            **self.envelope(now),
        )

    def transfer(self, now: datetime) -> None:
        departure.transfer_patient(
            destination=Transfer.Destination.HOSPITAL,
            place="Wrenfield General",
            handed_over="readings and dose by telephone",
            **self.envelope(now),
        )

    def reopen(self, now: datetime) -> None:
        departure.reopen_session(reason="The patient came back dizzy.", **self.envelope(now))

    def void(self, row: SessionRow, now: datetime, **fields: Any) -> Any:
        """By the second nurse: whoever charted a device does not take it back alone."""
        return correction.void_row(
            row_kind=type(row).__name__,
            row_id=row.pk,
            reason=fields.pop("reason", "Charted on the wrong patient."),
            **{**self.envelope(now, by=self.cast.nils), **fields},
        )

    def enter_in_error(self, now: datetime) -> None:
        correction.propose_in_error(reason="Booked twice.", **self.envelope(now))
        correction.enter_in_error(**self.envelope(now, by=self.cast.paul))

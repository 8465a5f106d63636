"""Sheets of paper, as somebody filled them in while there was no power."""

from datetime import datetime
from typing import Any

from clinic.models import User
from sessions_app.actions import departure, discharge, dosing, intake, monitoring, paper
from sessions_app.actions.paper_line import PaperLine, check_line, device_line, release_line
from sessions_app.models import Course, Deviation, DosingSession, Impairment, Transfer
from sessions_app.rules.charting import CheckEntry
from sessions_app.rules.facts import Intake, IntakeAnswer, Outcome, SignEventKind, WayHomeKind
from tests.factories import LAST_DEVICE, NINE, STAY_ENDS, Cast, entry, full_check, make_course, make_device, minutes

TEN_PAST, TWENTY_PAST, CLEARED_AT = NINE + minutes(10), NINE + minutes(20), NINE + minutes(25)
POWER_BACK = NINE + minutes(200)
CUT = "Power cut from 9:00 to 12:00."


class Sheet:
    """Lines by the nurse who wrote them; typed by somebody else."""

    def __init__(self, cast: Cast, nurse: User | None = None) -> None:
        self.cast, self.nurse = cast, nurse or cast.nora
        self.lines: list[PaperLine] = []

    def _where(self, name: str) -> dict[str, Any]:
        return {"where": f"{name}-{len(self.lines)}", "performed_by": self.nurse, "rank": len(self.lines)}

    def add(self, line: PaperLine) -> "Sheet":
        self.lines.append(line)
        return self

    def does(self, at: datetime, name: str, action: Any, by: User | None = None, /, **fields: Any) -> "Sheet":
        where = self._where(name) | ({"performed_by": by} if by else {})
        ends = name == "end"
        return self.add(PaperLine(at=at, does=action, fields=fields, ends=ends, **where))

    def asked(self, at: datetime = TEN_PAST) -> "Sheet":
        program = self.cast.program_version.program
        none = intake.IntakeReportEntry(IntakeAnswer.NONE)
        self.does(
            at,
            "answers",
            intake.answer_questions,
            anything_new=False,
            contraindications=dict.fromkeys(program.contraindications, False),
            medicines=dict.fromkeys(program.medicines, False),
        )
        self.does(at, "intake", intake.report_intake, reports=dict.fromkeys(Intake, none))
        self.does(at, "verified", intake.verify_enrolment, how="TELEPHONE")
        self.does(at, "counselled", intake.counsel_patient)
        home = {"kind": WayHomeKind.PERSON, "name": "Basil Tamarack", "phone": "(555) 555-0134", "will_not_drive": True}
        return self.does(at, "way_home", intake.arrange_way_home, **home)

    def check(self, at: datetime, check: CheckEntry | None = None) -> "Sheet":
        return self.add(check_line(check or full_check(), at=at, **self._where("check")))

    def sign(self, at: datetime, kind: SignEventKind, code: str = "sedation") -> "Sheet":
        return self.does(at, "sign", monitoring.record_sign, code=code, kind=kind)

    def order(self, at: datetime = TWENTY_PAST, devices: int = 2) -> "Sheet":
        return self.does(at, "order", dosing.order_dose, self.cast.paul, mg=28 * devices, devices=devices)

    def clear(self, at: datetime = CLEARED_AT, exception_reason: str = "") -> "Sheet":
        said = {"prescriber": self.cast.paul, "exception_reason": exception_reason}
        return self.does(at, "clear", dosing.clear_for_dosing, **said)

    def device(self, at: datetime, outcome: Outcome = Outcome.FULL, exception_reason: str = "") -> "Sheet":
        device = make_device(self.cast)
        return self.add(device_line(device, outcome, exception_reason, at=at, **self._where("device")))

    def finish(self, at: datetime = LAST_DEVICE, reason: str = "") -> "Sheet":
        return self.does(at, "finish", dosing.finish_dosing, stopped_early_reason=reason)

    def dosed(self) -> "Sheet":
        """Everything up to the last device."""
        self.asked().check(NINE + minutes(20)).order().clear()
        return self.device(NINE + minutes(30)).device(LAST_DEVICE).finish()

    def watched(self, final: CheckEntry | None = None) -> "Sheet":
        self.check(LAST_DEVICE + minutes(40)).check(STAY_ENDS - minutes(5), final)
        self.does(STAY_ENDS - minutes(4), "instructions", discharge.give_instructions, how="HANDED_OVER", language="en")
        return self.does(STAY_ENDS - minutes(4), "ready", discharge.assess_readiness)

    def released(self, at: datetime = STAY_ENDS) -> "Sheet":
        return self.add(release_line("Basil Tamarack", at=at, **self._where("end")))

    def left_early(self, at: datetime) -> "Sheet":
        return self.does(
            at,
            "end",
            departure.record_left_early,
            last_seen_at=at - minutes(5),
            found_gone_at=at,
            impaired=Impairment.NO,
            prescriber_told="Paul",
            contact_told="Basil",
        )

    def transferred(self, at: datetime) -> "Sheet":
        said = {"destination": Transfer.Destination.HOSPITAL, "place": "County Hospital", "handed_over": "Drowsy."}
        return self.does(at, "end", departure.transfer_patient, **said)

    # --- typing it ------------------------------------------------------------------------------------

    def enter(self, course: Course | None = None, *, by: User | None = None, **fields: Any) -> Deviation:
        return paper.enter_paper_session(
            **{
                "course": course or make_course(self.cast),
                "identifiers": ("name", "birth_date"),
                "checked_in_at": NINE,
                "performed_by": self.nurse,
                "chair": "1",
                "lines": self.lines,
                "reason": CUT,
                "entry": entry(),
                "by": by or self.cast.nora,
                "now": POWER_BACK,
                **fields,
            }
        )

    def enter_on(self, dosing_session: DosingSession, *, by: User | None = None, **fields: Any) -> Deviation:
        return paper.enter_paper(
            **{
                "dosing_session": dosing_session,
                "lines": self.lines,
                "reason": CUT,
                "entry": entry(),
                "by": by or self.cast.nora,
                "now": POWER_BACK,
                **fields,
            }
        )


def whole_sheet(cast: Cast) -> Sheet:
    return Sheet(cast).dosed().watched().released()

"""One session of a made-up patient, entry by entry as the actions would have written it."""

from typing import Any

from sessions_app.simulate.courses import CheckPlan, Ending
from sessions_app.simulate.desk import SERIOUS_SAID, open_filing, review_filing
from sessions_app.simulate.ledger import Row, iso, step_of
from sessions_app.simulate.on_session import SESSION, OnSession
from sessions_app.simulate.place import CONTRAINDICATIONS, MEDICINES, MG, PROGRAM

CHECKED_IN, ASKED, COUNSELLED, WAY_HOME, BASELINE, ORDERED, CLEARED = -49, -44, -40, -38, -26, -24, -20
REST = 5
ESCORT = "Basil Tamarack"
GAVE_UP = "Did not feel well enough today; a new date was given."


class Session(OnSession):
    """From checking in to the end."""

    def follow(self) -> None:
        self.check_in()
        self.ask()
        if self.visit.ending is Ending.NOT_DOSED:
            self.end(-10, "end_not_dosed", "NOT_DOSED", reason=GAVE_UP)
        else:
            self.clear()
            self.dose()
            self.watch()
            self.leave()
        self.ledger.keep(SESSION, self.row, self.when(CHECKED_IN))

    def check_in(self) -> None:
        at, by = self.when(CHECKED_IN), self.place.front_desk
        entry_id = self.ledger.new_id(at)
        booked, first = self.ledger.new_id(at), self.ledger.new_id(at)
        session = self.ledger.envelope(
            SESSION,
            at,
            by,
            entry_id,
            id=booked,
            patient_id=self.patient.id,
            course_id=self.patient.course_id,
            program_code=PROGRAM,
            scheduled_at=iso(at),
            chair=self.chair,
            state="SCHEDULED",
            transition_id=first,
            last_order=1,
        )
        self.row = dict(session[1])
        began = self.ledger.envelope(
            "sessions_app.Transition",
            at,
            by,
            entry_id,
            id=first,
            dosing_session_id=booked,
            order=1,
            from_state="",
            to_state="SCHEDULED",
        )
        self.last = began[1]
        said: Row = {"by": by, "at": at, "entry_id": entry_id, "order": 1, "details": {}}
        self.ledger.write("book_session", (SESSION, booked), [session, began], **said)
        moved, changed = self.move("CHECKED_IN", at, by, self.ledger.new_id(at), reason="name, birth_date")
        pinned = {
            "chair": self.chair,
            "checked_in_at": iso(at),
            "checked_in_by_id": by.id,
            "program_version_id": self.place.program_version_id,
            "policy_id": self.place.policy_id,
            "minimum_stay_minutes": self.place.minimum_stay_minutes,
            "final_check_window_minutes": self.place.final_check_window_minutes,
        }
        self.write("check_in", at, [moved], by=by, changed={**changed, **pinned})

    def ask(self) -> None:
        at, by = self.when(ASKED), self.nurse
        entry_id = self.ledger.new_id(at)
        ate, drank = iso(self.when(ASKED - 160)), iso(self.when(ASKED - 75))
        reports = (("FOOD", "AT", ate), ("LIQUID", "AT", drank), ("NASAL_SPRAY", "NONE", None))
        rows = [
            self.make("IntakeReport", at, by, entry_id, kind=kind, answer=answer, last_at=last)
            for kind, answer, last in reports
        ]
        self.write("report_intake", at, rows)
        entry_id = self.ledger.new_id(at)
        asked = [("ANYTHING_NEW", "anything_new"), *(("CONTRAINDICATION", code) for code in CONTRAINDICATIONS)]
        asked += [("MEDICINE", code) for code in MEDICINES]
        rows = [
            self.make(
                "Answer", at, by, entry_id, course_id=self.patient.course_id, topic=topic, code=code, answer=False
            )
            for topic, code in asked
        ]
        self.write("answer_questions", at, rows)
        self.one("verify_enrolment", COUNSELLED, "EnrolmentVerification", how="PORTAL")
        if not self.patient.counselled:
            self.patient.counselled = True
            at, entry_id = self.when(COUNSELLED), self.ledger.new_id(self.when(COUNSELLED))
            told = self.ledger.envelope("clinic.Counselling", at, by, entry_id, patient_id=self.patient.id)
            self.write("counsel_patient", at, [told])
        way = {"kind": "PERSON", "name": ESCORT, "phone": "(555) 555-0134", "will_not_drive": True}
        self.one("arrange_way_home", WAY_HOME, "WayHomeArrangement", by=self.place.front_desk, **way)

    def chart(self, minute: float, check: CheckPlan, kind: str) -> Row:
        at, by = self.when(minute), self.nurse
        entry_id = self.ledger.new_id(at)
        systolic, diastolic = check.pressure
        taken = self.make(
            "Check",
            at,
            by,
            entry_id,
            kind=kind,
            systolic_mmhg=systolic,
            diastolic_mmhg=diastolic,
            pulse_bpm=64 + systolic // 12,
            spo2_percent=check.spo2,
        )
        rows = [taken]
        for code, present, score, gone in (
            ("sedation", check.sedated, 4 if check.sedated else 5, check.sedation_gone),
            ("dissociation", check.dissociated, 14 if check.dissociated else 2, check.dissociation_gone),
            ("respiratory_depression", False, 14, False),
        ):
            of = {"check_row_id": taken[1]["id"], "code": code}
            rows.append(self.make("SignObservation", at, by, entry_id, **of, present=present, score=score))
            if gone:
                rows.append(self.make("SignEvent", at, by, entry_id, **of, kind="RESOLUTION"))
        self.write("record_check", at, rows)
        self.checks.append(taken[1])
        return taken[1]

    def clear(self) -> None:
        baseline, *_ = self.visit.checks
        self.chart(BASELINE, baseline, "BASELINE")
        order = {"mg": self.visit.devices * MG, "devices": self.visit.devices}
        self.signed("order_dose", ORDERED, "DoseOrder", "ORDERED", by=self.place.prescriber, **order)
        at, by = self.when(CLEARED), self.nurse
        entry_id = self.ledger.new_id(at)
        clearance = self.make("Clearance", at, by, entry_id, prescriber_id=self.place.prescriber.id)
        moved, changed = self.move("CLEARED", at, by, entry_id)
        self.write("clear_for_dosing", at, [clearance, moved], changed=changed)

    def dose(self) -> None:
        for index, device in enumerate(self.devices):
            minute = -REST * (len(self.devices) - 1 - index)
            at, by = self.when(minute), self.nurse
            entry_id = self.ledger.new_id(at)
            given = self.make("DeviceAdministration", at, by, entry_id, device_id=device, counted_at=iso(at))
            session, cabinet = self.row["id"], self.place.cabinet_id
            drawn = self.ledger.envelope(
                "clinic.StockMovement",
                at,
                by,
                entry_id,
                **step_of(device, 2, "DRAWN", ("CABINET", cabinet), ("DRAWN", session)),
            )
            taken = self.ledger.envelope(
                "clinic.StockMovement",
                at,
                by,
                entry_id,
                **step_of(device, 3, "ADMINISTERED", ("DRAWN", session), ("ADMINISTERED", session)),
                given_as=given[1]["id"],
            )
            rows, changed = [given, drawn, taken], None
            if not index:
                rows += open_filing(self, at, entry_id)
                moved, changed = self.move("DOSING", at, by, entry_id)
                rows.append(moved)
            self.given.append(given[1])
            self.write("administer_device", at, rows, changed=changed)
            outcome = {"administration_id": given[1]["id"], "outcome": "FULL"}
            self.one("record_outcome", minute, "DeviceOutcome", **outcome)
        at, entry_id = self.when(1), self.ledger.new_id(self.when(1))
        moved, changed = self.move("MONITORING", at, self.nurse, entry_id)
        self.write("finish_dosing", at, [moved], changed=changed)

    def watch(self) -> None:
        _baseline, *later = self.visit.checks
        instructed = self.visit.ending is not Ending.HOME
        for check in later:
            if not instructed and check.minute > 70:
                instructed = True
                self.one("give_instructions", 70, "InstructionsGiven", how="PRINTED", language="en")
            self.chart(check.minute, check, "MONITORING")
            if check is later[0] and check.minute > 50:
                said: dict[str, Any] = {"code": "PEAK_CHECK", "bound_ids": [self.checks[-1]["id"]]}
                self.one("record_deviation", check.minute + 1, "Deviation", **said, reason="Another patient fell ill.")

    def leave(self) -> None:
        ends = self.visit.ends_at
        if self.visit.ending is Ending.HOME:
            self.release(ends)
        elif self.visit.ending is Ending.LEFT_EARLY:
            said = {
                "last_seen_at": iso(self.when(ends - 15)),
                "found_gone_at": iso(self.when(ends - 5)),
                "impaired": "UNKNOWN",
                "prescriber_told": f"{self.place.prescriber.printed_name}, by telephone",
                "contact_told": f"{ESCORT}, tried twice",
                "last_check_id": self.checks[-1]["id"],
            }
            self.end(ends, "record_left_early", "LEFT_EARLY", ("LeftEarly", said))
            heard: Row = {"outcome": "REACHED", "spoke_to": ESCORT, "said": "At home, and well."}
            self.one("record_follow_up_call", ends + 40, "FollowUpCall", **heard)
        else:
            self.one("report_serious_event", ends - 4, "SeriousEvent", what=SERIOUS_SAID)
            said = {
                "destination": "HOSPITAL",
                "place": "General hospital",
                "handed_over": "Drug, dose, times, readings.",
            }
            self.end(ends, "transfer_patient", "TRANSFERRED", ("Transfer", said))

    def release(self, minute: int) -> None:
        final, anchor = self.checks[-1], self.given[-1]
        assessed = self.signed("assess_readiness", minute - 1, "ReadinessAssessment", "ASSESSED", by=self.nurse)
        at = self.when(minute)
        said = {
            "minimum_stay_minutes": self.place.minimum_stay_minutes,
            "final_check_window_minutes": self.place.final_check_window_minutes,
            "stay_minutes": self.place.minimum_stay_minutes,
            "anchor_device_id": anchor["id"],
            "anchor_counted_at": anchor["counted_at"],
            "final_check_id": final["id"],
            "final_check_at": final["occurred_at"],
            "assessment_id": assessed["id"],
            "assessed_at": assessed["occurred_at"],
            "departed_at": iso(at),
            "handed_over_to": ESCORT,
        }
        self.end(minute, "discharge_patient", "DISCHARGED", ("Discharge", said))

    def end(self, minute: float, action: str, to: str, row: tuple[str, Row] | None = None, *, reason: str = "") -> None:
        at, by = self.when(minute), self.nurse
        entry_id = self.ledger.new_id(at)
        rows = [self.make(row[0], at, by, entry_id, **row[1])] if row else []
        moved, changed = self.move(to, at, by, entry_id, reason=reason)
        details: Row = {}
        if to == "DISCHARGED":
            changed["discharge_id"], details = rows[0][1]["id"], {"silent_tablets": []}
        self.write(action, at, [*rows, moved], changed=changed, **details)
        self.ended_at = at
        if self.filing:
            review_filing(self, at, by=by, caused_by=action)

"""What somebody says who means it, where a form filled in by the kinds of its fields alone would be refused: in which
session, by whom, after what, and with which words. Whatever may be left empty is, unless it is said here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests import certification
from tests.cast import PASSWORD, PIN
from tests.filings import ADDRESS
from tests.fuzz import happened
from tests.fuzz.happened import NOW

if TYPE_CHECKING:
    from tests.fuzz.house import House

LEFT = ""  # left alone, or not pressed
A_FILE = None
TEXT = "(what is said in words)"
# What has nothing to take, and why.
NOTHING_TO_TAKE = dict.fromkeys(
    ("as-of", "stock-book", "insight"), "it asks by GET: what it shows is read, and nothing is written"
)

Said = dict[str, Any]


@dataclass(frozen=True)
class Meant:
    """``said``: values of fields, LEFT for none; ``at``: the session's name in the house; ``before``: done first, every
    time, and taken back with the request; ``as_shown``: what the page fills in itself stays."""

    said: Callable[["House"], Said] | Said = field(default_factory=dict)
    at: str = ""
    who: tuple[str, ...] = ()
    before: Callable[["House"], Any] | None = None
    query: Callable[["House"], str] | None = None
    as_shown: bool = False

    def says(self, house: "House", text: str) -> Said:
        said = self.said(house) if callable(self.said) else self.said
        return {name: text if value == TEXT else value for name, value in said.items()}


# --- what is said ------------------------------------------------------------------------------------

WELL = {
    "systolic_mmhg": "128",
    "diastolic_mmhg": "82",
    "pulse_bpm": "72",
    "spo2_percent": "98",
    "sign_sedation_present": "no",
    "sign_sedation_score": "5",
    "sign_dissociation_present": "no",
    "sign_respiratory_depression_present": "no",
    "sign_respiratory_depression_score": "14",
}


def _check_on_paper(number: int, at: str) -> Said:
    return {f"check-{number}_{name}": value for name, value in {"time": at, **WELL}.items()}


def _sheet(house: "House") -> Said:
    """A whole day on paper."""
    program = house.cast.program_version.program
    noes = [*(f"contraindication_{code}" for code in program.contraindications)]
    noes += ["anything_new", *(f"medicine_{code}" for code in program.medicines)]
    said = {
        "reason": TEXT,
        "day": f"{NOW:%Y-%m-%d}",
        "check_in_time": "9:00",
        "identifiers": ("name", "birth_date"),
        "nurse": str(house.cast.nora.pk),
        "prescriber": str(house.cast.paul.pk),
        "asked_time": "9:10",
        **dict.fromkeys(noes, "no"),
        **{f"{what}_answer": "NONE" for what in ("food", "liquid", "nasal_spray")},
        "verified_how": "TELEPHONE",
        "counselled": "on",
        "home_kind": "PERSON",
        "home_name": TEXT,
        "home_phone": "(555) 555-0134",
        "home_will_not_drive": "on",
        "order_time": "9:20",
        "order_devices": "2",
        "clear_time": "9:25",
        "finish_time": "9:35",
        "instructions_time": "11:31",
        "instructions_how": "PRINTED",
        "instructions_language": "en",
        "ready_time": "11:31",
        "end_kind": "DISCHARGED",
        "end_time": "11:35",
        "handed_over_to": TEXT,
    }
    for number, device in enumerate(house.devices[:2], 1):
        said |= {f"device-{number}_device": str(device.pk), f"device-{number}_outcome": "FULL"}
        said[f"device-{number}_time"] = f"9:{25 + 5 * number}"
    for number, at in enumerate(("9:20", "10:15", "11:31"), 1):
        said |= _check_on_paper(number, at)
    return said


def _mrn(house: "House", name: str) -> str:
    return house.walks[name].dosing_session.patient.mrn


NEW_PASSWORD = {"password": "purple monkey dishwasher", "password_again": "purple monkey dishwasher"}
NURSES = ("nurse", "prescriber")
KEEPERS = (*NURSES, "administrator")
MEANT: dict[str, Meant] = {
    # --- the clinic ---
    "set-chairs": Meant({"chairs": "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, bed"}),
    "add-display": Meant({"username": "wall-7", **NEW_PASSWORD}),
    "receive-device": Meant({"number": "D-9001", "product": "50458-028-03", "devices": "2", "read_code": LEFT}),
    "record-supplier": Meant({"name": TEXT, "address": TEXT, "dea_number": "RH1234563"}),
    "correct-movement": Meant({"reason": TEXT}, at="wasted", who=KEEPERS),
    "move-devices": Meant(who=KEEPERS),
    "return-devices": Meant(who=KEEPERS),
    "waste-devices": Meant(lambda house: {"devices": (str(house.devices[2].pk),), "reason": TEXT}, who=KEEPERS),
    "report-found": Meant({"reason": TEXT}, who=KEEPERS),
    "record-recall": Meant({"lot": "L-77", "reference": TEXT, "note": TEXT}, who=KEEPERS),
    "count-again": Meant(
        {"count_0": "7", "count_1": "0", "other_lot_0": TEXT, "other_count_0": "2"}, at="differs", who=KEEPERS
    ),
    "question-count": Meant({"text": TEXT}, at="differs", who=KEEPERS),
    "close-discrepancy": Meant({"reason": TEXT}, at="differs", who=KEEPERS, before=happened.judged),
    "close-cabinet": Meant(at="second cabinet", who=KEEPERS, before=happened.counted),
    "record-facility-contact": Meant(ADDRESS),
    "set-policy": Meant({"reason": TEXT, "minimum_stay_minutes": "130"}, as_shown=True),
    "begin-certification": Meant(who=("administrator",), before=happened.walked_to(certification.withdrawn)),
    "submit-certification": Meant(who=("administrator",), before=happened.walked_to(certification.prepared)),
    "return-certification": Meant(who=("administrator",), before=happened.walked_to(certification.submitted)),
    "record-confirmation": Meant(who=("administrator",), before=happened.walked_to(certification.submitted)),
    "declare-recertification": Meant(who=("administrator",)),
    "attest": Meant(who=("administrator",), before=happened.one_administrator_represents),
    "invite-person": Meant({"username": "pia.plover", "role": "nurse", "ends_date": LEFT}),
    "give-role-to-known": Meant({"username": "annexed", "role": "nurse"}, who=("administrator",)),
    "record-credential": Meant({"number": "NY-2", "issued_by": TEXT, "no_end": "on", "document": A_FILE}),
    # --- a patient ---
    "break-glass": Meant(lambda house: {"mrn": _mrn(house, "monitoring"), "reason": TEXT}, who=("annex",)),
    "set-diary": Meant({"opens_0": "8:00", "closes_0": "18:00", "nurses": "2", "reminder_hours": "24"}, as_shown=True),
    "close-days": Meant({"first_date": "2026-05-25", "last_date": "2026-05-25", "reason": TEXT}),
    "withdraw-closure": Meant({"reason": TEXT}, at="rich"),
    "book-series": Meant(
        {"places": ("2026-05-06T07:00|", "2026-05-13T07:00|")},
        at="with a course",
        as_shown=True,
        query=lambda house: (
            "weekdays=2&at=7:00&first=2026-05-06&weeks=2&chair=&course="
            + str(house.things["with a course"]["course_id"])
        ),
    ),
    "wait": Meant(
        {"first_date": "2026-05-04", "last_date": "2026-05-29", "note": TEXT, "earliest": "9:00"}, at="with a course"
    ),
    "take-place": Meant({"scheduled_date": "2026-05-07", "scheduled_time": "7:00"}, at="rich"),
    "end-waiting": Meant({"reason": TEXT}, at="rich"),
    "move-booking": Meant({"scheduled_date": "2026-05-08", "scheduled_time": "7:00"}, at="booked"),
    "record-no-show": Meant({"note": TEXT}, at="booked"),
    "book": Meant({"scheduled_date": "2026-05-06", "scheduled_time": "7:00"}, at="with a course"),
    "check-in-patient": Meant({"identifiers": ("name", "birth_date"), "chair": "31"}, at="with a course"),
    "transfer-patient": Meant(
        {"to_place": TEXT, "from_date": "2026-05-01", "rems_told_date": "2026-04-14"}, at="monitoring"
    ),
    "link-patient": Meant(
        lambda house: {"kept_mrn": _mrn(house, "rich"), "reason": TEXT}, at="never treated", who=("prescriber",)
    ),
    "enter-paper-session": Meant(_sheet, at="with a course"),
    "record-contact": Meant(
        {"address": TEXT, "contact_name": TEXT, "contact_phone": "(555) 555-0134"}, at="monitoring"
    ),
    "record-allergy": Meant({"substance": TEXT, "reaction": TEXT}, at="monitoring"),
    "enter-course-score": Meant({"item_1": "1", "timing": "OTHER"}, at="with a course"),
    # --- a course ---
    "start-course": Meant({"indication": "esketamine:TRD"}, at="monitoring"),
    "record-trial": Meant({"drug": TEXT, "why_stopped": TEXT}, at="monitoring"),
    "record-treatment": Meant({"kind": "OPIOID", "name": TEXT, "from_date": LEFT}, at="monitoring"),
    "end-treatment": Meant({"to_date": "2026-04-14", "why": TEXT}, at="monitoring"),
    "review-benefit": Meant({"plan": TEXT}, at="monitoring", who=("prescriber",)),
    "record-authorisation": Meant(
        {"payer": TEXT, "number": TEXT, "from_date": "2026-04-01", "to_date": "2026-09-30"}, at="monitoring"
    ),
    "take-back-course-row": Meant({"reason": TEXT}, at="monitoring"),
    # --- a session ---
    "enter-score": Meant({"item_1": "1", "item_9": "2", "timing": "AT_READINESS"}, at="monitoring"),
    "hand-over-tablet": Meant({"instruments": ("phq9",), "timing": "OTHER"}, at="monitoring", who=("tablet",)),
    "answer-safety-alert": Meant({"plan": TEXT}, at="rich", who=("prescriber",)),
    "void-safety-plan": Meant({"reason": TEXT}, at="rich", who=("prescriber",)),
    "void-score": Meant({"reason": TEXT}, at="rich", who=("prescriber",)),
    "check-in-booked": Meant({"identifiers": ("name", "birth_date"), "chair": "30"}, at="booked"),
    "cancel": Meant(at="booked"),
    "report-intake": Meant({f"{what}_answer": "NONE" for what in ("food", "liquid", "nasal_spray")}, at="checked in"),
    "arrange-way-home": Meant(
        {"kind": "PERSON", "name": TEXT, "phone": "(555) 555-0134", "relation": TEXT, "will_not_drive": "on"},
        at="checked in",
    ),
    "clear": Meant(lambda house: {"prescriber": str(house.cast.paul.pk)}, at="ordered"),
    "take-devices": Meant(
        lambda house: {"devices": (str(house.devices[3].pk),), "read_code": LEFT}, at="dosing", who=NURSES
    ),
    "put-back-devices": Meant(at="cleared", who=NURSES),
    "waste-taken-devices": Meant({"reason": TEXT}, at="cleared", who=NURSES),
    "administer-device": Meant({"read_code": LEFT}, at="cleared"),
    "confirm-device-time": Meant(at="told late", who=NURSES),
    "finish-dosing": Meant({"stopped_early_reason": TEXT}, at="dosing"),
    "end-not-dosed": Meant(at="checked in"),
    "decide": Meant(at="high", query=lambda house: house.asked_of_the_prescriber, as_shown=True),
    "record-check": Meant({**WELL, "other_symptom": TEXT, "note": TEXT}, at="monitoring"),
    "repeat-bp": Meant({"systolic_mmhg": "128", "diastolic_mmhg": "82", "note": TEXT}, at="monitoring"),
    "record-sign": Meant({"other": TEXT, "kind": "ONSET"}, at="monitoring"),
    "record-deviation": Meant({"reason": TEXT}, at="monitoring", as_shown=True),
    "assess-readiness": Meant({"ready": "on", "note": TEXT}, at="ready"),
    "discharge": Meant({"handed_over_to": TEXT, "still_true": "on"}, at="ready", before=happened.looked_at_and_ready),
    "leave-early": Meant(
        {
            "last_seen_time": "12:50",
            "found_gone_time": "13:00",
            "impaired": "NO",
            "prescriber_how": "TOLD",
            "prescriber_name": TEXT,
            "contact_how": "TRIED",
            "contact_name": TEXT,
        },
        at="monitoring",
    ),
    "transfer": Meant({"handed_over": TEXT, "place": TEXT}, at="monitoring"),
    "reopen": Meant({"reason": TEXT}, at="left early"),
    "submit-filing": Meant({"route": "FAX", "incomplete_reason": TEXT}, at="rich", as_shown=True),
    "record-reply": Meant({"kind": "ACKNOWLEDGED"}, at="rich", as_shown=True),
    "take-back-filing": Meant({"reason": TEXT}, at="sent"),
    "record-clinic-contact": Meant(ADDRESS, at="monitoring"),
    "record-follow-up-call": Meant({"outcome": "REACHED", "spoke_to": TEXT, "said": TEXT}, at="left early"),
    "record-emergency-call": Meant({"whom": "OTHER", "name": TEXT}, at="monitoring", before=happened.an_emergency),
    "end-emergency": Meant({"note": TEXT}, at="monitoring", before=happened.an_emergency),
    "correct-check": Meant({"reason": TEXT}, at="monitoring", as_shown=True),
    "enter-paper": Meant(
        lambda house: {"nurse": str(house.cast.nora.pk), "reason": TEXT, **_check_on_paper(1, "10:15")},
        at="monitoring",
    ),
    "confirm-paper": Meant({"note": TEXT}, at="monitoring", who=("prescriber",), before=happened.of_paper),
    "enter-in-error": Meant({"agree": "on"}, at="checked in", before=happened.proposed_in_error),
    # --- oneself ---
    "set-pin": Meant({"pin": PIN, "pin_again": PIN}),
    "switch-in": Meant(lambda house: {"person": str(house.cast.nora.pk), "pin": PIN}, who=("tablet",)),
    "account_login": Meant({"login": "one nurse", "password": PASSWORD}, who=("nobody",)),
}

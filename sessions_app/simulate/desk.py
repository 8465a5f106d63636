"""The monitoring form of a made-up session: opened with the first device, filled in, sent and acknowledged."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from clinic.rules.local_time import day_span
from sessions_app.rules.filing import due_at
from sessions_app.simulate.ledger import Row, iso
from sessions_app.simulate.place import MEDICINES, MG

if TYPE_CHECKING:
    from sessions_app.simulate.on_session import OnSession

SITUATION = ("state", "edition_id", "treatment_date", "due_at", "person_id")
ASKED_OF_PEOPLE = "ready_minutes"
LATE, AFTERNOON = 0.05, timedelta(hours=16, minutes=30)  # how many forms are sent late [D]
OF_SIGNS = ("onset", "resolution")
OPTIONAL = ("patient_middle_initial", "setting_address_2", "lot_numbers")
SERIOUS_SAID = "Chest tightness."


def open_filing(session: "OnSession", at: datetime, entry_id: str) -> list[tuple[str, Row]]:
    """With the first device: the filing and its first step."""
    place, ledger = session.place, session.ledger
    treated = at.astimezone(place.zone).date()
    situation = {
        "state": "INCOMPLETE",
        "edition_id": place.edition_id,
        "treatment_date": treated.isoformat(),
        "due_at": iso(due_at(treated, place.zone, days=place.due_days)),
        "person_id": session.nurse.id,
    }
    filing = ledger.envelope(
        "sessions_app.Filing",
        at,
        session.nurse,
        entry_id,
        dosing_session_id=session.row["id"],
        step_id=ledger.new_id(at),
        **situation,
    )
    first = {"id": filing[1]["step_id"], "filing_id": filing[1]["id"], "from_state": ""}
    step = ledger.envelope("sessions_app.FilingStep", at, session.nurse, entry_id, **first, **situation)
    session.filing, session.filing_step = dict(filing[1]), step[1]
    return [filing, step]


def review_filing(session: "OnSession", at: datetime, *, by: Any, caused_by: str, to: str = "INCOMPLETE") -> None:
    """The step to where it stands now, as an entry of its own."""
    ledger, filing = session.ledger, session.filing
    missing = missing_of(session) if to == "INCOMPLETE" else []
    entry_id = ledger.new_id(at)
    step = ledger.envelope(
        "sessions_app.FilingStep",
        at,
        by,
        entry_id,
        filing_id=filing["id"],
        previous_id=session.filing_step["id"],
        from_state=filing["state"],
        missing=missing,
        **{**{name: filing[name] for name in SITUATION}, "state": to},
    )
    filing.update(state=to, step_id=step[1]["id"])
    moved = {"id": filing["id"], "state": to, "step": step[1]["id"], "due_at": filing["due_at"]}
    session.filing_step = step[1]
    session.write("review_filing", at, [step], by=by, caused_by=caused_by, filing=moved)


def missing_of(session: "OnSession") -> list[str]:
    values = form_values(session)
    needed = [code for code in session.place.edition_fields if code not in OPTIONAL and asked(code, values)]
    return [code for code in needed if not values.get(code)]


def asked(code: str, values: dict[str, str]) -> bool:
    """Onset and end are asked of what was seen, and other doses of an other dose."""
    sign = code.partition("_")[0]
    if code.endswith(OF_SIGNS):
        return values.get(sign) == "yes"
    if code == "serious_event_details":
        return values.get("serious_event") == "yes"
    return code != "dose_other_mg"


def form_values(session: "OnSession") -> dict[str, str]:
    """What the form asks, as the record says it."""
    first, ended = session.given[0], session.ended_at
    began = datetime.fromisoformat(first["occurred_at"])
    baseline, *after = session.checks
    released = session.row["state"] == "DISCHARGED"
    seen = session.visit.checks[1:]
    values = {
        **session.patient.said,
        **dict(session.place.address),
        **{f"takes_{code}": "no" for code in MEDICINES},
        "monitor_first_name": session.nurse.printed_name.partition(" ")[0],
        "monitor_last_name": session.nurse.printed_name.partition(" ")[2],
        "monitor_phone": "(555) 555-0142",
        "monitor_email": "nurse@example.org",
        "setting_name": session.place.name,
        "treatment_date": session.filing["treatment_date"],
        "first_treatment": "yes" if session.visit.number == 1 else "no",
        "dose": str(MG * len(session.given)),
        "acceptable_before": "yes",
        "pressure_before": _pressure(baseline),
        "oximetry": "yes",
        "serious_event": "yes" if session.row["state"] == "TRANSFERRED" else "no",
    }
    if session.row["state"] == "TRANSFERRED":
        values["serious_event_details"] = SERIOUS_SAID
    if after and 30 <= seen[0].minute <= 50:
        values["pressure_at_peak"] = _pressure(after[0])
    if released:
        values["monitoring_minutes"] = str(int((ended - began) / timedelta(minutes=1)))
        values["acceptable_at_completion"] = "yes"
        values["pressure_at_completion"] = _pressure(after[-1])
    for code, present in (("sedation", "sedated"), ("dissociation", "dissociated")):
        rows = [row for row, plan in zip(after, seen, strict=True) if getattr(plan, present)]
        gone = [row for row, plan in zip(after, seen, strict=True) if getattr(plan, f"{code}_gone")]
        values[code] = "yes" if rows else "no"
        for name, of in (("onset", rows), ("resolution", gone)):
            if of:
                at = datetime.fromisoformat(of[0]["occurred_at"])
                values[f"{code}_{name}"] = str(int((at - began) / timedelta(minutes=1)))
    return values


def _pressure(check: Row) -> str:
    return f"{check['systolic_mmhg']}/{check['diastolic_mmhg']}"


@dataclass
class Job:
    """What is left to do of one form, and when."""

    session: "OnSession"
    at: datetime
    kind: str


def first_job(session: "OnSession", random: Any) -> Job:
    """In the afternoon of one of the next days; rarely after the last one. What it waits for is known by then."""
    days = random.randint(8, 12) if random.random() < LATE else random.randint(1, 5)
    return Job(session, _afternoon(session, days), "send")


def _afternoon(session: "OnSession", days: int) -> datetime:
    local = session.at.astimezone(session.place.zone).date() + timedelta(days=days)
    return day_span(local, session.place.zone)[0] + AFTERNOON


def do(job: Job, random: Any) -> Job | None:
    """Sends it, or writes down that it was acknowledged; the next job."""
    session, at, by = job.session, job.at, job.session.nurse
    if job.kind == "send":
        send(session, at)
        return Job(session, at + timedelta(days=2), "acknowledge") if random.random() < 0.9 else None
    reply = session.ledger.envelope(
        "sessions_app.FilingOutcome",
        at,
        by,
        session.ledger.new_id(at),
        filing_id=session.filing["id"],
        version_id=session.version_id,
        kind="ACKNOWLEDGED",
    )
    session.write("record_reply", at, [reply])
    review_filing(session, at, by=by, caused_by="record_reply", to="ACKNOWLEDGED")
    return None


def send(session: "OnSession", at: datetime) -> None:
    """What only a person knows is answered, and the form goes as it is, with the reason where something is missing."""
    ledger, by = session.ledger, session.nurse
    ready = str(max(60, min(110, session.visit.ends_at - 15)))
    answer = ledger.envelope(
        "sessions_app.FilingAnswer",
        at,
        by,
        ledger.new_id(at),
        filing_id=session.filing["id"],
        code=ASKED_OF_PEOPLE,
        value=ready,
    )
    session.write("answer_field", at, [answer])
    values = {**form_values(session), ASKED_OF_PEOPLE: ready}
    missing = [code for code in missing_of(session) if code != ASKED_OF_PEOPLE]
    if not missing:
        review_filing(session, at, by=by, caused_by="answer_field", to="READY")
    told = {"value": ready, "instead_of": "", "reason": "", "who": by.printed_name, "at": answer[1]["occurred_at"]}
    version = ledger.envelope(
        "sessions_app.FilingVersion",
        at,
        by,
        ledger.new_id(at),
        filing_id=session.filing["id"],
        number=1,
        route="PORTAL",
        confirmation=f"PM-{session.row['id'][-6:].upper()}",
        edition_id=session.place.edition_id,
        content=[_filled(code, values, told) for code in session.place.edition_fields],
        missing=missing,
        reason="The patient was gone; nobody could measure it." if missing else "",
    )
    session.version_id = version[1]["id"]
    session.write("submit_filing", at, [version])
    review_filing(session, at, by=by, caused_by="submit_filing", to="SUBMITTED")


def _filled(code: str, values: dict[str, str], told: Row) -> Row:
    value, is_answer = values.get(code, ""), code == ASKED_OF_PEOPLE
    source = {"kind": _kind(code), "at": None, "who": "", "row": ""}
    derived = {"value": value, "source": source} if value and not is_answer else None
    return {
        "code": code,
        "value": value,
        "asked": asked(code, values),
        "derived": derived,
        "answer": told if is_answer else None,
    }


@cache
def _kind(code: str) -> str:
    starts = {"patient": "PATIENT", "setting": "SETTING", "monitor_": "PERSON", "takes": "ANSWER", "first": "DOSES"}
    starts |= {"sedation": "SIGN", "dissociation": "SIGN", "pressure": "CHECK", "oximetry": "CHECK"}
    starts |= {"acceptable": "RELEASE", "monitoring": "RELEASE", "serious": "EVENT"}
    return next((kind for start, kind in starts.items() if code.startswith(start)), "DEVICE")

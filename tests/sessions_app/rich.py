"""One session in which nearly every kind of row is charted."""

from datetime import date, timedelta
from typing import Any

from clinic.actions import patient_record
from clinic.actions.document import keep_document
from clinic.actions.finding import raise_finding
from clinic.actions.requirement import record_evidence
from clinic.models.patient import IDENTITY
from clinic.rules.requirements import Requirement
from sessions_app.actions import adverse_event, discharge, dosing, emergency, filing, floor, monitoring
from sessions_app.actions.alarm import acknowledge_alarm
from sessions_app.actions.patient_link import link_patients
from sessions_app.actions.patient_transfer import record_patient_transfer
from sessions_app.actions.safety_alert import answer_safety_alert
from sessions_app.actions.score import record_score
from sessions_app.actions.tablet_handover import hand_over_tablet
from sessions_app.models import (
    AdverseEventReport,
    Course,
    Emergency,
    EmergencyCall,
    FilingVersion,
    MedicineGiven,
    PrescriberContact,
)
from sessions_app.models.score import instruments
from sessions_app.rules.charting import SignEntry
from sessions_app.rules.facts import Outcome, SignEventKind
from sessions_app.rules.filing import Outcome as Reply
from sessions_app.rules.instrument import Timing
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    checked_in,
    entry,
    full_check,
    make_course,
    make_patient,
    make_tablet,
    minutes,
)
from tests.files import a_file
from tests.replay import replayed
from tests.sessions_app.actions.diary_attempts import close, wait
from tests.sessions_app.actions.site_attempts import TRANSFER
from tests.sessions_app.actions.test_decision import decide


def _of_two_records(cast: Cast) -> Course:
    """Of a patient who was registered twice, of whom everything is known, and who moves away in May."""
    course = make_course(cast)
    link_patients(
        duplicate=make_patient(cast, name=("Rosalynd", "Tamarak")),
        kept=course.patient,
        reason="The same card.",
        facility=cast.facility,
        entry=entry(),
        by=cast.nora,
        now=NINE,
    )
    said: dict[str, Any] = {"patient": course.patient, "facility": cast.facility, "by": cast.fred, "now": NINE}
    patient_record.record_allergy(**said, substance="Latex", reaction="Rash", entry=entry())
    patient_record.record_contact(**said, address="1 Fern Row", entry=entry())
    patient_record.record_consent(**said, kind="PHOTO", given=True, on_date=NINE.date(), entry=entry())
    names = {name: getattr(course.patient, name) for name in IDENTITY}
    patient_record.correct_details(
        **said, **{**names, "phone": "(555) 555-0199"}, reason="A new telephone.", entry=entry()
    )
    record_patient_transfer(**said, **TRANSFER, entry=entry())
    return course


@replayed
def rich_session(cast: Cast) -> Walk:
    """Discharged, with a decision, an exception, a late device confirmed, a longer stay, a deviation, a sign that
    came and went, a serious event disposed of, a void, an emergency, somebody who watches, another chair, the
    prescriber called, an alarm afterwards that somebody has, and a form that was sent and came back."""
    by_ada = {"facility": cast.facility, "by": cast.ada, "now": NINE}
    keep_document(file=a_file(), entry=entry(), **by_ada)
    of_rems = {"program_code": cast.program_version.code, **by_ada}
    dea = {"number": "AB1234563", "expires_date": date(2026, 5, 1), "document": a_file("DEA.pdf")}
    record_evidence(requirement=Requirement.DEA_REGISTRATION, entry=entry(), **dea, **of_rems)
    raise_finding(text="No procedure.", owner=cast.nora, due_date=date(2026, 4, 20), entry=entry(), **of_rems)
    walk = checked_in(cast, of_course=_of_two_records(cast))
    walk.answer(NINE + minutes(10))
    reading = walk.check(NINE + minutes(20), full_check(150, 80))
    decide(walk, "BASELINE_BP", [reading.pk])
    walk.order(NINE + minutes(20))
    walk.clear(NINE + minutes(25))
    walk.give(NINE + minutes(30))
    walk.give(NINE + minutes(33), exception_reason="The patient took it by himself.")
    wrong = walk.give(NINE + minutes(39), exception_reason="Charted twice.", outcome=None)
    walk.void(wrong, NINE + minutes(39))
    late = walk.rows("DeviceAdministration")[1]
    dosing.confirm_device_time(administration=late, **walk.envelope(NINE + minutes(40), by=cast.nils))
    walk.outcome(late, Outcome.PARTIAL, NINE + minutes(40))
    walk.finish(NINE + minutes(40))
    discharge.extend_stay(
        stay=timedelta(minutes=125), reason="Hepatic impairment.", **walk.envelope(LAST_DEVICE, by=cast.paul)
    )
    monitoring.record_sign(code="sedation", kind=SignEventKind.ONSET, **walk.envelope(LAST_DEVICE + minutes(20)))
    monitoring.give_medicine(
        drug="Ondansetron",
        dose="4 mg",
        route=MedicineGiven.Route.SUBLINGUAL,
        **walk.envelope(LAST_DEVICE + minutes(20)),
    )
    event = monitoring.report_serious_event(what="Fainted.", **walk.envelope(LAST_DEVICE + minutes(21)))
    decide(walk, "SERIOUS_EVENT", [event.pk], LAST_DEVICE + minutes(30))
    described = adverse_event.describe_serious_event(
        serious_event=event,
        account=adverse_event.Account(("IMPORTANT_MEDICAL_EVENT",), "Fainted for a minute.", "STAFF", "RECOVERED"),
        **walk.envelope(LAST_DEVICE + minutes(31)),
    )
    adverse_event.report_adverse_event(
        event=described,
        recipient=AdverseEventReport.Recipient.MANUFACTURER,
        reported_date=NINE.date(),
        reference="A-117",
        **walk.envelope(LAST_DEVICE + minutes(31)),
    )
    raised = emergency.raise_emergency(
        kind=Emergency.Kind.FALL,
        calls={EmergencyCall.Whom.COLLEAGUE: "Nils"},
        **walk.envelope(LAST_DEVICE + minutes(31), by=cast.fred),
    )
    emergency.end_emergency(note="Awake, no injury.", **walk.envelope(LAST_DEVICE + minutes(33)))
    decide(walk, "SERIOUS_EVENT", [raised.serious_event_id], LAST_DEVICE + minutes(35))
    floor.take_watch(**walk.envelope(LAST_DEVICE + minutes(36)))
    floor.move_chair(to_chair="bed", **walk.envelope(LAST_DEVICE + minutes(37)))
    floor.contact_prescriber(
        prescriber=cast.paul, how=PrescriberContact.How.CALLED, **walk.envelope(LAST_DEVICE + minutes(38))
    )
    discharge.record_deviation(code="PEAK_CHECK", reason="He was asleep.", **walk.envelope(LAST_DEVICE + minutes(60)))
    handed = {"instruments": ["phq9"], "timing": Timing.AT_READINESS, "tablet": make_tablet(cast, name="Room 9")}
    hand_over_tablet(**handed, **walk.envelope(LAST_DEVICE + minutes(60)))
    scored = {"instrument": instruments()["phq9"], "items": [1] * 9, "timing": Timing.AT_READINESS}
    asked = record_score(**scored, **walk.envelope(LAST_DEVICE + minutes(61)))
    said = {"alert": asked.alerts.get(), "plan": "Stays with her sister."}
    answer_safety_alert(**said, entry=entry(), by=cast.paul, now=LAST_DEVICE + minutes(62))
    walk.instruct(STAY_ENDS)
    walk.check(STAY_ENDS, full_check(sedation=SignEntry(False, 5, gone=True)))
    walk.assess(STAY_ENDS + minutes(1))
    walk.release(STAY_ENDS + minutes(10))
    walk.check(STAY_ENDS + minutes(60), full_check(180, 95), at=STAY_ENDS + minutes(2))
    (raised,) = walk.rows("Alarm")
    acknowledge_alarm(cause=raised.key, **walk.envelope(STAY_ENDS + minutes(61)))
    filing.answer_field(code="ready_minutes", value="60", **walk.envelope(STAY_ENDS + minutes(70)))
    sent = {"route": FilingVersion.Route.FAX, "incomplete_reason": "The clinic's address is on its paper."}
    version = filing.submit_filing(**sent, **walk.envelope(STAY_ENDS + minutes(72)))
    back = {"kind": Reply.RETURNED, "reason": "Not legible.", "seen": version.pk}
    filing.record_reply(**back, **walk.envelope(STAY_ENDS + minutes(80)))
    close(cast)
    wait(cast, course=walk.dosing_session.course)
    return walk

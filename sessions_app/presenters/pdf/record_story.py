"""A whole record on paper: the patient, then each session with its signatures and its audit trail."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from reportlab.platypus import PageBreak

from clinic.models import AuditEvent
from clinic.models.cabinet import cabinets_of
from clinic.models.signature import Signatures
from sessions_app.models.facts import session_facts
from sessions_app.models.patient_history import PatientHistory
from sessions_app.models.record import Batch, Record
from sessions_app.models.whole_record import WholeRecord
from sessions_app.presenters.pdf.cabinet_story import cabinet_story
from sessions_app.presenters.pdf.paper import Story, note, with_letters
from sessions_app.presenters.pdf.patient_story import patient_story
from sessions_app.presenters.pdf.session_story import audit_story, session_story, signatures_story
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.gates import gate_refusals
from sessions_app.rules.program import Program
from sessions_app.rules.states import AT_START_GATE

# Sessions read at once: few questions, and not a whole course in memory.
AT_ONCE = 10


def record_story(record: WholeRecord, programs: dict[str, Program], *, now: datetime, viewer: Any) -> Story:
    with_letters()
    facility, sessions = record.facility, record.sessions
    reader = Reader(facility.zone, now)
    names = {each.pk: str(each) for each in record.people()}
    story: Story = []
    if record.dosing_session is None:
        history = PatientHistory(record.patient, [facility], at=now)
        story += patient_story(history, facility, programs, read_by=str(viewer))
        rest = set(record.subjects) - {session.pk for session in sessions}
        story += audit_story(_events(record, rest, cabinet=True), names, reader)
    cabinets = {each.pk: each.name for each in cabinets_of(facility)}
    for begin in range(0, len(sessions), AT_ONCE):
        for of_session in Batch(sessions[begin : begin + AT_ONCE]).records():
            session, alone = of_session.dosing_session, record.dosing_session is not None
            signatures, cabinet = record.signatures(session), record.cabinet
            found = cabinet.discrepancies_of(session)
            story += [PageBreak()] if story else []
            story += _session(of_session, programs, now=now, viewer=viewer)
            steps, signed = cabinet.steps_of(session), Signatures(signatures)
            story += cabinet_story(steps, found, signed, cabinets, programs, reader)
            story += signatures_story(signatures, reader)
            about = record.subjects if alone else [session.pk]
            story += audit_story(_events(record, about, cabinet=alone), names, reader)
    return [
        *story,
        note(_("Made by Vigil. Whether it is as it was written tells verify.py, in the archive of the whole record.")),
    ]


def _session(record: Record, programs: dict[str, Program], *, now: datetime, viewer: Any) -> Story:
    session = record.dosing_session
    start = session.state in AT_START_GATE
    facts = session_facts(session, at=now, start=start, record=record) if session.checked_in_at else None
    refusals = gate_refusals(facts, now=now) if facts else ()
    reader = Reader(session.facility.zone, now, facts.program if facts else programs.get(session.program_code))
    return session_story(record, facts, refusals, reader, viewer=viewer)


def _events(record: WholeRecord, about: Any, *, cabinet: bool) -> list[AuditEvent]:
    return list(record.events(about, cabinet=cabinet).defer("payload"))

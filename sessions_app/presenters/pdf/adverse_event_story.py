"""One suspected adverse event on paper, as it is told to the manufacturer or the FDA. It is nobody's form: what is on
it is what is recorded, in our own words."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.presenters.time import calendar_day, zone_name
from sessions_app import models
from sessions_app.models.adverse_event import Case
from sessions_app.models.record import Record
from sessions_app.presenters.adverse_event import (
    NOT_CONFIRMED,
    case_rows,
    day_and_time,
    outcome_words,
    report_words,
    told_by_words,
    what_words,
)
from sessions_app.presenters.pdf.paper import Head, Story, gap, note, pairs, part, plain, second, table, title, to_bytes
from sessions_app.presenters.pdf.patient_story import made_line, whose
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.presenters.timeline import LINES, OUTCOME_WORDS
from sessions_app.rules.facts import Outcome

# What was done about an emergency, beside the account of it.
_DONE = (models.Emergency, models.EmergencyCall, models.EmergencyEnd, models.MedicineGiven)


def adverse_event_pdf(case: Case, record: Record, reader: Reader, *, viewer: Any) -> bytes:
    session = case.dosing_session
    head = Head(
        title=_("Report of a suspected adverse event"),
        whose=whose(session.patient, session.facility),
        made=made_line(reader, viewer),
    )
    return to_bytes(lambda: adverse_event_story(case, record, reader), head)


def adverse_event_story(case: Case, record: Record, reader: Reader) -> Story:
    session = case.dosing_session
    patient, facility = session.patient, session.facility
    story: Story = [
        title(_("Suspected adverse event: %(what)s") % {"what": what_words(case)}, 0),
        note(_("Not an official form. Check it against the current form of whoever it is sent to.")),
    ]
    story += [gap(), *pairs((row["label"], row["value"]) for row in case_rows(case, reader))]
    story += part(
        _("Patient"),
        pairs(
            [
                (_("Name"), patient.full_name),
                (_("Born"), calendar_day(patient.birth_date)),
                (_("Sex"), patient.get_sex_display()),
                (_("MRN"), patient.mrn),
            ]
        ),
    )
    story += part(_("Treatment"), pairs(_treatment(record, reader)))
    story += _devices(record, reader)
    story += part(_("Medicines asked about, taken"), pairs(_medicines(record, reader)))
    for number, account in enumerate(case.accounts, 1):
        heading = _("First account") if number == 1 else _("Follow-up %(number)s") % {"number": number - 1}
        rows = [
            (_("Told"), day_and_time(account.occurred_at, reader)),
            (_("Told by"), told_by_words(account)),
            (_("Entered by"), account.performed_by),
            (_("Account"), account.narrative),
            (_("Outcome"), outcome_words(account)),
        ]
        story += part(heading, pairs(rows))
    story += part(_("What was done"), _done(record, reader))
    story += part(
        _("Reported"), pairs((number, report_words(row, reader)) for number, row in enumerate(case.reports, 1))
    )
    story += part(_("Reported by"), pairs([(_("Facility"), facility.name), (_("Address"), facility.address)]))
    return [*story, gap(), note(str(NOT_CONFIRMED))]


def _treatment(record: Record, reader: Reader) -> list[tuple[str, object]]:
    session, order = record.dosing_session, record.latest_signed(models.DoseOrder)
    began = session.checked_in_at or session.scheduled_at
    program, transfer = reader.program, record.latest(models.Transfer)
    return [
        (_("Programme"), program.label if program else session.program_code),
        (_("For"), program.indications.get(session.course.indication, "") if program else ""),
        (_("Session of"), calendar_day(began.astimezone(reader.zone).date())),
        (_("Dose ordered"), _("%(mg)s mg") % {"mg": order.mg} if order else ""),
        (_("The session"), str(STATE_WORDS[session.state]).capitalize()),
        (_("Transferred to"), f"{transfer.get_destination_display()} {transfer.place}" if transfer else ""),
    ]


def _devices(record: Record, reader: Reader) -> Story:
    outcomes = {row.administration_id: row.outcome for row in record.in_force(models.DeviceOutcome)}
    lines = [
        [
            plain(number),
            plain(reader.clock(given.occurred_at)),
            plain(given.device.lot),
            plain(calendar_day(given.device.expires_date)),
            plain(OUTCOME_WORDS[Outcome(outcomes[given.pk])] if given.pk in outcomes else "–"),
            second(given.device.number),
        ]
        for number, given in enumerate((row for row in record.given() if row.pk not in record.corrections), 1)
    ]
    began = record.dosing_session.checked_in_at or reader.now
    head = [
        _("No."),
        _("Given, %(zone)s") % {"zone": zone_name(began, reader.zone)},
        _("Lot"),
        _("To be used by"),
        _("Outcome"),
        _("Device"),
    ]
    return part(_("Devices"), table(head, lines, [6, 16, 22, 20, 24, 18]))


def _medicines(record: Record, reader: Reader) -> list[tuple[str, object]]:
    """The last answer to each class; none taken is said too."""
    names = reader.program.medicines if reader.program else {}
    asked = {row.code: row for row in record.answers() if row.topic == models.Topic.MEDICINE}
    return [(names.get(code, code), _("yes") if row.answer else _("no")) for code, row in asked.items()]


def _done(record: Record, reader: Reader) -> Story:
    rows = sorted((row for model in _DONE for row in record.in_force(model)), key=lambda row: row.occurred_at)
    lines = [
        [plain(reader.clock(row.occurred_at)), plain(LINES[type(row)](row, reader)), plain(row.performed_by)]
        for row in rows
    ]
    return table([_("Time"), _("What"), _("By")], lines, [10, 60, 30])

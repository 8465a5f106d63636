"""Before the sessions: who the patient is here, the enrolments, the courses with what they rest on, what is known."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from clinic.models import Facility
from clinic.presenters.time import calendar_day, clock_time_with_zone
from clinic.rules.roles import Permission
from sessions_app.models.patient_history import PatientHistory
from sessions_app.presenters.patient_history import Programs, patient_page
from sessions_app.presenters.patient_record import record_rows
from sessions_app.presenters.pdf.paper import Story, pairs, part, plain, table, title
from sessions_app.presenters.pdf.score_story import plans_story, scores_story
from sessions_app.presenters.pdf.session_story import READS
from sessions_app.presenters.sentences import Reader


def patient_story(history: PatientHistory, facility: Facility, programs: Programs, *, read_by: str) -> Story:
    def may(permission: Permission, facility_id: UUID) -> bool:
        return permission in READS and facility_id == facility.pk

    page = patient_page(history, facility, programs=programs, may=may, printed_by=read_by)
    patient = history.patient
    story: Story = [title(patient.full_name, 0)]
    story += pairs(
        [
            *((each["label"], each["value"]) for each in record_rows(patient)),
            (_("Sex"), patient.get_sex_display()),
            (_("Facility"), f"{facility.name}, {facility.address}" if facility.address else facility.name),
        ]
    )
    for panel in (*page["courses"], *page["panels"]):
        badge = panel.get("badge")
        heading = f"{panel['title']}: {badge['word']}" if badge else panel["title"]
        rows = pairs((each["label"], _value(each)) for each in panel["rows"])
        story += part(heading, rows or pairs([(panel["title"], panel.get("note", ""))]))
    story += part(_("Asked before the dose"), pairs((each["label"], each["answer"]) for each in page["safety"]))
    reader = Reader(facility.zone, history.at)
    between = [(score, None) for score in history.scores if score.dosing_session_id is None]
    story += scores_story(between, reader) + plans_story(history.plans, reader)
    return story + _sessions(page)


def _sessions(page: dict[str, Any]) -> Story:
    lines = [
        [
            plain(each["date"]),
            *(plain(each.get(name) or "–") for name in ("number", "dose", "bp_before", "bp_peak", "stay", "left")),
            plain(each["outcome"]["word"] if each.get("outcome") else "–"),
        ]
        for each in page["sessions"]
    ]
    head = [_("Date"), _("No."), _("Dose"), _("BP before"), _("BP highest"), _("Stay"), _("Left"), _("Ended")]
    return part(_("Sessions"), table(head, lines, [14, 6, 10, 12, 12, 12, 10, 24]))


def _value(each: dict[str, Any]) -> str:
    badge = each.get("badge")
    return " · ".join(str(word) for word in (each["value"], badge["word"] if badge else "") if word)


def whose(patient: Any, facility: Facility) -> str:
    """At the head of every page."""
    said = {"name": patient.full_name, "born": calendar_day(patient.birth_date), "mrn": patient.mrn}
    return _("%(name)s · born %(born)s · MRN %(mrn)s · %(facility)s") % {**said, "facility": facility.name}


def made_line(reader: Reader, viewer: Any) -> str:
    """Below it: when, and by whom."""
    day, at = calendar_day(reader.now.astimezone(reader.zone).date()), clock_time_with_zone(reader.now, reader.zone)
    return _("made %(day)s %(at)s by %(who)s") % {"day": day, "at": at, "who": viewer}

"""A form as it is read: on its page, typed from it into a portal, or on paper. One structure for all of them, from the
record of now or from what was submitted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models import Facility
from clinic.presenters.time import calendar_day, clock_time
from sessions_app.models import DosingSession, Filing, FilingVersion
from sessions_app.models.filing_record import FilingRecord, as_it_stands, read_back
from sessions_app.presenters.readings import entered_later, row_anchor
from sessions_app.presenters.sentences import Reader, Text
from sessions_app.rules.derivation import Derived, Source, SourceKind
from sessions_app.rules.edition import Edition, FormField
from sessions_app.rules.filing import Filled, GivenAnswer

SOURCE_WORDS: Mapping[str, Text] = {
    SourceKind.PATIENT: gettext_lazy("Patient’s record"),
    SourceKind.SETTING: gettext_lazy("Facility"),
    SourceKind.PERSON: gettext_lazy("Person who monitored"),
    SourceKind.ANSWER: gettext_lazy("Asked before the dose"),
    SourceKind.ENROLMENT: gettext_lazy("Enrolment"),
    SourceKind.DOSES: gettext_lazy("Doses on record"),
    SourceKind.DEVICE: gettext_lazy("Device"),
    SourceKind.CHECK: gettext_lazy("Check"),
    SourceKind.SIGN: gettext_lazy("Sign charted"),
    SourceKind.RELEASE: gettext_lazy("End of monitoring"),
    SourceKind.EVENT: gettext_lazy("Serious event"),
}
ON_SESSION = (SourceKind.DEVICE, SourceKind.CHECK, SourceKind.SIGN, SourceKind.RELEASE, SourceKind.EVENT)


@dataclass(frozen=True)
class FilledField:
    """One field as it is read. ``overridden``: the record's own value, struck through, that an answer stands instead
    of; ``reason``: why, who and when. ``enter_url``: where it is kept for every form. ``asked`` False:
    another answer makes it idle."""

    code: str
    wording: str
    value_text: str
    source_text: str = ""
    source_url: str = ""
    missing: bool = False
    enter_url: str = ""
    overridden: str = ""
    reason: str = ""
    required: bool = True
    asked: bool = True
    suggestion: str = ""
    suggestion_url: str = ""
    note: str = ""
    earlier: tuple[str, ...] = ()
    changed_from: str | None = None


@dataclass(frozen=True)
class FilledForm:
    """``header``: what stands on every page, as label and value. ``sections``: heading and fields in form order."""

    title: str
    edition: str
    note: str
    header: list[tuple[str, str]]
    sections: list[tuple[str, list[FilledField]]]

    @property
    def missing(self) -> list[FilledField]:
        return [each for _heading, fields in self.sections for each in fields if each.missing]


def live_form(stands: FilingRecord, reader: Reader) -> FilledForm:
    """From the record of now; what differs from what was submitted last says so."""
    session = stands.record.dosing_session
    was = {change.code: change.submitted for change in stands.changes}
    return _form(stands.edition.edition, stands.filled, as_it_stands(stands), session, reader, was)


def submitted_form(version: FilingVersion, filing: Filing, session: DosingSession, reader: Reader) -> FilledForm:
    """As it was submitted, whatever the record says now."""
    return _form(version.edition.edition, read_back(version), filing, session, reader, {})


def _form(
    edition: Edition,
    filled: Iterable[Filled],
    filing: Filing,
    session: DosingSession,
    reader: Reader,
    was: Mapping[str, str],
) -> FilledForm:
    by_code = {each.field.code: _field(each, session, reader, was) for each in filled}
    return FilledForm(
        title=edition.title,
        edition=edition.label,
        note=edition.note,
        header=header_of(filing, session, session.facility),
        sections=[
            (section.heading, [by_code[each.code] for each in section.fields if each.code in by_code])
            for section in edition.sections
        ],
    )


def moment(at: datetime, reader: Reader) -> str:
    return f"{calendar_day(at.astimezone(reader.zone).date())}, {clock_time(at, reader.zone)}"


def values_recorded(version: FilingVersion, reader: Reader) -> str:
    """A submission that was entered later than it was sent keeps the values of when it was entered."""
    if version.recorded_at is None or not entered_later(version, reader):
        return ""
    return _("Values as recorded at %(at)s") % {"at": moment(version.recorded_at, reader)}


def header_of(filing: Filing, session: DosingSession, facility: Facility) -> list[tuple[str, str]]:
    """Whose form it is, of which treatment, and until when it is due."""
    patient, zone = session.patient, facility.zone
    due = filing.due_at.astimezone(zone)
    return [
        (_("Patient"), patient.full_name),
        (_("Born"), calendar_day(patient.birth_date)),
        (_("MRN"), patient.mrn),
        (_("Facility"), facility.name),
        (_("Treatment"), calendar_day(filing.treatment_date)),
        (_("Due"), _("end of %(day)s") % {"day": calendar_day(due.date())}),
    ]


def _kept_at(field: FormField, session: DosingSession) -> str:
    """Where it is entered once for every form: how the session's clinic, or whoever monitored, is reached."""
    if field.derive == "said" and field.about.startswith("setting.") and field.about != "setting.name":
        return reverse("sessions_app:record-clinic-contact", args=[session.pk])
    if field.derive == "said" and field.about.startswith("monitor."):
        return reverse("sessions_app:record-monitor-contact", args=[session.pk])
    return ""


def _field(each: Filled, session: DosingSession, reader: Reader, was: Mapping[str, str]) -> FilledField:
    source, answer = (each.derived.source if each.derived else None), each.answer
    return FilledField(
        code=each.field.code,
        wording=each.field.wording,
        value_text=value_text(each.field, each.value),
        source_text=_answered(answer, reader) if answer else source_text(source, reader),
        source_url="" if answer and not each.derived else source_url(source, session),
        missing=each.missing,
        enter_url=_kept_at(each.field, session),
        overridden=value_text(each.field, answer.instead_of) if answer and answer.instead_of else "",
        reason=answer.reason if answer else "",
        required=each.field.required,
        asked=each.asked,
        suggestion=_suggested(each.field, each.suggested, reader) if each.suggested else "",
        suggestion_url=source_url(each.suggested.source, session) if each.suggested else "",
        note=each.field.note,
        earlier=tuple(_earlier(each.field, given, reader) for given in each.earlier),
        changed_from=value_text(each.field, was[each.field.code]) if each.field.code in was else None,
    )


def value_text(field: FormField, value: str) -> str:
    """As it is typed into the portal: the label of a choice, a date in the house's words, everything else as it is."""
    if field.kind == "date" and value:
        return calendar_day(date.fromisoformat(value))
    return dict(option_words(field)).get(value, value)


def option_words(field: FormField) -> list[tuple[str, str]]:
    """What can be chosen, in words."""
    return [("yes", _("Yes")), ("no", _("No"))] if field.kind == "yes_no" else [*field.choices.items()]


def source_text(source: Source | None, reader: Reader) -> str:
    """``Check, 10:20, Nora Nightjar``."""
    if source is None:
        return ""
    parts = [str(SOURCE_WORDS[source.kind])]
    if source.at is not None:
        on_the_day = source.kind in (*ON_SESSION, SourceKind.ANSWER)
        local = source.at.astimezone(reader.zone)
        parts.append(clock_time(source.at, reader.zone) if on_the_day else calendar_day(local.date()))
    return ", ".join([*parts, source.who] if source.who else parts)


def source_url(source: Source | None, session: DosingSession) -> str:
    """The row itself on its page, or the page where such a thing is kept."""
    if source is None:
        return ""
    if source.kind in ON_SESSION:
        return f"{reverse('sessions_app:dosing-session', args=[session.pk])}#{row_anchor(source.row)}"
    if source.kind is SourceKind.ANSWER:
        return reverse("sessions_app:dosing-session", args=[session.pk])
    if source.kind in (SourceKind.SETTING, SourceKind.PERSON):
        return ""
    return reverse("sessions_app:patient-page", args=[session.patient.person_id])


def _answered(answer: GivenAnswer, reader: Reader) -> str:
    when = moment(answer.at, reader) if answer.at else ""
    return _("%(who)s, %(when)s") % {"who": answer.who, "when": when}


def _earlier(field: FormField, given: GivenAnswer, reader: Reader) -> str:
    said = value_text(field, given.value) or _("taken back")
    return ", ".join(filter(None, (said, _answered(given, reader), given.reason)))


def _suggested(field: FormField, suggested: Derived, reader: Reader) -> str:
    """What to look at; never filled in."""
    said = {"value": value_text(field, suggested.value), "source": source_text(suggested.source, reader)}
    if field.suggest == "last_seen":
        return _("Last seen after %(value)s min (%(source)s)") % said
    return _("Every sign was gone and blood pressure would have passed after %(value)s min (%(source)s)") % said


def answer_aside(each: Filled, session: DosingSession, reader: Reader) -> dict[str, Any]:
    """Beside the form of one field: what the record says, what is suggested, what was said before."""
    rows = []
    if each.derived:
        said = {"value": value_text(each.field, each.derived.value), "source": source_text(each.derived.source, reader)}
        rows.append({"label": _("The record says"), "value": _("%(value)s (%(source)s)") % said})
    if each.answer:
        rows.append({"label": _("Answered"), "value": _earlier(each.field, each.answer, reader)})
    if each.suggested:
        rows.append({"label": _("To look at"), "value": _suggested(each.field, each.suggested, reader)})
    rows += [{"label": _("Before"), "value": _earlier(each.field, given, reader)} for given in reversed(each.earlier)]
    return {"aside_title": each.field.wording, "aside_rows": rows}

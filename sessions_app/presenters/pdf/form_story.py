"""A monitoring form on paper, for fax and to be read while it is typed into a portal: in the order and words of its
page. Several stand in one file, each with its own head and numbers, behind a sheet that says nothing of them."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from reportlab.platypus import PageBreak

from clinic.models import Facility
from clinic.presenters.time import calendar_day
from sessions_app.models import FilingVersion
from sessions_app.models.filing_record import FilingRecord
from sessions_app.presenters.adverse_event import day_and_time
from sessions_app.presenters.filled_form import FilledField, FilledForm, live_form, submitted_form, values_recorded
from sessions_app.presenters.pdf.paper import (
    BLANK,
    Begins,
    Head,
    Story,
    WholeCount,
    body,
    bold,
    gap,
    note,
    pairs,
    part,
    plain,
    second,
    struck,
    table,
    title,
    to_bytes,
)
from sessions_app.presenters.pdf.patient_story import made_line, whose
from sessions_app.presenters.sentences import Reader


def forms_pdf(records: Iterable[FilingRecord], facility: Facility, reader: Reader, *, viewer: Any, to: str) -> bytes:
    """Several, in the order given; ``to``: to whom they are faxed."""
    found = list(records)
    head = Head(title=_("Fax"), whose=facility.name, made=made_line(reader, viewer))

    def story() -> Story:
        made = cover_story(facility, reader, len(found), to=to, viewer=viewer)
        for stands in found:
            made += [PageBreak(), *_paper(stands, _standing(stands), reader, viewer)]
        return made

    return to_bytes(story, head)


def form_pdf(stands: FilingRecord, version: FilingVersion | None, reader: Reader, *, viewer: Any) -> bytes:
    """One: that ``version``; without one as it was submitted last, and where the record says something else, or nothing
    was submitted, from the record of now."""
    shown = version or _standing(stands)
    return to_bytes(lambda: _paper(stands, shown, reader, viewer), _head(stands, reader, viewer))


def _standing(stands: FilingRecord) -> FilingVersion | None:
    """What was submitted last, while the record says nothing else."""
    return stands.submitted if stands.submitted and not stands.changes else None


def _paper(stands: FilingRecord, version: FilingVersion | None, reader: Reader, viewer: Any) -> Story:
    session = stands.record.dosing_session
    form = submitted_form(version, stands.filing, session, reader) if version else live_form(stands, reader)
    return [
        Begins(_head(stands, reader, viewer)),
        *form_story(form, mark=_mark(stands, version, reader, complete=not form.missing)),
    ]


def _head(stands: FilingRecord, reader: Reader, viewer: Any) -> Head:
    session = stands.record.dosing_session
    treated = _("treatment of %(day)s") % {"day": calendar_day(stands.filing.treatment_date)}
    who = whose(session.patient, session.facility)
    return Head(
        title=_("Monitoring form, %(treated)s") % {"treated": treated}, whose=who, made=made_line(reader, viewer)
    )


def _mark(stands: FilingRecord, version: FilingVersion | None, reader: Reader, *, complete: bool) -> str:
    """Which paper this is: a draft, one to be sent, or what was sent and when. Whoever gets the fax reads it too."""
    if version is None and complete:
        return _("Complete; amended since it was submitted") if stands.submitted else _("Complete")
    if version is None:
        return _("Draft: changed since it was submitted") if stands.submitted else _("Draft: not submitted")
    said = {
        "number": version.number,
        "when": day_and_time(version.occurred_at, reader),
        "route": version.get_route_display(),
        "who": version.performed_by,
    }
    mark = _("Version %(number)s, submitted %(when)s by %(route)s, %(who)s") % said
    confirmed = _("Confirmation: %(number)s") % {"number": version.confirmation} if version.confirmation else ""
    return ". ".join(filter(None, (mark, confirmed, values_recorded(version, reader))))


def form_story(form: FilledForm, *, mark: str) -> Story:
    story: Story = [
        title(form.title, 0),
        note(f"{form.edition}. {form.note} {_('Not an official form.')}"),
        title(mark, 2),
        gap(),
        *pairs(form.header),
    ]
    if form.missing:
        missing = ", ".join(each.wording for each in form.missing)
        story += [gap(), *pairs([(_("Missing"), missing)])]
    for heading, fields in form.sections:
        story += part(heading, table([_("Field"), _("Value"), _("From")], map(_line, fields), [34, 38, 34]))
    return story


def _line(field: FilledField) -> list[str]:
    wording = plain(field.wording) if field.required else f"{plain(field.wording)} {second(_('optional'))}"
    said = [second(field.source_text)] if field.asked and field.source_text else []
    if field.overridden:
        said.append(f"{second(_('instead of'))} {struck(field.overridden)}: {plain(field.reason)}")
    if field.changed_from is not None:
        said.append(second(_("submitted as: %(value)s") % {"value": field.changed_from or _("empty")}))
    return [wording, _value(field), "<br/>".join(said)]


def _value(field: FilledField) -> str:
    if not field.asked:
        return second(_("not asked"))
    if field.missing:
        return bold(_("Missing"))
    return bold(field.value_text) if field.value_text else second("–")


def cover_story(facility: Facility, reader: Reader, forms: int, *, to: str, viewer: Any) -> Story:
    """Nothing of any patient."""
    return [
        title(_("Fax"), 0),
        gap(),
        *pairs(
            [
                (_("To"), to or BLANK),
                (_("Fax number"), BLANK),
                (_("From"), facility.name),
                (_("Address"), facility.address),
                (_("Phone"), facility.phone),
                (_("Sent by"), viewer),
                (_("Date"), day_and_time(reader.now, reader)),
                (_("Forms"), forms),
            ]
        ),
        gap(),
        WholeCount(_("Pages, with this one: %(count)s")),
        gap(),
        title(_("Confidential"), 1),
        *(body(words) for words in _confidential()),
    ]


def _confidential() -> tuple[str, ...]:
    return (
        _("These pages hold health information about persons and are meant only for whoever is named above."),
        _(
            "Whoever received them by mistake reads, copies and passes on nothing, tells the sender by telephone, and "
            "destroys them."
        ),
    )

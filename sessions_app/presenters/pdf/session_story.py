"""One session on paper, whole: what its page says, its devices, its answers, its signatures and its audit trail."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from clinic.models import AuditEvent, Signature
from clinic.presenters.signature import MEANINGS
from clinic.presenters.time import calendar_day, clock_time_to_the_second, zone_name
from clinic.rules.pack import Product
from clinic.rules.refusals import Refusal
from clinic.rules.roles import THROUGH_GLASS
from clinic.rules.signature import Meaning
from sessions_app import models
from sessions_app.models.record import Record
from sessions_app.models.score import scores_by_session
from sessions_app.presenters.dosing_session import session_page
from sessions_app.presenters.pack import gtin_words, serial_words
from sessions_app.presenters.pdf.curve import Curve
from sessions_app.presenters.pdf.paper import Story, bold, note, pairs, part, plain, second, struck, table, title
from sessions_app.presenters.pdf.score_story import scores_story
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.presenters.timeline import OUTCOME_WORDS
from sessions_app.rules.facts import Outcome, SessionFacts

READS = THROUGH_GLASS  # what a page shows whoever may read and do nothing


def session_story(
    record: Record, facts: SessionFacts | None, refusals: tuple[Refusal, ...], reader: Reader, *, viewer: Any
) -> Story:
    """As it stands now; everything corrected stays, struck through."""
    session = record.dosing_session
    page = session_page(record, facts, refusals, reader=reader, permissions=READS, viewer=viewer)
    began = session.checked_in_at or session.scheduled_at
    day, zone = calendar_day(began.astimezone(reader.zone).date()), zone_name(began, reader.zone)
    state = str(STATE_WORDS[session.state]).capitalize()
    story: Story = [
        title(_("Session of %(day)s") % {"day": day}, 0),
        note(
            _("%(state)s. Times are %(zone)s (%(place)s).") % {"state": state, "zone": zone, "place": reader.zone.key}
        ),
    ]
    lines = [(each["label"], _with_badge(each)) for each in page.get("facts", ()) if each["label"] != _("It is")]
    story += pairs([*lines, (_("Chair"), session.chair)])
    for notice in page.get("notices", ()):
        story += pairs([(notice["title"], notice.get("text", ""))])
    story += _outcome(page)
    if page.get("curve"):
        drawn: Story = [Curve(page["curve"], _curve_words()), note(page["curve"]["desc"])]
        story += part(_("Curve"), drawn)
    story += part(_("Readings"), _readings(page))
    story += part(_("Devices"), _devices(record, reader, facts.program.products if facts else ()))
    story += part(_("Questions asked"), _answers(record, reader))
    scores = record.batch.once(("scores",), lambda: scores_by_session(record.batch.sessions))
    story += scores_story(scores.get(session.pk, ()), reader)
    story += part(_("What happened"), _events(page))
    story += part(_("Alarms"), _alarms(page))
    return story


def _with_badge(each: dict[str, Any]) -> str:
    badge = each.get("badge")
    return " ".join(str(word) for word in (each["value"], badge["word"] if badge else "") if word)


def _curve_words() -> dict[str, str]:
    return {"bp": _("BP"), "pulse": _("Pulse"), "per_min": _("per min"), "line": _("line %s")}


def _outcome(page: dict[str, Any]) -> Story:
    outcome = page.get("outcome")
    if not outcome:
        return []
    rows = pairs((each["label"], each["value"]) for each in outcome["rows"])
    return part(outcome["title"], rows) + ([note(outcome["note"])] if outcome.get("note") else [])


def _readings(page: dict[str, Any]) -> Story:
    signs = page.get("readings_head", [])
    lines = []
    for row in page.get("readings", ()):
        put = struck if row.get("struck") else plain
        when = [bold(row["time"]), plain(row["what"])]
        when += [second(_("entered %(at)s") % {"at": row["entered"]})] if row["entered"] else []
        when += [second(word) for word in (row.get("late"), *row["notes"], row.get("struck_note")) if word]
        out = {name: bold if row.get(f"{name}_out") and not row.get("struck") else put for name in ("bp", "spo2")}
        lines.append(
            [
                "<br/>".join(filter(None, when)),
                out["bp"](row["bp"] or "–"),
                put(row["pulse"] or "–"),
                out["spo2"](row["spo2"] or "–"),
                *(put(sign["word"] or "–") for sign in row["signs"]),
                plain(row["who"]),
            ]
        )
    head = [_("Time"), _("BP"), _("Pulse"), "SpO₂", *signs, _("By")]
    return table(head, lines, [26, 10, 9, 9, *(13 for _sign in signs), 14])


def _devices(record: Record, reader: Reader, products: Iterable[Product]) -> Story:
    outcomes = {row.administration_id: row for row in record.in_force(models.DeviceOutcome)}
    lines = []
    for number, given in enumerate(record.given(), 1):
        put, device, outcome = struck if given.pk in record.corrections else plain, given.device, outcomes.get(given.pk)
        pack = ", ".join((gtin_words(device.gtin, products), *serial_words(device)))
        lines.append(
            [
                put(number),
                put(reader.clock(given.occurred_at)),
                put(device.number),
                put(f"{device.lot}, {_('to be used by')} {calendar_day(device.expires_date)}"),
                put(pack),
                put(OUTCOME_WORDS[Outcome(outcome.outcome)] if outcome else "–"),
                plain(given.performed_by),
            ]
        )
    head = [_("No."), _("Given"), _("Device"), _("Lot"), _("Pack"), _("Outcome"), _("By")]
    return table(head, lines, [6, 9, 14, 26, 28, 12, 20])


def _answers(record: Record, reader: Reader) -> Story:
    """Also those of the course, which hold for each of its sessions."""
    program = reader.program
    names = {**program.contraindications, **program.medicines} if program else {}
    names |= {"anything_new": _("since the last session")}
    lines = [
        [
            plain(calendar_day(row.occurred_at.astimezone(reader.zone).date())),
            plain(reader.clock(row.occurred_at)),
            plain(row.get_topic_display().capitalize()),
            plain(names.get(row.code, row.code)),
            bold(_("yes")) if row.answer else plain(_("no")),
            plain(row.performed_by),
        ]
        for row in record.answers()
        if row.dosing_session_id in (None, record.dosing_session.pk)
    ]
    return table([_("Day"), _("Time"), _("About"), _("Question"), _("Answer"), _("By")], lines, [14, 9, 16, 45, 9, 22])


def _events(page: dict[str, Any]) -> Story:
    lines = []
    for event in page.get("events", ()):
        put = struck if event.get("struck") else plain
        signature = event.get("signature") or {}
        said = [signature.get("text"), event.get("who"), event.get("lapsed"), event.get("reason")]
        said += [_("entered %(at)s") % {"at": event["entered"]}] if event.get("entered") else []
        said += event.get("notes") or []
        lines.append([put(event["time"]), put(event["text"]), "<br/>".join(second(word) for word in said if word)])
    return table([_("Time"), _("What"), _("By")], lines, [9, 58, 40])


def _alarms(page: dict[str, Any]) -> Story:
    lines = [[plain(each["what"]), plain(", ".join(each["steps"]))] for each in page.get("alarm_history", ())]
    return table([_("Alarm"), _("What was done")], lines, [40, 60])


def signatures_story(signatures: Iterable[Signature], reader: Reader) -> Story:
    lines = [
        [
            plain(calendar_day(each.occurred_at.astimezone(reader.zone).date())),
            plain(clock_time_to_the_second(each.occurred_at, reader.zone)),
            plain(each),
            plain(MEANINGS[Meaning(each.meaning)]),
            plain(_words(each.row_kind)),
            plain(each.factor.lower()),
            second(each.digest[:16]),
        ]
        for each in signatures
    ]
    head = [_("Day"), _("Time"), _("Who"), _("Meaning"), _("Of what"), _("Proven by"), _("Digest, first 16")]
    return part(_("Signatures"), table(head, lines, [14, 12, 26, 20, 24, 12, 20]))


def _words(name: str) -> str:
    """``DoseOrder`` as ``dose order``."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower()


def audit_story(events: Iterable[AuditEvent], names: dict[Any, str], reader: Reader) -> Story:
    """Every event, with its number in the chain; its whole digest stands in ``events.csv``."""
    lines = [
        [
            plain(event.sequence),
            plain(calendar_day(event.happened_at.astimezone(reader.zone).date())),
            plain(clock_time_to_the_second(event.happened_at, reader.zone)),
            plain(names.get(event.actor_id, "Vigil")),
            plain(event.action.replace("_", " ")),
            second(event.digest[:16]),
        ]
        for event in events
    ]
    head = [_("No."), _("Day"), _("Time"), _("Who"), _("What"), _("Digest, first 16")]
    return part(_("Audit trail"), table(head, lines, [9, 14, 12, 28, 34, 20]))

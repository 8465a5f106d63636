"""A series as a page: every date, whether it is free, why not, and what is free instead."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from django.utils.translation import gettext as _

from clinic.presenters.time import clock_time
from clinic.rules.refusals import Refusal
from sessions_app.models import Course
from sessions_app.models.diary_days import DiaryDays
from sessions_app.presenters.diary import day_words
from sessions_app.presenters.refusal import sentence_of
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.diary import Slot, Taken, local_moment, nearest_free, slot_refusals


def series_lines(
    days: DiaryDays, course: Course, dates: Iterable[date], *, clock: time, chair: str, reader: Reader
) -> list[dict[str, Any]]:
    """Each date in the order of time; those that are free count as taken for the next ones."""
    make, facts, person_id = days.slots(course), days.facts, course.patient.person_id
    lines = []
    for day in dates:
        at = local_moment(day, clock, reader.zone)
        slot = make(at, chair) if at else None
        refusals: tuple[Refusal, ...] = ()
        if slot:
            refusals = slot_refusals(slot, facts, person_id=person_id, now=reader.now)
        free, other = slot is not None and not refusals, None
        if free and slot:
            facts = facts.and_then(Taken(slot.block, slot.chair, person_id, course.patient.full_name))
        else:
            asked: dict[str, Any] = {"slot": make, "facts": facts, "person_id": person_id, "now": reader.now}
            other = nearest_free(day, clock, chair, **asked)
        why = [str(sentence_of(refusal, reader).what) for refusal in refusals]
        lines.append(
            {
                "day": day_words(day),
                "at": _place(slot, reader) if slot else f"{clock.hour}:{clock.minute:02}",
                "value": _value(slot, reader) if slot else "",
                "free": free,
                "why": why if slot else [_("Clocks go forward over this time that day.")],
                "other": {"at": _place(other, reader), "value": _value(other, reader)} if other else None,
                "slot": slot,
            }
        )
    return lines


def _place(slot: Slot, reader: Reader) -> str:
    at = clock_time(slot.scheduled_at, reader.zone)
    return _("%(at)s, chair %(chair)s") % {"at": at, "chair": slot.chair} if slot.chair else at


def _value(slot: Slot, reader: Reader) -> str:
    return f"{slot.scheduled_at.astimezone(reader.zone):%Y-%m-%dT%H:%M}|{slot.chair}"


def left_out_words(left_out: Iterable[tuple[Slot, tuple[Refusal, ...]]], reader: Reader) -> str:
    """One sentence for all that was taken meanwhile."""
    said = [
        f"{day_words(slot.scheduled_at.astimezone(reader.zone).date())}, {_place(slot, reader)}"
        f" ({sentence_of(refusals[0], reader).what})"
        for slot, refusals in left_out
    ]
    return _("Left out: %(dates)s.") % {"dates": "; ".join(said)}

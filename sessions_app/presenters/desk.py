"""What whoever does not read the chart sees of a chair and of a session: who, where, which phase, what is due, and what
is theirs to do. Written out here, not left out there: nothing gets onto these pages that is not named."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.presenters.time import clock_time
from clinic.rules.refusals import Refusal
from clinic.rules.roles import Permission
from sessions_app.models import DosingSession, Watch
from sessions_app.models.record import Record
from sessions_app.presenters.countdown import counting, saying
from sessions_app.presenters.emergency import emergency_panel
from sessions_app.presenters.gate import own_lines
from sessions_app.presenters.next_step import VERIFY, verify_tap
from sessions_app.presenters.patient_record import allergy_badges
from sessions_app.presenters.person import patient_header, person_of, same_person, time_fact
from sessions_app.presenters.phase import Phase, checkpoint_name, phase_of, ring_of
from sessions_app.presenters.refusal import line_words, sentence_of, step_url
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.presenters.steps import may_take
from sessions_app.rules.checks import CheckState, next_checkpoint
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.states import BEFORE_DOSE, ENDED, State


def desk_tile(
    record: Record, facts: SessionFacts, refusals: tuple[Refusal, ...], reader: Reader, *, loud: str
) -> dict[str, Any]:
    """An occupied chair; plain values of ``_tile.html``."""
    session = record.dosing_session
    phase = phase_of(facts, refusals, now=reader.now)
    watch = record.latest(Watch)
    ends_at, lines = facts.stay_ends_at, own_lines(refusals, reader, frozenset({Permission.DOCUMENT}))
    return {
        "url": reverse("sessions_app:dosing-session", args=[session.pk]),
        "chair": session.chair,
        "initials": session.patient.initials,
        "patient_name": session.patient.full_name,
        "age": patient_header(session.patient, on=reader.now, facility_zone=reader.zone)["age"],
        "phase": phase.code,
        "phase_word": phase.floor_word,
        "ring": ring_of(facts, phase, refusals, reader),
        "loud": loud,
        "tap": verify_tap(session.pk) if any(step == VERIFY for _line, step in lines) else None,
        "watched_by": watch.watcher.printed_name if watch else "",
        **_count(facts, phase, reader),
        "may_leave_from": clock_time(ends_at, reader.zone) if ends_at and ends_at > reader.now else "",
    }


def _count(facts: SessionFacts, phase: Phase, reader: Reader) -> dict[str, Any]:
    """The next check, else the end of the minimum stay; before and during the dose only since when."""
    here = _("here since %(at)s") % {"at": clock_time(facts.checked_in_at, reader.zone)}
    if facts.state in BEFORE_DOSE or facts.state is State.DOSING:
        return saying(_("Now"), phase.floor_word, here)
    point = next_checkpoint(facts, now=reader.now)
    if point is not None:
        late = point.state is CheckState.OVERDUE
        words = _("%(check)s late") if late else _("%(check)s in") if point.due_at > reader.now else _("%(check)s due")
        return counting(words % {"check": checkpoint_name(point)}, point.due_at, _("due %(at)s"), reader)
    if facts.stay_ends_at and facts.stay_ends_at > reader.now:
        return counting(_("Minimum over in"), facts.stay_ends_at, _("from %(at)s"), reader)
    return saying(_("Now"), phase.floor_word, here)


def desk_page(
    record: Record,
    facts: SessionFacts,
    refusals: tuple[Refusal, ...],
    reader: Reader,
    *,
    permissions: frozenset[Permission],
) -> dict[str, Any]:
    """What ``dosing_session.html`` shows instead of the chart."""
    session = record.dosing_session
    phase = phase_of(facts, refusals, now=reader.now)
    page: dict[str, Any] = {
        "desk": True,
        "person": person_of(session, now=reader.now, phase=phase.code),
        "facts": [*_allergies(record), *desk_facts(session, facts, reader)],
        "ring": ring_of(facts, phase, refusals, reader),
    }
    if facts.state in ENDED:
        return {**page, "outcome": {"title": str(STATE_WORDS[session.state]).capitalize(), "rows": [], "note": ""}}
    under_way = emergency_panel(record, reader, permissions=permissions)
    bar = _own_bar(session, phase, refusals, reader, permissions, raised=under_way is not None)
    return {**page, "emergency": under_way, "next": bar}


def _allergies(record: Record) -> list[dict[str, Any]]:
    """For everybody who may see the patient."""
    badges = allergy_badges(record.batch.allergies(record.dosing_session))
    return [{"label": _("Matters today"), "value": "", "badge": badge} for badge in badges]


def desk_facts(session: DosingSession, facts: SessionFacts | None, reader: Reader) -> list[dict[str, Any]]:
    home = facts.way_home if facts else None
    lines = [*same_person(session.patient)]
    if home:
        lines.append({"label": _("Way home"), "value": ", ".join(filter(None, (home.name, home.phone))), "badge": None})
    lines.append(time_fact(reader.now, reader.zone))
    return lines


def _own_bar(
    session: DosingSession,
    phase: Phase,
    refusals: tuple[Refusal, ...],
    reader: Reader,
    permissions: frozenset[Permission],
    *,
    raised: bool,
) -> dict[str, Any]:
    """The first thing of theirs that a gate waits for; the others, and what is always theirs, beside it."""
    bar: dict[str, Any] = {"label": _("Now"), "title": phase.floor_word, "detail": _("Nothing waits for you here.")}
    links = []
    for line, step in own_lines(refusals, reader, permissions):
        words, sentence = line_words(line, reader), sentence_of(line[0], reader)
        tap = verify_tap(session.pk) if step == VERIFY else None
        links.append({"url": step_url(step, session.pk, line[0]), "label": str(sentence.label), "tap": tap, **words})
    if links:
        first, *links = links
        bar |= {"label": _("Yours to do"), "title": first["what"], "detail": first["clears"]}
        bar |= {"action_label": first["label"], "action_url": first["url"], "tap": first["tap"]}
    always = {"arrange-way-home": _("Way home"), "move-chair": _("Another chair"), "raise-emergency": _("Emergency")}
    if raised:
        always.pop("raise-emergency")
    for step, label in always.items():
        url = reverse(f"sessions_app:{step}", args=[session.pk])
        if may_take(step, permissions) and url not in [bar.get("action_url"), *(link["url"] for link in links)]:
            links.append({"url": url, "label": label})
    return {**bar, "also": links[:3], "more": links[3:]}

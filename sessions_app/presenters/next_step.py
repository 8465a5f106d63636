"""What comes next in a session, as one big action: the session page's bar and the board's tile read the same."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.identifiers import new_id
from clinic.presenters.time import clock_time, countdown
from clinic.rules.refusals import Refusal
from sessions_app.presenters.phase import checkpoint_name
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.steps import may_take
from sessions_app.rules.checks import Checkpoint, CheckState, Purpose, next_checkpoint
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.states import State


@dataclass(frozen=True)
class NextStep:
    """``step`` is the page to open; ``due_at`` counts down, or up once it has passed (``late``)."""

    title: str
    step: str
    action: str
    detail: str = ""
    due_at: datetime | None = None
    count_label: str = ""
    also: tuple[str, ...] = ()
    args: tuple[UUID, ...] = field(default=())


VERIFY = "verify-enrolment"

# Before the dose, in the order a clinic works: the first of these that still refuses comes next.
_BEFORE = (
    ("report-intake", {"FASTING", "LIQUID", "NASAL"}),
    ("answer-questions", {"CONTRAINDICATION", "MEDICINES"}),
    ("verify-enrolment", {"ENROLMENT"}),
    ("counsel", {"COUNSELLING"}),
    ("arrange-way-home", {"SAFE_WAY_HOME"}),
    ("record-check", {"BASELINE", "OXIMETER"}),
    ("order-dose", {"DOSE_ORDER"}),
)


def step_words(step: str) -> tuple[str, str]:
    """Title and button of a step."""
    words = {
        "report-intake": (_("Food, drink, nasal spray"), _("Ask food, drink, spray")),
        "answer-questions": (_("Questions of the day"), _("Ask the questions")),
        "verify-enrolment": (_("Verify the enrolment"), _("Verify enrolment")),
        "counsel": (_("Counsel the patient"), _("Counsel")),
        "arrange-way-home": (_("A safe way home"), _("Arrange way home")),
        "record-check": (_("Check before the dose"), _("Chart the check")),
        "order-dose": (_("Order the dose"), _("Order the dose")),
        "give-instructions": (_("Go through the instructions"), _("Instructions")),
        "assess-readiness": (_("Readiness to leave"), _("Assess readiness")),
        "record-deviation": (_("A check was missed"), _("Give the reason")),
        "record-sign": (_("Its end is not charted"), _("Chart when it was gone")),
        "decide": (_("The prescriber decides"), _("Decide")),
    }
    return words[step]


def next_step(
    facts: SessionFacts, refusals: tuple[Refusal, ...], *, pending_outcome: UUID | None, reader: Reader
) -> NextStep:
    """One thing to do now, whoever reads it."""
    if facts.state is State.CHECKED_IN:
        return _before_dose(refusals)
    if facts.state in (State.CLEARED, State.DOSING):
        return _dosing(facts, pending_outcome, reader)
    if pending_outcome:
        return _outcome(facts, pending_outcome)
    return _monitoring(facts, refusals, reader)


def _before_dose(refusals: tuple[Refusal, ...]) -> NextStep:
    codes = {refusal.code for refusal in refusals}
    for step, clears in _BEFORE:
        asked = any(
            refusal.code in clears and refusal.clears_at is None and not _waits_elsewhere(refusal)
            for refusal in refusals
        )
        if codes & clears and asked:
            title, action = step_words(step)
            return NextStep(title, step, action, also=("record-check", "order-dose", "arrange-way-home"))
    waiting = min((refusal.clears_at for refusal in refusals if refusal.clears_at), default=None)
    return NextStep(
        _("Clear for dosing"),
        "clear",
        _("Clear for dosing"),
        due_at=waiting,
        count_label=_("opens in") if waiting else "",
        also=("record-check", "order-dose", "arrange-way-home"),
    )


def _waits_elsewhere(refusal: Refusal) -> bool:
    return refusal.params.get("missing") in ("enrolment", "oximeter") or refusal.params.get("problem") == "present"


def _dosing(facts: SessionFacts, pending_outcome: UUID | None, reader: Reader) -> NextStep:
    ordered = facts.start.order.devices if facts.start and facts.start.order else 0
    given = len(facts.delivered)
    also = ("record-check", "finish-dosing", "record-sign")
    if pending_outcome:
        return _outcome(facts, pending_outcome)
    if given >= ordered:
        return NextStep(
            _("All devices given"), "finish-dosing", _("Finish dosing"), also=("record-check", "record-sign")
        )
    title = _("Device %(n)s of %(ordered)s") % {"n": given + 1, "ordered": ordered}
    if not facts.delivered:
        also = ("record-check", "take-devices", "end-not-dosed")
        return NextStep(title, "administer-device", _("Hand over the device"), also=also)
    rest = facts.program.minutes("rest_between_devices_minutes")
    from_at = max(device.occurred_at for device in facts.delivered) + rest
    detail = _("Rest until %(at)s.") % {"at": clock_time(from_at, reader.zone)}
    return NextStep(title, "administer-device", _("Hand over the device"), detail, from_at, _("rest"), also)


def _outcome(facts: SessionFacts, administration_id: UUID) -> NextStep:
    title = _("Device %(n)s: what did it deliver?") % {"n": len(facts.devices)}
    also = ("record-check", "record-sign")
    return NextStep(title, "record-outcome", _("Full, partial or failed"), also=also, args=(administration_id,))


def _monitoring(facts: SessionFacts, refusals: tuple[Refusal, ...], reader: Reader) -> NextStep:
    also = ("repeat-bp", "record-check", "record-sign")
    if not refusals:
        return NextStep(
            _("Ready to leave"), "discharge", _("Release the patient"), _("Walk out, then record the time."), also=also
        )
    point = next_checkpoint(facts, now=reader.now)
    return _after_the_checks(facts, refusals, also) if point is None else _check(point, facts, also, reader)


def _after_the_checks(facts: SessionFacts, refusals: tuple[Refusal, ...], also: tuple[str, ...]) -> NextStep:
    """Every check is done: what holds is looked at again, then the papers."""
    codes = {refusal.code for refusal in refusals}
    holds = [sign.label.lower() for sign in facts.program.signs if sign.refusal_code in codes]
    holds += [word for code, word in (("SPO2", "SpO₂"), ("BP", _("blood pressure"))) if code in codes]
    if holds:
        title = _("Look again: %(what)s") % {"what": ", ".join(holds)}
        return NextStep(title, "record-check", _("Chart a check"), also=also)
    for code, step in (
        ("PEAK_CHECK", "record-deviation"),
        ("UNRESOLVED", "record-sign"),
        ("SAFE_WAY_HOME", "arrange-way-home"),
        ("INSTRUCTIONS", "give-instructions"),
        ("READINESS", "assess-readiness"),
    ):
        if code in codes:
            title, action = step_words(step)
            return NextStep(title, step, action, also=also)
    return NextStep(_("Look again"), "record-check", _("Chart a check"), also=also)


_FINAL = gettext_lazy("A full check, from %(opens)s on; the stay ends at %(due)s.")


def _check(point: Checkpoint, facts: SessionFacts, also: tuple[str, ...], reader: Reader) -> NextStep:
    name = checkpoint_name(point)
    opens, due = clock_time(point.opens_at, reader.zone), clock_time(point.due_at, reader.zone)
    if point.purpose is Purpose.FINAL:
        said = _("Re-opened: a full check from %(opens)s on.") if facts.reopened else _FINAL
        detail = said % {"opens": opens, "due": due}
    else:
        closes = clock_time(point.closes_at, reader.zone) if point.closes_at else ""
        detail = _("Due %(due)s, counts from %(opens)s to %(closes)s.") % {
            "due": due,
            "opens": opens,
            "closes": closes,
        }
    passed = reader.now > point.due_at
    count_label = _("late") if point.state is CheckState.OVERDUE else _("due for") if passed else _("due in")
    return NextStep(
        name,
        "record-check",
        _("Chart the %(check)s") % {"check": name[0].lower() + name[1:]},
        detail,
        point.due_at,
        count_label,
        also,
    )


def verify_tap(session_id: UUID) -> dict[str, Any]:
    """Plain values of ``_verify_tap.html``: the enrolment verified in one tap, by portal or by telephone."""
    return {"url": reverse(f"sessions_app:{VERIFY}", args=[session_id]), "entry_id": new_id()}


def next_bar(
    step: NextStep, *, session_id: UUID, permissions: frozenset[str], reader: Reader, in_error: bool
) -> dict[str, Any]:
    """Plain values of ``_next_bar.html``."""
    allowed = may_take(step.step, permissions)
    late = step.due_at is not None and reader.now > step.due_at
    beside = [
        {"url": reverse(f"sessions_app:{name}", args=[session_id]), "label": also_word(name)}
        for name in step.also
        if name != step.step and may_take(name, permissions)
    ]
    more = [item for item in more_actions(session_id, permissions, in_error=in_error) if item not in beside]
    bar: dict[str, Any] = {
        "label": _("Next"),
        "title": step.title,
        "detail": step.detail,
        "action_label": step.action,
        "action_url": reverse(f"sessions_app:{step.step}", args=[session_id, *step.args]) if allowed else "",
        "tap": verify_tap(session_id) if allowed and step.step == VERIFY else None,
        "blocked": "" if allowed else _("Somebody else's work; you may look."),
        "also": beside[:2],
        "more": [*beside[2:], *more],
    }
    if step.due_at is not None:
        bar |= {
            "count_label": step.count_label,
            "count_text": countdown(reader.now - step.due_at if late else step.due_at - reader.now),
            ("since_iso" if late else "due_iso"): step.due_at.isoformat(),
        }
    return bar


_ALSO = {
    "record-check": gettext_lazy("Check"),
    "repeat-bp": gettext_lazy("Repeat BP"),
    "record-sign": gettext_lazy("Symptom"),
    "arrange-way-home": gettext_lazy("Way home"),
    "order-dose": gettext_lazy("Order"),
    "take-devices": gettext_lazy("Take devices"),
    "put-back-devices": gettext_lazy("Put back"),
    "finish-dosing": gettext_lazy("Stop dosing"),
    "end-not-dosed": gettext_lazy("Not dosed"),
    "report-serious-event": gettext_lazy("Serious event"),
    "record-adverse-event": gettext_lazy("Adverse event"),
    "give-medicine": gettext_lazy("Medicine given"),
    "record-score": gettext_lazy("Questionnaire"),
    "extend-stay": gettext_lazy("Lengthen the stay"),
    "transfer": gettext_lazy("Transfer"),
    "leave-early": gettext_lazy("Patient has left"),
    "give-instructions": gettext_lazy("Instructions"),
    "assess-readiness": gettext_lazy("Readiness"),
    "discharge": gettext_lazy("Release"),
    "administer-device": gettext_lazy("A device was given"),
    "sheet": gettext_lazy("On paper, as of now"),
    "enter-paper": gettext_lazy("The rest from paper"),
    "move-chair": gettext_lazy("Another chair"),
    "ambulance": gettext_lazy("Sheet for the ambulance"),
    "record-pdf": gettext_lazy("Print record (PDF)"),
    "export-session": gettext_lazy("Take the record away"),
    "propose-in-error": gettext_lazy("Wrong patient: entered in error"),
    "enter-in-error": gettext_lazy("Entered in error: second person"),
}


def also_word(step: str) -> str:
    return str(_ALSO[step])


def more_actions(session_id: UUID, permissions: frozenset[str], *, in_error: bool) -> list[dict[str, str]]:
    """Everything that happens less often, behind one button. ``in_error``: somebody said that this session was
    entered in error, and it waits for a second person."""
    steps = (
        "give-instructions",
        "assess-readiness",
        "discharge",
        "record-score",
        "give-medicine",
        "arrange-way-home",
        "report-serious-event",
        "record-adverse-event",
        "extend-stay",
        "administer-device",
        "end-not-dosed",
        "leave-early",
        "transfer",
        "sheet",
        "enter-paper",
        "move-chair",
        "ambulance",
        "enter-in-error" if in_error else "propose-in-error",
        "record-pdf",
        "export-session",
    )
    return [
        {"url": reverse(f"sessions_app:{step}", args=[session_id]), "label": also_word(step)}
        for step in steps
        if may_take(step, permissions)
    ]

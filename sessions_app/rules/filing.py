"""The monitoring form of one treatment: where its filing stands, when it is due, what is missing, what changed.

Outpatient settings alone file it, for every dose, within 7 calendar days of administration (domain.md section 4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from clinic.rules.enrolment import Setting
from clinic.rules.local_time import day_span
from clinic.rules.refusals import ClearedBy, Refusal, state_refusal
from sessions_app.rules.derivation import DERIVATIONS, Derived, FormFacts
from sessions_app.rules.edition import Edition, FormField
from sessions_app.rules.suggestion import SUGGESTIONS


class FilingState(StrEnum):
    """Where a filing stands. Stored, with a step for every change."""

    INCOMPLETE = "INCOMPLETE"
    READY = "READY"
    SUBMITTED = "SUBMITTED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    RETURNED = "RETURNED"
    AMENDMENT_DUE = "AMENDMENT_DUE"
    WITHDRAWN = "WITHDRAWN"


_I, _R, _S, _A, _B, _C, _W = FilingState

NOT_SENT = (_I, _R)
TO_DO = (_I, _R, _B, _C)

# from, to, by what. Every other pair is refused.
STEPS: dict[tuple[FilingState, FilingState], str] = {
    (_I, _R): "nothing is missing",
    (_R, _I): "something is missing again",
    (_I, _S): "submitted with something missing, and why",
    (_R, _S): "submitted",
    (_S, _S): "sent again",
    (_S, _A): "acknowledged",
    (_S, _B): "returned, with the reason",
    (_A, _B): "returned after all",
    (_B, _A): "acknowledged after all",
    (_A, _S): "sent again",
    (_B, _S): "submitted again",
    (_S, _C): "the record was corrected",
    (_A, _C): "the record was corrected",
    (_B, _C): "the word that returned it was taken back",
    (_C, _S): "amended, or again as submitted",
    (_C, _A): "again as submitted",
    (_C, _B): "returned, with the reason",
    **{(state, not_sent): "its submission was taken back" for state in (_S, _A, _B, _C) for not_sent in NOT_SENT},
    **{(state, _W): "no device delivered a spray" for state in FilingState if state is not _W},
    **{(_W, state): "a spray was delivered after all" for state in FilingState if state is not _W},
}


def filing_refusals(state: FilingState, to: FilingState) -> tuple[Refusal, ...]:
    """FILING_STATE when the table has no such way; the refusal says where the filing stands now. Where it stands it
    may stay: then its day, its edition, its person or what it lacks became another."""
    stays = state is to or (state, to) in STEPS
    return () if stays else (Refusal("FILING_STATE", state_refusal(state, to).params, None, ()),)


def is_filed(setting: Setting) -> bool:
    """Inpatient settings file no monitoring form [P]."""
    return setting is Setting.OUTPATIENT


def due_at(treatment_date: date, zone: ZoneInfo, *, days: int) -> datetime:
    """The last second of the last calendar day, in the facility's zone."""
    return day_span(treatment_date + timedelta(days=days), zone)[1] - timedelta(seconds=1)


def in_time(due: datetime, at: datetime) -> bool:
    """Sent by then; the last second still counts, whole."""
    return at < due + timedelta(seconds=1)


def days_late(due: datetime, at: datetime, zone: ZoneInfo) -> int:
    """Calendar days past the last one; 0 on it, less before."""
    return (at.astimezone(zone).date() - due.astimezone(zone).date()).days


class Outcome(StrEnum):
    """What came back of a submission."""

    ACKNOWLEDGED = "ACKNOWLEDGED"
    RETURNED = "RETURNED"


def standing(*, dosed: bool, missing: bool, sent: bool, outcome: Outcome | None, changed: bool) -> FilingState:
    """Where a filing stands by what is known: ``sent`` and ``outcome`` of its newest submission, ``changed`` whether
    the record says something else by now. What was returned is submitted again whatever it says."""
    if not dosed:
        return FilingState.WITHDRAWN
    if not sent:
        return FilingState.INCOMPLETE if missing else FilingState.READY
    if outcome is Outcome.RETURNED:
        return FilingState.RETURNED
    if changed:
        return FilingState.AMENDMENT_DUE
    return FilingState.ACKNOWLEDGED if outcome is Outcome.ACKNOWLEDGED else FilingState.SUBMITTED


@dataclass(frozen=True)
class GivenAnswer:
    """What a person filled in: ``instead_of`` the value the record gave then, empty where it gave none."""

    value: str
    instead_of: str = ""
    reason: str = ""
    who: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Filled:
    """One field as it stands: ``value`` is what the form says. ``derived`` is the record's own, which an answer may
    stand instead of; ``asked`` is False where another field's answer makes this one idle."""

    field: FormField
    value: str
    derived: Derived | None = None
    answer: GivenAnswer | None = None
    earlier: tuple[GivenAnswer, ...] = ()
    suggested: Derived | None = None
    asked: bool = True

    @property
    def missing(self) -> bool:
        return self.asked and self.field.required and not self.value


def fill(edition: Edition, facts: FormFacts, answers: Mapping[str, Iterable[GivenAnswer]]) -> tuple[Filled, ...]:
    """Every field of the edition in its order. ``answers`` by field, the oldest first: the newest counts, and only as
    long as the record says what it said when it was given; an empty one takes back what was answered before."""
    filled: dict[str, Filled] = {}
    for each in edition.fields:
        derived = DERIVATIONS[each.derive](facts, each.about) if each.derive else None
        given = list(answers.get(each.code, ()))
        stands = bool(given) and bool(given[-1].value) and given[-1].instead_of == (derived.value if derived else "")
        answer = given.pop() if stands else None
        asked = each.asked_if is None or filled[each.asked_if[0]].value == each.asked_if[1]
        value = answer.value if answer else derived.value if derived else ""
        filled[each.code] = Filled(
            field=each,
            value=value if asked else "",
            derived=derived,
            answer=answer,
            earlier=tuple(given),
            suggested=SUGGESTIONS[each.suggest](facts) if each.suggest else None,
            asked=asked,
        )
    return tuple(filled.values())


def missing_fields(filled: Iterable[Filled]) -> tuple[str, ...]:
    """The codes of the fields that must be filled in and are not, in the order of the form."""
    return tuple(each.field.code for each in filled if each.missing)


@dataclass(frozen=True)
class Change:
    """A field that says something else than what was submitted."""

    code: str
    submitted: str
    now: str


def changes(submitted: Mapping[str, str], filled: Iterable[Filled], *, same_monitor: bool = True) -> tuple[Change, ...]:
    """What the record says now and the submitted form did not, in the order of the form. How the setting, or the same
    person, is reached today says nothing about a form that was right when it was sent."""
    of_its_day = ("setting.", "monitor.") if same_monitor else ("setting.",)
    return tuple(
        Change(each.field.code, submitted[each.field.code], each.value)
        for each in filled
        if each.field.code in submitted
        and submitted[each.field.code] != each.value
        and not (each.field.derive == "said" and each.field.about.startswith(of_its_day))
    )


def submission_refusals(missing: tuple[str, ...], *, reason: str) -> tuple[Refusal, ...]:
    """FILING_INCOMPLETE, naming what is missing. What was really sent all the same is recorded with its reason; neither
    where the filing stands nor that it is late is in the way."""
    if missing and not reason.strip():
        return (Refusal("FILING_INCOMPLETE", {"missing": missing}, None, (ClearedBy.DOCUMENTATION,)),)
    return ()


@dataclass(frozen=True)
class Share:
    """Of the treatments of a period: how many forms were due or sent, how many of them in time, how many are still
    to come. Left early and transferred count like any other; withdrawn ones do not."""

    counted: int = 0
    on_time: int = 0
    to_come: int = 0

    @property
    def percent(self) -> int | None:
        """Rounded down: 100 is all of them."""
        return 100 * self.on_time // self.counted if self.counted else None

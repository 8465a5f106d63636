"""One filing as it stands: its form filled in from the record, what was submitted, and where that leads."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from clinic.models import User
from sessions_app.models.edition import FormEdition, edition_for
from sessions_app.models.facts import local_date
from sessions_app.models.filing import Filing, FilingAnswer, FilingOutcome, FilingStep, FilingVersion
from sessions_app.models.form_facts import form_facts, monitor_of
from sessions_app.models.record import Record
from sessions_app.rules.derivation import Derived, FormFacts, Source, SourceKind, first_spray
from sessions_app.rules.edition import FormField
from sessions_app.rules.filing import (
    Change,
    FilingState,
    Filled,
    GivenAnswer,
    Outcome,
    changes,
    due_at,
    fill,
    missing_fields,
    standing,
)
from sessions_app.rules.states import OPEN


@dataclass(frozen=True)
class Stands:
    """Where a filing stands by the record of now, as its steps write it down."""

    state: FilingState
    edition: FormEdition
    treatment_date: date
    due_at: datetime
    person: User
    missing: tuple[str, ...]
    changed: tuple[str, ...]

    def is_of(self, step: FilingStep) -> bool:
        """Nothing moved since that step."""
        same = (self.state, self.edition, self.treatment_date, self.due_at, self.person)
        stood = (step.state, step.edition, step.treatment_date, step.due_at, step.person)
        return same == stood and [*self.missing] == step.missing and [*self.changed] == step.changed


class FilingRecord:
    """Read once, of one moment. Rows that were taken back are left out, and stay to be read."""

    def __init__(self, filing: Filing, record: Record, *, at: datetime) -> None:
        self.filing, self.record, self.at = filing, record, at

    @cached_property
    def facts(self) -> FormFacts:
        return form_facts(self.record, at=self.at)

    @cached_property
    def answers(self) -> dict[str, list[FilingAnswer]]:
        """What people filled in, by field, the oldest first."""
        found: dict[str, list[FilingAnswer]] = {}
        rows = FilingAnswer.objects.filter(filing=self.filing).select_related("performed_by")
        for row in rows.order_by("recorded_at", "id"):
            found.setdefault(row.code, []).append(row)
        return found

    @cached_property
    def all_versions(self) -> list[FilingVersion]:
        rows = FilingVersion.objects.filter(filing=self.filing).select_related("performed_by", "edition")
        return list(rows.order_by("number"))

    @cached_property
    def all_outcomes(self) -> list[FilingOutcome]:
        rows = FilingOutcome.objects.filter(filing=self.filing).select_related("performed_by")
        return list(rows.order_by("recorded_at", "id"))

    @property
    def versions(self) -> list[FilingVersion]:
        """In force, the first first."""
        return [row for row in self.all_versions if row.pk not in self.record.corrections]

    @property
    def submitted(self) -> FilingVersion | None:
        return next(reversed(self.versions), None)

    def outcome_of(self, version: FilingVersion) -> FilingOutcome | None:
        """What was last said of it."""
        rows = [row for row in self.all_outcomes if row.pk not in self.record.corrections]
        return next((row for row in reversed(rows) if row.version_id == version.pk), None)

    @cached_property
    def treatment_date(self) -> date:
        """Of the first device; where none is left, as it was."""
        first = first_spray(self.facts.session)
        return local_date(self.record.dosing_session, first.occurred_at) if first else self.filing.treatment_date

    @cached_property
    def edition(self) -> FormEdition:
        """Of the treatment's day; what was submitted keeps the edition it was submitted by."""
        session = self.record.dosing_session
        if self.versions:
            return self.filing.edition
        return edition_for(session.facility, session.program_code, self.treatment_date) or self.filing.edition

    @cached_property
    def filled(self) -> tuple[Filled, ...]:
        given = {code: [_given(row) for row in rows] for code, rows in self.answers.items()}
        return fill(self.edition.edition, self.facts, given)

    def field(self, code: str) -> Filled | None:
        return next((each for each in self.filled if each.field.code == code), None)

    @property
    def missing(self) -> tuple[str, ...]:
        return missing_fields(self.filled)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Between what was submitted last and the record of now."""
        if self.submitted is None:
            return ()
        person = _monitor_of(self.submitted)
        same = person in ("", str(monitor_of(self.record).pk))
        return changes(values_of(self.submitted), self.filled, same_monitor=same)

    @property
    def dosed(self) -> bool:
        """A device delivered a spray; while the session is open the next one still may."""
        return bool(self.facts.session.delivered) or self.record.dosing_session.state in OPEN

    @cached_property
    def stands(self) -> Stands:
        session, sent = self.record.dosing_session, self.submitted
        said = self.outcome_of(sent) if sent else None
        state = standing(
            dosed=self.dosed,
            missing=bool(self.missing),
            sent=sent is not None,
            outcome=Outcome(said.kind) if said else None,
            changed=bool(self.changes),
        )
        return Stands(
            state=state,
            edition=self.edition,
            treatment_date=self.treatment_date,
            due_at=due_at(self.treatment_date, session.facility.zone, days=self.edition.edition.due_days),
            person=monitor_of(self.record),
            missing=self.missing if sent is None else (),
            changed=tuple(change.code for change in self.changes) if state is FilingState.AMENDMENT_DUE else (),
        )


def as_it_stands(stands: FilingRecord) -> Filing:
    """The filing by the record of now, whenever its last step was written: what a page says of it as a whole."""
    found, now = copy(stands.filing), stands.stands
    found.state, found.due_at, found.treatment_date = now.state.value, now.due_at, now.treatment_date
    found.edition, found.person = now.edition, now.person
    return found


def _given(row: FilingAnswer) -> GivenAnswer:
    return GivenAnswer(row.value, row.instead_of, row.reason, row.performed_by.printed_name, row.occurred_at)


def content_of_form(filled: Iterable[Filled]) -> list[dict[str, Any]]:
    """The form as it is submitted: every field with its value, and where that came from."""
    return [
        {
            "code": each.field.code,
            "value": each.value,
            "asked": each.asked,
            "derived": _derived(each),
            "answer": _answer(each.answer),
        }
        for each in filled
    ]


def _derived(each: Filled) -> dict[str, Any] | None:
    if each.derived is None:
        return None
    source = each.derived.source
    at = source.at.isoformat() if source.at else None
    said = {"kind": source.kind.value, "at": at, "who": source.who, "row": source.row}
    return {"value": each.derived.value, "source": said}


def _answer(answer: GivenAnswer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    at = answer.at.isoformat() if answer.at else None
    said = {"value": answer.value, "instead_of": answer.instead_of, "reason": answer.reason}
    return {**said, "who": answer.who, "at": at}


def values_of(version: FilingVersion) -> dict[str, str]:
    """What was submitted, by field."""
    return {each["code"]: each["value"] for each in version.content}


def _monitor_of(version: FilingVersion) -> str:
    """The id of whoever monitored, as it was submitted; empty where nothing of them was derived."""
    sources = (each["derived"]["source"] for each in version.content if each["derived"])
    return next((source["row"] for source in sources if source["kind"] == SourceKind.PERSON), "")


def version_of(filing: Filing, version_id: UUID) -> FilingVersion | None:
    rows = FilingVersion.objects.filter(filing=filing, pk=version_id)
    return rows.select_related("performed_by", "edition").first()


def read_back(version: FilingVersion) -> tuple[Filled, ...]:
    """A submitted form as it was, field by field in the order of its edition."""
    said = {each["code"]: each for each in version.content}
    return tuple(_filled(each, said[each.code]) for each in version.edition.edition.fields if each.code in said)


def _filled(asked: FormField, said: dict[str, Any]) -> Filled:
    derived, answer = said["derived"], said["answer"]
    source = derived and Source(
        SourceKind(derived["source"]["kind"]),
        _moment(derived["source"]["at"]),
        derived["source"]["who"],
        derived["source"]["row"],
    )
    return Filled(
        field=asked,
        value=said["value"],
        derived=Derived(derived["value"], source) if derived else None,
        answer=GivenAnswer(**{**answer, "at": _moment(answer["at"])}) if answer else None,
        asked=said["asked"],
    )


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None

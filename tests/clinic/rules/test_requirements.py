"""The checklist: what is met, missing, expiring, over; and what keeps a submission back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal
from clinic.rules.requirements import (
    ASKS_WHO,
    OF_THE_REMS,
    OURS,
    READ_FROM_RECORDS,
    EvidenceFacts,
    Line,
    Requirement,
    RequirementFacts,
    Sites,
    StaffFacts,
    State,
    StockRoute,
    checklist,
    evidence_refusals,
    submission_refusals,
)

R = Requirement
TODAY = date(2026, 4, 14)


def days(count: int) -> date:
    return TODAY + timedelta(days=count)


PAUL = StaffFacts("Paul", prescriber=True, trained=True)
NORA = StaffFacts("Nora", prescriber=False, trained=True)
ALL = RequirementFacts(
    representative=True,
    asked=("MONITORING", "RECORDS"),
    attested=frozenset({"MONITORING", "RECORDS"}),
    staff=(PAUL, NORA),
    working_oximeters=1,
    evidence={
        code: EvidenceFacts()
        for code in (R.STOCK_ROUTE, R.ALTERNATE_CONTACT, R.ADDITIONAL_SITES, R.DEA_REGISTRATION, R.EMERGENCY)
    },
)


def line(facts: RequirementFacts, requirement: R) -> Line:
    (found,) = [each for each in checklist(facts, today=TODAY) if each.requirement is requirement]
    return found


def test_it_is_met_where_everything_is_there() -> None:
    assert checklist(ALL, today=TODAY) == (
        Line(R.REPRESENTATIVE, State.MET, count=1),
        Line(R.ATTESTATIONS, State.MET, count=2, of=2),
        Line(R.PRESCRIBERS, State.MET, count=1, of=1),
        Line(R.MONITORING_STAFF, State.MET, count=2, of=2),
        Line(R.OXIMETERS, State.MET, count=1),
        Line(R.TRAINING, State.MET, count=2, of=2),
        *(Line(requirement, State.MET, count=1) for requirement in ALL.evidence),
    )
    assert submission_refusals(ALL, today=TODAY) == ()


def test_it_is_missing_where_nothing_is_and_the_rems_alone_keeps_it_back() -> None:
    nothing = RequirementFacts()
    assert checklist(nothing, today=TODAY) == tuple(Line(requirement, State.MISSING) for requirement in R)
    assert submission_refusals(nothing, today=TODAY) == tuple(
        Refusal("REQUIREMENT", {"requirement": requirement.value}, None, (ClearedBy.DOCUMENTATION,))
        for requirement in OF_THE_REMS
    )
    assert {R.DEA_REGISTRATION, R.EMERGENCY} == OURS
    assert {R.REPRESENTATIVE, R.ATTESTATIONS, R.PRESCRIBERS, R.MONITORING_STAFF, R.OXIMETERS} == READ_FROM_RECORDS
    assert {R.ALTERNATE_CONTACT} == ASKS_WHO


@pytest.mark.parametrize(
    ("left", "state"),
    [(91, State.MET), (90, State.EXPIRING), (7, State.EXPIRING), (0, State.EXPIRING), (-1, State.EXPIRED)],
)
def test_it_expires_by_its_last_day(left: int, state: State) -> None:
    facts = replace(ALL, evidence={R.DEA_REGISTRATION: EvidenceFacts(days(left))})
    found = line(facts, R.DEA_REGISTRATION)
    assert (found.state, found.until, found.days) == (state, days(left), left)


def test_what_is_over_keeps_it_back_too() -> None:
    facts = replace(ALL, staff=(replace(PAUL, trained_until=days(-1)), NORA))
    assert [each.params["requirement"] for each in submission_refusals(facts, today=TODAY)] == ["TRAINING"]


@pytest.mark.parametrize(("signed", "met"), [((), False), (("MONITORING",), False), (("MONITORING", "OTHER"), False)])
def test_it_wants_every_attestation(signed: tuple[str, ...], met: bool) -> None:
    found = line(replace(ALL, attested=frozenset(signed)), R.ATTESTATIONS)
    assert ((found.state is State.MET), found.of) == (met, 2)
    assert line(replace(ALL, asked=()), R.ATTESTATIONS).state is State.MISSING


class TestCover:
    def test_it_needs_a_prescriber(self) -> None:
        facts = replace(ALL, staff=(NORA,))
        assert line(facts, R.PRESCRIBERS).state is State.MISSING
        assert line(facts, R.MONITORING_STAFF).state is State.MET

    def test_it_holds_until_the_last_of_them_is_over(self) -> None:
        staff = (replace(PAUL, in_date_until=days(-1)), replace(PAUL, name="Pia", in_date_until=days(30)))
        found = line(replace(ALL, staff=staff), R.PRESCRIBERS)
        assert (found.state, found.days, found.count, found.of) == (State.EXPIRING, 30, 1, 2)
        assert found.names == ("Paul",)
        assert line(replace(ALL, staff=(*staff, NORA)), R.MONITORING_STAFF).state is State.MET  # hers has no end

    def test_it_is_over_with_the_last_of_them(self) -> None:
        found = line(replace(ALL, staff=(replace(PAUL, in_date_until=days(-1)), NORA)), R.PRESCRIBERS)
        assert found == Line(R.PRESCRIBERS, State.EXPIRED, of=1, names=("Paul",))

    @pytest.mark.parametrize(("left", "state"), [(0, State.EXPIRING), (-1, State.EXPIRED)])
    def test_it_holds_on_the_last_day(self, left: int, state: State) -> None:
        staff = (replace(PAUL, in_date_until=days(left)),)
        assert line(replace(ALL, staff=staff), R.PRESCRIBERS).state is state

    def test_it_has_no_end_with_those_over(self) -> None:
        staff = (PAUL, replace(PAUL, name="Pia", in_date_until=days(-1)))
        assert line(replace(ALL, staff=staff), R.PRESCRIBERS) == Line(
            R.PRESCRIBERS, State.MET, count=1, of=2, names=("Pia",)
        )


class TestTraining:
    UNTRAINED = replace(NORA, trained=False)

    def test_it_wants_a_record_of_everybody(self) -> None:
        found = line(replace(ALL, staff=(PAUL, self.UNTRAINED)), R.TRAINING)
        assert found == Line(R.TRAINING, State.MISSING, count=1, of=2, names=("Nora",))
        assert line(replace(ALL, staff=()), R.TRAINING).state is State.MISSING

    @pytest.mark.parametrize(("left", "state"), [(None, State.MET), (20, State.EXPIRING), (-1, State.EXPIRED)])
    def test_papers_stand_for_whoever_has_none_entered(self, left: int | None, state: State) -> None:
        kept = {R.TRAINING: EvidenceFacts(None if left is None else days(left))}
        found = line(replace(ALL, staff=(PAUL, self.UNTRAINED), evidence=kept), R.TRAINING)
        until = None if left is None else days(left)
        assert found == Line(R.TRAINING, state, until, left, count=1, of=2, names=("Nora",))

    def test_papers_are_nothing_where_everybody_has_a_record(self) -> None:
        assert line(replace(ALL, evidence={R.TRAINING: EvidenceFacts(days(20))}), R.TRAINING).until is None

    def test_papers_do_not_mend_a_record_that_is_over(self) -> None:
        over = replace(NORA, trained_until=days(-1))
        found = line(replace(ALL, staff=(PAUL, over), evidence={R.TRAINING: EvidenceFacts()}), R.TRAINING)
        assert found == Line(R.TRAINING, State.EXPIRED, days(-1), -1, count=1, of=2, names=("Nora",))
        found = line(replace(ALL, staff=(PAUL, replace(NORA, trained_until=days(0)))), R.TRAINING)
        assert found == Line(R.TRAINING, State.EXPIRING, days(0), 0, count=2, of=2)


class TestEvidence:
    @pytest.mark.parametrize(
        ("requirement", "said", "refused"),
        [
            (R.STOCK_ROUTE, {"answer": ""}, ("answer", "choose_one")),
            (R.STOCK_ROUTE, {"answer": "NICE"}, ("answer", "choose_one")),
            (R.STOCK_ROUTE, {"answer": StockRoute.BOTH}, None),
            (R.ADDITIONAL_SITES, {"answer": Sites.NAMED, "note": " "}, ("note", "reason_missing")),
            (R.ADDITIONAL_SITES, {"answer": Sites.NAMED, "note": "Annex"}, None),
            (R.ADDITIONAL_SITES, {"answer": Sites.NONE}, None),
            (R.ALTERNATE_CONTACT, {"paper": True}, ("note", "reason_missing")),
            (R.DEA_REGISTRATION, {"paper": True}, ("expires_date", "last_day_missing")),
            (R.DEA_REGISTRATION, {"expires_date": TODAY}, None),
            (R.EMERGENCY, {}, ("note", "paper_or_words")),
            (R.EMERGENCY, {"note": "Bag and mask in room 2"}, None),
            (R.TRAINING, {"paper": True}, None),
        ],
    )
    def test_it_says_what_the_requirement_asks(
        self, requirement: R, said: dict[str, object], refused: tuple[str, str] | None
    ) -> None:
        given: dict[str, object] = {"answer": "", "note": "", "expires_date": None, "paper": False, **said}
        refusals = evidence_refusals(requirement, **given)  # type: ignore[arg-type]
        assert refusals == ((field_refusal(*refused),) if refused else ())

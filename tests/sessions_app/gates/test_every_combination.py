"""Every combination of a small domain, at both gates: the rules say what the model says, an answer that is worse opens
nothing, and waiting closes nothing but by a rule with a name. Without a database; the long form leaves none out."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice, product

import pytest

from sessions_app.rules.administration import administration_refusals
from sessions_app.rules.discharge import discharge_refusals
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.program import Program
from sessions_app.rules.states import State
from tests.sessions_app.gates import small_domains as domains
from tests.sessions_app.gates import small_worlds as worlds
from tests.sessions_app.gates.model import leaving
from tests.sessions_app.gates.model_start import dosing
from tests.sessions_app.gates.of_facts import known_of
from tests.sessions_app.gates.small_domains import Case, Domain
from tests.sessions_app.rules.builders import ESKETAMINE, codes

TIGHT = ESKETAMINE.under({name: number.bound for name, number in ESKETAMINE.numbers.items()})
Build = Callable[[Program, Case], tuple[SessionFacts, datetime]]
DOMAINS: dict[str, tuple[Domain, Build, int]] = {
    "what was measured": (domains.MEASURED, worlds.at_the_end, 77_760),
    "what was said": (domains.SAID, worlds.at_the_end, 55_296),
    "what is asked": (domains.ASKED, worlds.before_the_dose, 73_728),
    "before the dose": (domains.BEFORE, worlds.asked_before, 101_250),
    "between devices": (domains.BETWEEN, worlds.between_devices, 4_032),
}
# Their answers stand in no order of better and worse.
UNORDERED = ("now", "devices", "peak", "first", "since", "onset")
# What is asked of a row is not asked while there is none.
INSTEAD = {
    "FINAL_CHECK": {"FINAL_STALE", "NOT_OBTAINED"},
    "BASELINE": {"BASELINE_STATE"},
    "DOSE_ORDER": {"DEVICE_COUNT"},
}
BY_NAME = {"FINAL_STALE", "BASELINE"}
Key = tuple[int, ...]


def refused(facts: SessionFacts, now: datetime) -> frozenset[str]:
    if facts.state is State.MONITORING:
        return frozenset(codes(discharge_refusals(facts, now=now)))
    return frozenset(codes(administration_refusals(facts, device=None, at=now, now=now)))


def by_the_model(facts: SessionFacts, now: datetime) -> set[str]:
    return (leaving if facts.state is State.MONITORING else dosing)(known_of(facts, now), now)


def go_through(name: str, program: Program, *, every: int) -> int:
    """Each so-many-th of all; a prime, so that no answer is left out. How many that were."""
    domain, build, _count = DOMAINS[name]
    ordered = [place for place, question in enumerate(domain) if question not in UNORDERED]

    def case_of(key: Key) -> Case:
        return {question: domain[question][index] for question, index in zip(domain, key, strict=True)}

    found: dict[Key, frozenset[str]] = {}

    def asked(key: Key) -> frozenset[str]:
        if key not in found:
            found[key] = refused(*build(program, case_of(key)))
        return found[key]

    done = 0
    for key in islice(product(*(range(len(answers)) for answers in domain.values())), 0, None, every):
        facts, now = build(program, case_of(key))
        said = found[key] = refused(facts, now)
        assert said == by_the_model(facts, now), case_of(key)
        if done % 5 == 0:
            assert refused(facts, now + timedelta(minutes=7)) - said <= BY_NAME, case_of(key)
        for place in ordered if every == 1 else [ordered[done % len(ordered)]]:
            if key[place] + 1 < len(list(domain.values())[place]):
                worse = asked((*key[:place], key[place] + 1, *key[place + 1 :]))
                instead = {code for closed in worse & set(INSTEAD) for code in INSTEAD[closed]}
                assert said <= worse | instead, (case_of(key), list(domain)[place])
        done += 1
    return done


each = pytest.mark.parametrize("name", DOMAINS)
under_both = pytest.mark.parametrize("program", [ESKETAMINE, TIGHT], ids=["as stated", "tightest"])


@each
@under_both
def test_the_rules_say_what_the_page_says(name: str, program: Program) -> None:
    assert go_through(name, program, every=499) > 0


@pytest.mark.slow
@each
def test_the_rules_say_what_the_page_says_in_every_case(name: str) -> None:
    assert go_through(name, ESKETAMINE, every=1) == DOMAINS[name][2]


@pytest.mark.slow
@each
def test_the_tightest_policy_says_it_too(name: str) -> None:
    assert go_through(name, TIGHT, every=11) > 0

"""What could never be measured is answered by the prescriber's examination, and by nothing less."""

from dataclasses import replace
from typing import Any

import pytest

from sessions_app.rules.discharge import discharge_refusals
from sessions_app.rules.program import Program
from tests.sessions_app.rules.builders import (
    FINAL,
    NOT_OBTAINED,
    PEAK,
    at,
    baseline,
    check,
    codes,
    decision,
    each_program,
    end_minute,
    peak_minute,
    ready_to_leave,
)


@each_program
@pytest.mark.parametrize(("measure", "key", "code"), [("spo2", "spo2", "SPO2"), ("blood_pressure", "bp", "BP")])
def test_it_is_answered_by_an_examination(program: Program, measure: str, key: str, code: str) -> None:
    facts, end = ready_to_leave(program), end_minute(ready_to_leave(program))
    never: dict[str, Any] = {key: NOT_OBTAINED}
    rows = (
        baseline(program, **never),
        check(program, PEAK, peak_minute(program), **never),
        check(program, FINAL, end, **never),
    )
    facts = replace(facts, checks=rows)

    def refused(**changes: Any) -> bool:
        made = decision("NOT_OBTAINED", FINAL, order=50, minute=end, measure=measure, examined=True)
        decided = replace(facts, decisions=(replace(made, **changes),))
        return code in codes(discharge_refusals(decided, now=at(end + 1)))

    assert code in codes(discharge_refusals(facts, now=at(end + 1)))
    assert not refused()
    assert refused(examined=False)
    assert refused(measure=program.measures[2])

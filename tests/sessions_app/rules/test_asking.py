"""How long the answers about contraindications hold, seen before anybody comes."""

from datetime import date, timedelta

import pytest

from sessions_app.rules.contraindication import AskState, ask_state, asked_until

CODES = ("aneurysm", "bleeding")
TODAY = date(2026, 4, 14)


def asked(*ago: int) -> dict[str, date]:
    return {code: TODAY - timedelta(days=days) for code, days in zip(CODES, ago, strict=False)}


@pytest.mark.parametrize(
    ("ago", "days", "state"),
    [
        ((), 30, AskState.NOT_ASKED),
        ((3,), 30, AskState.NOT_ASKED),
        ((3,), None, AskState.NOT_ASKED),
        ((400, 400), None, AskState.IN_FORCE),
        ((16, 1), 30, AskState.IN_FORCE),
        ((17, 1), 30, AskState.RUNNING_OUT),
        ((1, 30), 30, AskState.RUNNING_OUT),
        ((1, 31), 30, AskState.OVER),
    ],
)
def test_it_runs_out_with_the_oldest_answer(ago: tuple[int, ...], days: int | None, state: AskState) -> None:
    assert ask_state(CODES, asked(*ago), days, today=TODAY) is state
    until = asked_until(CODES, asked(*ago), days)
    assert until == (TODAY - timedelta(days=max(ago)) + timedelta(days=days) if len(ago) == 2 and days else None)

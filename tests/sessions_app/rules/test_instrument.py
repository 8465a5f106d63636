"""Scoring tables, at and beside each boundary; totals whatever is answered."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules.refusals import Refusal, field_refusal
from sessions_app.models.score import instruments
from sessions_app.rules.instrument import (
    AlertCause,
    Definition,
    Instrument,
    Kind,
    Risk,
    parse_instrument,
    score_refusals,
)

ALL = instruments()
PHQ9, GAD7, CSSRS, MADRS = (ALL[code] for code in ("phq9", "gad7", "cssrs", "madrs"))

BANDS = {
    "phq9": {
        "minimal": (0, 4),
        "mild": (5, 9),
        "moderate": (10, 14),
        "moderately_severe": (15, 19),
        "severe": (20, 27),
    },
    "gad7": {"minimal": (0, 4), "mild": (5, 9), "moderate": (10, 14), "severe": (15, 21)},
}


@pytest.mark.parametrize("code", BANDS)
def test_calls_every_total_as_its_authors_do(code: str) -> None:
    expected = {total: word for word, (low, high) in BANDS[code].items() for total in range(low, high + 1)}
    assert {total: ALL[code].band(total) for total in range(ALL[code].most + 1)} == expected


def test_knows_the_range_of_every_instrument() -> None:
    ranges = {code: (len(each.items), each.most) for code, each in ALL.items()}
    assert ranges == {
        "phq9": (9, 27),
        "gad7": (7, 21),
        "cssrs": (7, 0),
        "madrs": (0, 60),
        "hama": (0, 56),
        "cadss": (0, 92),
    }
    assert all(each.most == len(each.items) * (len(each.answers) - 1) for each in (PHQ9, GAD7))


def answers(instrument: Instrument) -> st.SearchStrategy[list[int | None]]:
    size = len(instrument.items)
    one = st.one_of(st.none(), st.integers(0, len(instrument.answers) - 1))
    return st.lists(one, min_size=size, max_size=size)


@given(st.data(), st.sampled_from((PHQ9, GAD7)))
def test_adds_up_what_was_answered_and_nothing_where_one_was_left_out(data: st.DataObject, of: Instrument) -> None:
    items = data.draw(answers(of))
    total = of.total(items)
    if None in items:
        assert total is None
    else:
        assert total == sum(item or 0 for item in items) <= of.most
        assert of.band(total)
    alerted = of is PHQ9 and (items[8] or 0) > 0
    assert of.alert(items) == (AlertCause.PHQ_ITEM_9 if alerted else None)
    assert bool(score_refusals(of, items, None)) == (set(items) == {None})


def said(**yes: bool) -> list[int | None]:
    """Everything asked and answered no, but these."""
    names = ("q1", "q2", "q3", "q4", "q5", "ever", "lately")
    return [int(yes.get(name, False)) for name in names]


def test_triages_every_answer_to_the_screener() -> None:
    """All of them: 4, 5 or behaviour in 3 months; else 3 or behaviour ever; else 1 or 2 (domain.md section 5)."""
    for items in product((0, 1), repeat=7):
        one, two, three, four, five, ever, lately = items
        expected = (
            Risk.HIGH
            if four or five or lately
            else Risk.MODERATE
            if three or ever
            else Risk.LOW
            if one or two
            else Risk.NONE
        )
        assert CSSRS.risk(items) is expected
        assert (CSSRS.alert(items) is not None) == (expected in (Risk.MODERATE, Risk.HIGH))


@pytest.mark.parametrize(
    ("items", "level", "alert"),
    [
        ([0, 0, None, None, None, 0, None], Risk.NONE, None),  # 3 to 5 are not asked after a no to 2
        ([None, 0, None, None, None, 0, None], None, None),
        ([0, 0, None, None, None, None, None], None, None),
        ([None, None, None, 1, None, None, None], Risk.HIGH, AlertCause.CSSRS_HIGH),
        ([None, None, 1, None, None, None, None], Risk.MODERATE, AlertCause.CSSRS_MODERATE),
        ([None, 1, None, None, None, None, None], Risk.LOW, None),
    ],
)
def test_counts_a_yes_whatever_was_left_out(
    items: list[int | None], level: Risk | None, alert: AlertCause | None
) -> None:
    assert (CSSRS.risk(items), CSSRS.alert(items)) == (level, alert)


@pytest.mark.parametrize(
    ("first", "now", "responded"), [(20, 10, True), (20, 11, False), (15, 7, True), (15, 8, False), (0, 0, False)]
)
def test_calls_a_fall_of_half_a_response(first: int, now: int, responded: bool) -> None:
    assert PHQ9.responded(first, now) is responded
    line = PHQ9.response_line(first)
    assert responded == (line is not None and now <= line)


@pytest.mark.parametrize(("code", "most"), [("phq9", 4), ("gad7", 4), ("madrs", 9), ("hama", 7)])
def test_calls_below_its_line_a_remission(code: str, most: int) -> None:
    assert (ALL[code].remitted(most), ALL[code].remitted(most + 1)) == (True, False)
    assert not ALL["cadss"].remitted(0)


@pytest.mark.parametrize(
    ("of", "items", "total", "field"),
    [
        (PHQ9, [0] * 8, None, "item_1"),
        (PHQ9, [0] * 9, 0, "item_1"),
        (PHQ9, [0] * 8 + [4], None, "item_9"),
        (PHQ9, [-1] + [0] * 8, None, "item_1"),
        (PHQ9, [None] * 9, None, "item_1"),
        (CSSRS, [0] * 6 + [2], None, "item_7"),
        (MADRS, [], None, "total"),
        (MADRS, [], 61, "total"),
        (MADRS, [], -1, "total"),
        (MADRS, [1], 60, "total"),
    ],
)
def test_refuses_what_cannot_be_a_score(of: Instrument, items: list[int | None], total: int | None, field: str) -> None:
    assert [refusal.params["field"] for refusal in score_refusals(of, items, total)] == [field]


@pytest.mark.parametrize(
    ("of", "items", "total", "found"),
    [
        (PHQ9, [0] * 8, None, field_refusal("item_1", "unknown")),
        (PHQ9, [None] * 9, None, field_refusal("item_1", "nothing_entered")),
        (PHQ9, [0] * 8 + [4], None, field_refusal("item_9", "impossible", value=4, low=0, high=3)),
        (CSSRS, [0] * 6 + [2], None, field_refusal("item_7", "impossible", value=2, low=0, high=1)),
        (MADRS, [], None, field_refusal("total", "nothing_entered")),
        (MADRS, [1], 60, field_refusal("total", "unknown")),
        (MADRS, [], 61, field_refusal("total", "impossible", value=61, low=0, high=60)),
    ],
)
def test_says_why(of: Instrument, items: list[int | None], total: int | None, found: Refusal) -> None:
    assert score_refusals(of, items, total) == (found,)


def test_takes_both_ends_of_a_total() -> None:
    assert score_refusals(MADRS, [], 0) == score_refusals(MADRS, [], 60) == ()


def test_says_of_every_definition_whether_a_source_stands_behind_it() -> None:
    unsure = {
        (code, name)
        for code, each in ALL.items()
        for name in ("response", "remission")
        if (said := getattr(each, name)) and not said.checked
    }
    assert unsure == {
        ("gad7", "response"),
        ("gad7", "remission"),
        ("madrs", "response"),
        ("hama", "response"),
        ("hama", "remission"),
    }


def test_words_no_question_that_could_not_be_compared() -> None:
    """Only what was compared letter for letter is shown, in the language it was compared in."""
    assert {code for code, each in ALL.items() if each.by_patient} == {"phq9", "gad7"}
    assert all(each.languages == ("en",) and each.lead for each in (PHQ9, GAD7))
    assert all(words.startswith("Question ") for words in CSSRS.items)
    assert {each.kind for each in ALL.values()} == set(Kind)


SMALL = """
code = "small"
version = "3"
label = "Small"
title = "A small scale"
about = "depression"
kind = "items"
most = 4
by_patient = true
source = "Made up."
lead = "How often?"
answers = ["never", "some", "often"]
items = ["One", "Two"]
languages = ["en"]
risk_item = 2
bands = { little = 1, much = 3 }
response = { fall_percent = 50, note = "By half.", checked = true }
remission = { below = 1, note = "Gone.", checked = false }
"""


def test_it_is_read_from_its_file() -> None:
    small = parse_instrument(SMALL)
    assert small == Instrument(
        code="small",
        version="3",
        label="Small",
        title="A small scale",
        about="depression",
        kind=Kind.ITEMS,
        most=4,
        by_patient=True,
        source="Made up.",
        lead="How often?",
        answers=("never", "some", "often"),
        items=("One", "Two"),
        languages=("en",),
        risk_item=2,
        bands={"little": 1, "much": 3},
        response=Definition(50, "By half.", True),
        remission=Definition(1, "Gone.", False),
    )
    without = parse_instrument("\n".join(SMALL.splitlines()[:10]))
    assert (without.answers, without.items, without.languages) == ((), (), ())
    assert (without.response, without.remission) == (None, None)


def test_what_it_says_of_answers() -> None:
    small = parse_instrument(SMALL)
    assert [small.total(items) for items in ([1, 2], [0, 0], [None, 2])] == [3, 0, None]
    assert MADRS.total([1]) is None
    assert [small.band(total) for total in (0, 1, 2, 3)] == ["", "little", "little", "much"]
    assert [small.alert(items) for items in ([2, 0], [0, 1], [2, None])] == [None, AlertCause.PHQ_ITEM_9, None]
    assert [small.responded(4, total) for total in (3, 2, 1)] == [False, True, True]
    assert not small.responded(0, 0)
    assert [small.responded(101, total) for total in (51, 50)] == [False, True]
    assert (small.response_line(4), small.response_line(0)) == (2, None)
    assert [small.remitted(total) for total in (0, 1)] == [True, False]

"""Scores, and the alerts they open: the release waits, whoever comes first."""

from typing import Any

import pytest
from django.db import connection

from clinic.models import Correction
from sessions_app.actions.score import void_score
from sessions_app.models import SafetyAlert, Score
from sessions_app.models.facts import session_facts
from tests.expect import denied, held_by, refused
from tests.factories import (
    STAY_ENDS,
    Cast,
    Walk,
    entry,
)
from tests.sessions_app.actions.asked import CALM, ITEM_9, alert_of, answered, asked, walk

__all__ = ["walk"]


class TestRecordScore:
    def test_it_keeps_the_items_and_their_sum(self, walk: Walk) -> None:
        score = asked(walk, CALM)
        assert (score.items, score.total, score.risk, score.answered_by) == (CALM, 8, "", "STAFF")
        assert not SafetyAlert.objects.exists()

    def test_it_makes_no_total_of_what_was_left_out(self, walk: Walk) -> None:
        assert asked(walk, [3, None, *CALM[2:]]).total is None

    def test_it_refuses_what_cannot_be(self, walk: Walk) -> None:
        with refused("FIELD", field="item_9"):
            asked(walk, [0] * 8 + [4])
        with refused("FIELD", field="total"):
            asked(walk, [], code="madrs", total=61)


class TestVoidScore:
    def void(self, score: Score, cast: Cast, **said: Any) -> Correction:
        given = {"score": score, "reason": "Another patient's.", "entry": entry(), "by": cast.paul, "now": STAY_ENDS}
        return void_score(**{**given, **said})

    def test_it_takes_the_alert_with_it_and_needs_the_prescriber(self, walk: Walk) -> None:
        score = asked(walk, ITEM_9)
        with denied():
            self.void(score, walk.cast, by=walk.cast.nora)
        self.void(score, walk.cast)
        with refused("NOTHING_TO_ANSWER"):
            answered(alert_of(score), walk.cast)
        with refused("ALREADY_VOIDED"):
            self.void(score, walk.cast)
        walk.release(STAY_ENDS)

    def test_a_nurse_takes_back_what_opened_none(self, walk: Walk) -> None:
        self.void(asked(walk, CALM), walk.cast, by=walk.cast.nora)
        assert session_facts(walk.refresh(), at=STAY_ENDS).safety_alerts == ()


class TestTheDatabase:
    """Against plain SQL, as the application's own role."""

    @pytest.mark.parametrize(
        ("changed", "broken"),
        [
            ("total = total + 1", "score_total_is_the_sum"),
            ("total = NULL", "score_total_is_the_sum"),
            ("items = ARRAY[1,1,1,1,1,1,1,1,4], total = 12", "score_items_in_range"),
            ("items = ARRAY[1,1], total = 2", "score_items_in_range"),
            ("items = ARRAY[1,1,1,1,1,1,1,1,NULL]::smallint[], total = 8", "score_total_is_the_sum"),
            ("items = ARRAY[1,1,1,1,1,1,1,1,1], total = 9", "score_opens_its_alert"),
            ("risk = 'HIGH'", "score_risk_follows"),
            ("instrument = 'rorschach'", "score_instrument_known"),
            ("instrument = 'madrs', items = '{}', total = 61", "score_total_in_range"),
            ("instrument = 'cssrs', items = ARRAY[0,0,0,0,0,0,0], total = NULL", "score_risk_follows"),
            (
                "instrument = 'cssrs', items = ARRAY[0,0,0,1,0,0,0], total = NULL, risk = 'HIGH'",
                "score_opens_its_alert",
            ),
        ],
    )
    def test_it_holds_what_a_score_is(self, walk: Walk, changed: str, broken: str) -> None:
        made = asked(walk, CALM)
        columns = [field.column for field in Score._meta.concrete_fields]
        said = {"id": "gen_random_uuid()", **_parts(changed)}
        values = ", ".join(said.get(column, column) for column in columns)
        with held_by(broken), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO sessions_app_score ({', '.join(columns)}) SELECT {values} FROM sessions_app_score"
                " WHERE id = %s",
                [made.pk],
            )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _parts(changed: str) -> dict[str, str]:
    """``column = value`` apart; a comma within brackets belongs to the value."""
    found, depth, part = [], 0, ""
    for letter in changed:
        depth += {"[": 1, "]": -1}.get(letter, 0)
        if letter == "," and not depth:
            found.append(part)
            part = ""
        else:
            part += letter
    return {name.strip(): value.strip() for name, value in (each.split(" = ", 1) for each in [*found, part])}

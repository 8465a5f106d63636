"""Lines of what happened: in words, whatever code the row holds."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from clinic.models import Patient
from sessions_app.models import Deviation, DosingSession, GateException
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.asked import ASKED
from sessions_app.presenters.timeline import LINES
from sessions_app.rules.signs import GATE_CODES
from tests.sessions_app.rules.builders import ESKETAMINE

READER = Reader(ZoneInfo("America/New_York"), datetime(2026, 4, 14, tzinfo=UTC), ESKETAMINE)
SESSION = DosingSession(patient=Patient(first_name="Rosalind", last_name="Tamarack"))
# Of any form, not of a gate; a fact is never recorded against them.
OF_A_FORM = {"STATE", "FIELD", "CLOCK"}


@pytest.mark.parametrize(
    ("code", "reason", "words"),
    [
        ("FROM_PAPER", "Power cut.", "From paper: Power cut."),
        ("PEAK_CHECK", "Asleep.", "Deviation: Asleep."),
        (
            "DISCHARGE_GATE",
            "BP, SEDATION",
            "Deviation: what was entered since would have closed a gate (blood pressure, sedation)",
        ),
        (
            "PRESCRIBER_ABSENT",
            "PRESCRIBER_ABSENT",
            "Deviation while the patient was watched: No prescriber on site",
        ),
    ],
)
def test_it_says_a_deviation_in_words(code: str, reason: str, words: str) -> None:
    row = Deviation(dosing_session=SESSION, code=code, reason=reason)
    assert LINES[Deviation](row, READER) == words


def test_it_says_an_exception_in_words() -> None:
    row = GateException(codes=["DEVICE_INTERVAL", "RESPIRATORY"], reason="Given at once.")
    assert (
        LINES[GateException](row, READER) == "Exception (rest between devices, respiratory depression): Given at once."
    )


def test_it_has_a_word_for_everything_that_a_gate_asks() -> None:
    assert set(GATE_CODES) - OF_A_FORM - set(ASKED) == set()

"""Every refusal of both gates is said in words: what is missing and what clears it, and never how we call it."""

import re
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from clinic.rules.refusals import Refusal
from clinic.rules.roles import ROLE_PERMISSIONS, Permission, Role
from sessions_app.presenters.merge import merged
from sessions_app.presenters.refusal import PROBLEMS, SENTENCES, grouped, line_words, sentence_of
from sessions_app.presenters.sentences import Reader
from tests.sessions_app.rules import discharge_cases, start_cases
from tests.sessions_app.rules.builders import PROGRAMS

SESSION = UUID(int=7)
SCENES = {
    f"{program.code}: {gate}: {name}": (program, make)
    for program in PROGRAMS
    for gate, cases in (("start", start_cases.CASES), ("discharge", discharge_cases.CASES))
    for name, (_code, make, _ways) in cases.items()
}


def refusals_of(scene: str) -> tuple[Reader, tuple[Refusal, ...]]:
    program, make = SCENES[scene]
    made = make(program)
    return Reader(ZoneInfo("America/New_York"), made.now, program), made.refusals()


@pytest.mark.parametrize("scene", SCENES)
class TestSentences:
    def test_it_says_what_is_missing_and_what_clears_it(self, scene: str) -> None:
        reader, refusals = refusals_of(scene)

        assert refusals
        for refusal in refusals:
            sentence = sentence_of(refusal, reader)
            for text in (str(sentence.what), str(sentence.clears)):
                assert len(text) > 3
                assert "%(" not in text
                assert refusal.code not in text.split()
                assert not re.search(r"[0-9a-f]{8}-|_|\bNone\b|error|invalid|please|!", text, re.IGNORECASE), text

    def test_every_refusal_is_on_the_page_once(self, scene: str) -> None:
        reader, refusals = refusals_of(scene)

        lines = merged(refusals)
        groups = grouped(refusals, reader, session_id=SESSION, permissions=ROLE_PERMISSIONS[Role.PRESCRIBER])

        assert sorted(map(id, refusals)) == sorted(id(refusal) for line in lines for refusal in line)
        assert sum(len(group["refusals"]) for group in groups) == len(lines)
        assert all(line_words(line, reader)["what"] for line in lines)

    def test_a_reader_without_a_right_gets_no_button(self, scene: str) -> None:
        reader, refusals = refusals_of(scene)

        groups = grouped(refusals, reader, session_id=SESSION, permissions=frozenset({Permission.VIEW}))

        urls = [item.get("action_url", "") for group in groups for item in group["refusals"]]
        assert all(not url or "/facility/" in url or url.endswith("/patient/") for url in urls)


def test_every_sentence_and_every_problem_can_be_translated() -> None:
    """Sentences are made when asked for, or lazily: none is fixed in the language of the first import."""
    with translation.override("es"):
        assert all(callable(sentence) for sentence in SENTENCES.values())
        assert not [code for code, text in PROBLEMS.items() if isinstance(text, str)]

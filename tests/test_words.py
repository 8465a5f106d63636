"""Every text that a person reads is marked for translation, is said as LOOK.md has it, and can be looked up. Fast: it
reads the source. tests/test_other_language.py shows the same on the pages."""

import ast
import re
from collections.abc import Iterable

import pytest

from sessions_app.presenters.patient_texts import SYMPTOMS, TEXTS
from tests.marks import looked_up_too_early, messages_in_python, messages_in_templates
from tests.source import ROOT
from tests.words import (
    ONE_LANGUAGE,
    Text,
    said_by_script,
    texts_in,
    unkind,
    unmarked_in,
    unmarked_in_python,
    unmarked_in_templates,
    words_of_scripts,
    words_of_stylesheets,
)


def none_of(found: Iterable[Text], what_to_do: str) -> None:
    lines = "\n".join(map(str, found))
    assert not lines, f"{what_to_do}:\n{lines}"


class TestWhatIsMarked:
    def test_it_is_every_text_of_a_template(self) -> None:
        none_of(
            unmarked_in_templates(), "put it into {% translate %}, or name it in tests/words.py NAMES with a reason"
        )

    def test_it_is_every_text_of_the_code(self) -> None:
        none_of(unmarked_in_python(), "wrap it in gettext, or name it in tests/words.py NAMES with a reason")

    def test_it_is_never_a_text_of_a_script(self) -> None:
        none_of(words_of_scripts(), "a script takes its words from the page: put them into a template")

    def test_it_is_never_a_text_of_a_stylesheet(self) -> None:
        none_of(words_of_stylesheets(), "no catalogue reaches a stylesheet: put it into a template")

    def test_it_is_a_plain_string(self) -> None:
        """Neither put together nor a variable: a catalogue could not hold it."""
        wrong = (text for text, message in messages_in_python() if not isinstance(message, ast.Constant))
        none_of(wrong, "give gettext one plain string, and fill it in with % afterwards")

    def test_it_is_looked_up_when_it_is_read(self) -> None:
        none_of(looked_up_too_early(), "outside of functions use gettext_lazy")

    def test_it_keeps_its_list_of_exceptions_true(self) -> None:
        assert not [name for name in ONE_LANGUAGE if not (ROOT / name).exists()]


class TestHowItIsSaid:
    def test_it_is_plain_and_kind_and_has_twenty_four_hours(self) -> None:
        texts = [*(text for text, _message in messages_in_python()), *messages_in_templates()]
        assert len(texts) > 1500
        none_of((text for text in texts if unkind(text.text)), 'say it as LOOK.md, "Words", has it')

    @pytest.mark.parametrize(
        "text", ["Saved successfully", "Please sign", "An error", "Done!", "9:05 a.m.", "Invalid", "at 5 pm"]
    )
    def test_it_minds(self, text: str) -> None:
        assert unkind(text)

    @pytest.mark.parametrize("text", ["Entered in error: the second person", "I am the prescriber", "97 %"])
    def test_it_does_not_mind(self, text: str) -> None:
        assert not unkind(text)


SCALES = re.compile(r"MOAA/S|CADSS|PHQ-9|GAD-7|C-SSRS|MADRS|HAM-A")
# The first words of items and anchors: MOAA/S (Chernik 1990), CADSS (Bremner 1998), PHQ-9, GAD-7, C-SSRS screener.
ITEMS = re.compile(
    r"(?i)(responds (readily|only|slowly)|lethargic response|painful trapezius|mild prodding"
    r"|moving in slow motion|seem unreal to you|separated from what is happening|out of your body|object was"
    r"|little interest or pleasure|feeling down, depressed|several days|more than half the days|nearly every day"
    r"|nervous, anxious|stop or control worrying|wished you were dead|thoughts of killing yourself)"
)


class TestValidatedScales:
    """Never translated by us: their items and anchors stand in nobody's catalogue and in no table of ours. A file of
    items is named in ONE_LANGUAGE; the words of MOAAS_WORDS are our own, and not the scale's."""

    def test_no_item_of_theirs_is_marked(self) -> None:
        texts = [*(text for text, _message in messages_in_python()), *messages_in_templates()]
        none_of((text for text in texts if ITEMS.search(text.text)), "a validated scale is never translated by us")

    def test_nothing_of_theirs_stands_among_what_patients_read(self) -> None:
        said = [words for texts in (*TEXTS.values(), *SYMPTOMS.values()) for words in texts.values()]
        assert not [words for words in said if ITEMS.search(words) or SCALES.search(words)]

    def test_their_names_are_data_and_no_messages(self) -> None:
        texts = [*(text for text, _message in messages_in_python()), *messages_in_templates()]
        none_of((text for text in texts if SCALES.fullmatch(text.text)), "the name of a scale is the same everywhere")


class TestWhatItSees:
    @pytest.mark.parametrize(
        "source",
        [
            "<p>Unmarked</p>",
            "<p>\n{{ name }} left</p>",
            '<img alt="A chair">',
            '<button aria-label="Close"></button>',
            '<input placeholder="Name">',
            '<p data-still="Still empty"></p>',
            '{% include "x.html" with title="Two words" %}',
            "{{ name|default:'Nobody yet' }}",
            "{% block title %}Floor{% endblock %}",
        ],
    )
    def test_it_sees_it_in_a_template(self, source: str) -> None:
        assert list(texts_in(source))

    @pytest.mark.parametrize(
        "source",
        [
            '<p>{% translate "Marked" %} · 12 <b>{{ n }}</b></p>',
            "{% blocktranslate %}One of {{ n }}{% endblocktranslate %}",
            "<b title=\"{% translate 'Marked' %}\">SpO₂ 97 %</b>",
            "{% comment %}For builders{% endcomment %}",
            "{% block main_class %}review wide{% endblock %}",
            '<{{ tag }} class="btn btn-lg">{% firstof x _("Void") %}</{{ tag }}>',
            "<script>let twoWords = 'of code';</script>",
        ],
    )
    def test_it_leaves_the_rest_of_a_template(self, source: str) -> None:
        assert list(texts_in(source)) == []

    @pytest.mark.parametrize(
        "source",
        [
            'what = "No prescriber here"',
            'row = {"label": "born"}',
            'Step(title="Floor")',
            'say = f"{count} things left"',
            'raise ValidationError("Choose one")',
            'WORDS = {"a": "Saved"}',
        ],
    )
    def test_it_sees_it_in_the_code(self, source: str) -> None:
        assert list(unmarked_in(ast.parse(source), layer="presenters"))

    @pytest.mark.parametrize(
        "source",
        [
            '"""What this is for."""',
            'what = _("No prescriber here")',
            'raise ValueError("nobody calls it so")',
            'def f(x: "Check") -> "tuple[int, str]": ...',
            'state = "MONITORING"',
            'classes = "btn btn-primary"',
        ],
    )
    def test_it_leaves_the_rest_of_the_code(self, source: str) -> None:
        assert list(unmarked_in(ast.parse(source), layer="presenters")) == []

    @pytest.mark.parametrize(
        "source",
        ['note.textContent = "Saved";', 'say("Not sent yet")', "alert('Late')", "x = `${n} checks wait here.`"],
    )
    def test_it_sees_it_in_a_script(self, source: str) -> None:
        assert list(said_by_script(source))

    @pytest.mark.parametrize(
        "source",
        [
            '"use strict";',
            "// It says nothing.\nx()",
            'find("main form[method=post]")',
            "note.textContent = words.saved;",
        ],
    )
    def test_it_leaves_the_rest_of_a_script(self, source: str) -> None:
        assert list(said_by_script(source)) == []

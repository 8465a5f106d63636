"""The house rules that a machine can check (docs: design of the house)."""

import ast
import re
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from sessions_app.models.program import parse_program
from sessions_app.presenters.refusal import PROBLEMS, SENTENCES
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.rules.states import ENDED, OPEN, TRANSITIONS, State, may_go, transition_refusals
from tests.source import (
    APPS,
    LAYERS,
    ROOT,
    attributes,
    calls,
    imports,
    layer_files,
    layer_of,
    name_of,
    parameters,
    public_functions,
    python_files,
    syntax,
    without_default,
)

# Who may import whom: a layer knows those named here and its own. Presenters are handed what they show.
MAY_IMPORT: dict[str, set[str]] = {
    "rules": set(),
    "models": {"rules"},
    "actions": {"rules", "models"},
    "presenters": {"rules", "models"},
    "forms": {"rules", "models", "presenters", "actions"},
    "views": {"rules", "models", "presenters", "actions", "forms"},
}
CLOCKS = re.compile(
    r"(^|\.)(timezone\.(now|localtime|localdate)|datetime\.(now|utcnow|today)|date\.today|time\.(time|monotonic)"
    r"|clock\.(now|database_now))$"
)
# Machinery that actions stand on; the rest of these folders are actions.
MACHINERY = {"entry.py", "session_entry.py", "rejudge.py", "exception.py"}


def action_files() -> list[Path]:
    return [file for file in layer_files("actions") if file.name not in MACHINERY]


class TestImports:
    def test_it_goes_one_way(self) -> None:
        wrong = [
            (name_of(file), module)
            for layer in LAYERS
            for file in layer_files(layer)
            for module in imports(file)
            if (found := layer_of(module)) and found[1] != layer and found[1] not in MAY_IMPORT[layer]
        ]
        assert wrong == []

    def test_it_never_goes_back_to_the_sessions(self) -> None:
        wrong = [
            (name_of(file), module)
            for file in python_files("clinic")
            for module in imports(file)
            if module.split(".")[0] == "sessions_app"
        ]
        assert wrong == []

    def test_it_keeps_rules_to_the_standard_library(self) -> None:
        wrong = [
            (name_of(file), module)
            for file in layer_files("rules")
            for module in imports(file)
            if module.split(".")[0] not in sys.stdlib_module_names and (layer_of(module) or ("", ""))[1] != "rules"
        ]
        assert wrong == []

    def test_it_knows_no_admin_and_no_signals(self) -> None:
        for file in python_files(*APPS):
            for module in imports(file):
                assert not module.startswith(("django.contrib.admin", "django.db.models.signals", "django.dispatch"))
            assert file.name != "admin.py"
        assert not apps.is_installed("django.contrib.admin")
        assert not [route for route in routes() if re.match("admin(/|$)", route)]
        assert "django.contrib.auth.backends.ModelBackend" not in settings.AUTHENTICATION_BACKENDS


def routes(resolver: URLResolver | None = None, before: str = "") -> list[str]:
    found = []
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += routes(pattern, route)
        elif isinstance(pattern, URLPattern):
            found.append(route)
    return found


class TestTheClock:
    def test_it_is_read_by_views_and_commands_only(self) -> None:
        below = [*layer_files("rules", "models", "actions", "presenters", "forms")]
        below += [ROOT / "clinic" / f"{name}.py" for name in ("audit", "access", "constraints", "identifiers")]
        wrong = [(name_of(file), name) for file in below for name in attributes(file) if CLOCKS.search(name)]
        assert wrong == []
        assert not [file for file in below if "clinic.clock" in imports(file)]

    def test_it_is_looked_for_under_every_name(self) -> None:
        for name in ("timezone.now", "datetime.now", "datetime.datetime.now", "date.today", "clock.now", "time.time"):
            assert CLOCKS.search(name)
        assert not CLOCKS.search("facts.now")


class TestViews:
    def test_it_asks_models_by_their_sentences(self) -> None:
        wrong = [
            (name_of(file), name)
            for file in layer_files("views")
            for name in attributes(file)
            if re.search(r"\.(objects|_default_manager)\b", name)
        ]
        assert wrong == []


class TestActions:
    @pytest.mark.parametrize("file", action_files(), ids=name_of)
    def test_it_is_keyword_only_with_by_and_now_and_no_default_for_them(self, file: Path) -> None:
        for function in public_functions(file):
            if "by" not in parameters(function):
                continue  # a question that an action asks
            assert function.args.args == [], function.name
            must = {"by", "now"} | ({"entry"} & parameters(function))
            assert must <= without_default(function), function.name
            assert ast.get_docstring(function), function.name

    def test_it_is_named_verb_first_and_tested_under_its_name(self) -> None:
        for file in layer_files("actions"):
            if file.name != "__init__.py":
                app = file.relative_to(ROOT).parts[0]
                assert (ROOT / "tests" / app / "actions" / f"test_{file.name}").exists(), name_of(file)


class TestRules:
    @pytest.mark.parametrize("file", layer_files("rules"), ids=name_of)
    def test_it_is_given_its_time(self, file: Path) -> None:
        for function in public_functions(file):
            for name in {"now", "today"} & parameters(function):
                if function.name.endswith("_refusals"):
                    assert name in without_default(function), function.name

    def test_it_answers_with_reasons(self) -> None:
        for file in layer_files("rules"):
            for function in public_functions(file):
                if function.name.endswith("_refusals"):
                    assert "Refusal" in ast.unparse(function.returns or ast.Constant("")), function.name
                    assert ast.get_docstring(function), function.name


class TestWhatIsForPlanningAlone:
    def test_no_gate_rule_or_action_knows_when_somebody_usually_leaves(self) -> None:
        """Not by way of another file either."""
        planning = {f"sessions_app.{layer}.expected_departure" for layer in ("rules", "models")}
        modules = {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in python_files(*APPS)}
        assert planning <= modules.keys()
        starts = {name for name in modules if name.split(".")[1] in ("rules", "actions")} - planning
        reached, waiting = set[str](), starts
        while waiting:
            reached |= waiting
            waiting = {each for name in waiting for each in imports(modules[name]) & modules.keys()} - reached
        assert reached & planning == set()
        assert {"sessions_app.rules.gates", "sessions_app.models.facts"} <= reached


class TestTheStateTable:
    def test_it_is_total(self) -> None:
        for state in State:
            for to in State:
                assert may_go(state, to) == (transition_refusals(state, to) == ())
        assert {state for pair in TRANSITIONS for state in pair} == set(State)
        assert set(STATE_WORDS) == set(State)

    def test_it_reaches_every_state_from_a_booking_and_an_end_from_every_open_one(self) -> None:
        assert reachable(State.SCHEDULED) == set(State) - {State.SCHEDULED}
        for state in OPEN:
            assert reachable(state) & set(ENDED)

    def test_it_has_entered_in_error_behind_everything_and_nothing_behind_that(self) -> None:
        assert {start for start, end in TRANSITIONS if end is State.ENTERED_IN_ERROR} == set(State) - {
            State.ENTERED_IN_ERROR
        }
        assert not reachable(State.ENTERED_IN_ERROR)


def reachable(state: State) -> set[State]:
    found: set[State] = set()
    new = {state}
    while new:
        new = {end for start, end in TRANSITIONS if start in new} - found
        found |= new
    return found


class TestFiles:
    def test_it_is_at_most_300_lines(self) -> None:
        files = [*python_files(*APPS, "tests"), *ROOT.glob("*.py"), *(ROOT / "templates").rglob("*.html")]
        assert {name_of(file): n for file in files if (n := len(file.read_text().splitlines())) > 300} == {}

    def test_it_is_called_by_its_noun(self) -> None:
        vague = {"utils", "helpers", "services", "managers", "common", "misc"}
        assert not [name_of(file) for file in python_files(*APPS, "tests") if file.stem in vague]

    def test_it_hides_nothing_in_save(self) -> None:
        for file in layer_files("models", "forms"):
            defined = {node.name for node in ast.walk(syntax(file)) if isinstance(node, ast.FunctionDef)}
            assert not defined & {"save", "delete", "full_clean"}, name_of(file)

    def test_it_names_no_session_that_is_djangos(self) -> None:
        for file in layer_files("models"):
            classes = {node.name for node in ast.walk(syntax(file)) if isinstance(node, ast.ClassDef)}
            assert "Session" not in classes


def literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


class TestSentences:
    def test_it_has_one_for_every_code(self) -> None:
        found = {"STATE", "FIELD"}
        for file in (*layer_files("rules", "actions", "views"), ROOT / "clinic" / "clock.py"):
            found |= {code for call in calls(file, "Refusal") if (code := literal(call.args[0]))}
        for program in (*ROOT.glob("sessions_app/programs/*.toml"), *ROOT.glob("tests/programs/*.toml")):
            signs = parse_program(program.read_text(encoding="utf-8"), file=program.name).signs
            assert all(sign.label for sign in signs)  # one sentence for all signs, filled with the sign's label
        assert len(found) > 30
        assert found - set(SENTENCES) == set()

    def test_it_has_one_for_every_code_that_is_put_together(self) -> None:
        """Codes that reach ``Refusal`` through a variable: the strings in capitals of the rules that yield them."""
        gates = [ROOT / "sessions_app" / "rules" / f"{name}.py" for name in ("administration", "discharge")]
        named = {
            text
            for file in gates
            for node in ast.walk(syntax(file))
            if isinstance(node, ast.Constant)
            and isinstance(text := node.value, str)
            and re.fullmatch("[A-Z_]{4,}", text)
        }
        assert {"FASTING", "LIQUID", "NASAL", "SERIOUS_EVENT", "SAFETY_ALERT"} <= named
        assert named - set(SENTENCES) == set()

    def test_it_has_one_for_every_problem_of_a_field_with_all_it_names(self) -> None:
        seen = set()
        for file in layer_files("rules", "actions", "forms", "views"):
            for call in calls(file, "field_refusal"):
                problem = literal(call.args[1])
                if problem is None:
                    continue
                seen.add(problem)
                assert problem in PROBLEMS, (name_of(file), problem)
                wanted = set(re.findall(r"%\((\w+)\)", str(PROBLEMS[problem])))
                given = {keyword.arg for keyword in call.keywords}
                assert None in given or wanted <= given, (name_of(file), problem, wanted - given)
        assert len(seen) > 20

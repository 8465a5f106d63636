"""Every text of ours that a person reads, as it stands in the source: marked for translation, or not yet."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, Token, TokenType

from tests.source import APPS, ROOT, name_of, python_files, syntax

# The same in every language, and why.
NAMES = {
    "Vigil": "the name of this application",
    "SpO₂": "a symbol",
    "mmHg": "a unit",
    "Breaths per minute": "a key of the programme's data, never shown as it stands",
    "blurred sight": "a code",
    "Answer": "the name of a table",
    "Check": "the name of a table",
    "private, no-store": "a header",
    "text/javascript; charset=utf-8": "a header",
    "any maskable": "purposes of an icon",
    "text/csv; charset=utf-8": "a header",
    "lock timeout": "what PostgreSQL says",
    "at the end": "when a trigger fires",
    "NDC": "what the National Drug Code is called",
    "Main cabinet": "the name of a row: a clinic's first cabinet",
    "The device delivered.": "a reason as it is kept in the ledger",
    "Did not come.": "the reason of a no-show, as it is kept",
    "Taken for a session that is over; nobody said what became of it.": "the words of a discrepancy, as they are kept",
}
# Python that nobody at a clinic reads: what it says goes to whoever runs or builds the server.
_FOR_BUILDERS = {"demo", "simulate", "management", "apps"} | {
    *("checks", "constraints", "embedded_postgres", "environment", "grants", "health", "logs", "postgres_host"),
    *("restored", "seal", "settings", "verification"),
}
# Written once, in one language, and why.
ONE_LANGUAGE = {
    "clinic/presenters/sign_in.py": "names of browsers and systems",
    "clinic/rules/attestations.py": "signed word by word; other words are another edition",
    "clinic/rules/certification.py": "the arrows of a diagram for builders",
    "clinic/rules/roles.py": "docs/permissions.md",
    "sessions_app/models/insight/base.py": "statements for the database",
    "sessions_app/models/insight/national.py": "statements for the database",
    "sessions_app/rules/insight.py": "conditions for the database",
    "sessions_app/rules/national.py": "conditions for the database",
    "sessions_app/presenters/own_copy.py": "every language stands in it, side by side (docs/decisions/0027)",
    "sessions_app/presenters/patient_texts.py": "every language stands in it, side by side (docs/decisions/0027)",
    "sessions_app/rules/filing.py": "the arrows of a diagram for builders",
    "sessions_app/rules/states.py": "the arrows of a diagram for builders",
}
# LOOK.md, "Words"; times have twenty-four hours.
UNKIND = re.compile(r"(?i)\b(error|invalid|please|successful(ly)?|oops|non-?compliant)\b|!|\d ?[ap]\.?m\b|\b[ap]\.m\.")
_ITS_NAME = re.compile("(?i)entered in error")  # of the state (gate.md)
LETTERS = r"[^\W\d_]"


@dataclass(frozen=True)
class Text:
    """What is said, and where: file:line."""

    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text!r}"


_SQL = re.compile(r"\b(ALTER|AND|CREATE|DROP|EXECUTE|EXISTS|FROM|GRANT|INSERT|SELECT|UNION|UPDATE|WHERE)\b")


def unkind(text: str) -> bool:
    """Not as LOOK.md has it."""
    return bool(UNKIND.search(_ITS_NAME.sub("", text)))


def reads_as_words(text: str) -> bool:
    """Two words, or one with a capital: no key, no code, no selector, no statement of SQL, no class of a stylesheet."""
    text = re.sub(r"<[^>]*>", "", text)
    if text in NAMES or _SQL.search(text) or (text.upper() == text != text.lower() and "_" in text):
        return False
    if set(text.split()) <= classes() | {""}:
        return False
    two = re.search(rf"{LETTERS}{{2,}}[,.:;]? +{LETTERS}{{2,}}", text)
    return bool(two or re.fullmatch(r"[A-Z][a-zé]+[.:,…?]?", text))


@cache
def classes() -> frozenset[str]:
    """Every class a stylesheet names."""
    sheets = (file.read_text(encoding="utf-8") for app in APPS for file in (ROOT / app / "static").rglob("*.css"))
    return frozenset(name for sheet in sheets for name in re.findall(r"\.([a-z][\w-]*)", sheet)) | {"numberinput"}


# --- templates -----------------------------------------------------------------------------------------------------

READ_ATTRIBUTES = {"alt", "title", "aria-label", "aria-description", "aria-roledescription", "placeholder", "label"}
# Blocks whose words are classes and attributes of a tag of the base.
_IN_A_TAG = re.compile(r"(\w+_class|\w+_attrs|nav_\w+)$")
_ENDS = {"blocktranslate": "endblocktranslate", "comment": "endcomment"}
_LITERAL = re.compile(r"(?<!_\()(?P<quote>[\"'])(?P<text>.*?)(?P=quote)")
_NO_WORDS_IN = {"url", "static", "load", "extends", "icon", "block", "translate"}


def templates() -> list[Path]:
    folder = ROOT / "templates"
    return sorted(file for kind in ("html", "txt", "js", "webmanifest") for file in folder.rglob(f"*.{kind}"))


def tag_of(token: Token) -> str:
    return token.contents.split()[0] if token.token_type is TokenType.BLOCK and token.contents else ""


def unmarked_tokens(source: str) -> Iterator[Token]:
    """What is not inside ``blocktranslate``, a comment, or a block that stands in a tag; of those the line breaks."""
    until = ""
    for token in Lexer(source).tokenize():
        name = tag_of(token)
        if until:
            until = "" if name == until else until
            yield Token(TokenType.TEXT, "\n" * token.contents.count("\n"), lineno=token.lineno)
        elif name == "block" and _IN_A_TAG.match(token.contents.split()[1]):
            until = "endblock"
        elif name in _ENDS:
            until = _ENDS[name]
        else:
            yield token


class _Reader(HTMLParser):
    """Text between tags, and the attributes that are read out or shown."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self.code = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.code = tag if tag in ("script", "style") else self.code
        sentences = [value for name, value in attrs if value and name.startswith("data-") and reads_as_words(value)]
        self._keep(*(value for name, value in attrs if value and name in READ_ATTRIBUTES), *sentences)

    def handle_endtag(self, tag: str) -> None:
        self.code = "" if tag == self.code else self.code

    def handle_data(self, data: str) -> None:
        if not self.code:
            self._keep(re.sub(r"[\w-]+=\"[^\"]*\"", "", data))  # a partial that stands inside a tag

    def _keep(self, *texts: str) -> None:
        self.found += [(self.getpos()[0], " ".join(text.split())) for text in texts]


def texts_in(source: str) -> Iterator[tuple[int, str]]:
    """Line and words of whatever this template says without a mark."""
    page, tokens = "", list(unmarked_tokens(source))
    for token in tokens:
        if token.token_type is TokenType.TEXT:
            page += token.contents
        elif token.token_type is TokenType.VAR and re.search(r"</?$", page):
            page += "div"  # the name of a tag is filled in
    reader = _Reader()
    reader.feed(page)
    for line, text in reader.found:
        said = text
        for name in NAMES:
            said = said.replace(name, "")
        if re.search(rf"{LETTERS}{{2}}", said):
            yield line, text
    for token in tokens:
        if token.token_type in (TokenType.BLOCK, TokenType.VAR) and tag_of(token) not in _NO_WORDS_IN:
            for match in _LITERAL.finditer(token.contents):
                if reads_as_words(match["text"]):
                    yield token.lineno or 0, match["text"]


def unmarked_in_templates() -> list[Text]:
    return [Text(f"{name_of(file)}:{line}", said) for file in templates() for line, said in texts_in(read(file))]


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


# --- scripts: they take their words from the page ------------------------------------------------------------------

_JS_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.S)
_JS_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`")
_SHOWN_BY_SCRIPT = re.compile(r"(textContent|innerText|innerHTML|title|ariaLabel|placeholder|alert\(|confirm\()\W*$")
_NO_SENTENCE = re.compile(r"[#\[\]=<>{}()|_:/]|\.\w|^use strict$")


def said_by_script(source: str) -> Iterator[tuple[int, str]]:
    """Line and words of whatever this script says by itself."""
    plain = _JS_COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), source)
    for match in _JS_STRING.finditer(plain):
        text = re.sub(r"\$\{[^}]*\}", "", match.group()[1:-1])
        shown = _SHOWN_BY_SCRIPT.search(plain[max(0, match.start() - 24) : match.start()])
        sentence = re.search(rf"{LETTERS}{{2,}}[,.:;]? +{LETTERS}{{2,}}", text) and not _NO_SENTENCE.search(text)
        if sentence or (shown and re.search(rf"{LETTERS}{{2}}", text)):
            yield plain[: match.start()].count("\n") + 1, match.group()


def words_of_scripts() -> list[Text]:
    files = (
        file for app in APPS for file in sorted((ROOT / app / "static").rglob("*.js")) if "vendor" not in file.parts
    )
    return [Text(f"{name_of(file)}:{line}", said) for file in files for line, said in said_by_script(read(file))]


def words_of_stylesheets() -> list[Text]:
    """What a stylesheet writes onto the page; the label of the demo on paper stands in the page as well, marked."""
    files = (
        file for app in APPS for file in sorted((ROOT / app / "static").rglob("*.css")) if "vendor" not in file.parts
    )
    return [
        Text(f"{name_of(file)}:{number}", said)
        for file in files
        if file.name != "training.css"
        for number, line in enumerate(read(file).splitlines(), 1)
        for content in re.findall(r"content:([^;}]*)", line)
        for said in re.findall(r"\"([^\"]*)\"", content)
        if re.search(rf"{LETTERS}{{2}}", said)
    ]


# --- Python --------------------------------------------------------------------------------------------------------

_GETTEXT = ("gettext", "pgettext", "ngettext", "npgettext")
MARKS = {"_", *_GETTEXT, *(f"{name}_lazy" for name in _GETTEXT)}
# What stands under these names is shown, one word of it too.
SHOWN = {"label", "title", "word", "note", "intro", "submit_label", "saved", "refused_title", "text", "why", "after"}
_TYPES = {"TypeVar", "ParamSpec", "cast"}


def called(node: ast.AST) -> str:
    function = getattr(node, "func", None)
    return getattr(function, "id", None) or getattr(function, "attr", "")


def _not_shown(tree: ast.Module, *, in_models: bool) -> set[int]:
    """The constants that are docstrings, annotations, names of types, marked, or said to a programmer."""
    found: set[int] = set()
    for node in ast.walk(tree):
        part: ast.AST | None = None
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            part = node
        elif isinstance(node, ast.FunctionDef):
            part = node.returns
        elif isinstance(node, ast.arg | ast.AnnAssign):
            part = node.annotation
        elif (
            (isinstance(node, ast.Call) and called(node) in MARKS | _TYPES)
            or (isinstance(node, ast.Raise) and not re.search("Refus|ValidationError", ast.unparse(node)))
            or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__")
            # No form is made from a model: whoever builds reads it.
            or (isinstance(node, ast.keyword) and node.arg == "help_text" and in_models)
        ):
            part = node
        found |= {id(each) for each in ast.walk(part)} if part else set()
    return found


def _under_a_shown_name(tree: ast.Module) -> Iterator[ast.AST | None]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in SHOWN:
            yield node.value
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            yield from (value for key, value in pairs if isinstance(key, ast.Constant) and key.value in SHOWN)


def unmarked_in(tree: ast.Module, *, layer: str) -> Iterator[tuple[int, str]]:
    """Line and words of whatever this module says without a mark."""
    skipped = _not_shown(tree, in_models=layer == "models")
    shown = {id(value) for value in _under_a_shown_name(tree)}
    one_word = layer in ("presenters", "forms", "templatetags")
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            text = node.value
            words = reads_as_words(text) and (one_word or " " in text.strip())
            if words or (id(node) in shown and re.search(LETTERS, text) and text not in NAMES):
                yield node.lineno, text


def files_with_words() -> list[Path]:
    files = (file for file in python_files(*APPS) if name_of(file) not in ONE_LANGUAGE)
    return [file for file in files if not {*file.parts, file.stem} & _FOR_BUILDERS]


def unmarked_in_python() -> list[Text]:
    return [
        Text(f"{name_of(file)}:{line}", text)
        for file in files_with_words()
        for line, text in unmarked_in(syntax(file), layer=file.relative_to(ROOT).parts[1])
    ]

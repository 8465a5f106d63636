"""The marks themselves: every message of ours, and those that no catalogue could reach."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.template.base import Lexer, TokenType

from tests.source import APPS, name_of, python_files, syntax
from tests.words import MARKS, Text, called, read, tag_of, templates


def marks(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in MARKS:
            yield node


def of_translation(file: Path) -> dict[str, str]:
    """What this module calls them: ``{"_": "gettext_lazy"}``."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(syntax(file))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    }


def messages_of(call: ast.Call, name: str) -> list[ast.expr]:
    """The arguments that are words: not the context, not the count."""
    start = 1 if "pgettext" in name else 0
    return call.args[start : start + (2 if "ngettext" in name or "npgettext" in name else 1)]


def messages_in_python() -> Iterator[tuple[Text, ast.expr]]:
    for file in python_files(*APPS):
        names = of_translation(file)
        for call in marks(syntax(file)):
            for message in messages_of(call, names.get(called(call), "")):
                said = message.value if isinstance(message, ast.Constant) else ast.unparse(message)
                yield Text(f"{name_of(file)}:{call.lineno}", str(said)), message


def messages_in_templates() -> Iterator[Text]:
    for file in templates():
        inside: list[str] | None = None
        for token in Lexer(read(file)).tokenize():
            where, name = f"{name_of(file)}:{token.lineno}", tag_of(token)
            if name == "translate":
                yield Text(where, re.split(r"[\"']", token.contents, maxsplit=1)[1][:-1])
            elif name == "blocktranslate":
                inside = []
            elif name == "endblocktranslate" and inside is not None:
                yield Text(where, " ".join("".join(inside).split()))
                inside = None
            elif inside is not None and token.token_type is TokenType.TEXT:
                inside.append(token.contents)
            for match in re.finditer(
                r"_\([\"'](.*?)[\"']\)", token.contents if token.token_type is not TokenType.TEXT else ""
            ):
                yield Text(where, match[1])


def looked_up_too_early() -> list[Text]:
    """``gettext`` at the head of a module or in a class: said once for all, in the language of the first reader."""
    found = []
    for file in python_files(*APPS):
        names = of_translation(file)
        later = {
            id(each)
            for node in ast.walk(syntax(file))
            if isinstance(node, ast.FunctionDef | ast.Lambda)
            for part in (node.body if isinstance(node.body, list) else [node.body])
            for each in ast.walk(part)
        }
        found += [
            Text(f"{name_of(file)}:{call.lineno}", ast.unparse(call))
            for call in marks(syntax(file))
            if id(call) not in later and not names.get(called(call), "lazy").endswith("lazy")
        ]
    return found

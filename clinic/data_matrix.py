"""What a scanner typed, read as the GS1 code of a pack. The one place that knows biip."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from biip import ParseError
from biip.gs1_messages import GS1Message

from clinic.rules.pack import PackCode, pack_refusal
from clinic.rules.refusals import ActionRefused

GS = "\x1d"  # what ends a field of free length: FNC1 in the code, ASCII 29 from the scanner
LONGEST = 200
_FIXED = {"01": r"\d{14}", "17": r"\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])"}
_FREE = 20  # lot and serial have up to so many characters
_ASKED = {"01": "no_product", "17": "no_expiry", "10": "no_lot", "21": "no_serial"}


def read_code(text: str, *, caps_lock: bool = False) -> PackCode:
    """The code of a pack: as a scanner sends it, with or without the prefix of its symbology, its separators kept or
    dropped; or as printed, ``(01)...(17)...``. Raises ActionRefused (PACK) with what is wrong with it."""
    text = text.strip(" \t\r\n")
    if problem := _not_of_a_pack(text, caps_lock):
        _refuse(problem)
    text = re.sub(r"^\](d2|C1|e0|Q3)", "", text).strip(GS)
    if text.startswith("("):
        parts = re.split(r"\((\d{2,4})\)", text)[1:]
        text = GS.join(ai + value.strip() for ai, value in zip(parts[::2], parts[1::2], strict=True))
    found = _parsed(text)
    if set(found) < set(_ASKED) and GS not in text:
        ways = list(islice(_split(text, frozenset(_ASKED)), 2))
        if len(ways) > 1:
            _refuse("no_separator")
        found = _parsed(GS.join(ways[0])) if ways else found
    if not found:
        _refuse("not_a_pack")
    for ai, problem in _ASKED.items():
        if not found.get(ai):
            _refuse(problem)
    return PackCode(gtin=found["01"], expires_date=found["17"], lot=found["10"], serial=found["21"])


def _refuse(problem: str) -> None:
    raise ActionRefused((pack_refusal(problem),))


def _not_of_a_pack(text: str, caps_lock: bool) -> str:
    """What can be told before the code is read: the keyboard between scanner and tablet, or another code."""
    if not text:
        return "nothing"
    if text.startswith("]D2") or (caps_lock and re.search("[A-Za-z]", text) and not text.startswith("]d2")):
        return "caps_lock"
    if re.search(rf"[^ -~{GS}]", text) or re.match(r"[^\](\w][dD]2", text):
        return "keyboard"
    if re.fullmatch(r"\d{8,14}", text):
        return "bar_code"
    return "not_a_pack" if len(text) > LONGEST else ""


def _parsed(text: str) -> dict[str, Any]:
    """The fields that are asked, by their GS1 identifier; nothing where the text is no GS1 code."""
    try:
        elements = GS1Message.parse(text).element_strings
    except ParseError:
        return {}
    found: dict[str, Any] = {}
    for element in elements:
        if element.gtin_error:
            _refuse("misread")
        if element.ai.ai in _ASKED and element.ai.ai in found:
            return {}
        value: str | date | None = element.date if element.ai.ai == "17" else element.value
        found |= {element.ai.ai: value} if element.ai.ai in _ASKED else {}
    return found


def _split(text: str, left: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """Every way to read a text without separators as just the fields asked, each once."""
    if not text and not left:
        yield ()
    for ai in left:
        if not text.startswith(ai):
            continue
        body = text[len(ai) :]
        if ai in _FIXED:
            match = re.match(_FIXED[ai], body)
            lengths: Any = (match.end(),) if match else ()
        else:
            lengths = range(1, min(_FREE, len(body)) + 1)
        for length in lengths:
            for rest in _split(body[length:], left - {ai}):
                yield (ai + body[:length], *rest)

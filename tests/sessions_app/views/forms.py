"""Fill in a page's form as a browser would: what it holds, changed by what was typed."""

import re
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.cast import PASSWORD


class _Inputs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "input" and said.get("type") == "hidden" and said.get("name"):
            self.found[str(said["name"])] = said.get("value") or ""


def hidden_fields(response: HttpResponse) -> dict[str, str]:
    """What the form holds, and where it is signed, its signature."""
    text = response.content.decode()
    reader = _Inputs()
    reader.feed(text)
    return {**reader.found, **({"signature": PASSWORD} if 'name="signature"' in text else {})}


def pressed(text: str, name: str) -> list[str]:
    """The values chosen among the radio buttons of this name."""
    inputs = re.findall(rf'<input[^>]* name="{name}"[^>]*>', text)
    return [value for tag in inputs if " checked" in tag for value in re.findall(r' value="([^"]*)"', tag)]


def fill_in(client: Client, url: str, **typed: Any) -> HttpResponse:
    """GET the form, then POST it with its hidden fields."""
    return client.post(url, {**hidden_fields(client.get(url)), **typed})

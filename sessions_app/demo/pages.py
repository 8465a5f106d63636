"""A browser without its window: opens pages in process, fills in their forms with what they hold, sends them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

# Over plain http and with the files as they lie in their folders: this process serves nobody but itself.
IN_PROCESS = override_settings(
    ALLOWED_HOSTS=["testserver"],
    SECURE_SSL_REDIRECT=False,
    SESSION_COOKIE_SECURE=False,
    CSRF_COOKIE_SECURE=False,
    STATIC_ROOT=None,
    WHITENOISE_USE_FINDERS=True,
    STORAGES={
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
)


@contextmanager
def quiet_requests() -> Iterator[None]:
    """A refusal is what is being shown here: no warning of it in the log."""
    requests = logging.getLogger("django_structlog")
    level = requests.level
    requests.setLevel(logging.ERROR)
    try:
        yield
    finally:
        requests.setLevel(level)


@dataclass
class Form:
    """What a browser would send of a form that nobody touched."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, value: str) -> None:
        self.fields.setdefault(name, []).append(value)


@dataclass
class Page:
    """What came back, as far as somebody reading it would see."""

    status: int
    url: str
    text: str
    location: str
    forms: list[Form]
    refusals: list[str]
    codes: list[str]
    links: list[str]

    @property
    def form(self) -> Form:
        """The page's own form: not the one that signs out."""
        own = [form for form in self.forms if form.method == "post" and "entry_id" in form.fields]
        return own[0] if own else next(form for form in self.forms if form.method == "post")

    def link(self, part: str) -> str:
        """The first link whose address holds ``part``. Raises AssertionError when there is none."""
        for link in self.links:
            if part in link:
                return link
        raise AssertionError(f"{self.url} has no link to {part}")


class _Reader(HTMLParser):
    """Forms with their values, links, and the sentences of refusals."""

    SENTENCES = {"refusal-what", "invalid-feedback"}
    VOID = ("br", "input", "path", "use")

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.codes: list[str] = []
        self.refusals: list[str] = []
        self._select = self._area = self._sentence = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        if "data-code" in said:
            self.codes.append(said["data-code"])
        if self._depth and tag not in self.VOID:
            self._depth += 1
        elif set(said.get("class", "").split()) & self.SENTENCES:
            self._depth, self._sentence = 1, ""
        self._form_tag(tag, said)

    def _form_tag(self, tag: str, said: dict[str, str]) -> None:
        if tag == "form":
            self.forms.append(Form(said.get("action", ""), said.get("method", "get").lower()))
        elif not self.forms:
            return
        elif tag == "input" and said.get("name"):
            kind = said.get("type", "text")
            if kind not in ("radio", "checkbox", "submit", "button") or "checked" in said:
                self.forms[-1].add(said["name"], said.get("value", "on" if kind == "checkbox" else ""))
        elif tag in ("select", "textarea") and said.get("name"):
            self._select, self._area = (said["name"], "") if tag == "select" else ("", said["name"])
            if tag == "textarea":
                self.forms[-1].add(said["name"], "")
        elif tag == "option" and self._select:
            values = self.forms[-1].fields
            if "selected" in said or self._select not in values:
                values[self._select] = [said.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self._select = self._area = ""
        if self._depth and tag not in self.VOID:
            self._depth -= 1
            if not self._depth:
                self.refusals.append(" ".join(self._sentence.split()))

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1].fields[self._area][-1] += data
        if self._depth:
            self._sentence += data


class Somebody:
    """A person at a browser."""

    def __init__(self, name: str) -> None:
        self.name = name
        # As in a real browser a form without its token is refused.
        self.client = Client(enforce_csrf_checks=True)

        self.password = ""

    def sign_in(self, username: str, password: str) -> None:
        self.password = password
        page = self.send(self.open(reverse("account_login")), login=username, password=password)
        if page.status != 302:
            raise AssertionError(f"{username} could not sign in")

    def open(self, url: str) -> Page:
        return _page(self.client.get(url), url)

    def send(self, page: Page, **typed: Any) -> Page:
        """Send the page's form: what it holds, and what was typed into it; one that is signed, signed."""
        url = page.form.action or page.url
        signature = {"signature": self.password} if "signature" in page.form.fields else {}
        return _page(self.client.post(url, {**page.form.fields, **signature, **typed}), url)

    def search(self, url: str, words: str) -> Page:
        form = next(form for form in self.open(url).forms if "q" in form.fields)
        return _page(self.client.post(form.action, {**form.fields, "q": words}), form.action)

    def fill_in(self, url: str, **typed: Any) -> Page:
        return self.send(self.open(url), **typed)


def _page(response: Any, url: str) -> Page:
    reader = _Reader()
    reader.feed(response.content.decode())
    return Page(
        status=response.status_code,
        url=url,
        text=response.content.decode(),
        location=response.get("Location", ""),
        forms=reader.forms,
        refusals=list(dict.fromkeys(sentence for sentence in reader.refusals if sentence)),
        codes=reader.codes,
        links=reader.links,
    )

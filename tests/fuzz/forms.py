"""The forms of a page, as rendered and as their classes know them, and a way to fill one in that it may well take."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from html.parser import HTMLParser
from random import Random
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse

from sessions_app.forms.days import ExpiryField
from sessions_app.forms.entry import ClockTimeField
from sessions_app.forms.fields import OfferedField, SignatureField
from tests.cast import PASSWORD

Pairs = Sequence[tuple[str, str | bytes]]

# What nobody guesses: values of a healthy person, and how two secrets are typed.
KNOWN: dict[str, tuple[str, ...]] = {
    "systolic_mmhg": ("128", "126"),
    "diastolic_mmhg": ("82", "80"),
    "pulse_bpm": ("72",),
    "spo2_percent": ("98",),
    "oldpassword": (PASSWORD,),
    "password": (PASSWORD,),
    "password1": ("purple monkey dishwasher",),
    "password2": ("purple monkey dishwasher",),
    "stay_minutes": ("150",),
    "minutes": ("150",),
}
ENDS_OF_KNOWN = {"_score": ("5", "0", "14", ""), "_systolic_mmhg": ("128",), "_diastolic_mmhg": ("82",)}


@dataclass
class Shown(HTMLParser):
    """What a page holds: the fields of each of its forms by name, and where it leads."""

    fields: list[tuple[str, str, str, str]] = field(default_factory=list)  # action, method, name, value
    links: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._form = ("", "get")

    @classmethod
    def of(cls, response: HttpResponse) -> "Shown":
        shown = cls()
        if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
            shown.feed(response.content.decode())
        return shown

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = (said.get("action", ""), said.get("method", "get").lower())
        elif tag == "a" and said.get("href", "").startswith("/"):
            self.links.append(said["href"].partition("#")[0])
        elif tag in ("input", "select", "textarea", "button") and said.get("name"):
            self.fields.append((*self._form, said["name"], said.get("value", "")))
        if "formaction" in said:
            self.buttons.append((said["formaction"], said.get("name", ""), said.get("value", "")))

    def sent_to(self, path: str) -> list[tuple[str, str]]:
        """Names and values of what is posted to this address."""
        return [
            (name, value)
            for action, method, name, value in self.fields
            if method == "post" and action.partition("?")[0] in ("", path)
        ]


def forms_in(response: Any) -> list[forms.BaseForm]:
    """The form objects with which a page was drawn."""
    found: dict[int, forms.BaseForm] = {}
    for context in response.context or ():
        for layer in getattr(context, "dicts", (context,)):
            values = layer.values() if isinstance(layer, dict) else ()
            found |= {id(value): value for value in values if isinstance(value, forms.BaseForm)}
    return list(found.values())


def names_of(response: Any, path: str) -> list[str]:
    """Every field that can be sent to this address, whether or not it is drawn."""
    known = [form.add_prefix(name) for form in forms_in(response) for name in form.fields]
    drawn = [name for name, _value in Shown.of(response).sent_to(path)]
    return list(dict.fromkeys([*known, *drawn]))


def filled(
    response: Any,
    path: str,
    random: Random,
    *,
    text: str,
    now: datetime,
    eager: float,
    as_shown: bool = False,
) -> list[tuple[str, Any]]:
    """A form as somebody may well fill it in; ``text`` for whatever is said in words; ``eager``: how likely a field
    that may be left empty is filled; ``as_shown``: what the page fills in itself stays. A file's value is None."""
    said = [(name, value) for name, value in Shown.of(response).sent_to(path) if name == "entry_id"][:1]
    said = [("entry_id", str(UUID(int=random.getrandbits(128), version=4)))] if said else []
    known = {name for name, _value in said}
    for form in forms_in(response):
        for name, each in form.fields.items():
            full = form.add_prefix(name)
            if full in known or full == "entry_id":
                continue
            known.add(full)
            initial = form[name].value()
            empty = initial in (None, "", [], False)
            if (as_shown and not empty) or (not each.required and random.random() >= eager):
                values: Iterable[Any] = [] if empty else _as_shown(initial)
            else:
                values = _of_field(full, each, random, text, now) or _as_shown(initial)
            said += [(full, value) for value in values]
    drawn = [(name, value) for name, value in Shown.of(response).sent_to(path) if name not in known]
    return [*said, *dict(drawn).items()]


def _as_shown(initial: Any) -> list[str]:
    if initial is None:
        return []
    several = initial if isinstance(initial, list | tuple) else [initial]
    return [_said(each) for each in several]


def _said(value: Any) -> str:
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _of_field(name: str, each: Any, random: Random, text: str, now: datetime) -> list[Any]:
    for ending, values in ENDS_OF_KNOWN.items():
        if name.endswith(ending):
            return [random.choice(values)]
    if name in KNOWN:
        return [random.choice(KNOWN[name])]
    if isinstance(each, OfferedField):
        offered = each.known if each.queryset is None else each.queryset
        return [str(row.pk) for row in list(offered)[:20][-1:]] if random.random() < 0.3 else _one_row(offered, random)
    if isinstance(each, forms.MultipleChoiceField):
        offered = list(_values_of(each.choices))
        return random.sample(offered, random.randint(min(2, len(offered)), len(offered)))
    if isinstance(each, forms.ModelChoiceField):
        return _one_row(each.queryset, random)
    if isinstance(each, forms.ChoiceField):
        return _one(list(_values_of(each.choices)), random)
    return list(_of_kind(each, random, text, now))


def _of_kind(each: Any, random: Random, text: str, now: datetime) -> Iterator[Any]:
    local = now - timedelta(hours=4)
    match each:
        case SignatureField():
            yield PASSWORD
        case forms.BooleanField():
            yield from ["on"] if random.random() < 0.8 else []
        case forms.FileField():
            yield None
        case ClockTimeField() | forms.TimeField():
            yield f"{local - timedelta(minutes=random.choice((0, 1, 5, 30)))!s}"[11:16]
        case ExpiryField():
            yield "2028-12-31"
        case forms.DateField():
            yield (local - timedelta(days=random.choice((0, 0, 1, 40)))).date().isoformat()
        case forms.IntegerField() | forms.DecimalField():
            low, high = each.min_value, each.max_value
            yield str(random.choice([value for value in (low, high) if value is not None] or [1, 5, 120]))
        case forms.EmailField():
            yield "a@clinic.example"
        case forms.UUIDField():
            yield str(UUID(int=random.getrandbits(128), version=4))
        case forms.CharField():
            yield text[: each.max_length] if each.max_length else text


def _values_of(choices: Any) -> Iterator[str]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _values_of(label)
        elif value not in ("", None):
            yield str(value)


def _one(values: list[str], random: Random) -> list[str]:
    return [random.choice(values)] if values else []


def _one_row(rows: Any, random: Random) -> list[str]:
    return _one([str(row.pk) for row in list(rows)[:20]], random)

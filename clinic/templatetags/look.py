"""What the pages' templates need beyond Django's: drawings, words for numbers, and form fields in the house's shape."""

from copy import copy
from functools import lru_cache
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from crispy_forms.utils import render_crispy_form
from django import template
from django.conf import settings
from django.forms import (
    BaseForm,
    BooleanField,
    BoundField,
    CheckboxSelectMultiple,
    DateField,
    DateTimeField,
    DecimalField,
    FileField,
    IntegerField,
    NumberInput,
    RadioSelect,
    Select,
    Textarea,
    TextInput,
    TimeField,
)
from django.template import RequestContext
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from clinic.logs import current_request_id

register = template.Library()

# The field with which an unlikely value is confirmed. It is drawn by _components/confirm.html, never among the others.
CONFIRM_FIELD = "confirm_unlikely"
SIGNATURE_FIELD = "signature"  # last, in its own block: _components/signature.html


@register.simple_tag
def demo() -> bool:
    """For the one page that has no context to say it: whether this is the demo."""
    return settings.VIGIL_DEMO


@register.simple_tag
def request_number() -> str:
    """The beginning of this request's id, short enough to be read out over the telephone; the log knows the rest."""
    return current_request_id()[:8]


@register.simple_tag
@lru_cache(2**9)
def icon(name: str, css_class: str = "") -> SafeString:
    """A drawing of _components/icons.html. It never speaks: the word stands beside it."""
    if not name:
        return SafeString("")
    css_class = f"i {css_class}".rstrip()
    return format_html('<svg class="{}" aria-hidden="true"><use href="#i-{}"/></svg>', css_class, name)


@register.simple_tag
@lru_cache(2**10)
def sign(phase: str, number: str = "") -> SafeString:
    """A phase's shape with the chair in it: a board draws a hundred of them."""
    return render_to_string("_components/sign.html", {"phase": phase, "number": number})


@register.filter
def degrees(percent: float | str) -> str:
    """Where a mark stands on a ring that is 100 long; always with a point, whatever the language."""
    return f"{float(percent) * 3.6:.1f}"


@register.filter
def in_words(number: int) -> str:
    """`three` for 3; figures from ten on."""
    words = [
        pgettext("number", "no"),
        pgettext("number", "one"),
        pgettext("number", "two"),
        pgettext("number", "three"),
        pgettext("number", "four"),
        pgettext("number", "five"),
        pgettext("number", "six"),
        pgettext("number", "seven"),
        pgettext("number", "eight"),
        pgettext("number", "nine"),
    ]
    return words[number] if 0 <= number < len(words) else str(number)


@register.filter
def choice_count(field: BoundField) -> int:
    return len(_choice_labels(field))


@register.filter
def choices_shape(field: BoundField) -> str:
    """How many stand side by side: `choices-2`; `choices-list` when they are many or wordy."""
    labels = _choice_labels(field)
    longest = max((len(label) for label in labels), default=0)
    room = {1: 60, 2: 34, 3: 22, 4: 15, 5: 12, 6: 14}
    return f"choices-{len(labels)}" if longest <= room.get(len(labels), 0) else "choices-list"


def _choice_labels(field: BoundField) -> list[str]:
    """What can be chosen; the empty choice that Django adds is none."""
    return [str(label) for value, label in getattr(field.field, "choices", ()) if value not in ("", None)]


@register.filter
def is_optional(field: BoundField) -> bool:
    """Whether the label says so. `data-asked` on the widget silences it where the form asks by its own rule."""
    return not field.field.required and "data-asked" not in field.field.widget.attrs


@register.filter
def field_kind(field: BoundField) -> str:
    """`choices`, `several`, `list`, `area`, `number`, `text`: what the stylesheet gives room to."""
    widget = field.field.widget
    if isinstance(widget, CheckboxSelectMultiple):
        return "several"
    if isinstance(widget, RadioSelect):
        return "choices"
    if isinstance(widget, Select):
        return "list"
    if isinstance(widget, Textarea):
        return "area"
    return "number" if isinstance(widget, NumberInput) else "text"


@register.filter
def first_input(field: BoundField) -> str:
    """The id that a link in the error summary leads to; a group of choices has one per choice."""
    if isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple):
        return f"{field.auto_id}_0"
    return str(field.id_for_label or field.auto_id)


@register.filter
def error_words(field: BoundField) -> list[str]:
    """What is wrong with a field; Django's own sentences give way to the house's, a form's own stay."""
    defaults: dict[str, Any] = {}
    for kind in reversed(type(field.field).__mro__):
        defaults.update(getattr(kind, "default_error_messages", {}))
    house = {
        "required": _empty_words(field),
        "invalid_choice": gettext("Choose one of the list."),
        "invalid": _shape_words(field),
    }
    sentences = []
    for error in field.errors.as_data():
        code = str(error.code)
        by_default = code in defaults and str(error.message) == str(defaults[code])
        sentences += [house[code]] if by_default and house.get(code) else [str(part) for part in error]
    return sentences


def _empty_words(field: BoundField) -> str:
    if isinstance(field.field, BooleanField):
        return gettext("Tick this to go on.")
    if field_kind(field) in ("choices", "several", "list"):
        return gettext("Choose one.")
    if isinstance(field.field, FileField):
        return gettext("Choose a file.")
    return gettext("Still empty.")


def _shape_words(field: BoundField) -> str:
    if isinstance(field.field, TimeField):
        return gettext("Not a time of day. Write it as 14:05.")
    if isinstance(field.field, DateTimeField | DateField):
        return gettext("Not a date. Write it as 2026-04-14.")
    if isinstance(field.field, IntegerField):
        return gettext("A number without letters.")
    return ""


@register.simple_tag
def words_of_errors(form: BaseForm) -> dict[str, Any]:
    """The error summary: each faulty field once with its first sentence, then what belongs to no field."""
    fields = [(field, error_words(field)[0]) for field in form.visible_fields() if field.errors]
    general = [str(error) for error in form.non_field_errors()]
    general += [str(error) for field in form.hidden_fields() for error in field.errors]
    return {"fields": fields, "general": general, "count": len(fields) + len(general)}


@register.simple_tag(takes_context=True)
def form_fields(context: RequestContext, form: BaseForm) -> SafeString:
    """The fields of a form and its summary, without <form>, token or buttons: the page has those."""
    helper = copy(getattr(form, "helper", None) or FormHelper())
    helper.form_tag = False
    helper.disable_csrf = True
    helper.render_hidden_fields = True  # the entry number, whatever a layout names
    if helper.layout is None:
        names = [name for name in form.fields if name not in (CONFIRM_FIELD, SIGNATURE_FIELD)]
        helper.layout = Layout(Div(*names, css_class="fields"))
    return render_crispy_form(form, helper, context.flatten())


@register.simple_tag
def numeral(field: BoundField, css_class: str = "numeral", maxlength: str = "") -> SafeString:
    """A number as a text field with the number keys: it keeps what was typed and never turns with the wheel."""
    given = field.field.widget.attrs
    attrs = {key: value for key, value in given.items() if key not in ("class", "min", "max", "step", "type")}
    attrs |= {
        "class": f"{css_class} is-invalid" if field.errors else css_class,
        "inputmode": "decimal" if isinstance(field.field, DecimalField) else "numeric",
        "autocomplete": "off",
        "placeholder": given.get("placeholder", " "),
    }
    if maxlength:
        attrs["maxlength"] = maxlength
    return field.as_widget(widget=TextInput(), attrs=attrs)


@register.simple_tag
def control(field: BoundField, **attrs: str) -> SafeString:
    """One control of a hand-made layout, in the look: text, time or list."""
    given: dict[str, str | bool] = {name.replace("_", "-"): value for name, value in attrs.items()}
    shape = "form-select" if isinstance(field.field.widget, Select) else "form-control"
    own = field.field.widget.attrs.get("class", "")
    wrong = " is-invalid" if field.errors else ""
    given["class"] = f"{shape} {own} {given.get('class', '')}{wrong}".strip()
    return field.as_widget(attrs=given)


@register.simple_tag
def yes_no_words(option_label: str, value: Any, present_word: str, absent_word: str) -> str:
    """The programme's own words on a sign's two buttons, in place of yes and no."""
    if str(value).lower() in ("yes", "true", "1", "present"):
        return present_word or option_label
    if str(value).lower() in ("no", "false", "0", "absent"):
        return absent_word or option_label
    return option_label


@register.simple_tag
def control_check(field: BoundField) -> SafeString:
    """One large checkbox of a hand-made layout."""
    return field.as_widget(attrs={"class": "form-check-input is-invalid" if field.errors else "form-check-input"})


@register.filter
def any_error(form: BaseForm, ending: str) -> bool:
    """Whether a field whose name ends so is wrong, so that what hides them stands open."""
    return any(form[name].errors for name in form.fields if name.endswith(ending))


@register.filter
def label_before(field: BoundField) -> str:
    """A field's label as the beginning of its line in the summary: `Last drink: `, `Nasal spray in the last hour? `."""
    label = str(field.label or "")
    if not label:
        return ""
    return f"{label} " if label[-1] in "?:." else f"{label}: "

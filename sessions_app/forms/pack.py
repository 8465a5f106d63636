"""The field that a scanner types into."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.data_matrix import LONGEST, read_code
from clinic.rules.pack import PackCode
from clinic.rules.refusals import ActionRefused
from sessions_app.presenters.pack import words_of


class PackCodeField(forms.CharField):
    """The code of a pack as scanned or as printed. Cleaned, it is what it says; None where nothing was scanned."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "enterkeyhint": "go"}
        words = {
            "label": _("Scan the pack"),
            "help_text": _("The square code on the pack; from anywhere on this page."),
        }
        widget = forms.TextInput(attrs={**attrs, "data-asked": ""})
        super().__init__(**{"required": False, "max_length": LONGEST, "widget": widget, **words, **kwargs})

    def clean(self, value: Any) -> PackCode | None:
        text = super().clean(value)
        try:
            return read_code(text) if text else None
        except ActionRefused as error:
            raise forms.ValidationError(words_of(error.refusals[0])) from error


def scan_layout(form: forms.Form) -> FormHelper:
    """The scan field first, with its button and its answer; then the other fields that this form asks by now."""
    helper = FormHelper()
    scan = HTML('{% include "sessions_app/_scan.html" %}')
    helper.layout = Layout(scan, Div(*(name for name in form.fields if name != "code"), css_class="fields"))
    return helper

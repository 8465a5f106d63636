"""Fields the forms share: big choices, reasons, and yes/no that is not answered until somebody answers."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

YES_NO = (("no", _("No")), ("yes", _("Yes")))


class ChoicesField(forms.TypedChoiceField):
    """One of a few, as big segments to press."""

    def __init__(self, choices: Iterable[tuple[Any, Any]], **kwargs: Any) -> None:
        super().__init__(choices=list(choices), widget=forms.RadioSelect, **kwargs)


class YesNoField(ChoicesField):
    """True, False, or None while nobody answered."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            YES_NO, **{"coerce": lambda value: value == "yes", "empty_value": None, "required": False, **kwargs}
        )


class ReasonField(forms.CharField):
    """Said in words."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 2})
        super().__init__(**{"label": _("Reason"), "widget": widget, "max_length": 2000, **kwargs})

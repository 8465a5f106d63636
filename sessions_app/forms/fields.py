"""Fields the forms share: big choices, reasons, and yes/no that is not answered until somebody answers."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
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


class SignatureField(forms.CharField):
    """The secret that signs this form: never shown again, never kept on the tablet. ``pin``: on a shared tablet that is
    six digits, and the password as well."""

    def __init__(self, *, pin: bool = False, **kwargs: Any) -> None:
        attrs = {"autocomplete": "one-time-code", "data-pin": ""} if pin else {"autocomplete": "current-password"}
        widget = forms.PasswordInput(attrs=attrs)
        words = {"label": _("Your password"), "error_messages": {"required": _("Sign with your password.")}}
        if pin:
            words = {
                "label": _("Your PIN, or your password"),
                "error_messages": {"required": _("Sign with your PIN or your password.")},
            }
        super().__init__(**{"widget": widget, "strip": False, "max_length": 128, **words, **kwargs})


class OfferedField(forms.ModelChoiceField):
    """Offers ``queryset`` and understands every row of ``known``: what cannot be chosen any more is refused by the
    action, with its reason, and the same form sent twice finds what it did the first time."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"queryset": None, **kwargs})
        self.known: Any = None

    def offer(self, queryset: Any, *, known: Any) -> None:
        self.queryset, self.known = queryset, known

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            return self.known.get(pk=value)
        except (ObjectDoesNotExist, ValueError, TypeError, forms.ValidationError) as error:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from error


class OfferedManyField(forms.ModelMultipleChoiceField):
    """As ``OfferedField``, for as many as are ticked."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.CheckboxSelectMultiple(attrs={"data-asked": "1"})
        super().__init__(**{"queryset": None, "widget": widget, **kwargs})
        self.known: Any = None

    def offer(self, queryset: Any, *, known: Any) -> None:
        self.queryset, self.known = queryset, known

    def clean(self, value: Any) -> Any:
        offered: Any = self._queryset  # type: ignore[has-type]
        self._queryset = self.known
        try:
            return super().clean(value)
        finally:
            self._queryset = offered


class ReasonField(forms.CharField):
    """Said in words."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 2})
        super().__init__(**{"label": _("Reason"), "widget": widget, "max_length": 2000, **kwargs})

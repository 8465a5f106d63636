"""Calendar days: picked for what is near, typed for a birth date and for what stands printed on a box."""

from calendar import monthrange
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

TYPED = ("%Y-%m-%d", "%m/%d/%Y", "%d %b %Y", "%b %d %Y", "%b %d, %Y")
MONTH_ONLY = ("%Y-%m", "%m/%Y", "%b %Y")


# What a clinic can mean by a day; beyond, a time zone can no longer be applied to it.
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
BOUNDS = (MinValueValidator(EARLIEST), MaxValueValidator(LATEST))


class DayField(forms.DateField):
    """Picked in the device's own calendar; typed where there is none."""

    default_validators = [*BOUNDS]

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(**{"widget": widget, "input_formats": TYPED, **kwargs})


class TypedDayField(forms.DateField):
    """A day nobody looks up in a calendar. Kept as it was typed."""

    default_validators = [*BOUNDS]

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"autocomplete": "off", "placeholder": " "})
        help_text = _("Such as 1982-09-03 or 09/03/1982.")
        super().__init__(**{"widget": widget, "input_formats": TYPED, "help_text": help_text, **kwargs})


class ExpiryField(TypedDayField):
    """A month alone is its last day, as on the box."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"help_text": _("Such as 2027-12-31, or 12/2027 for the whole month."), **kwargs})

    def to_python(self, value: Any) -> date | None:
        for form in MONTH_ONLY:
            try:
                month = datetime.strptime(str(value).strip(), form).date()  # noqa: DTZ007  (a day has no zone)
            except ValueError:
                continue
            return month.replace(day=monthrange(month.year, month.month)[1])
        return super().to_python(value)

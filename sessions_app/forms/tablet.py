"""Shared tablets: enrolled, and entered with a PIN."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.adapter import get_adapter
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from clinic.rules.pin import LENGTH, pin_refusals
from sessions_app.forms.entry import EntryForm
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.at_field import problem_text


class TabletForm(EntryForm):
    """The device this is filled in on becomes a shared tablet."""

    name = forms.CharField(
        label=_("What it is called here"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Such as Room 2, or the number on its back."),
    )


class PinField(forms.CharField):
    """Six digits on the number keys; no browser offers to keep them."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": LENGTH, "size": LENGTH}
        super().__init__(**{"max_length": LENGTH, "widget": forms.PasswordInput(attrs=attrs), **kwargs})


class SwitchInForm(forms.Form):
    """Who comes in, and their PIN."""

    person = forms.ModelChoiceField(queryset=User.objects.none(), empty_label=None, label=_("Who"))
    pin = PinField(label=_("PIN"))

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class PinForm(forms.Form):
    """One's own PIN, typed twice, by somebody who proves that they are it."""

    password = forms.CharField(
        label=_("Your password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    pin = PinField(label=_("PIN"), help_text=_("Six digits: no run, nothing repeated, no date."))
    pin_again = PinField(label=_("PIN again"))

    def __init__(self, *args: Any, person: User, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.reader = person, Reader(ZoneInfo("UTC"), now)

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        # Counted like a guess at the door.
        if not get_adapter().reauthenticate(self.person, password):
            raise forms.ValidationError(_("That is not your password."))
        return password

    def clean_pin(self) -> str:
        pin = str(self.cleaned_data["pin"])
        for refusal in pin_refusals(pin):
            raise forms.ValidationError(problem_text(refusal, self.reader))
        return pin

    def clean_pin_again(self) -> str:
        again = str(self.cleaned_data["pin_again"])
        if "pin" in self.cleaned_data and again != self.cleaned_data["pin"]:
            raise forms.ValidationError(_("Not the same as above."))
        return again

"""Who and what is on site, what the REMS said, and the clinic's own numbers."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from clinic.rules.whole_number import whole_number
from sessions_app.forms.entry import ClockTimeField, EntryForm, TimedEntryForm
from sessions_app.forms.fields import ChoicesField, ReasonField, YesNoField
from sessions_app.models import Presence
from sessions_app.presenters.policy import alarm_bounds, bound_words, number_label, with_unit
from sessions_app.rules.alarms import ALARM_MINUTES
from sessions_app.rules.program import Program


class PresenceForm(TimedEntryForm):
    """Somebody arrived or left."""

    person = forms.ModelChoiceField(queryset=User.objects.none(), label=_("Who"), empty_label=_("Choose"))
    kind = ChoicesField(
        ((Presence.Kind.ARRIVED, _("Arrived")), (Presence.Kind.LEFT, _("Left"))), label=_("What"), coerce=Presence.Kind
    )
    field_order = ("entry_id", "person", "kind", "occurred_time")

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class OximeterForm(TimedEntryForm):
    """A pulse oximeter was looked at."""

    asset_tag = forms.CharField(
        label=_("Oximeter"), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    working = YesNoField(label=_("It works"), required=True)
    field_order = ("entry_id", "asset_tag", "working", "occurred_time")


class ChairsForm(EntryForm):
    """The chairs of the room."""

    chairs = forms.CharField(
        label=_("Chairs, in the order of the room"),
        max_length=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("With commas: 1, 2, 3, Window. The floor shows a tile for each."),
    )

    def names(self) -> list[str]:
        return str(self.cleaned_data["chairs"]).split(",")


class ClosingTimeForm(EntryForm):
    """When the clinic closes."""

    closes = ClockTimeField(
        label=_("Closes at"),
        required=False,
        help_text=_("Leave empty for none: whoever is here then counts until midnight."),
    )


class DisplayForm(EntryForm):
    """A sign-in for a television on the wall."""

    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Typed once at the television. At least 8 characters, not only digits."),
    )
    password_again = forms.CharField(
        label=_("Password again"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password)
        return password

    def clean_password_again(self) -> str:
        again = str(self.cleaned_data["password_again"])
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise forms.ValidationError(_("Not the same as above."))
        return again


_DAYS = ("adverse_event_days", "contraindication_review_days")
_BESIDES = ("extra_checks", "ride_service_allowed", *_DAYS, "reason")


class PolicyForm(EntryForm):
    """The clinic's numbers for one programme: tightened, never loosened."""

    program = forms.CharField(widget=forms.HiddenInput, max_length=40)
    ride_service_allowed = forms.BooleanField(label=_("A ride service is enough as the way home"), required=False)
    extra_checks = forms.CharField(
        label=_("The clinic's own checks at minute"),
        max_length=60,
        required=False,
        help_text=_("Such as 20, 60, 90: minutes after the last device, besides the programme's own."),
    )
    reason = ReasonField(label=_("Why it changes"))

    adverse_event_days = forms.IntegerField(
        required=False,
        help_text=_("In days from when the clinic knew. Left empty there is none: Vigil knows no deadline."),
    )

    contraindication_review_days = forms.IntegerField(
        required=False,
        help_text=_("In days, to the day of check-in. Left empty they are asked once for a course: stricter only."),
    )

    def __init__(
        self,
        *args: Any,
        own: Program,
        in_force: Program,
        alarms: Mapping[str, int],
        days: Mapping[str, int | None],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in _DAYS:
            self.fields[name].label, self.fields[name].initial = number_label(name), days.get(name)
        self.own = own
        self.fields["program"].initial = own.code
        self.fields["ride_service_allowed"].initial = in_force.ride_service_allowed
        self.fields["extra_checks"].initial = ", ".join(str(minute) for minute in in_force.extra_checks)
        self.tightenable = {name: number for name, number in own.numbers.items() if number.bound != number.value}
        for name, number in self.tightenable.items():
            said = {"own": with_unit(number, number.value), "bound": bound_words(number)}
            self.fields[name] = forms.IntegerField(
                label=number_label(name), initial=in_force.value(name), help_text=_("%(own)s, %(bound)s") % said
            )
        for name, (low, high) in ALARM_MINUTES.items():
            self.fields[name] = forms.IntegerField(
                label=number_label(name), initial=alarms[name], help_text=alarm_bounds(low, high)
            )
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "entry_id",
            "program",
            Fieldset(gettext("Numbers"), *self.tightenable, css_class="form-cols"),
            Fieldset(gettext("Alarms, Vigil's own numbers"), *ALARM_MINUTES, css_class="form-cols"),
            Fieldset(gettext("Besides"), *_BESIDES, css_class="fields"),
        )

    def policy(self) -> dict[str, Any]:
        """What ``set_policy`` is told; of the numbers only what differs from the programme's own."""
        said = self.cleaned_data
        return {
            "overrides": {name: said[name] for name, number in self.tightenable.items() if said[name] != number.value},
            "ride_service_allowed": said["ride_service_allowed"],
            "extra_checks": said["extra_checks"],
            **{name: said[name] for name in (*ALARM_MINUTES, *_DAYS)},
            "reason": said["reason"],
        }

    def clean_extra_checks(self) -> list[int]:
        words = str(self.cleaned_data["extra_checks"]).replace(";", ",").replace(" ", ",").split(",")
        given = [whole_number(word) for word in words if word]
        longest = self.own.numbers["minimum_stay_minutes"].bound
        minutes = sorted({number for number in given if number and number < longest})
        if len(minutes) < len(set(given)):
            raise forms.ValidationError(
                _("Minutes between 1 and %(longest)s, with commas."), params={"longest": longest}
            )
        return minutes

"""A suspected adverse event: told of, described, followed up, reported."""

from datetime import date, datetime, time
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sessions_app.actions.adverse_event import Account
from sessions_app.forms.days import DayField
from sessions_app.forms.entry import ClockTimeField, EntryForm, TimedEntryForm
from sessions_app.forms.fields import ChoicesField, ReasonField
from sessions_app.models import AdverseEventAccount, AdverseEventReport
from sessions_app.presenters.adverse_event import CRITERION_WORDS, NOT_CONFIRMED
from sessions_app.rules.adverse_event import Recipient

NONE = "NONE"


class AccountForm(TimedEntryForm):
    """What was told, and how serious it is. It is told today, whenever the session was."""

    criteria = forms.MultipleChoiceField(
        label=_("What makes it serious"),
        choices=[*CRITERION_WORDS.items(), (NONE, _("none of these: not serious"))],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick what applies, or none of these.")},
        help_text=NOT_CONFIRMED,
    )
    narrative = ReasonField(
        label=_("What happened, and what was done"), help_text=_("As told: signs, times, treatment, how it went on.")
    )
    outcome = ChoicesField(AdverseEventAccount.Outcome.choices, label=_("How the patient is now"))
    told_by = ChoicesField(AdverseEventAccount.ToldBy.choices, label=_("Told by"))
    reporter = forms.CharField(
        label=_("Their name"),
        max_length=120,
        required=False,
        help_text=_("Left empty: you, or the patient."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["occurred_time"].label = gettext("Told at")
        if "entry_day" in self.fields:
            self.fields["entry_day"].initial = self.now.astimezone(self.facility.zone).date().isoformat()
        self.helper = FormHelper()
        self.helper.layout = Layout("entry_id", *self.parts())

    def parts(self) -> list[Any]:
        day = ["entry_day"] if "entry_day" in self.fields else []
        return [
            Fieldset(gettext("How serious"), "criteria", css_class="fields"),
            Fieldset(gettext("What was told"), "narrative", "outcome", css_class="fields"),
            Fieldset(gettext("By whom"), "told_by", "reporter", *day, "occurred_time", css_class="fields"),
        ]

    def clean_criteria(self) -> list[str]:
        ticked: list[str] = self.cleaned_data["criteria"]
        if NONE in ticked and len(ticked) > 1:
            raise forms.ValidationError(_("Something is ticked besides “none of these”."))
        return [code for code in ticked if code != NONE]

    def account(self) -> Account:
        names = ("criteria", "narrative", "told_by", "outcome", "reporter")
        return Account(**{name: self.cleaned_data[name] for name in names})


class AdverseEventForm(AccountForm):
    """An event nobody called serious at the chair: what, since when, and what was told."""

    what = forms.CharField(
        label=_("What it was"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    began_date = DayField(label=_("Began on"))
    began_time = ClockTimeField(label=_("At"))
    clock_fields: tuple[str, ...] = ("occurred_time", "began_time")

    def parts(self) -> list[Any]:
        event = Fieldset(gettext("The event"), "what", "began_date", "began_time", css_class="form-cols")
        if "began_time_pass" in self.fields:
            event.fields.append("began_time_pass")
        return [event, *super().parts()]

    def day_of(self, name: str, clock: time, cleaned: dict[str, Any]) -> date:
        began = cleaned.get("began_date") if name == "began_time" else None
        return began or super().day_of(name, clock, cleaned)

    def began_at(self) -> datetime:
        at = self.moments["began_time"]
        if at is None:
            raise ValueError("a valid form says when it began")
        return at


class ReportForm(EntryForm):
    """Where it was reported; or that it is not to be, and why."""

    recipient = ChoicesField(AdverseEventReport.Recipient.choices, coerce=Recipient, label=_("Reported to"))
    recipient_name = forms.CharField(
        label=_("To whom"), max_length=120, required=False, help_text=_("If somebody else.")
    )
    reported_date = DayField(label=_("On"), help_text=_("Of a decision not to report: the day it was made."))
    reference = forms.CharField(
        label=_("Reference"), max_length=80, required=False, help_text=_("The number they gave it.")
    )
    note = ReasonField(label=_("Note"), required=False, help_text=_("Why, if it is not to be reported."))

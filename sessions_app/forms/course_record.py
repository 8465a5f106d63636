"""What is written down of a course."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.forms.days import DayField
from sessions_app.forms.entry import EntryForm
from sessions_app.forms.fields import ChoicesField, ReasonField, YesNoField
from sessions_app.presenters.course_words import (
    ADEQUATE_WORDS,
    BENEFIT_WORDS,
    KIND_WORDS,
    RESPONSE_WORDS,
    TRIAL_CLASS_WORDS,
)
from sessions_app.rules.benefit_review import Benefit
from sessions_app.rules.treatment import TreatmentKind
from sessions_app.rules.trial import Adequate, TrialClass, TrialResponse


def _words(label: Any, longest: int, *, required: bool = False, **kwargs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=longest, required=required, widget=widget, **kwargs)


class TrialForm(EntryForm):
    """A treatment tried before."""

    drug = _words(_("Treatment"), 80, required=True, help_text=_("A drug by its name, or what else was tried."))
    drug_class = ChoicesField(TRIAL_CLASS_WORDS.items(), label=_("Class"), coerce=TrialClass)
    dose = _words(_("Highest dose"), 60)
    weeks = forms.IntegerField(label=_("Weeks at it"), required=False)
    this_episode = YesNoField(label=_("In the present episode"), required=True)
    adequate = ChoicesField(
        ADEQUATE_WORDS.items(), label=_("Adequate in dose and duration, as the prescriber judges"), coerce=Adequate
    )
    response = ChoicesField(RESPONSE_WORDS.items(), label=_("Response"), coerce=TrialResponse)
    why_stopped = _words(_("Why stopped"), 200)

    def trial(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "entry_id"}


class TreatmentForm(EntryForm):
    """What the patient takes or does besides."""

    kind = ChoicesField((), label=_("Kind"), coerce=TreatmentKind)
    name = _words(_("Name"), 80, required=True)
    dose = _words(_("Dose"), 60, help_text=_("Another dose later: stop this one, and add it anew."))
    from_date = DayField(label=_("Since"), required=False, help_text=_("Empty: before this course, day not known."))
    to_date = DayField(label=_("Until"), required=False, help_text=_("Empty: it goes on."))

    def __init__(self, *args: Any, kinds: list[TreatmentKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind, KIND_WORDS[kind]) for kind in kinds]  # type: ignore[attr-defined]

    def treatment(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "entry_id"}


class TreatmentEndForm(EntryForm):
    """A treatment ends."""

    to_date = DayField(label=_("Its last day"))
    why = _words(_("Why"), 200)


class BenefitReviewForm(EntryForm):
    """The prescriber's evaluation."""

    benefit = ChoicesField(BENEFIT_WORDS.items(), label=_("Benefit so far"), coerce=Benefit)
    plan = ReasonField(label=_("How it goes on"), widget=forms.Textarea(attrs={"rows": 4}))


class AuthorisationForm(EntryForm):
    """What a payer granted."""

    payer = _words(_("Payer"), 80, required=True)
    number = _words(_("Number"), 60)
    from_date = DayField(label=_("From"))
    to_date = DayField(label=_("To, the last day included"))
    sessions = forms.IntegerField(label=_("Sessions granted"), required=False, help_text=_("Empty: no number stated."))

    def authorisation(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "entry_id"}

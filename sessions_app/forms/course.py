"""A course begins, and what an off-label or an MDSI course needs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.rules.local_time import day_span
from sessions_app.forms.days import DayField
from sessions_app.forms.entry import EntryForm
from sessions_app.forms.fields import ChoicesField, ReasonField
from sessions_app.rules.program import Program


class CourseForm(EntryForm):
    """Why this patient is treated here."""

    indication = ChoicesField((), label=_("Indication"))
    first_dose_elsewhere_date = DayField(
        label=_("First dose elsewhere"),
        required=False,
        help_text=_("Only if treated elsewhere before: the weeks of the course count from it."),
    )
    last_dose_elsewhere_date = DayField(
        label=_("Last dose elsewhere"),
        required=False,
        help_text=_("The interval to the next dose counts from it."),
    )
    doses_elsewhere = forms.IntegerField(label=_("Doses there"), required=False, min_value=1, max_value=999)
    treated_where = forms.CharField(
        label=_("Where"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, programs: Mapping[str, Program], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programs = programs
        self.fields["indication"].choices = [  # type: ignore[attr-defined]
            (f"{program.code}:{code}", _label(program, code, label, several=len(programs) > 1))
            for program in programs.values()
            for code, label in program.indications.items()
        ]

    def elsewhere(self) -> dict[str, Any]:
        """What is known of treatment before."""
        names = ("first_dose_elsewhere_date", "last_dose_elsewhere_date", "doses_elsewhere", "treated_where")
        return {name: self.cleaned_data[name] for name in names}

    def program_and_indication(self) -> tuple[str, str]:
        program, _colon, indication = str(self.cleaned_data["indication"]).partition(":")
        return program, indication

    def clean_first_dose_elsewhere_date(self) -> Any:
        day = self.cleaned_data["first_dose_elsewhere_date"]
        if day and day > self.now.astimezone(self.facility.zone).date():
            raise forms.ValidationError(_("This day is still to come."))
        return day


def _label(program: Program, code: str, label: str, *, several: bool) -> str:
    off_label = gettext("%(indication)s, off-label") % {"indication": label} if code in program.off_label else label
    return f"{program.label}: {off_label}" if several else off_label


class OffLabelForm(EntryForm):
    """The prescriber's rationale and the patient's consent."""

    rationale = ReasonField(label=_("Rationale"), widget=forms.Textarea(attrs={"rows": 5}))
    consented_date = DayField(label=_("The patient consented on"))

    def consented_at(self) -> datetime:
        """The beginning of that day; of today, this moment."""
        day = self.cleaned_data["consented_date"]
        today = self.now.astimezone(self.facility.zone).date()
        return self.now if day == today else day_span(day, self.facility.zone)[0]


class AntidepressantForm(EntryForm):
    """The oral antidepressant taken during this course."""

    drug = forms.CharField(label=_("Oral antidepressant"), max_length=80, help_text=_("Name and daily dose."))

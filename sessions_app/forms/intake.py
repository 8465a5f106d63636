"""What is asked before the dose."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.actions.intake import IntakeReportEntry
from sessions_app.forms.entry import ClockTimeField, EntryForm
from sessions_app.forms.fields import ChoicesField, YesNoField
from sessions_app.models import EnrolmentVerification
from sessions_app.rules.facts import Intake, IntakeAnswer, WayHomeKind
from sessions_app.rules.program import Program

_ANSWERS = (
    (IntakeAnswer.AT.value, _("At")),
    (IntakeAnswer.NONE.value, _("Not today")),
    (IntakeAnswer.UNKNOWN.value, _("Does not know")),
)
_KINDS = {
    Intake.FOOD: (_("Food"), _("Last food at")),
    Intake.LIQUID: (_("Drink"), _("Last drink at")),
    Intake.NASAL_SPRAY: (_("Steroid or decongestant nasal spray"), _("Last spray at")),
}


class IntakeForm(EntryForm):
    """Food, drink, nasal spray: a time, not today, or does not know."""

    clock_fields = tuple(f"{kind.value.lower()}_last_time" for kind in Intake)
    looks_back = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, (label, at_label) in _KINDS.items():
            name = kind.value.lower()
            self.fields[f"{name}_answer"] = ChoicesField(_ANSWERS, label=label)
            self.fields[f"{name}_last_time"] = ClockTimeField(label=at_label, required=False)
            self.fields[f"{name}_last_time"].widget.attrs["data-asked"] = "1"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for kind in Intake:
            name = kind.value.lower()
            if cleaned.get(f"{name}_answer") in (IntakeAnswer.NONE, IntakeAnswer.UNKNOWN) and cleaned.get(
                f"{name}_last_time"
            ):
                self.add_error(f"{name}_last_time", _("There is a time; choose “At”, or take the time out."))
        return cleaned

    def reports(self) -> dict[Intake, IntakeReportEntry]:
        return {
            kind: IntakeReportEntry(
                IntakeAnswer(self.cleaned_data[f"{kind.value.lower()}_answer"]),
                self.moments[f"{kind.value.lower()}_last_time"],
            )
            for kind in Intake
        }


class QuestionsForm(EntryForm):
    """The programme's yes/no questions. What is left open stays not asked."""

    anything_new = YesNoField(label=_("Anything new since the last visit?"))

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.program = program
        for code, label in program.contraindications.items():
            self.fields[f"contraindication_{code}"] = YesNoField(label=label)
        for code, label in program.medicines.items():
            self.fields[f"medicine_{code}"] = YesNoField(label=label)
        for field in self.fields.values():
            field.widget.attrs["data-asked"] = "1"
        self.helper = FormHelper()
        self.helper.layout = Layout(
            Fieldset(str(_("Today")), "anything_new", css_class="asks"),
            Fieldset(
                str(_("Contraindications")),
                *(f"contraindication_{code}" for code in program.contraindications),
                css_class="asks",
            ),
            Fieldset(str(_("Takes now")), *(f"medicine_{code}" for code in program.medicines), css_class="asks"),
        )

    def answers(self, topic: str, codes: Any) -> dict[str, bool]:
        given = {code: self.cleaned_data.get(f"{topic}_{code}") for code in codes}
        return {code: answer for code, answer in given.items() if answer is not None}

    def contraindications(self) -> dict[str, bool]:
        return self.answers("contraindication", self.program.contraindications)

    def medicines(self) -> dict[str, bool]:
        return self.answers("medicine", self.program.medicines)


VERIFIED_BY = (
    (EnrolmentVerification.How.PORTAL, _("Portal")),
    (EnrolmentVerification.How.TELEPHONE, _("Telephone")),
)


class VerificationForm(EntryForm):
    """Enrolment verified with the REMS for this dose."""

    how = ChoicesField(VERIFIED_BY, label=_("Verified by"))


class CounsellingForm(EntryForm):
    """The patient was counselled."""

    counselled = forms.BooleanField(
        label=_("Counselled: sedation, dissociation and blood pressure; the two hours; no driving until after a sleep")
    )


class WayHomeForm(EntryForm):
    """Who takes the patient home."""

    kind = ChoicesField(
        (
            (WayHomeKind.PERSON, _("A person")),
            (WayHomeKind.RIDE_SERVICE, _("Ride service")),
            (WayHomeKind.WARD, _("The ward")),
        ),
        label=_("Taken home by"),
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    phone = forms.CharField(label=_("Phone"), max_length=30, widget=forms.TextInput(attrs={"type": "tel"}))
    relation = forms.CharField(label=_("Relation"), max_length=60, required=False)
    will_not_drive = forms.BooleanField(
        label=_("The patient will not drive until the day after a night's sleep"), required=False
    )

    def clean_phone(self) -> str:
        """Ten digits or more, however they are written."""
        phone = str(self.cleaned_data["phone"]).strip()
        digits = sum(character.isdigit() for character in phone)
        if digits < 10:
            raise forms.ValidationError(_("%(digits)s digits; a phone number here has ten."), params={"digits": digits})
        return phone

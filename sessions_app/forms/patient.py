"""A patient is registered and enrolled."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models import Language, Patient, Sex, User
from sessions_app.forms.days import DayField, TypedDayField
from sessions_app.forms.document import DocumentField
from sessions_app.forms.entry import EntryForm
from sessions_app.forms.fields import ChoicesField, ReasonField
from sessions_app.models.patient_search import record_numbered


class PatientForm(EntryForm):
    """Who the patient is."""

    first_name = forms.CharField(label=_("First name"), max_length=60)
    middle_initial = forms.CharField(label=_("Middle initial"), max_length=1, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=60)
    birth_date = TypedDayField(label=_("Born"))
    sex = ChoicesField(
        ((Sex.FEMALE, _("Female")), (Sex.MALE, _("Male")), (Sex.OTHER, _("Other"))),
        label=_("Sex, as the monitoring form asks it"),
        coerce=Sex,
    )
    mrn = forms.CharField(label=_("Medical record number"), max_length=30)
    phone = forms.CharField(
        label=_("Phone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    paper_language = ChoicesField(
        Language.choices,
        label=_("Language of papers to take home"),
        required=False,
        initial=Language.EN,
        empty_value=Language.EN,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first_name", "middle_initial", "last_name", "mrn", "phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["paper_language"].widget.attrs["data-asked"] = "1"
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "entry_id",
            Fieldset(str(_("Name")), "first_name", "middle_initial", "last_name", css_class="form-cols"),
            Fieldset(str(_("Identifiers")), "birth_date", "mrn", "phone", css_class="form-cols"),
            Fieldset(None, "sex", "paper_language", css_class="fields"),
        )

    def patient(self) -> dict[str, Any]:
        said = {name: value for name, value in self.cleaned_data.items() if name != "entry_id"}
        return {**said, "asked_about": self._asked_about()}

    def _asked_about(self) -> frozenset[UUID]:
        """Those who were shown when the box was ticked: somebody else, found by what is typed now, is asked about."""
        found = set()
        for part in str(self.data.get("confirm_unlikely", "")).split(","):
            with suppress(ValueError):
                found.add(UUID(part))
        return frozenset(found)


class LinkForm(EntryForm):
    """Another record of this very person, which is kept."""

    kept_mrn = forms.CharField(
        label=_("Record number that stays"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Of the other record. It stands for both from now on."),
    )
    reason = ReasonField(label=_("How you know"))

    def __init__(self, *args: Any, patients: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.patients = patients

    def clean_kept_mrn(self) -> Patient:
        """The record of this very number, so that one that is a duplicate itself is refused with its reason."""
        record = record_numbered(self.patients, str(self.cleaned_data["kept_mrn"]).strip())
        if record is None:
            raise forms.ValidationError(_("No patient of this clinic has this number."))
        return record


class ProgrammeForm(EntryForm):
    """Base of forms about one programme: asked where there are several, carried along where there is one."""

    program = forms.ChoiceField(label=_("Programme"))

    def __init__(self, *args: Any, programs: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["program"]
        field.choices = list(programs.items())  # type: ignore[attr-defined]
        if len(programs) == 1:
            field.widget = forms.HiddenInput()
            self.initial["program"] = next(iter(programs))


class EnrolmentForm(ProgrammeForm):
    """The REMS enrolled this patient here, by a form that patient and prescriber signed."""

    rems_identifier = forms.CharField(
        label=_("REMS identifier"), max_length=40, required=False, help_text=_("As the REMS gave it.")
    )
    patient_signed_date = DayField(label=_("The patient signed the form on"))
    prescriber = forms.ModelChoiceField(queryset=User.objects.none(), label=_("Prescriber"), empty_label=_("Choose"))
    prescriber_signed_date = DayField(label=_("The prescriber signed it on"))
    document = DocumentField(label=_("The signed form"), required=False)
    enrolled = forms.BooleanField(label=_("The REMS confirmed that this patient is enrolled here"))

    def __init__(self, *args: Any, prescribers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prescriber"].queryset = prescribers  # type: ignore[attr-defined]

    def enrolment(self) -> dict[str, Any]:
        said = self.cleaned_data
        names = ("rems_identifier", "patient_signed_date", "prescriber", "prescriber_signed_date")
        return {**{name: said[name] for name in names}, "program_code": said["program"], "file": said["document"]}

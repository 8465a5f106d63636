"""A patient is registered and enrolled."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models import Sex
from sessions_app.forms.days import TypedDayField
from sessions_app.forms.entry import EntryForm
from sessions_app.forms.fields import ChoicesField


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first_name", "middle_initial", "last_name", "mrn", "phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "entry_id",
            Fieldset(str(_("Name")), "first_name", "middle_initial", "last_name", css_class="form-cols"),
            Fieldset(str(_("Identifiers")), "birth_date", "mrn", "phone", css_class="form-cols"),
            Fieldset(None, "sex", css_class="fields"),
        )

    def patient(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "entry_id"}


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
    """The REMS enrolled this patient here."""

    rems_identifier = forms.CharField(
        label=_("REMS identifier"), max_length=40, required=False, help_text=_("As the REMS gave it.")
    )
    enrolled = forms.BooleanField(label=_("The REMS confirmed that this patient is enrolled here"))

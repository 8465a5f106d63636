"""What is known of a patient beside treatment."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models import Consent, Facility, PatientTransfer
from clinic.models.patient import IDENTITY
from sessions_app.forms.days import DayField
from sessions_app.forms.document import DocumentField
from sessions_app.forms.entry import EntryForm
from sessions_app.forms.fields import ChoicesField, ReasonField, YesNoField
from sessions_app.forms.patient import PatientForm, ProgrammeForm

_UNSUGGESTED = {"autocomplete": "off"}


def _words(label: Any, longest: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, required=False, widget=forms.TextInput(attrs=_UNSUGGESTED), **kwargs
    )


class AllergyForm(EntryForm):
    """A substance and what it did, or none known."""

    substance = _words(_("Allergic to"), 80)
    reaction = _words(_("What it did"), 120, help_text=_("As the patient tells it."))
    none_known = forms.BooleanField(label=_("Asked: no known allergies"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("none_known") and cleaned.get("substance"):
            self.add_error("none_known", _("There is a substance above: one of the two."))
        elif not cleaned.get("none_known") and not cleaned.get("substance"):
            self.add_error("substance", _("Name a substance, or say below that none is known."))
        return cleaned

    def allergy(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("substance", "reaction")}


class ContactForm(EntryForm):
    """Where the patient lives, and whom to reach in an emergency."""

    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, **_UNSUGGESTED}),
        help_text=_("Street, city, state, ZIP. The record of units dispensed names it."),
    )
    email = forms.EmailField(
        label=_("The patient’s own e-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs=_UNSUGGESTED),
        help_text=_("Written to only with the patient’s consent to reminders."),
    )
    contact_name = _words(_("Name"), 120)
    contact_phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", **_UNSUGGESTED}),
    )
    contact_relation = _words(_("Relation"), 60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "entry_id",
            Fieldset(None, "address", "email", css_class="fields"),
            Fieldset(
                str(_("In an emergency call")),
                "contact_name",
                "contact_phone",
                "contact_relation",
                css_class="form-cols",
            ),
        )

    def contact(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name != "entry_id"}


class ConsentForm(EntryForm):
    """What the patient agreed to, or took back, and the signed paper."""

    kind = ChoicesField(Consent.Kind.choices, label=_("Consent to"))
    given = YesNoField(label=_("The patient agrees"), required=True)
    on_date = DayField(label=_("On"))
    document = DocumentField(label=_("The signed paper"), required=False)

    def consent(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {**{name: said[name] for name in ("kind", "given", "on_date")}, "file": said["document"]}


class DetailsForm(PatientForm):
    """Who the patient is; the record number stays."""

    reason = ReasonField(label=_("Why it changes"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["mrn"]
        self.fields["paper_language"].required = True
        self.helper.layout = Layout(
            "entry_id",
            Fieldset(str(_("Name")), "first_name", "middle_initial", "last_name", css_class="form-cols"),
            Fieldset(str(_("Identifiers")), "birth_date", "phone", css_class="form-cols"),
            Fieldset(None, "sex", "paper_language", "reason", css_class="fields"),
        )

    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in (*IDENTITY, "reason")}


class WithdrawalForm(ProgrammeForm):
    """The enrolment ends."""

    reason = ReasonField()


class TransferForm(ProgrammeForm):
    """Where to, from which day, and when the REMS was told."""

    to_facility = forms.ModelChoiceField(
        queryset=Facility.objects.none(), label=_("To our facility"), required=False, empty_label=_("Elsewhere")
    )
    to_place = _words(_("Elsewhere: where"), 120)
    from_date = DayField(label=_("From"))
    rems_told_date = DayField(label=_("The REMS was told on"), help_text=_("Before the day of the transfer."))
    rems_told_how = ChoicesField(
        ((PatientTransfer.How.PORTAL, _("Portal")), (PatientTransfer.How.TELEPHONE, _("Telephone"))), label=_("How")
    )

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_facility"].queryset = places  # type: ignore[attr-defined]

    def transfer(self) -> dict[str, Any]:
        names = ("to_facility", "to_place", "from_date", "rems_told_date", "rems_told_how")
        return {**{name: self.cleaned_data[name] for name in names}, "program_code": self.cleaned_data["program"]}

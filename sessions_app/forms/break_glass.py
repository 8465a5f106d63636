"""Reading outside one's facilities: which patient, where, and why; and what was made of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models import BreakGlassReview, Facility, Patient
from sessions_app.forms.entry import EntryForm
from sessions_app.forms.fields import ChoicesField, ReasonField
from sessions_app.models.patient_search import patients_at


class BreakGlassForm(EntryForm):
    """One patient by record number, at one facility of the organisation."""

    place = forms.ModelChoiceField(queryset=Facility.objects.none(), label=_("Facility"), empty_label=_("Choose"))
    mrn = forms.CharField(
        label=_("Record number"), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    reason = ReasonField(label=_("Why it cannot wait"))

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The patient is looked for at that facility alone: nothing is learnt of any other."""
        cleaned = super().clean()
        place, mrn = cleaned.get("place"), cleaned.get("mrn")
        if place and mrn:
            cleaned["patient"] = patients_at([place.pk]).filter(mrn__iexact=mrn.strip()).first()
            if cleaned["patient"] is None:
                self.add_error("mrn", _("Nobody there has this record number."))
        return cleaned

    def broken(self) -> dict[str, Any]:
        patient: Patient = self.cleaned_data["patient"]
        return {"patient": patient, "facility": self.cleaned_data["place"], "reason": self.cleaned_data["reason"]}


class ReviewForm(EntryForm):
    """Was there a reason?"""

    verdict = ChoicesField(
        BreakGlassReview.Verdict.choices, label=_("Was there a reason to read this?"), coerce=BreakGlassReview.Verdict
    )
    note = ReasonField(label=_("Note"), required=False)

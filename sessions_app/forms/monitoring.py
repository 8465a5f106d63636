"""Charting: a full check on one screen, signs, serious events. Numbers are always typed; nothing is carried over."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.forms.entry import TimedEntryForm
from sessions_app.forms.fields import ChoicesField, ReasonField, YesNoField
from sessions_app.models import NotObtained
from sessions_app.rules.charting import CheckEntry, SignEntry
from sessions_app.rules.checks import Vitals
from sessions_app.rules.facts import SignEventKind
from sessions_app.rules.program import Program, Sign

# Short words of our own for the MOAA/S anchors (Chernik 1990).
MOAAS_WORDS = {
    5: _("Alert"),
    4: _("Slow to answer"),
    3: _("Needs loud voice"),
    2: _("Needs a nudge"),
    1: _("Needs a pinch"),
    0: _("No response"),
}
OTHER_SYMPTOMS = (
    ("nausea", _("Nausea")),
    ("vomiting", _("Vomiting")),
    ("dizziness", _("Dizziness")),
    ("headache", _("Headache")),
    ("anxiety", _("Anxiety")),
    ("numbness", _("Numbness")),
    ("blurred sight", _("Blurred sight")),
)


def _number(label: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off", "data-asked": "1"})
    return forms.IntegerField(label=label, required=False, widget=widget, min_value=0, max_value=9999)


def _not_obtained(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", "—"), *NotObtained.choices])


class CheckForm(TimedEntryForm):
    """One check. Empty measures are not asked; a measure tried and not obtained has its reason."""

    systolic_mmhg = _number(_("Systolic"))
    diastolic_mmhg = _number(_("Diastolic"))
    pulse_bpm = _number(_("Pulse"))
    spo2_percent = _number("SpO₂")
    bp_not_obtained = _not_obtained(_("Blood pressure"))
    spo2_not_obtained = _not_obtained("SpO₂")
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 1}))
    late_baseline = forms.BooleanField(label=_("Taken before the first device"), required=False)

    def __init__(self, *args: Any, program: Program, after_dose: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.program = program
        if not after_dose:
            del self.fields["late_baseline"]
        for sign in program.signs:
            self._add_sign(sign, after_dose=after_dose)

    def _add_sign(self, sign: Sign, *, after_dose: bool) -> None:
        name = f"sign_{sign.code}"
        self.fields[f"{name}_present"] = YesNoField(label=sign.label)
        if sign.scale and sign.score_max <= 5:
            scores = [
                (value, MOAAS_WORDS.get(value, "") if sign.scale == "MOAA/S" else "")
                for value in range(sign.score_max, sign.score_min - 1, -1)
            ]
            self.fields[f"{name}_score"] = ChoicesField(
                scores, label=sign.scale, coerce=int, empty_value=None, required=False
            )
        elif sign.scale:
            self.fields[f"{name}_score"] = _number(sign.scale)
        self.fields[f"{name}_not_obtained"] = _not_obtained(sign.label)
        if after_dose:
            self.fields[f"{name}_gone"] = forms.BooleanField(required=False, label=_("Gone by the time of this check"))
        for field in (f"{name}_present", f"{name}_score"):
            if field in self.fields:
                self.fields[field].widget.attrs["data-asked"] = "1"

    def check_entry(self) -> CheckEntry:
        said = self.cleaned_data
        vitals = Vitals(
            said.get("systolic_mmhg"), said.get("diastolic_mmhg"), said.get("pulse_bpm"), said.get("spo2_percent")
        )
        return CheckEntry(
            vitals=vitals,
            blood_pressure_not_obtained=said.get("bp_not_obtained", ""),
            spo2_not_obtained=said.get("spo2_not_obtained", ""),
            signs={sign.code: self._sign(sign.code) for sign in self.program.signs},
            note=said.get("note", ""),
            confirmed=self._confirmed(vitals),
        )

    def _sign(self, code: str) -> SignEntry:
        name = f"sign_{code}"
        return SignEntry(
            present=self.cleaned_data.get(f"{name}_present"),
            score=self.cleaned_data.get(f"{name}_score"),
            not_obtained=self.cleaned_data.get(f"{name}_not_obtained", ""),
            gone=bool(self.cleaned_data.get(f"{name}_gone")),
        )

    def _confirmed(self, vitals: Vitals) -> frozenset[str]:
        """Only what was confirmed with this very value; a value typed anew is asked about anew."""
        confirmed = set()
        for part in str(self.data.get("confirm_unlikely", "")).split(","):
            name, _equals, value = part.partition("=")
            if value and value == str(getattr(vitals, name, None)):
                confirmed.add(name)
        return frozenset(confirmed)

    @property
    def late_baseline_said(self) -> bool:
        return bool(self.cleaned_data.get("late_baseline"))


class SignForm(TimedEntryForm):
    """A sign of the programme, or another symptom, began or was gone."""

    code = forms.ChoiceField(label=_("What"))
    kind = ChoicesField(
        ((SignEventKind.ONSET, _("Began")), (SignEventKind.RESOLUTION, _("Gone"))),
        coerce=SignEventKind,
        label=_("It"),
    )
    field_order = ("entry_id", "code", "kind", "occurred_time")

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        signs = [(sign.code, sign.label) for sign in program.signs]
        self.fields["code"].choices = [*signs, *OTHER_SYMPTOMS]  # type: ignore[attr-defined]


class SeriousEventForm(TimedEntryForm):
    """Something serious happened."""

    what = ReasonField(label=_("What happened"))
    field_order = ("entry_id", "what", "occurred_time")

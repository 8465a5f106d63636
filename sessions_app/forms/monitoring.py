"""Charting: a full check on one screen, signs, serious events, medicines. Numbers are always typed, and
nothing is carried over."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.rules.refusals import field_refusal
from sessions_app.forms.entry import TimedEntryForm
from sessions_app.forms.fields import ChoicesField, OfferedField, ReasonField, YesNoField
from sessions_app.models import MedicineGiven, NotObtained
from sessions_app.rules.charting import CheckEntry, SignEntry, measures_of_page
from sessions_app.rules.checks import POSSIBLE, Vitals
from sessions_app.rules.facts import SignEventKind
from sessions_app.rules.program import Program, Sign

# Our own short words beside the scores of MOAA/S (Chernik 1990): not its anchors, which nobody here translates.
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


CODE_LENGTH = 40


def _number(label: Any, *, most: int) -> forms.IntegerField:
    """``most`` tells the keypad when no further digit can follow; what cannot be is refused by the rules."""
    attrs = {"inputmode": "numeric", "autocomplete": "off", "data-asked": "1", "data-most": str(most)}
    widget = forms.NumberInput(attrs=attrs)
    return forms.IntegerField(label=label, required=False, widget=widget, min_value=0, max_value=9999)


def _not_obtained(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", "—"), *NotObtained.choices])


class SymptomsField(forms.MultipleChoiceField):
    """``nausea:ONSET``: what began or was gone, said by the chip itself: meanwhile somebody else may have charted."""

    def valid_value(self, value: Any) -> bool:
        code, _colon, kind = str(value).rpartition(":")
        return code.strip().isprintable() and 0 < len(code.strip()) <= CODE_LENGTH and kind in list(SignEventKind)


class CheckForm(TimedEntryForm):
    """One check. A measure left empty is asked back about once; one tried and not obtained has its reason."""

    systolic_mmhg = _number(_("Systolic"), most=POSSIBLE["systolic_mmhg"][1])
    diastolic_mmhg = _number(_("Diastolic"), most=POSSIBLE["diastolic_mmhg"][1])
    pulse_bpm = _number(_("Pulse"), most=POSSIBLE["pulse_bpm"][1])
    spo2_percent = _number("SpO₂", most=POSSIBLE["spo2_percent"][1])
    bp_not_obtained = _not_obtained(_("Blood pressure"))
    pulse_not_obtained = _not_obtained(_("Pulse"))
    spo2_not_obtained = _not_obtained("SpO₂")
    symptoms = SymptomsField(label=_("Symptoms"), required=False)
    other_symptom = forms.CharField(label=_("Another symptom"), required=False, max_length=CODE_LENGTH)
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 1}))
    late_baseline = forms.BooleanField(label=_("Taken before the first device"), required=False)

    only_pressure = False

    def __init__(self, *args: Any, program: Program, after_dose: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.program = program
        self.asked = measures_of_page(program)
        if self.only_pressure:
            self.asked = self.asked[:1]
            for name in set(self.fields) - PRESSURE_FIELDS - {"entry_day"}:
                del self.fields[name]
            return
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
            self.fields[f"{name}_score"] = _number(sign.scale, most=sign.score_max)
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
            pulse_not_obtained=said.get("pulse_not_obtained", ""),
            spo2_not_obtained=said.get("spo2_not_obtained", ""),
            signs={sign.code: self._sign(sign.code) for sign in self.program.signs},
            symptoms=self._symptoms(),
            note=said.get("note", ""),
            confirmed=self._confirmed(vitals),
            expected=tuple(measure for measure in self.asked if measure not in self._without()),
        )

    def _symptoms(self) -> dict[str, SignEventKind]:
        found = {}
        for value in self.cleaned_data.get("symptoms", ()):
            code, _colon, kind = value.rpartition(":")
            found[code] = SignEventKind(kind)
        if other := self.cleaned_data.get("other_symptom", "").lower():
            found[other] = SignEventKind.ONSET
        return found

    def _without(self) -> list[str]:
        """What may stay empty: asked once, and bound to these very measures."""
        return str(self.data.get("without", "")).split(",")

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


PRESSURE_FIELDS = {
    "entry_id",
    "systolic_mmhg",
    "diastolic_mmhg",
    "bp_not_obtained",
    "note",
    "occurred_time",
    "occurred_time_pass",
}


class PressureForm(CheckForm):
    """Blood pressure alone, measured again."""

    only_pressure = True


class SignForm(TimedEntryForm):
    """A sign of the programme, or another symptom, began or was gone."""

    code = ChoicesField((), label=_("What"), required=False)
    other = forms.CharField(label=_("Something else"), required=False, max_length=CODE_LENGTH)
    kind = ChoicesField(
        ((SignEventKind.ONSET, _("Began")), (SignEventKind.RESOLUTION, _("Gone"))),
        coerce=SignEventKind,
        label=_("It"),
    )
    field_order = ("entry_id", "code", "other", "kind", "occurred_time")

    def __init__(self, *args: Any, program: Program, running: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        signs = [(sign.code, sign.label) for sign in program.signs]
        known = {code for code, _label in (*signs, *OTHER_SYMPTOMS)}
        told = [(code, code.capitalize()) for code in running if code not in known]
        self.fields["code"].choices = [*signs, *OTHER_SYMPTOMS, *told]  # type: ignore[attr-defined]
        self.fields["code"].widget.attrs["data-asked"] = "1"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if bool(cleaned.get("code")) == bool(cleaned.get("other")):
            self.refuse(field_refusal("code", "one_of_two"))
        return cleaned

    @property
    def said_code(self) -> str:
        return str(self.cleaned_data["code"] or self.cleaned_data["other"].lower())


class SeriousEventForm(TimedEntryForm):
    """Something serious happened."""

    what = ReasonField(label=_("What happened"))
    field_order = ("entry_id", "what", "occurred_time")


class MedicineForm(TimedEntryForm):
    """A medicine given on site, by whoever gave it."""

    drug = forms.CharField(label=_("Medicine"), max_length=80)
    dose = forms.CharField(label=_("Dose, with its unit"), max_length=40)
    route = ChoicesField(MedicineGiven.Route.choices, coerce=MedicineGiven.Route, label=_("Route"))
    given_by = OfferedField(label=_("Given by"), empty_label=None)
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ("entry_id", "drug", "dose", "route", "given_by", "occurred_time", "note")

    def __init__(self, *args: Any, licensed: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["given_by"].offer(licensed, known=staff)  # type: ignore[attr-defined]

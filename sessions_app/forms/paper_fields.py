"""The fields of a sheet of paper, and one row of its grid as a check."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models import Device, Language, User
from sessions_app.forms.entry import ClockTimeField
from sessions_app.forms.fields import OfferedField, YesNoField
from sessions_app.forms.intake import VERIFIED_BY
from sessions_app.forms.monitoring import OTHER_SYMPTOMS
from sessions_app.models import Impairment, InstructionsGiven, NotObtained, Transfer
from sessions_app.presenters.pack import serial_words
from sessions_app.rules.charting import CheckEntry, SignEntry
from sessions_app.rules.checks import Vitals
from sessions_app.rules.facts import Intake, IntakeAnswer, Outcome, WayHomeKind
from sessions_app.rules.program import Program
from sessions_app.rules.states import State

CHECKS, DEVICES, SYMPTOMS = 8, 4, 4
_VITALS = ("systolic_mmhg", "diastolic_mmhg", "pulse_bpm", "spo2_percent")
_NONE = ("", "—")
_INTAKE = {
    Intake.FOOD: (_("Food"), _("Last food at")),
    Intake.LIQUID: (_("Drink"), _("Last drink at")),
    Intake.NASAL_SPRAY: (_("Nasal spray"), _("Last spray at")),
}
_ENDS = (
    ("", _("Not on this sheet: the session goes on")),
    (State.DISCHARGED, _("Went home, released")),
    (State.LEFT_EARLY, _("Left early")),
    (State.TRANSFERRED, _("Transferred")),
    (State.NOT_DOSED, _("Not dosed")),
)


def _clock(label: Any) -> ClockTimeField:
    field = ClockTimeField(label=label, required=False)
    field.widget.attrs["data-asked"] = "1"
    return field


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    widget = forms.Select(attrs={"data-asked": "1"})
    return forms.ChoiceField(label=label, choices=[_NONE, *choices], required=False, widget=widget)


def _text(label: Any, size: int = 120) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=size, widget=forms.TextInput(attrs={"data-asked": "1"})
    )


def _number(label: Any) -> forms.IntegerField:
    attrs = {"inputmode": "numeric", "autocomplete": "off", "data-asked": "1"}
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=9999, widget=forms.NumberInput(attrs))


def _person(label: Any) -> forms.ModelChoiceField:
    field: Any = forms.ModelChoiceField(queryset=User.objects.none(), label=label, required=False)
    field.widget.attrs["data-asked"] = "1"
    field.label_from_instance = User.__str__
    return field


def add_sheet_fields(form: forms.Form, *, program: Program, decides: bool) -> None:
    """Everything a sheet may hold, in its order."""
    fields = form.fields
    fields["nurse"], fields["prescriber"] = _person(_("Nurse who wrote it")), _person(_("Prescriber"))
    _before(fields, program)
    each = program.mg_per_device
    doses = sorted({*program.doses_mg, each})
    fields["order_time"] = _clock(_("Ordered at"))
    choices = [_NONE, *((mg // each, f"{mg} mg") for mg in doses)]
    fields["order_devices"] = forms.TypedChoiceField(
        label=_("Dose"), required=False, coerce=int, empty_value=None, choices=choices
    )
    fields["order_reason"] = _text(_("Reason, off the table"), 2000)
    fields["clear_time"] = _clock(_("Cleared at"))
    for row in range(1, DEVICES + 1):
        fields[f"device-{row}_time"] = _clock(_("Time"))
        device: Any = OfferedField(label=_("Device number"), required=False)
        device.label_from_instance = _device_words
        fields[f"device-{row}_device"] = device
        outcomes = ((Outcome.FULL, _("Full")), (Outcome.PARTIAL, _("One spray")), (Outcome.FAILED, _("Failed")))
        fields[f"device-{row}_outcome"] = _choice(_("Delivered"), outcomes)
    fields["finish_time"] = _clock(_("Dosing finished at"))
    fields["stopped_early_reason"] = _text(_("Stopped early: reason"), 2000)
    fields["exception_reason"] = _text(_("Given all the same: reason"), 2000)
    _checks(fields, program)
    _leaving(fields, program, decides=decides)


def _device_words(device: Device) -> str:
    return ", ".join((device.number, device.lot, *serial_words(device)))


def _before(fields: Any, program: Program) -> None:
    fields["asked_time"] = _clock(_("Asked at"))
    fields["anything_new"] = YesNoField(label=_("Anything new since the last visit?"))
    for topic, codes in (("contraindication", program.contraindications), ("medicine", program.medicines)):
        for code, label in codes.items():
            fields[f"{topic}_{code}"] = YesNoField(label=label)
    answers = (
        (IntakeAnswer.AT, _("At")),
        (IntakeAnswer.NONE, _("Not today")),
        (IntakeAnswer.UNKNOWN, _("Does not know")),
    )
    for kind, (words, at_words) in _INTAKE.items():
        fields[f"{kind.value.lower()}_answer"] = _choice(words, answers)
        fields[f"{kind.value.lower()}_last_time"] = _clock(at_words)
    fields["verified_how"] = _choice(_("Enrolment verified by"), VERIFIED_BY)
    fields["counselled"] = forms.BooleanField(label=_("Counselled before the first dose"), required=False)
    ways = (
        (WayHomeKind.PERSON, _("A person")),
        (WayHomeKind.RIDE_SERVICE, _("Ride service")),
        (WayHomeKind.WARD, _("The ward")),
    )
    fields["home_kind"] = _choice(_("Taken home by"), ways)
    fields["home_name"], fields["home_phone"] = _text(_("Name")), _text(_("Phone"), 30)
    fields["home_will_not_drive"] = forms.BooleanField(label=_("Will not drive until after a sleep"), required=False)


def _checks(fields: Any, program: Program) -> None:
    labels = dict(zip(_VITALS, (_("Systolic"), _("Diastolic"), _("Pulse"), "SpO₂"), strict=True))
    for row in range(1, CHECKS + 1):
        fields[f"check-{row}_time"] = _clock(_("Time"))
        for name, label in labels.items():
            fields[f"check-{row}_{name}"] = _number(label)
        for sign in program.signs:
            answers = (("no", _("none")), ("yes", _("present")), *NotObtained.choices)
            fields[f"check-{row}_sign_{sign.code}_present"] = _choice(sign.label, answers)
            if sign.scale:
                fields[f"check-{row}_sign_{sign.code}_score"] = _number(sign.scale)
    codes = [*((sign.code, sign.label) for sign in program.signs), *OTHER_SYMPTOMS]
    for row in range(1, SYMPTOMS + 1):
        fields[f"symptom-{row}_code"] = _choice(_("Sign or symptom"), codes)
        fields[f"symptom-{row}_began_time"], fields[f"symptom-{row}_gone_time"] = _clock(_("Began")), _clock(_("Gone"))
    fields["as_on_paper"] = forms.BooleanField(label=_("Rarely seen values: they are so on the paper"), required=False)


def _leaving(fields: Any, program: Program, *, decides: bool) -> None:
    if decides:
        codes = [
            ("BASELINE_BP", _("Blood pressure before the dose")),
            ("BASELINE_STATE", _("State before the dose")),
            ("NEW_SIGN", _("A new sign between devices")),
            ("BP", _("Blood pressure at leaving")),
            ("SPO2", _("SpO₂ at leaving")),
            ("NOT_OBTAINED", _("Not obtained at the final check")),
            *((sign.refusal_code, _("%(sign)s at leaving") % {"sign": sign.label}) for sign in program.signs),
        ]
        fields["decision_time"] = _clock(_("Decided at"))
        fields["decision_code"] = _choice(_("On"), codes)
        fields["decision_reason"] = _text(_("Decision and reason"), 2000)
        fields["decision_examined"] = forms.BooleanField(label=_("I examined the patient"), required=False)
    fields["instructions_time"] = _clock(_("Instructions at"))
    fields["instructions_how"] = _choice(_("Given"), InstructionsGiven.How.choices)
    fields["instructions_language"] = _choice(_("Language"), Language.choices)
    fields["ready_time"] = _clock(_("Found ready at"))
    fields["peak_reason"] = _text(_("40-min check missed: reason"), 2000)
    fields["end_kind"] = forms.ChoiceField(label=_("How it ended"), choices=_ENDS, required=False)
    fields["end_time"] = _clock(_("At"))
    fields["handed_over_to"] = _text(_("Taken over by"))
    fields["last_seen_time"] = _clock(_("Last seen at"))
    fields["impaired"] = _choice(_("When last seen"), Impairment.choices)
    fields["prescriber_told"] = _text(_("Prescriber told, or tried"), 200)
    fields["contact_told"] = _text(_("Contact told, or tried"), 200)
    fields["destination"] = _choice(_("To"), Transfer.Destination.choices)
    fields["place"], fields["handed_over"] = _text(_("Where")), _text(_("What was handed over"), 2000)
    fields["not_dosed_reason"] = _text(_("Not dosed: reason"), 2000)


def check_of_row(said: dict[str, Any], row: int, program: Program) -> tuple[CheckEntry, bool]:
    """One row of the grid, and whether anything was typed in it. A score alone says that the sign was asked."""
    vitals = Vitals(*(said.get(f"check-{row}_{name}") for name in _VITALS))
    signs = {}
    for sign in program.signs:
        answer = said.get(f"check-{row}_sign_{sign.code}_present", "")
        score = said.get(f"check-{row}_sign_{sign.code}_score")
        reason = answer if answer in NotObtained.values else ""
        signs[sign.code] = SignEntry({"yes": True, "no": False}.get(answer), score, reason)
    confirmed = frozenset(_VITALS if said.get("as_on_paper") else ())
    check = CheckEntry(vitals=vitals, signs=signs, confirmed=confirmed)
    values = any(said.get(f"check-{row}_{name}") is not None for name in _VITALS)
    asked = any(entry.asked or entry.score is not None for entry in signs.values())
    return check, values or asked or said.get(f"check-{row}_time") is not None

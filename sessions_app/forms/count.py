"""Counting a cabinet, discrepancies, recalls, and the clinic's own numbers of both."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.models import StockPolicy
from clinic.rules.count import MOST_OF_A_LOT, CountMoment, Lot, sheet_refusals
from clinic.rules.discrepancy import DiscrepancyStepKind
from clinic.rules.pack import digits_of
from clinic.rules.stock import StockKind, tidy_lot
from sessions_app.forms.cabinet import DevicesForm, WitnessedForm
from sessions_app.forms.days import DayField
from sessions_app.forms.entry import EntryForm, TimedEntryForm
from sessions_app.forms.fields import ChoicesField, ReasonField
from sessions_app.forms.patient import ProgrammeForm
from sessions_app.presenters.pack import product_words
from sessions_app.rules.program import Program

UNLISTED = 2  # lines for lots that the sheet does not name


class CountForm(EntryForm):
    """A sheet that does not say what the book has. ``lots`` with their words; ``marks``: what stands for each.
    ``begins``: it asks at which end of the day; ``whole``: it has room for lots that it does not name."""

    def __init__(
        self,
        *args: Any,
        lots: Mapping[Lot, str],
        marks: Mapping[Lot, str],
        programs: Mapping[str, Program],
        begins: bool,
        whole: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lots, self.unlisted = list(lots), UNLISTED if whole else 0
        self.products = {product.ndc: (code, product) for code, of in programs.items() for product in of.products}
        self.program_code = next(iter(programs))
        about = []
        if begins:
            moments = ((CountMoment.OPENING, _("Opening of business")), (CountMoment.CLOSE, _("Close of business")))
            self.fields["moment"] = ChoicesField(moments, label=_("Counted at"), coerce=CountMoment)
            about = [Fieldset(gettext("The count"), "moment", css_class="fields")]
        counted: list[str] = []
        extra: list[Fieldset] = []
        for place, (lot, words) in enumerate(lots.items()):
            hidden = forms.HiddenInput(attrs={"autocomplete": "off"})
            self.fields[f"count_{place}"] = _number(words)
            self.fields[f"count_{place}"].widget.attrs["data-asked"] = ""
            self.fields[f"mark_{place}"] = forms.CharField(widget=hidden, max_length=64, required=False)
            self.fields[f"mark_{place}"].initial = marks.get(lot, "")
            counted.append(f"count_{place}")
        for place in range(self.unlisted):
            text = forms.TextInput(attrs={"autocomplete": "off"})
            lot_field = forms.CharField(label=_("Another lot"), max_length=30, required=False, widget=text)
            packs = ((ndc, product_words(product)) for ndc, (_code, product) in self.products.items())
            self.fields[f"other_lot_{place}"] = lot_field
            self.fields[f"other_product_{place}"] = forms.ChoiceField(
                choices=[("", _("Not known")), *packs], label=_("Its pack"), required=False
            )
            self.fields[f"other_count_{place}"] = _number(_("How many"))
            named = (f"other_lot_{place}", f"other_count_{place}", f"other_product_{place}")
            legend = None if extra else gettext("Found, and not on this sheet")
            extra.append(Fieldset(legend, *named, css_class="form-cols"))
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "entry_id",
            *(f"mark_{place}" for place in range(len(self.lots))),
            *about,
            *([Fieldset(gettext("Devices of each lot"), *counted, css_class="asks")] if counted else ()),
            *extra,
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        typed = [(f"count_{place}", cleaned.get(f"count_{place}")) for place in range(len(self.lots))]
        for refusal in sheet_refusals(each for each in typed if each[0] not in self.errors):
            self.refuse(refusal)
        known = {(lot.lot, lot.ndc) for lot in self.lots}
        for place in range(self.unlisted):
            name = f"other_lot_{place}"
            lot, number = tidy_lot(cleaned.get(name) or ""), cleaned.get(f"other_count_{place}")
            ndc = digits_of(cleaned.get(f"other_product_{place}") or "")
            alike = {each for of, each in known if of == lot}
            if bool(lot) != (number is not None):
                self.add_error(name, _("A lot, and how many of it."))
            elif lot and alike and (not ndc or alike & {ndc, ""}):
                self.add_error(name, _("This lot stands above: say it there."))
            known.add((lot, ndc))
        return cleaned

    def counted(self) -> dict[Lot, int]:
        said = self.cleaned_data
        found = {lot: said[f"count_{place}"] for place, lot in enumerate(self.lots)}
        for place in range(self.unlisted):
            if lot := tidy_lot(said[f"other_lot_{place}"]):
                ndc = said[f"other_product_{place}"]
                code = self.products[ndc][0] if ndc else self.program_code
                found[Lot(code, lot, StockKind.BULK, digits_of(ndc))] = said[f"other_count_{place}"]
        return found

    def mark_anew(self, marks: Mapping[Lot, str]) -> None:
        """Something moved meanwhile: what is handed in next is counted from now."""
        sent: Any = self.data
        self.data = sent = sent.copy()
        for place, lot in enumerate(self.lots):
            sent[f"mark_{place}"] = marks.get(lot, "")

    def handed_in(self) -> dict[str, Any]:
        """What ``hand_in_count`` is told."""
        said = self.cleaned_data
        return {
            "moment": said.get("moment") or CountMoment.CLOSE,
            "counted": self.counted(),
            "marks": {lot: said[f"mark_{place}"] for place, lot in enumerate(self.lots)},
        }


def _number(label: Any) -> forms.IntegerField:
    """Asked by the sheet as a whole; the device's keypad has digits alone."""
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off", "min": "0"})
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=MOST_OF_A_LOT, widget=widget)


class TextForm(EntryForm):
    """Something said in words."""

    text = ReasonField(label=_("What was found, and what was tried"))


class StockPolicyForm(EntryForm):
    """How many people count, and what is kept in stock."""

    count_people = forms.IntegerField(label=_("People who count a cabinet"), help_text=_("From 1 to 3."))
    reorder_days = forms.IntegerField(label=_("Days of bookings to have devices for"), help_text=_("From 1 to 90."))
    reorder_margin = forms.IntegerField(label=_("Devices besides, as a margin"), help_text=_("From 0 to 200."))
    reason = ReasonField(label=_("Why it changes"))
    NUMBERS = ("count_people", "reorder_days", "reorder_margin")

    def __init__(self, *args: Any, in_force: StockPolicy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.NUMBERS:
            self.fields[name].initial = getattr(in_force, name)

    def policy(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in (*self.NUMBERS, "reason")}


STEP_CHOICES = (
    (DiscrepancyStepKind.NOTE, _("A note: what was looked for, who was asked")),
    (DiscrepancyStepKind.SIGNIFICANT, _("It is a theft or significant loss")),
    (DiscrepancyStepKind.NOT_SIGNIFICANT, _("It is neither")),
    (DiscrepancyStepKind.NOTICE, _("Written notice to the DEA was sent")),
    (DiscrepancyStepKind.FORM_106, _("Form 106 was filed")),
)


class FollowForm(TimedEntryForm):
    """What was done about a discrepancy, on which day."""

    kind = ChoicesField(STEP_CHOICES, label=_("What"), coerce=DiscrepancyStepKind)
    text = ReasonField(label=_("How, or why"), required=False, help_text=_("Of a notice: how it went, and to whom."))
    reference = forms.CharField(
        label=_("Reference of Form 106"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    on_date = DayField(label=_("Day"))
    field_order = ("entry_id", "kind", "text", "reference", "on_date", "occurred_time")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = self.now.astimezone(self.facility.zone).date()
        self.fields["on_date"].initial = self.today

    def day_of(self, name: str, clock: time, cleaned: dict[str, Any]) -> date:
        return cleaned.get("on_date") or self.today

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("on_date", self.today) != self.today and cleaned.get("occurred_time") is None:
            self.add_error("occurred_time", _("Say when, on another day."))
        return cleaned

    def step(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("kind", "text", "reference")}


class MissingForm(WitnessedForm, DevicesForm):
    """Which devices of the lot are not there."""

    reason = ReasonField(label=_("What was found"))


class ReasonToCloseForm(EntryForm):
    """Why it is settled."""

    reason = ReasonField(label=_("How it is settled"))


class RecallForm(ProgrammeForm):
    """A lot is recalled."""

    lot = forms.CharField(label=_("Lot"), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    reference = forms.CharField(
        label=_("Where it is said"),
        max_length=120,
        help_text=_("The letter, its number and day."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = ReasonField(label=_("What it is about"), required=False)
    field_order = ("entry_id", "program", "lot", "reference", "note")

    def recall(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"program_code": said["program"], **{name: said[name] for name in ("lot", "reference", "note")}}


class PeriodForm(forms.Form):
    """From which day to which the book is read."""

    first = DayField(label=_("From"))
    last = DayField(label=_("To"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"

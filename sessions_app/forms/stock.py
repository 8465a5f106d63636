"""Devices come into the cabinet."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.actions.delivery import Arrival
from clinic.actions.stock import MOST_AT_ONCE
from clinic.models import Cabinet, Delivery, Patient, Supplier
from clinic.rules.pack import Product, product_of
from clinic.rules.stock import NUMBER_LENGTH
from sessions_app.forms.cabinet import SupplierChoice, WitnessedForm
from sessions_app.forms.days import ExpiryField
from sessions_app.forms.document import DocumentField
from sessions_app.forms.pack import PackCodeField, scan_layout
from sessions_app.forms.patient import ProgrammeForm
from sessions_app.presenters.pack import product_words
from sessions_app.presenters.sentences.pack import PROBLEMS
from sessions_app.rules.program import Program

NOT_KNOWN = "not-known"


class DeliveryChoice(forms.ModelChoiceField):
    """What came today, by its paper."""

    def label_from_instance(self, delivery: Delivery) -> str:
        return f"{delivery.supplier.name}, {delivery.invoice}"


class DeviceForm(WitnessedForm, ProgrammeForm):
    """Devices of one pack or delivery come into the cabinet, under the clinic's own numbers."""

    code = PackCodeField()
    product = forms.ChoiceField(label=_("Pack"))
    number = forms.CharField(label=_("Our device number"), max_length=NUMBER_LENGTH)
    devices = forms.IntegerField(
        label=_("How many devices"),
        min_value=1,
        max_value=MOST_AT_ONCE,
        required=False,
        help_text=_("Several are numbered on from the first. Left empty, one."),
    )
    lot = forms.CharField(label=_("Lot"), max_length=30)
    expires_date = ExpiryField(label=_("Expires"))
    patient_mrn = forms.CharField(
        label=_("For a named patient: record number"),
        max_length=30,
        required=False,
        help_text=_("Leave empty for bulk. A named patient's device is never given to anybody else."),
    )
    delivery = DeliveryChoice(
        queryset=Delivery.objects.none(),
        label=_("Delivery"),
        required=False,
        empty_label=_("Another one: from whom, and under which paper"),
    )
    supplier = SupplierChoice(
        queryset=Supplier.objects.none(),
        label=_("From"),
        required=False,
        empty_label=_("From no delivery: it was here before"),
    )
    invoice = forms.CharField(label=_("Invoice or packing slip"), max_length=60, required=False)
    document = DocumentField(label=_("Proof of delivery"), required=False)
    cabinet = forms.ModelChoiceField(queryset=Cabinet.objects.none(), label=_("Into"), required=False)
    field_order = (
        *("entry_id", "code", "program", "product", "number", "devices", "lot", "expires_date", "patient_mrn"),
        *("cabinet", "delivery", "supplier", "invoice", "document", "witness", "witness_secret"),
    )

    def __init__(
        self,
        *args: Any,
        programs: Mapping[str, Program],
        patients: Any,
        suppliers: Any,
        deliveries: Any,
        cabinets: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, programs={code: program.label for code, program in programs.items()}, **kwargs)
        offered = {"supplier": suppliers, "delivery": deliveries, "cabinet": cabinets}
        for name, rows in offered.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.fields["cabinet"].empty_label = None  # type: ignore[attr-defined]
        # What leaves no choice is not asked.
        for name in ("delivery",) if not deliveries else ():
            del self.fields[name]
        if len(cabinets) < 2:
            del self.fields["cabinet"]
        self.programs, self.patients = programs, patients
        self._offer_packs([product for program in programs.values() for product in program.products])
        self.fields["devices"].widget.attrs["data-asked"] = ""
        for name in ("number", "devices", "lot", "patient_mrn", "invoice"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    @property
    def helper(self) -> FormHelper:
        return scan_layout(self)

    def _offer_packs(self, products: list[Product]) -> None:
        if not products:
            del self.fields["product"]
            return
        packs = [(product.ndc, product_words(product)) for product in products]
        not_known = (NOT_KNOWN, _("Not known: it came without its pack"))
        self.fields["product"].choices = [("", _("Choose")), *packs, not_known]  # type: ignore[attr-defined]

    def clean_patient_mrn(self) -> Patient | None:
        mrn = str(self.cleaned_data["patient_mrn"]).strip()
        patient = self.patients.filter(Q(mrn=mrn) | Q(duplicates__mrn=mrn)).first() if mrn else None
        if mrn and patient is None:
            raise forms.ValidationError(_("No patient of this clinic has this number."))
        return patient

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        program, code, ndc = self.programs.get(said.get("program", "")), said.get("code"), said.get("product", "")
        if program is None:
            return said
        chosen = next((product for product in program.products if product.ndc == ndc), None)
        scanned = product_of(code.gtin, program.products) if code else None
        if ndc not in ("", NOT_KNOWN) and chosen is None:
            self.add_error("product", _("Not a pack of this programme."))
        elif ndc and scanned and chosen != scanned:
            self.add_error("product", PROBLEMS["not_as_scanned"] % {"value": f"NDC {scanned.ndc}"})
        return {**said, "product": scanned if code else chosen}

    def received(self) -> dict[str, Any]:
        """What ``receive_devices`` is told."""
        said = self.cleaned_data
        return {
            "program_code": said["program"],
            "number": said["number"],
            "devices": said["devices"] or 1,
            "lot": said["lot"],
            "expires_date": said["expires_date"],
            "patient": said["patient_mrn"],
            "code": said["code"],
            "cabinet": said.get("cabinet"),
            "delivery": self._delivery(),
            "product": said["product"],
        }

    def _delivery(self) -> Delivery | Arrival | None:
        """Under which paper they came: one that is here, or a new one; none for what was here before."""
        said = self.cleaned_data
        if known := said.get("delivery"):
            return known
        return Arrival(said["supplier"], said["invoice"], said["document"]) if said["supplier"] else None

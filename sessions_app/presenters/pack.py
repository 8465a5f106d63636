"""What is said of a scanned pack, and what it fills in."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.models import Device
from clinic.presenters.time import calendar_day
from clinic.rules.pack import PackCode, Product, devices_in, ndc_digits_of, product_of
from clinic.rules.refusals import Refusal
from sessions_app.presenters.refusal import shown
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.pack import problem_words
from sessions_app.rules.program import Program


def device_words(device: Device) -> str:
    """One device in a list of them."""
    own = _("this patient's") if device.patient_id else _("bulk")
    said = {"own": own, "lot": device.lot, "day": f"{device.expires_date:%Y-%m-%d}"}
    return ", ".join((device.number, _("%(own)s, lot %(lot)s, %(day)s") % said, *serial_words(device)))


def device_label(device: Device) -> str:
    """One device in the cabinet's own lists, of whoever it is."""
    said = {"lot": device.lot, "day": f"{device.expires_date:%Y-%m-%d}"}
    name = [_("for %(name)s") % {"name": device.patient.full_name}] if device.patient else []
    return ", ".join((device.number, _("lot %(lot)s, %(day)s") % said, *serial_words(device), *name))


def ndc_and_kit(product: Product) -> str:
    kit = ngettext("kit of %(count)s", "kit of %(count)s", product.devices)
    return f"{product.ndc}, {kit % {'count': product.devices}}"


def product_words(product: Product) -> str:
    return _("NDC %(ndc)s") % {"ndc": ndc_and_kit(product)}


def gtin_words(gtin: str | None, products: Iterable[Product], *, in_column: bool = False) -> str:
    """Which product a device is of; ``in_column``: under a head that says NDC. One that no programme names any more is
    told by its digits."""
    if not gtin:
        return _("not known") if in_column else _("NDC not known")
    product = product_of(gtin, products)
    ndc = ndc_and_kit(product) if product else ndc_digits_of(gtin) or gtin
    return ndc if in_column else _("NDC %(ndc)s") % {"ndc": ndc}


def serial_words(device: Device) -> list[str]:
    return [_("serial %(serial)s") % {"serial": device.serial}] if device.serial else []


def words_of(refusal: Refusal) -> str:
    """A refusal of a scan, at its field."""
    what, clears = problem_words(refusal)
    return f"{what}. {clears}"


def label_words(code: PackCode) -> str:
    said = {"lot": code.lot, "day": calendar_day(code.expires_date), "serial": code.serial}
    return _("Lot %(lot)s, to be used by %(day)s, serial %(serial)s.") % said


def to_receive(code: PackCode, product: Product, *, program_code: str, label: str) -> dict[str, Any]:
    """A pack that may come in: its product, and what the form takes over."""
    held = devices_in(code.gtin, product)
    count = (
        ngettext("%(count)s device in it.", "%(count)s devices in it.", held) % {"count": held}
        if held
        else _("Count its devices: the code is not on a single pack.")
    )
    fill = {
        "program": program_code,
        "product": product.ndc,
        "lot": code.lot,
        "expires_date": code.expires_date.isoformat(),
    }
    return {
        "title": _("%(label)s, NDC %(ndc)s") % {"label": label, "ndc": product.ndc},
        "text": f"{label_words(code)} {count}",
        "fill": _fill(code, **fill, **({"devices": str(held)} if held else {})),
    }


def to_hand_over(code: PackCode, device: Device) -> dict[str, Any]:
    """The device that a scan chose."""
    return {
        "title": _("Device %(number)s") % {"number": device.number},
        "text": label_words(code),
        "fill": [*_fill(code), {"name": "device", "value": str(device.pk), "label": device_words(device)}],
    }


def to_take(code: PackCode, devices: list[Device]) -> dict[str, Any]:
    """The devices that a scan ticks."""
    numbers = ", ".join(device.number for device in devices)
    return {
        "title": _("Device %(number)s") % {"number": numbers},
        "text": label_words(code),
        "fill": [*_fill(code), *({"name": "devices", "value": str(device.pk), "label": ""} for device in devices)],
    }


def not_taken(refusals: Iterable[Refusal], reader: Reader, code: PackCode | None) -> dict[str, Any]:
    """Why a scan fills in nothing; what was understood of it stands in its field in letters."""
    words = [shown(refusal, reader, session_id=None, permissions=frozenset()) for refusal in refusals]
    return {"refusals": words, "fill": _fill(code) if code else []}


def _fill(code: PackCode, **values: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value, "label": ""} for name, value in {"code": code.printed, **values}.items()]


def unheard_of(programs: Iterable[Program], *, now: datetime) -> str:
    """For the demo: the code of a pack that nobody received."""
    product = next(product for program in programs for product in program.products)
    return PackCode(product.gtin, (now + timedelta(days=300)).date(), "L-90", f"T{now:%d%H%M%S}").printed


def of_stock(devices: Iterable[Device]) -> str:
    """For the demo: the code of the first pack among these devices."""
    device = next((each for each in devices if each.serial), None)
    if device is None:
        return ""
    return PackCode(str(device.gtin), device.expires_date, device.lot, str(device.serial)).printed

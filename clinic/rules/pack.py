"""A pack of devices as its GS1 code names it: may it be received, and which of its devices is handed over?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal
from clinic.rules.stock import StockDevice, device_refusals, tidy_lot

US_DRUG = "03"  # GS1's prefix for the United States' National Drug Code
SINGLE = "0"  # the indicator digit of a single pack; another names a case of packs, or what its maker says


@dataclass(frozen=True)
class Product:
    """A pack that a programme's drug comes in, by its National Drug Code as printed."""

    ndc: str
    devices: int

    @property
    def gtin(self) -> str:
        """As on a single pack."""
        return gtin_of(self.ndc)


@dataclass(frozen=True)
class PackCode:
    """What the code on one pack says. ``expires_date`` is its last day."""

    gtin: str
    expires_date: date
    lot: str
    serial: str

    @property
    def printed(self) -> str:
        """As it stands in letters beside the code; a scan field takes it too."""
        return f"(01){self.gtin}(17){self.expires_date:%y%m%d}(10){self.lot}(21){self.serial}"

    @property
    def product_gtin(self) -> str:
        """As on a single pack of it: what a device has whose product was chosen, and not scanned."""
        return gtin_of(ndc_digits_of(self.gtin))


@dataclass(frozen=True)
class Choice:
    """The devices that a scan chose by the clinic's own numbers, or why it chose none."""

    numbers: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    @property
    def number(self) -> str:
        """The first of them."""
        return self.numbers[0] if self.numbers else ""


def check_digit(payload: str) -> str:
    """The last digit of a GS1 number: weights 3 and 1 from the right, up to the next ten."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(payload)))
    return str(-total % 10)


def digits_of(ndc: str) -> str:
    """Of a National Drug Code as printed."""
    return ndc.replace("-", "")


def gtin_of(ndc: str, *, indicator: str = SINGLE) -> str:
    """GTIN-14 of a US drug: indicator, 03, the ten digits of its NDC, check digit (GS1 US)."""
    payload = indicator + US_DRUG + digits_of(ndc)
    return payload + check_digit(payload)


def ndc_digits_of(gtin: str) -> str:
    """The ten digits of the NDC in a GTIN-14; empty where it is no US drug's. Where they part is not in them."""
    return gtin[3:13] if gtin[1:3] == US_DRUG else ""


def product_of(gtin: str, products: Iterable[Product]) -> Product | None:
    """Which of these products a GTIN is a pack of."""
    digits = ndc_digits_of(gtin)
    return next((product for product in products if digits_of(product.ndc) == digits), None)


def devices_in(gtin: str, product: Product) -> int | None:
    """How many devices the pack holds; None where the code is not on the single pack, and somebody counts."""
    return product.devices if gtin[0] == SINGLE else None


def pack_refusal(problem: str, **params: object) -> Refusal:
    """Why a scan is not taken; another pack, or another way of entering, is the way on."""
    return Refusal("PACK", {"problem": problem, **params}, None, (ClearedBy.OTHER,))


def receiving_refusals(
    code: PackCode, *, product: Product | None, received: Sequence[str], today: date
) -> tuple[Refusal, ...]:
    """Why this pack does not come into the cabinet: another product, past its last day, or received before under
    the numbers ``received``."""
    return (*_unfit(code, product, today), *((pack_refusal("received", numbers=tuple(received)),) if received else ()))


def label_refusals(
    code: PackCode, *, product: Product | None, lot: str, expires_date: date, devices: int
) -> tuple[Refusal, ...]:
    """What is entered beside a scanned code is what the code says, and no more devices than the pack holds."""
    held = devices_in(code.gtin, product) if product else None
    checks = (
        ("lot", tidy_lot(lot) != tidy_lot(code.lot), code.lot),
        ("expires_date", expires_date != code.expires_date, code.expires_date),
        ("devices", held is not None and devices > held, held),
    )
    return tuple(field_refusal(name, "not_as_scanned", value=value) for name, differs, value in checks if differs)


def choose_devices(
    code: PackCode,
    count: int = 1,
    *,
    product: Product | None,
    pack: Sequence[StockDevice],
    alike: Sequence[StockDevice],
    today: date,
    patient_stock_days: int,
) -> Choice:
    """Which devices of a scanned pack are this patient's, at most ``count``. ``pack``: what was received under this
    code, in the pack's order; ``alike``: what was typed in without one, of the same lot and last day. Of those one is
    chosen only where no second is at hand."""
    if refusals := _unfit(code, product, today):
        return Choice(refusals=refusals)
    devices = pack or alike
    at_hand = [device for device in devices if device.at_hand]
    numbers = tuple(device.number for device in at_hand or devices)
    if not devices:
        return Choice(refusals=(pack_refusal("not_received", serial=code.serial),))
    if not at_hand:
        return Choice(refusals=(pack_refusal("all_given", numbers=numbers),))
    if not pack and len(at_hand) > 1:
        return Choice(refusals=(pack_refusal("several", numbers=numbers),))
    asked = [device_refusals(device, today=today, patient_stock_days=patient_stock_days) for device in at_hand]
    fit = [device.number for device, refusals in zip(at_hand, asked, strict=True) if not refusals]
    return Choice(tuple(fit[: max(count, 1)])) if fit else Choice(refusals=asked[0])


def _unfit(code: PackCode, product: Product | None, today: date) -> tuple[Refusal, ...]:
    if product is None:
        return (pack_refusal("other_product", ndc=ndc_digits_of(code.gtin) or code.gtin),)
    return (pack_refusal("expired", date=code.expires_date),) if today > code.expires_date else ()

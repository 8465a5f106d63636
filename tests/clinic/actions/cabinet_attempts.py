"""Every action on the cabinet, ready to be tried."""

from typing import Any

from clinic.actions import cabinet, delivery
from clinic.actions.delivery import Arrival
from clinic.models import Cabinet, Supplier
from clinic.rules.cabinet import Move
from tests.attempts import ADMIN, STOCK, Attempt
from tests.factories import NINE, Cast, entry, make_device

HEATHER: dict[str, Any] = {"name": "Heather Supply", "address": "2 Mill Lane", "dea_number": "rh 1234563"}
WHY = "It fell."


def one_more_cabinet(cast: Cast, name: str = "Room 2") -> Cabinet:
    return cabinet.add_cabinet(facility=cast.facility, name=name, entry=entry(), by=cast.ada, now=NINE)


def a_supplier(cast: Cast, **fields: Any) -> Supplier:
    said = {"facility": cast.facility, "entry": entry(), "by": cast.nora, "now": NINE}
    return delivery.record_supplier(**{**HEATHER, **said, **fields})


def waste(cast: Cast, *devices: Any, **fields: Any) -> Any:
    said = {"facility": cast.facility, "reason": WHY, "entry": entry(), "by": cast.nora, "now": NINE}
    return cabinet.waste_devices(**{**said, "devices": devices, **fields})


def lose(cast: Cast, *devices: Any, **fields: Any) -> Any:
    said = {"facility": cast.facility, "reason": WHY, "entry": entry(), "by": cast.nora, "now": NINE}
    return cabinet.report_lost(**{**said, "devices": devices, **fields})


def a_device(**fields: Any) -> Any:
    return lambda cast: {"facility": cast.facility, "devices": [make_device(cast)], **fields}


def as_made(made: dict[str, Any]) -> dict[str, Any]:
    return made


def _moved(cast: Cast) -> dict[str, Any]:
    return a_device(cabinet=one_more_cabinet(cast))(cast)


def _returned(cast: Cast) -> dict[str, Any]:
    return a_device(delivery=Arrival(a_supplier(cast), "R-1"))(cast)


def _found(cast: Cast) -> dict[str, Any]:
    said = a_device(cabinet=Cabinet.objects.get(facility=cast.facility), reason="Behind the drawer.")(cast)
    lose(cast, *said["devices"])
    return said


CABINET_ATTEMPTS = (
    Attempt(cabinet.move_devices, STOCK, _moved, as_made),
    Attempt(cabinet.waste_devices, STOCK, a_device(reason=WHY), as_made),
    Attempt(cabinet.return_devices, STOCK, _returned, as_made),
    Attempt(cabinet.report_lost, STOCK, a_device(reason=WHY), as_made),
    Attempt(cabinet.report_found, STOCK, _found, as_made),
    Attempt(delivery.record_supplier, STOCK, lambda cast: {"facility": cast.facility, **HEATHER}, as_made),
    Attempt(cabinet.add_cabinet, ADMIN, lambda cast: {"facility": cast.facility, "name": "Room 3"}, as_made),
    Attempt(
        cabinet.set_cabinet_policy,
        ADMIN,
        lambda cast: {"facility": cast.facility, "witnessed": [Move.WASTED], "reason": "State law."},
        as_made,
    ),
)

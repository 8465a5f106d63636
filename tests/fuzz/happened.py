"""What has to have happened before somebody can mean a form: done every time, and taken back with the request."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from clinic.actions.certification import designate_representative
from clinic.actions.count import hand_in_count
from clinic.actions.discrepancy import close_discrepancy, follow_discrepancy
from clinic.models import Cabinet, Discrepancy, User
from clinic.rules.count import CountKind, CountMoment
from clinic.rules.discrepancy import DiscrepancyStepKind
from sessions_app.actions import emergency
from sessions_app.actions.correction import propose_in_error
from sessions_app.models import Emergency
from sessions_app.models.emergency_record import open_emergency
from sessions_app.models.record import Record
from tests import certification
from tests.cast import entry
from tests.factories import STAY_ENDS, minutes
from tests.sessions_app.paper import Sheet

if TYPE_CHECKING:
    from tests.fuzz.house import House

NOW = STAY_ENDS + minutes(90)


def looked_at_and_ready(house: "House") -> None:
    walk = house.walks["ready"]
    walk.check(NOW)
    walk.assess(NOW)


def an_emergency(house: "House") -> None:
    walk = house.walks["monitoring"]
    if open_emergency(Record(walk.dosing_session)) is None:
        emergency.raise_emergency(kind=Emergency.Kind.FALL, **walk.envelope(NOW))


def of_paper(house: "House") -> None:
    walk = house.walks["monitoring"]
    Sheet(walk.cast).check(STAY_ENDS).enter_on(walk.dosing_session, now=NOW)


def proposed_in_error(house: "House") -> None:
    walk = house.walks["checked in"]
    propose_in_error(reason="Booked twice.", **walk.envelope(NOW, by=walk.cast.nils))


def one_administrator_represents(house: "House") -> None:
    cast = house.walks["monitoring"].cast
    person = User.objects.get(username="one administrator")
    said = {"facility": cast.facility, "program_code": certification.REMS, "person": person}
    designate_representative(entry=entry(), by=cast.ada, now=NOW, **said)


def judged(house: "House") -> Discrepancy:
    """What the count found is neither a theft nor a significant loss."""
    return _judge(house, Discrepancy.objects.get(pk=house.things["monitoring"]["discrepancy_id"]))


def _judge(house: "House", found: Discrepancy) -> Discrepancy:
    said = {"kind": DiscrepancyStepKind.NOT_SIGNIFICANT, "text": "Neither."}
    follow_discrepancy(discrepancy=found, **said, entry=entry(), by=house.cast.nora, now=NOW)
    return found


def counted(house: "House") -> None:
    """The second cabinet is empty, and what may be missing of it is settled."""
    said: dict[str, Any] = {"by": house.cast.nora, "now": NOW}
    for lost in Discrepancy.objects.filter(facility=house.cast.facility, cabinet=None, closure=None):
        close_discrepancy(discrepancy=_judge(house, lost), reason="It stays lost.", entry=entry(), **said)
    cabinet = Cabinet.objects.get(pk=house.things["second cabinet"]["cabinet_id"])
    of = {"kind": CountKind.DAILY, "moment": CountMoment.CLOSE, "counted": {}, "marks": {}}
    hand_in_count(cabinet=cabinet, **of, entry=entry(), **said)


def walked_to(walked: Callable[..., Any]) -> Callable[["House"], Any]:
    return lambda house: walked(house.walks["monitoring"].cast, now=NOW)

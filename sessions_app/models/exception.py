"""What did not go by the rule at a clinic in some time: exceptions at a gate, and deviations."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from clinic.models import Facility
from sessions_app.models.discharge import Deviation
from sessions_app.models.dosing import GateException
from sessions_app.models.dosing_session import sessions_with_context
from sessions_app.models.record import Batch, Record

Excepted = GateException | Deviation


def exceptions_between(facility: Facility, begins_at: datetime, ends_at: datetime) -> list[tuple[Record, Excepted]]:
    """Each one in force that happened in this time, in order; what was taken back is not among them."""
    happened = Q(dosing_session=OuterRef("pk"), occurred_at__gte=begins_at, occurred_at__lt=ends_at)
    of_time = Q(Exists(GateException.objects.filter(happened))) | Q(Exists(Deviation.objects.filter(happened)))
    sessions = sessions_with_context().for_facility(facility).filter(of_time)
    found: list[tuple[Record, Excepted]] = []
    for record in Batch(sessions).records():
        rows: list[Excepted] = [*record.in_force(GateException), *record.in_force(Deviation)]
        found += [(record, row) for row in rows if begins_at <= row.occurred_at < ends_at]
    return sorted(found, key=lambda pair: (pair[1].occurred_at, pair[1].pk))

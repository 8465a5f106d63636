"""Who had whose page open: whoever charted a session, in the hour they did; and an inspector who looked afterwards."""

from datetime import datetime, timedelta
from uuid import UUID

from clinic.access import roles_of
from clinic.models import Facility, RecordAccess, RoleAssignment, User
from clinic.models.record_access import note_opened
from clinic.rules.roles import Role
from sessions_app.models import Check, Transition

WEEK = timedelta(days=7)
LOOKED_AFTER = timedelta(hours=1)


def open_pages(facility: Facility, *, until: datetime) -> None:
    """In the week up to ``until``."""
    opened: dict[tuple[UUID, datetime], set[UUID]] = {}
    for model in (Transition, Check):
        rows = model.objects.filter(facility=facility, occurred_at__gt=until - WEEK, occurred_at__lte=until)
        for person, at, patient in rows.values_list("recorded_by", "occurred_at", "dosing_session__patient"):
            opened.setdefault((person, at.replace(minute=0)), set()).add(patient)
    inspectors = RoleAssignment.objects.filter(facility=facility, role=Role.INSPECTOR).values_list("user", flat=True)
    if opened and (inspector := inspectors.first()):
        (_person, last), seen = max(opened.items(), key=lambda each: each[0][1])
        opened[inspector, last - LOOKED_AFTER] = set(sorted(seen)[:2])
    people = User.objects.in_bulk({person for person, _at in opened})
    for (person, hour), patients in opened.items():
        roles = roles_of(people[person], at=hour).get(facility.pk, ())
        note_opened(
            facility_id=facility.pk,
            person_id=person,
            patient_ids=sorted(patients),
            roles=",".join(sorted(roles)),
            kind=RecordAccess.Kind.OPENED,
            at=hour,
        )

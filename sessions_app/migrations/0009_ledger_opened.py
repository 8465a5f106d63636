from collections import defaultdict

from django.db import migrations
from django.utils import timezone

from clinic.canonical import canonical, content_of
from clinic.rules.chain import link_of, sha256_of, start_of

MANY = 500
BEFORE = "As charted before the cabinet's ledger was kept."


def open_ledgers(apps, schema_editor):
    """Every device that is here gets the steps that its own rows tell: received, and given or taken back. Each step
    keeps the envelope of the row that tells it; all of them stand in events of the system in their facility's chain.
    docs/decisions/0037."""
    for facility in apps.get_model("clinic", "Facility").objects.order_by("pk"):
        cabinet = apps.get_model("clinic", "Cabinet").objects.create(facility=facility, name="Main cabinet")
        record(apps, facility, [cabinet])
        keys = list(
            apps.get_model("clinic", "Device").objects.filter(facility=facility).order_by("pk").values_list("pk", flat=True)
        )
        for start in range(0, len(keys), MANY):
            rows = steps_of(apps, cabinet, keys[start : start + MANY])
            apps.get_model("clinic", "StockMovement").objects.bulk_create(rows)
            record(apps, facility, rows)


def steps_of(apps, cabinet, keys):
    """The steps of these devices."""
    uses = defaultdict(dict)
    administrations = apps.get_model("sessions_app", "DeviceAdministration").objects.filter(device__in=keys)
    for row in administrations:
        uses[row.device_id][row.previous_use_id] = row
    said = apps.get_model("sessions_app", "DeviceOutcome").objects.filter(administration__in=administrations)
    outcomes = list(said.order_by("order"))
    about = [row.pk for row in (*administrations, *outcomes)]
    voids = {row.row_id: row for row in apps.get_model("clinic", "Correction").objects.filter(row_id__in=about)}
    newest = {row.administration_id: row for row in outcomes if row.pk not in voids}
    steps = []
    for device in apps.get_model("clinic", "Device").objects.filter(pk__in=keys).order_by("pk"):
        line = Line(apps.get_model("clinic", "StockMovement"), device, cabinet)
        use = uses[device.pk].get(None)
        while use is not None:
            outcome = newest.get(use.pk)
            line.give(use, void=voids.get(use.pk), failed=outcome if outcome and outcome.outcome == "FAILED" else None)
            use = uses[device.pk].get(use.pk)
        steps += line.steps
    return steps


class Line:
    """The steps of one device."""

    def __init__(self, model, device, cabinet):
        self.model, self.device, self.steps = model, device, []
        self.cabinet = ("CABINET", cabinet.pk)
        self.place = ("SUPPLIER", device.facility_id)
        self.go(device, "RECEIVED", self.cabinet)

    def go(self, told, kind, to, **fields):
        step = len(self.steps) + 1
        envelope = ("entry_id", "performed_by_id", "recorded_by_id", "occurred_at", "channel", "request_id")
        self.steps.append(
            self.model(
                facility_id=self.device.facility_id,
                device_id=self.device.pk,
                step=step,
                previous=step - 1 or None,
                kind=kind,
                from_place=self.place[0],
                from_id=self.place[1],
                to_place=to[0],
                to_id=to[1],
                **{name: getattr(told, name) for name in envelope},
                **{"reason": BEFORE, **fields},
            )
        )
        self.place = to
        return step

    def give(self, use, *, void, failed):
        session = use.dosing_session_id
        drawn = self.go(use, "DRAWN", ("DRAWN", session))
        given = self.go(use, "ADMINISTERED", ("ADMINISTERED", session), given_as=use.pk)
        if void:
            self.go(void, "CORRECTED", ("DRAWN", session), undoes=given, reason=void.reason)
            self.go(void, "CORRECTED", self.cabinet, undoes=drawn, reason=void.reason)
        elif failed:
            self.go(failed, "FAILED", ("FAILED", session))


def record(apps, facility, rows):
    """As clinic.audit.record does, for the system."""
    chain = apps.get_model("clinic", "AuditChain").objects.get(facility=facility)
    now = timezone.now()
    subject = {"type": "clinic.Facility", "id": facility.pk}
    said = {
        "action": "open_ledger",
        "actor": None,
        "facility": facility.pk,
        "happened_at": now,
        "entry": None,
        "request": "",
        "subject": subject,
        "rows": [content_of(row) for row in rows],
        "details": {},
    }
    payload = canonical(said)
    digest, sequence = sha256_of(payload), chain.last_sequence + 1
    chain.last_link = link_of(previous=chain.last_link or start_of(chain.pk), sequence=sequence, digest=digest)
    chain.last_sequence = sequence
    chain.save(update_fields=["last_sequence", "last_link"])
    apps.get_model("clinic", "AuditEvent").objects.create(
        chain=chain,
        sequence=sequence,
        action=said["action"],
        subject_type=subject["type"],
        subject_id=facility.pk,
        happened_at=now,
        payload=payload,
        digest=digest,
        link=chain.last_link,
    )


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0008_what_moves"), ("clinic", "0024_cabinet")]

    operations = [migrations.RunPython(open_ledgers, migrations.RunPython.noop)]

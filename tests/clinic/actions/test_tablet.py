"""Tablets come and go by whoever runs the facility."""

from clinic.actions.tablet import enrol_tablet, revoke_tablet
from clinic.models import AuditEvent, Tablet, TabletRevocation
from clinic.models.tablet import tablets_of
from tests.by_hand import forge
from tests.expect import held_by, nothing_written, refused
from tests.factories import NINE, Cast, entry, make_cast, make_tablet, minutes


def test_it_is_in_force_until_it_is_revoked(cast: Cast) -> None:
    tablet = make_tablet(cast)
    assert (tablet.performed_by, tablet.occurred_at) == (cast.ada, NINE)
    assert list(tablets_of(cast.facility)) == [tablet]

    revoked = revoke_tablet(tablet=tablet, entry=entry(), by=cast.ada, now=NINE + minutes(1))

    assert (revoked.tablet, revoked.occurred_at) == (tablet, NINE + minutes(1))
    assert list(tablets_of(cast.facility)) == []
    assert AuditEvent.objects.filter(subject_id=tablet.pk).count() == 2


def test_it_is_revoked_once(cast: Cast) -> None:
    tablet = make_tablet(cast)
    first = revoke_tablet(tablet=tablet, entry=entry(), by=cast.ada, now=NINE)
    with nothing_written():
        assert revoke_tablet(tablet=tablet, entry=entry(), by=cast.ada, now=NINE + minutes(5)) == first
    with held_by("tablet_revoked_once"):
        forge(first)


def test_it_has_a_name_that_no_other_of_the_facility_has_now(cast: Cast) -> None:
    tablet = make_tablet(cast)
    said = {"name": " Room 2 ", "secret_digest": "b" * 64, "by": cast.ada, "now": NINE}
    with refused("FIELD", field="name"):
        enrol_tablet(facility=cast.facility, entry=entry(), **said)
    with refused("FIELD", field="name"):
        enrol_tablet(facility=cast.facility, entry=entry(), **{**said, "name": "  "})
    revoke_tablet(tablet=tablet, entry=entry(), by=cast.ada, now=NINE)
    assert enrol_tablet(facility=cast.facility, entry=entry(), **said).name == "Room 2"


def test_it_is_one_device_and_of_one_facility(cast: Cast) -> None:
    tablet = make_tablet(cast)
    annex = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
    other = revoke_tablet(tablet=make_tablet(annex, name="Annex 1"), entry=entry(), by=annex.ada, now=NINE)
    with held_by("clinic_tablet_secret_digest_key"):
        forge(tablet)
    with held_by("tabletrevocation_tablet_of_same_facility"):
        forge(other, tablet_id=tablet.pk)
    assert (Tablet.objects.count(), TabletRevocation.objects.count()) == (2, 1)

"""What the REMS said of a facility, as the start gate sees it."""

from datetime import date, datetime
from typing import Any

import pytest

from clinic.actions.certification import designate_representative, record_confirmation, record_stop
from clinic.models import AuthorizedRepresentative, Certification
from clinic.rules.certification import CertificationFacts, CertificationStatus
from sessions_app.models.site import Site
from tests.expect import refused
from tests.factories import NINE, Cast, entry, minutes


def at_site(cast: Cast, at: datetime) -> CertificationFacts:
    return Site(cast.facility, "esketamine", at=at).certification_facts


def designate(cast: Cast, name: str = "Ida Saltmarsh") -> AuthorizedRepresentative:
    return designate_representative(
        facility=cast.facility, program_code="esketamine", name=name, entry=entry(), by=cast.ada, now=NINE
    )


def confirm(cast: Cast, representative: AuthorizedRepresentative, **fields: Any) -> Certification:
    said = {"confirmation_date": date(2026, 4, 14), "confirmation_identifier": "REMS-2", "now": NINE, **fields}
    return record_confirmation(representative=representative, entry=entry(), by=cast.ada, **said)


def stop(cast: Cast, **fields: Any) -> Certification:
    said = {"status": CertificationStatus.SUSPENDED, "reason": "Audit.", **fields}
    return record_stop(facility=cast.facility, program_code="esketamine", entry=entry(), by=cast.ada, now=NINE, **said)


class TestTheRepresentative:
    def test_it_asks_for_a_new_confirmation_after_a_change(self, cast: Cast) -> None:
        ida = designate(cast)
        assert not at_site(cast, NINE).representative_current

        confirm(cast, ida)
        assert at_site(cast, NINE) == CertificationFacts(CertificationStatus.CERTIFIED, True)

    def test_it_needs_a_name(self, cast: Cast) -> None:
        with refused("FIELD", field="name"):
            designate(cast, " ")


class TestTheConfirmation:
    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"confirmation_identifier": " "}, "confirmation_identifier"),
            ({"confirmation_date": date(2026, 4, 15)}, "confirmation_date"),
        ],
    )
    def test_it_has_an_identifier_and_a_day_that_has_come(self, cast: Cast, fields: Any, field: str) -> None:
        representative = AuthorizedRepresentative.objects.get()
        with refused("FIELD", field=field):
            confirm(cast, representative, **fields)


class TestTheStop:
    @pytest.mark.parametrize("status", [CertificationStatus.SUSPENDED, CertificationStatus.WITHDRAWN])
    def test_it_counts_from_its_moment_until_the_next_confirmation(
        self, cast: Cast, status: CertificationStatus
    ) -> None:
        stop(cast, status=status)

        assert at_site(cast, NINE - minutes(1)).status is CertificationStatus.CERTIFIED
        assert at_site(cast, NINE).status is status
        confirm(cast, AuthorizedRepresentative.objects.get(), now=NINE + minutes(1))
        assert at_site(cast, NINE + minutes(1)).status is CertificationStatus.CERTIFIED

    @pytest.mark.parametrize(
        ("fields", "field"), [({"reason": " "}, "reason"), ({"status": CertificationStatus.CERTIFIED}, "status")]
    )
    def test_it_is_a_stop_with_a_reason(self, cast: Cast, fields: Any, field: str) -> None:
        with refused("FIELD", field=field):
            stop(cast, **fields)

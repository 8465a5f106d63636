"""What people showed: entered by an administrator, replaced by newer entries, at work from that moment."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from clinic.access import may
from clinic.actions.credential import record_credential
from clinic.actions.staff import end_role
from clinic.models import AuditEvent, Credential, Document, RoleAssignment, User
from clinic.rules.credentials import CredentialKind
from clinic.rules.roles import Permission, Role
from tests.expect import denied, refused
from tests.factories import NINE, Cast, employ, entry, make_cast
from tests.files import a_file

TODAY = date(2026, 4, 14)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
SECOND = timedelta(seconds=1)
# The end of that day in New York.
MIDNIGHT = NINE.replace(hour=4, minute=0) + timedelta(days=1)


def record(cast: Cast, holder: User, last_day: date | None, **fields: Any) -> Credential:
    said = {
        "kind": CredentialKind.LICENCE,
        "number": "55-0142",
        "issued_by": "New York State",
        "entry": entry(),
        "by": cast.ada,
        "now": NINE,
        **fields,
    }
    return record_credential(holder=holder, facility=cast.facility, expires_date=last_day, **said)


def may_dose(cast: Cast, person: User, at: datetime) -> bool:
    return may(User.objects.get(pk=person.pk), Permission.ADMINISTER, cast.facility.pk, at=at)


class TestRecordCredential:
    def test_it_takes_away_at_the_end_of_its_last_day_where_the_facility_is(self, cast: Cast) -> None:
        record(cast, cast.nora, TODAY)
        assert [may_dose(cast, cast.nora, at) for at in (MIDNIGHT - SECOND, MIDNIGHT)] == [True, False]

    def test_it_takes_away_at_once_what_is_over_and_a_newer_one_gives_it_back(self, cast: Cast) -> None:
        assert may_dose(cast, cast.nora, NINE)
        record(cast, cast.nora, YESTERDAY)
        assert not may_dose(cast, cast.nora, NINE)
        record(cast, cast.nora, None)
        assert may_dose(cast, cast.nora, NINE)
        assert Credential.objects.filter(holder=cast.nora).count() == 2

    def test_it_is_told_to_whoever_was_read_already(self, cast: Cast) -> None:
        assert may(cast.nora, Permission.ADMINISTER, cast.facility.pk, at=NINE)
        record(cast, cast.nora, YESTERDAY)
        assert not may(cast.nora, Permission.ADMINISTER, cast.facility.pk, at=NINE)

    def test_it_counts_in_the_whole_organisation_and_no_further(self, cast: Cast, otto: User) -> None:
        annex = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
        for person in (cast.nora, otto):
            employ(person, annex.facility, Role.NURSE)
        record(cast, cast.nora, YESTERDAY)
        assert not may(User.objects.get(pk=cast.nora.pk), Permission.ADMINISTER, annex.facility.pk, at=NINE)
        employ(otto, cast.facility, Role.NURSE)
        record(cast, otto, YESTERDAY)
        theirs = otto.role_assignments.get(role=Role.PRESCRIBER).facility_id
        assert may(User.objects.get(pk=otto.pk), Permission.ADMINISTER, theirs, at=NINE)

    def test_it_keeps_the_paper_for_those_who_run_the_facility(self, cast: Cast) -> None:
        kept = record(cast, cast.paul, TOMORROW, file=a_file()).document
        assert kept == Document.objects.latest("id")
        assert kept.permission is Permission.MANAGE_FACILITY

    @pytest.mark.parametrize("number", ["AB1234564", "AB123456", "1234563", ""])
    def test_it_refuses_a_dea_number_that_cannot_be(self, cast: Cast, number: str) -> None:
        with refused("FIELD", field="number"):
            record(cast, cast.paul, TOMORROW, kind=CredentialKind.DEA, number=number)

    def test_it_is_found_out_who_entered_their_own(self, cast: Cast) -> None:
        employ(cast.ada, cast.facility, Role.PRESCRIBER)
        own = record(cast, cast.ada, TOMORROW)
        assert own.recorded_by == own.holder
        assert '"by_themselves":true' in AuditEvent.objects.get(action="record_credential").payload

    def test_it_is_of_somebody_who_works_here(self, cast: Cast, otto: User) -> None:
        """It counts in the whole organisation: nobody says it of somebody who has left."""
        end_role(assignment=RoleAssignment.objects.get(user=cast.nora), by=cast.ada, now=NINE)
        annex = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
        for stranger in (otto, annex.nora, cast.nora):
            with denied():
                record(cast, stranger, TOMORROW)


class TestTwoRoles:
    """Somebody who holds two roles has what each of them gives, with what each of them needs."""

    def test_it_loses_what_the_lapsed_one_gave_and_keeps_the_rest(self, cast: Cast) -> None:
        employ(cast.paul, cast.facility, Role.NURSE)
        record(cast, cast.paul, YESTERDAY, kind=CredentialKind.DEA, number="AB1234563")
        paul = User.objects.get(pk=cast.paul.pk)
        found = [
            may(paul, permission, cast.facility.pk, at=NINE)
            for permission in (Permission.PRESCRIBE, Permission.ADMINISTER, Permission.DISCHARGE, Permission.CHART)
        ]
        assert found == [False, True, True, True]

    def test_it_loses_both_where_both_need_it(self, cast: Cast) -> None:
        employ(cast.paul, cast.facility, Role.NURSE)
        record(cast, cast.paul, YESTERDAY)
        assert not may_dose(cast, cast.paul, NINE)

    def test_it_runs_the_facility_all_the_same(self, cast: Cast) -> None:
        employ(cast.ada, cast.facility, Role.PRESCRIBER)
        record(cast, cast.ada, YESTERDAY)
        ada = User.objects.get(pk=cast.ada.pk)
        assert may(ada, Permission.MANAGE_FACILITY, cast.facility.pk, at=NINE)
        record(cast, ada, TOMORROW, by=ada)
        assert may_dose(cast, ada, NINE)

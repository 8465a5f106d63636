"""Reminders: each step once, by the facility's own day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from clinic.actions.certification import review_certification
from clinic.actions.reminder import give_reminders
from clinic.actions.requirement import record_evidence
from clinic.actions.staff import end_role, system_person
from clinic.models import AuditEvent, Facility, Reminder, RoleAssignment, User
from clinic.rules.credentials import CredentialKind
from clinic.rules.requirements import Requirement
from clinic.rules.roles import Role
from tests.by_hand import forge
from tests.credentials import give_credential
from tests.expect import denied, held_by, nothing_written
from tests.factories import NINE, Cast, employ, entry, make_cast

LAST_DAY = date(2026, 7, 13)  # 90 days after the day on which these tests play


def remind(facility: Facility, now: datetime = NINE) -> list[str]:
    told = give_reminders(facility=facility, by=system_person(now=now), now=now)
    return [f"{each.about} {each.whose}" for each in told]


@pytest.fixture
def licence(cast: Cast) -> None:
    give_credential(cast, cast.nora, CredentialKind.LICENCE, LAST_DAY)


class TestTheSteps:
    def test_it_is_told_once_for_each(self, cast: Cast, licence: None) -> None:
        told = [
            left for left in range(95, -3, -1) for _ in range(2) if remind(cast.facility, NINE + timedelta(90 - left))
        ]
        assert told == [90, 60, 30, 7]
        assert list(Reminder.objects.order_by("id").values_list("step", flat=True)) == told

    def test_it_is_told_of_the_nearest_alone_where_several_were_missed(self, cast: Cast, licence: None) -> None:
        assert remind(cast.facility, NINE + timedelta(65)) == ["LICENCE Nora Nightjar"]
        assert [reminder.step for reminder in Reminder.objects.all()] == [30]

    def test_it_is_told_anew_of_a_renewed_one(self, cast: Cast, licence: None) -> None:
        assert remind(cast.facility, NINE + timedelta(88))
        give_credential(cast, cast.nora, CredentialKind.LICENCE, LAST_DAY + timedelta(60), now=NINE + timedelta(88))

        assert remind(cast.facility, NINE + timedelta(89))
        assert not remind(cast.facility, NINE + timedelta(89))
        assert [reminder.step for reminder in Reminder.objects.order_by("id")] == [7, 90]

    @pytest.mark.parametrize(("seconds", "told"), [(-1, False), (0, True), (1, True)])
    @pytest.mark.parametrize(
        ("zone", "midnight"),
        [
            ("America/New_York", datetime(2026, 4, 14, 4, tzinfo=UTC)),
            ("Pacific/Auckland", datetime(2026, 4, 13, 12, tzinfo=UTC)),
        ],
    )
    def test_its_day_begins_at_the_facilitys_midnight(
        self, db: None, zone: str, midnight: datetime, seconds: int, told: bool
    ) -> None:
        cast = make_cast(facility_name="There", suffix="9", time_zone=zone, now=midnight - timedelta(days=2))
        give_credential(cast, cast.nora, CredentialKind.DEA, LAST_DAY, now=midnight - timedelta(days=1))
        assert bool(remind(cast.facility, midnight + timedelta(seconds=seconds))) == told


class TestWhatIsToldOf:
    def test_it_is_of_everybody_who_works_there_and_of_nobody_else(self, cast: Cast, licence: None) -> None:
        annex = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
        other = make_cast(facility_name="Elsewhere", suffix="3")
        assert not remind(annex.facility)
        assert not remind(other.facility)

        for place in (annex, other):
            employ(cast.nora, place.facility, Role.NURSE)

        assert remind(annex.facility) == ["LICENCE Nora Nightjar"]
        assert not remind(other.facility), "what one organisation knows of a person is nothing to another"

    def test_it_is_not_of_somebody_whose_role_has_ended_or_who_left(self, cast: Cast, licence: None) -> None:
        give_credential(cast, cast.paul, CredentialKind.DEA, LAST_DAY)
        end_role(assignment=RoleAssignment.objects.get(user=cast.nora), by=cast.ada, now=NINE)
        User.objects.filter(pk=cast.paul.pk).update(is_active=False)
        assert not remind(cast.facility)

    def test_it_is_of_the_newest_of_its_kind(self, cast: Cast, licence: None) -> None:
        give_credential(cast, cast.nora, CredentialKind.LICENCE, None)
        give_credential(cast, cast.nora, CredentialKind.REMS_TRAINING, LAST_DAY)
        assert remind(cast.facility) == ["REMS_TRAINING Nora Nightjar"]

    def test_it_is_of_a_paper_once_where_two_programmes_ask_for_it_and_of_the_clinics_own_review(
        self, cast: Cast
    ) -> None:
        for program_code in ("esketamine", "another"):
            record_evidence(
                facility=cast.facility,
                program_code=program_code,
                requirement=Requirement.EMERGENCY,
                note="In the binder.",
                expires_date=LAST_DAY,
                entry=entry(),
                by=cast.ada,
                now=NINE,
            )
        review_certification(
            facility=cast.facility,
            program_code="esketamine",
            interval_months=2,
            overdue_stops=False,
            entry=entry(),
            by=cast.ada,
            now=NINE,
        )
        assert remind(cast.facility) == ["REVIEW ", "EMERGENCY "]
        assert not remind(cast.facility)

    def test_it_is_of_nothing_that_is_over(self, cast: Cast, licence: None) -> None:
        system_person(now=NINE)
        with nothing_written():
            assert not remind(cast.facility, NINE + timedelta(91))


class TestWhoTells:
    def test_it_is_the_system_alone(self, cast: Cast, licence: None) -> None:
        for person in (cast.ada, cast.nora):
            with denied():
                give_reminders(facility=cast.facility, by=person, now=NINE)

    def test_it_is_in_the_audit(self, cast: Cast, licence: None) -> None:
        remind(cast.facility)
        event = AuditEvent.objects.get(action="give_reminders")
        assert (event.subject_id, event.actor) == (cast.facility.pk, system_person(now=NINE))

    def test_it_is_once_in_the_database_too(self, cast: Cast, licence: None) -> None:
        remind(cast.facility)
        with held_by("reminder_once_per_step"):
            forge(Reminder.objects.get())

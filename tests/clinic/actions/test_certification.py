"""A certification step by step: what the REMS said, as the start gate sees it."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from clinic.actions.certification import (
    begin_certification,
    declare_recertification,
    designate_representative,
    record_confirmation,
    record_stop,
    return_submission,
    review_certification,
)
from clinic.actions.staff import end_role
from clinic.models import AuthorizedRepresentative, Certification, CertificationReview, Document, User
from clinic.models.certification import steps_of
from clinic.rules.certification import CertificationFacts, CertificationStatus
from sessions_app.models.site import Site
from tests.by_hand import forge
from tests.certification import REMS, drafted, submitted
from tests.expect import refused
from tests.factories import NINE, Cast, entry, make_otto, minutes
from tests.files import a_file

S = CertificationStatus
CERTIFIED = CertificationFacts(S.CERTIFIED, True)


def at_site(cast: Cast, at: datetime = NINE) -> CertificationFacts:
    return Site(cast.facility, REMS, at=at).certification_facts


def last(cast: Cast) -> UUID:
    return steps_of(cast.facility, REMS)[0].pk


def of(cast: Cast, **fields: Any) -> dict[str, Any]:
    return {"facility": cast.facility, "program_code": REMS, "entry": entry(), "by": cast.ada, "now": NINE, **fields}


def designate(cast: Cast, person: User | None = None) -> AuthorizedRepresentative:
    return designate_representative(**of(cast, person=person or cast.paul))


def confirm(cast: Cast, representative: AuthorizedRepresentative, **fields: Any) -> Certification:
    said = {"confirmation_date": date(2026, 4, 14), "confirmation_identifier": "REMS-2", "now": NINE, **fields}
    said = {"document": a_file(), "after": last(cast), **said}
    return record_confirmation(representative=representative, entry=entry(), by=cast.ada, **said)


def stop(cast: Cast, **fields: Any) -> Certification:
    return record_stop(**of(cast, **{"status": S.SUSPENDED, "reason": "Audit.", "after": last(cast), **fields}))


class TestTheRepresentative:
    def test_a_new_one_makes_recertification_due_until_the_rems_confirms(self, cast: Cast) -> None:
        paul = designate(cast)
        assert at_site(cast, NINE - minutes(1)) == CERTIFIED
        assert at_site(cast) == CertificationFacts(S.RECERTIFICATION_DUE, representative_current=False)
        assert steps_of(cast.facility, REMS)[0].authorized_representative == paul

        confirm(cast, paul)
        assert at_site(cast) == CERTIFIED

    def test_it_is_a_step_only_from_certified(self, cast: Cast) -> None:
        designate(cast)
        designate(cast, cast.nora)
        assert [step.status for step in steps_of(cast.facility, REMS)] == ["RECERTIFICATION_DUE", "CERTIFIED"]

    def test_it_is_signed_where_it_is_a_step(self, cast: Cast) -> None:
        with refused("SIGNATURE"):
            designate_representative(**of(cast, person=cast.paul, entry=entry(proof=None)))
        stop(cast)
        assert designate_representative(**of(cast, person=cast.paul, entry=entry(proof=None)))

    def test_it_is_somebody_else_of_the_staff(self, cast: Cast) -> None:
        for person in (cast.ines, make_otto()):
            with refused("FIELD", field="person"):
                designate(cast, person)
        with refused("FIELD", field="person"):
            designate(cast, cast.ada)
        end_role(assignment=cast.nora.role_assignments.get(), by=cast.ada, now=NINE)
        with refused("FIELD", field="person"):
            designate(cast, User.objects.get(pk=cast.nora.pk))


class TestTheConfirmation:
    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"confirmation_identifier": " "}, "confirmation_identifier"),
            ({"confirmation_date": date(2026, 4, 15)}, "confirmation_date"),
        ],
    )
    def test_it_has_an_identifier_and_a_day_that_has_come(self, cast: Cast, fields: Any, field: str) -> None:
        with refused("FIELD", field=field):
            confirm(cast, AuthorizedRepresentative.objects.get(), **fields)

    def test_it_keeps_its_paper(self, cast: Cast) -> None:
        step = confirm(cast, designate(cast))
        assert step.document == Document.objects.get(entry_id=step.entry_id)

    def test_it_is_of_the_present_representative(self, cast: Cast) -> None:
        former = AuthorizedRepresentative.objects.get()
        designate(cast)
        with refused("REPRESENTATIVE_CHANGED"):
            confirm(cast, former)

    @pytest.mark.parametrize("proof", [None])
    def test_it_is_signed(self, cast: Cast, proof: None) -> None:
        paul = designate(cast)
        said = {"confirmation_date": date(2026, 4, 14), "confirmation_identifier": "REMS-2", "document": a_file()}
        with refused("SIGNATURE"):
            record_confirmation(
                representative=paul, after=last(cast), entry=entry(proof=proof), by=cast.ada, now=NINE, **said
            )

    def test_an_unsigned_step_certifies_nobody(self, cast: Cast) -> None:
        stopped = stop(cast)
        confirmed = Certification.objects.get(status=S.CERTIFIED)
        line = {"previous_id": stopped.pk, "from_status": stopped.status}
        forge(confirmed, occurred_at=NINE, **line)
        assert at_site(cast) == CertificationFacts(None, representative_current=False)


LATE = datetime(2026, 4, 15, 3, 0, tzinfo=UTC)  # 23:00 of the day before in New York
OLD = {"confirmation_date": date(2026, 4, 13)}


class TestTheNewWord:
    def test_an_old_letter_lifts_no_suspension(self, cast: Cast) -> None:
        stop(cast)
        ada = AuthorizedRepresentative.objects.get()
        with refused("FIELD", field="confirmation_date"):
            confirm(cast, ada, **OLD)
        with refused("FIELD", field="confirmation_identifier"):
            confirm(cast, ada, confirmation_identifier=" rems-0417 ")
        assert confirm(cast, ada).status == S.CERTIFIED

    def test_an_old_letter_confirms_no_new_representative(self, cast: Cast) -> None:
        paul = designate(cast)
        with refused("FIELD", "FIELD"):
            confirm(cast, paul, confirmation_identifier="REMS-0417", **OLD)
        assert confirm(cast, paul).status == S.CERTIFIED

    def test_it_is_of_the_day_of_the_step_here(self, cast: Cast) -> None:
        stop(cast, now=LATE)
        ada = AuthorizedRepresentative.objects.get()
        with refused("FIELD", field="confirmation_date"):
            confirm(cast, ada, now=LATE, **OLD)
        assert confirm(cast, ada, now=LATE).status == S.CERTIFIED

    @pytest.mark.parametrize("to", [S.SUSPENDED, S.RECERTIFICATION_DUE])
    def test_it_is_no_older_than_the_representative_who_came_after_the_step(self, cast: Cast, to: S) -> None:
        stop(cast) if to is S.SUSPENDED else designate(cast)
        next_day = NINE + minutes(60 * 24)
        nora = designate_representative(**of(cast, person=cast.nora, now=next_day))
        with refused("FIELD", field="confirmation_date"):
            confirm(cast, nora, now=next_day)
        assert confirm(cast, nora, now=next_day, confirmation_date=date(2026, 4, 15)).status == S.CERTIFIED

    def test_a_submission_is_confirmed_under_whom_it_was_submitted(self, cast: Cast) -> None:
        submitted(cast)
        paul = designate(cast)
        with refused("SUBMITTED_UNDER_ANOTHER"):
            confirm(cast, paul)

    def test_a_submission_may_be_confirmed_by_a_letter_from_before_but_not_of_the_time_before(self, cast: Cast) -> None:
        submitted(cast)
        ada = AuthorizedRepresentative.objects.get()
        with refused("FIELD", field="confirmation_identifier"):
            confirm(cast, ada, confirmation_identifier="REMS-0417")
        assert confirm(cast, ada, **OLD).status == S.CERTIFIED

    def test_a_facility_that_adopts_vigil_brings_its_old_letter(self, cast: Cast) -> None:
        said = {"program_code": "another"}
        representative = designate_representative(**of(cast, person=cast.paul, **said))
        identifier = {"confirmation_identifier": "REMS-0417"}
        step = confirm(cast, representative, after=None, confirmation_date=date(2023, 1, 9), **identifier)
        assert (step.from_status, step.status) == ("", S.CERTIFIED)


class TestTheStop:
    @pytest.mark.parametrize("status", [S.SUSPENDED, S.WITHDRAWN])
    def test_it_counts_from_its_moment(self, cast: Cast, status: S) -> None:
        stop(cast, status=status)

        assert at_site(cast, NINE - minutes(1)).status is S.CERTIFIED
        assert at_site(cast).status is status

    def test_a_suspension_ends_by_a_new_word_of_the_rems(self, cast: Cast) -> None:
        stop(cast)
        for begin in (begin_certification, return_submission):
            with refused("STATE"):
                begin(**of(cast, after=last(cast)))
        confirm(cast, AuthorizedRepresentative.objects.get(), now=NINE + minutes(1))
        assert at_site(cast, NINE + minutes(1)) == CERTIFIED

    @pytest.mark.parametrize(("fields", "field"), [({"reason": " "}, "reason"), ({"status": S.CERTIFIED}, "status")])
    def test_it_is_a_stop_with_a_reason(self, cast: Cast, fields: Any, field: str) -> None:
        with refused("FIELD", field=field):
            stop(cast, **fields)


class TestTheLine:
    def test_a_step_is_of_where_it_was_decided_upon(self, cast: Cast) -> None:
        seen = last(cast)
        stop(cast)
        with refused("STATE"):
            stop(cast, status=S.WITHDRAWN, after=seen)  # legal from SUSPENDED, but nobody decided that
        with refused("STATE"):
            stop(cast, status=S.WITHDRAWN, after=None)
        assert stop(cast, status=S.WITHDRAWN).previous.status == S.SUSPENDED

    def test_no_step_is_before_the_one_it_follows(self, cast: Cast) -> None:
        stopped = stop(cast, now=NINE + minutes(3))
        assert stop(cast, status=S.WITHDRAWN, now=NINE).occurred_at == stopped.occurred_at
        assert at_site(cast, NINE + minutes(3)).status is S.WITHDRAWN

    def test_it_begins_again_after_a_withdrawal(self, cast: Cast) -> None:
        drafted(cast)
        assert at_site(cast).status is S.DRAFT
        with refused("STATE"):
            confirm(cast, AuthorizedRepresentative.objects.get())

    def test_a_submission_comes_back_with_findings_alone(self, cast: Cast) -> None:
        submitted(cast)
        with refused("NO_FINDING"):
            return_submission(**of(cast, after=last(cast)))

    def test_it_is_declared_due_and_goes_on(self, cast: Cast) -> None:
        declare_recertification(**of(cast, reason="The REMS asks.", after=last(cast)))
        assert at_site(cast) == CertificationFacts(S.RECERTIFICATION_DUE, representative_current=True)
        with refused("FIELD", field="reason"):
            declare_recertification(**of(cast, reason=" ", after=last(cast)))


class TestTheOwnReview:
    def review(self, cast: Cast, **fields: Any) -> CertificationReview:
        return review_certification(**of(cast, **{"interval_months": 1, "overdue_stops": True, **fields}))

    @pytest.mark.parametrize(("days", "overdue"), [(30, False), (31, True)])
    def test_it_is_due_when_its_day_is_over_here(self, cast: Cast, days: int, overdue: bool) -> None:
        self.review(cast)
        facts = at_site(cast, NINE + minutes(60 * 24 * days))
        assert (facts.review_overdue, facts.review_stops) == (overdue, True)

    def test_the_newest_counts_from_its_moment(self, cast: Cast) -> None:
        self.review(cast)
        much_later = NINE + minutes(60 * 24 * 31)
        self.review(cast, interval_months=None, overdue_stops=False, now=much_later)
        assert at_site(cast, much_later) == CERTIFIED
        assert at_site(cast, much_later - minutes(1)).review_overdue

    def test_one_that_is_not_signed_is_none_and_stops(self, cast: Cast) -> None:
        forge(self.review(cast), occurred_at=NINE + minutes(1))
        facts = at_site(cast, NINE + minutes(1))
        assert (facts.review_overdue, facts.review_stops) == (True, True)

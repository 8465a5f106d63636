"""What the database itself holds of a certification, whoever writes."""

from datetime import date
from typing import Any

import pytest

from clinic.actions.requirement import sign_attestation
from clinic.identifiers import new_id
from clinic.models import Attestation, Certification, Document, Evidence, Finding
from clinic.models.certification import representatives_of
from clinic.rules import attestations
from clinic.rules.certification import TRANSITIONS, CertificationStatus
from tests.attempts import Attempt
from tests.by_hand import forge
from tests.clinic.actions.certification_attempts import CERTIFICATION_ATTEMPTS, FINDING
from tests.expect import held_by
from tests.factories import NINE, Cast, entry, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def word(cast: Cast) -> Certification:
    """The confirmation of the cast's clinic: the whole of its line."""
    return Certification.objects.get()


def after(word: Certification, status: str, **columns: Any) -> dict[str, Any]:
    return {"previous_id": word.pk, "from_status": word.status, "status": status, "reason": "x", **columns}


class TestTheLine:
    @pytest.mark.parametrize("to", CertificationStatus)
    def test_it_goes_the_ways_of_the_table_alone(self, word: Certification, to: CertificationStatus) -> None:
        if (CertificationStatus.CERTIFIED, to) in TRANSITIONS:
            forge(word, **after(word, to))
            return
        with held_by("certification_step_in_the_table"):
            forge(word, **after(word, to))

    def test_it_begins_once_and_is_unforked(self, word: Certification) -> None:
        with held_by("certification_line_one_beginning"):
            forge(word)
        forge(word, **after(word, "SUSPENDED"))
        with held_by("certification_line_unforked"):
            forge(word, **after(word, "WITHDRAWN"))

    def test_it_follows_a_step_of_its_own_as_it_stood(self, word: Certification) -> None:
        with held_by("certification_follows_previous"):
            forge(word, **after(word, "SUBMITTED", from_status="DRAFT"))
        with held_by("certification_follows_previous"):
            forge(word, **after(word, "SUSPENDED", program_code="other", authorized_representative_id=None))

    def test_it_lets_rows_stand_that_are_older_than_the_table(self, word: Certification) -> None:
        old: dict[str, Any] = {"signature_due": False, "document_id": None}
        forge(word, **old)
        with held_by("certification_confirmed_by_the_rems"):
            forge(word, program_code="other", authorized_representative_id=None, **old)


class TestTheWordOfTheRems:
    @pytest.mark.parametrize(
        "missing", [{"confirmation_identifier": ""}, {"confirmation_date": None}, {"document_id": None}]
    )
    def test_it_has_date_identifier_and_document(self, word: Certification, missing: dict[str, Any]) -> None:
        with held_by("certification_confirmed_by_the_rems"):
            forge(word, **missing)

    def test_it_is_of_its_own_facility(self, word: Certification) -> None:
        elsewhere = Certification.objects.get(facility=make_cast(facility_name="Elsewhere", suffix="2").facility)
        due = after(word, "RECERTIFICATION_DUE")
        with held_by("certification_representative_of_same_facility"):
            forge(word, **due, authorized_representative_id=elsewhere.authorized_representative_id)
        with held_by("certification_document_of_same_facility"):
            forge(word, **due, document_id=Document.objects.get(facility=elsewhere.facility).pk)

    def test_it_says_why_it_stops(self, word: Certification) -> None:
        for status, name in (
            ("SUSPENDED", "certification_stop_has_reason"),
            ("WITHDRAWN", "certification_stop_has_reason"),
            ("RECERTIFICATION_DUE", "certification_due_has_cause"),
        ):
            with held_by(name):
                forge(word, **after(word, status, reason="", authorized_representative_id=None))
        with held_by("certification_status_known"):
            forge(word, **after(word, "FINE", signature_due=False))


class TestWhatShowsIt:
    def test_it_is_attested_by_the_representative_alone(self, cast: Cast) -> None:
        (representative,) = representatives_of(cast.facility, "esketamine")
        code = attestations.Attestation.MONITORING
        made = sign_attestation(representative=representative, code=code, entry=entry(), by=cast.ada, now=NINE)
        with held_by("attestation_by_the_representative"):
            forge(made, performed_by_id=cast.paul.pk)
        with held_by("attestation_of_same_facility"):
            forge(made, program_code="other")
        with held_by("attestation_has_wording"):
            forge(made, wording="")
        with held_by("attestation_code_known"):
            forge(made, code="NICE")
        assert Attestation.objects.count() == 1

    def test_it_says_something_and_keeps_its_paper_at_home(self, cast: Cast) -> None:
        _ready("record_evidence", cast)
        evidence = Evidence.objects.get()
        with held_by("evidence_says_something"):
            forge(evidence, note="", document_id=None)
        with held_by("evidence_requirement_known"):
            forge(evidence, requirement="NICE")
        with held_by("evidence_document_of_same_facility"):
            forge(evidence, document_id=new_id())

    def test_it_settles_a_finding_once(self, cast: Cast) -> None:
        closure = _ready("close_finding", cast)
        with held_by("clinic_findingclosure_finding_id_key"):
            forge(closure)
        FINDING.ready(cast)()
        another = Finding.objects.exclude(pk=closure.finding_id).get()
        with held_by("finding_closure_has_note"):
            forge(closure, finding_id=another.pk, note="")
        with held_by("finding_closure_of_same_facility"):
            forge(closure, finding_id=new_id())
        with held_by("finding_says_something"):
            forge(another, text="")
        with held_by("finding_requirement_known"):
            forge(another, requirement="NICE")

    def test_it_is_never_due_where_it_has_no_interval(self, cast: Cast) -> None:
        review = _ready("review_certification", cast)
        name = "certification_review_has_its_day"
        for wrong in ({"due_date": None}, {"interval_months": None}, {"interval_months": 61}, {"interval_months": 0}):
            with held_by(name):
                forge(review, **wrong)
        with held_by(name):
            forge(review, interval_months=None, due_date=None, overdue_stops=True)
        assert review.due_date == date(2027, 4, 14)


def _ready(name: str, cast: Cast) -> Any:
    (attempt,) = [each for each in CERTIFICATION_ATTEMPTS if each.name == name]
    assert isinstance(attempt, Attempt)
    return attempt.ready(cast)()

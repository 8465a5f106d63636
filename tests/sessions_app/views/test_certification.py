"""The review page of a certification, and the steps taken there."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from clinic.models import Certification, Evidence, Finding
from clinic.models.certification import representatives_of, steps_of
from clinic.rules.attestations import WORDINGS, Attestation
from sessions_app.models.site import Site
from tests.by_hand import forge
from tests.certification import REMS, drafted, submitted
from tests.clock import clock_at
from tests.factories import NINE, STAY_ENDS, Cast, discharged, make_cast, minutes
from tests.files import a_pdf
from tests.sessions_app.views.forms import fill_in, hidden_fields

pytestmark = pytest.mark.django_db
PAGE = "/facility/certification/esketamine/"
STEPS = ("begin", "submit", "return", "record-confirmation", "stop", "declare-due", "designate", "review")
OTHERS = ("raise-finding", "evidence/STOCK_ROUTE/record")


def confirmation(**typed: Any) -> dict[str, Any]:
    paper = SimpleUploadedFile("Confirmation.pdf", a_pdf(), "application/pdf")
    said = {"confirmation_date": "2026-04-14", "confirmation_identifier": "REMS-2099", "document": paper}
    return {**said, **typed}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture(autouse=True)
def nine() -> Iterator[None]:
    with clock_at(NINE + minutes(1)):
        yield


@pytest.fixture
def ada(cast: Cast, client: Client) -> Client:
    client.force_login(cast.ada)
    return client


def text_of(client: Client, url: str = PAGE) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return str(response.content.decode())


def status(cast: Cast) -> str:
    return steps_of(cast.facility, REMS)[0].status


class TestThePage:
    @pytest.mark.parametrize(("person", "manages"), [("ada", True), ("nora", False), ("ines", False)])
    def test_it_shows_to_everybody_and_offers_steps_to_who_may(
        self, cast: Cast, client: Client, person: str, manages: bool
    ) -> None:
        client.force_login(getattr(cast, person))
        text = text_of(client)
        for words in ("Certified", "REMS-0417", "Ada Alder, recorded", "Pulse oximeters", "ours", "Missing"):
            assert words in text
        for step in ("stop/", "designate/", "raise-finding/", "evidence/"):
            assert (f"{PAGE}{step}" in text) is manages, step

    def test_it_is_not_there_for_a_programme_nobody_ships(self, ada: Client) -> None:
        for page in ("", *(f"{step}/" for step in (*STEPS, *OTHERS))):
            assert ada.get(f"/facility/certification/nothing/{page}").status_code == 404, page
        assert ada.get(f"{PAGE}evidence/NICE/record/").status_code == 404
        assert ada.get(f"{PAGE}attestations/ADVERSE_EVENTS/attest/").status_code == 404  # of inpatient settings

    def test_it_says_loudly_that_a_step_is_not_signed(self, cast: Cast, ada: Client) -> None:
        (word,) = steps_of(cast.facility, REMS)
        step = {"previous_id": word.pk, "from_status": "CERTIFIED", "status": "RECERTIFICATION_DUE"}
        forge(word, occurred_at=NINE, **step)
        text = text_of(ada)
        assert text.count("NOT SIGNED: it does not count.") == 2  # above, and in the history
        assert "This clinic is not certified" in text

    def test_it_takes_as_many_queries_for_a_long_line_and_many_findings(
        self, cast: Cast, ada: Client, django_assert_num_queries: Any
    ) -> None:
        ada.get(PAGE)
        with django_assert_num_queries(17):
            ada.get(PAGE)
        submitted(cast)
        for text in ("No list.", "No bag."):
            fill_in(ada, f"{PAGE}raise-finding/", text=text, owner=str(cast.nora.pk), due_date="2026-04-20")
        with django_assert_num_queries(18):  # the last confirmation is no more the last step
            text = text_of(ada)
        assert text.count("Nora Nightjar, by 20 Apr 2026") == 2


class TestWhoMay:
    @pytest.mark.parametrize("step", [*STEPS, *OTHERS])
    @pytest.mark.parametrize(("person", "status"), [("ada", 200), ("paul", 403), ("ines", 403)])
    def test_it_asks_for_manage_facility(self, cast: Cast, client: Client, step: str, person: str, status: int) -> None:
        client.force_login(getattr(cast, person))
        assert client.get(f"{PAGE}{step}/").status_code == status
        if status == 403:
            assert client.post(f"{PAGE}{step}/", {"entry_id": str(uuid4())}).status_code == 403


class TestTheSteps:
    def test_it_goes_from_nothing_to_the_rems_word(self, cast: Cast, ada: Client) -> None:
        drafted(cast)
        assert "Opens when what the REMS asks is met." in text_of(ada)
        refused = fill_in(ada, f"{PAGE}submit/")
        assert refused.status_code == 409
        assert "The representative signs each of them, one by one." in refused.content.decode()

    def test_it_returns_with_findings_only(self, cast: Cast, ada: Client) -> None:
        submitted(cast)
        assert fill_in(ada, f"{PAGE}return/").status_code == 409
        assert "Opens when a finding is raised." in text_of(ada)
        fill_in(
            ada,
            f"{PAGE}raise-finding/",
            text="The bag is not sealed.",
            requirement="EMERGENCY",
            owner=str(cast.nora.pk),
            due_date="2026-04-16",
        )
        assert fill_in(ada, f"{PAGE}return/").status_code == 302
        text = text_of(ada)
        for words in ("Returned with findings", "The bag is not sealed.", "Nora Nightjar, by 16 Apr 2026", "in 2 days"):
            assert words in text
        assert fill_in(ada, f"{PAGE}begin/").status_code == 302
        assert status(cast) == "DRAFT"

    def test_it_writes_down_what_the_rems_confirmed(self, cast: Cast, ada: Client) -> None:
        fill_in(ada, f"{PAGE}designate/", person=str(cast.paul.pk))
        assert "Paul Penstemon" in text_of(ada, f"{PAGE}record-confirmation/")
        assert fill_in(ada, f"{PAGE}record-confirmation/", **confirmation()).status_code == 302
        text = text_of(ada)
        assert "New doses may be given here." in text
        assert "REMS-2099, 14 Apr 2026" in text
        confirmed = Certification.objects.latest("occurred_at", "id")
        assert (confirmed.authorized_representative.person, confirmed.document.name) == (cast.paul, "Confirmation.pdf")

    def test_it_confirms_the_one_its_page_showed(self, cast: Cast, ada: Client) -> None:
        fill_in(ada, f"{PAGE}stop/", status="SUSPENDED", reason="Audit.")
        shown = hidden_fields(ada.get(f"{PAGE}record-confirmation/"))
        fill_in(ada, f"{PAGE}designate/", person=str(cast.paul.pk))
        answer = ada.post(f"{PAGE}record-confirmation/", {**shown, **confirmation(signature="correct horse battery")})
        assert answer.status_code == 409
        assert "The Authorized Representative is Paul Penstemon now" in answer.content.decode()
        assert status(cast) == "SUSPENDED"

    def test_it_shows_who_was_faster(self, cast: Cast, ada: Client) -> None:
        shown = hidden_fields(ada.get(f"{PAGE}stop/"))
        fill_in(ada, f"{PAGE}stop/", status="SUSPENDED", reason="Audit.")
        typed = {"status": "WITHDRAWN", "reason": "Moved.", "signature": "correct horse battery"}
        answer = ada.post(f"{PAGE}stop/", {**shown, **typed})
        assert answer.status_code == 409
        assert "The certification stands at “Suspended” now" in answer.content.decode()
        assert status(cast) == "SUSPENDED"

    def test_it_refuses_a_day_to_come_and_keeps_the_identifier(self, cast: Cast, ada: Client) -> None:
        fill_in(ada, f"{PAGE}designate/", person=str(cast.paul.pk))
        answer = fill_in(ada, f"{PAGE}record-confirmation/", **confirmation(confirmation_date="2026-04-15"))
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "This day is still to come." in text
        assert 'value="REMS-2099"' in text

    def test_it_refuses_an_old_letter_at_its_fields(self, cast: Cast, ada: Client) -> None:
        fill_in(ada, f"{PAGE}stop/", status="SUSPENDED", reason="Audit.")
        old = confirmation(confirmation_date="2026-04-13", confirmation_identifier="REMS-0417")
        answer = fill_in(ada, f"{PAGE}record-confirmation/", **old)
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "The REMS must confirm anew." in text
        assert "This confirmation was recorded here before." in text
        assert status(cast) == "SUSPENDED"

    def test_it_says_that_it_was_submitted_under_another(self, cast: Cast, ada: Client) -> None:
        submitted(cast)
        fill_in(ada, f"{PAGE}designate/", person=str(cast.paul.pk))
        assert "Opens when it is submitted anew under the present representative." in text_of(ada)
        answer = fill_in(ada, f"{PAGE}record-confirmation/", **confirmation())
        assert answer.status_code == 409
        assert "It was submitted under Ada Alder" in answer.content.decode()
        assert status(cast) == "SUBMITTED"

    def test_it_is_not_signed_without_the_password(self, cast: Cast, ada: Client) -> None:
        for step in ("stop", "declare-due"):
            page = {**hidden_fields(ada.get(f"{PAGE}{step}/")), "signature": ""}
            typed = {"status": "SUSPENDED", "reason": "Audit."}
            assert ada.post(f"{PAGE}{step}/", {**page, **typed}).status_code == 422
            assert ada.post(f"{PAGE}{step}/", {**page, **typed, "signature": "wrong"}).status_code == 409
        assert Certification.objects.count() == 1


class TestAttesting:
    def test_it_is_read_by_all_and_signed_by_the_representative(self, cast: Cast, client: Client) -> None:
        url, words = f"{PAGE}attestations/MONITORING/attest/", WORDINGS[Attestation.MONITORING].text
        client.force_login(cast.nora)
        assert words in text_of(client, url)
        assert 'name="signature"' not in text_of(client, url)
        assert client.post(url, {"entry_id": str(uuid4()), "signature": "x"}).status_code == 403

        client.force_login(cast.ada)
        assert "1 of 10 signed" not in text_of(client)
        assert fill_in(client, url).status_code == 302
        assert "1 of 10 signed" in text_of(client)
        assert "Ada Alder, attested, 14 Apr 2026, 9:01" in text_of(client)
        again = fill_in(client, url, signature="correct horse battery")
        assert (again.status_code, "attested already" in again.content.decode()) == (409, True)

    def test_it_is_signed_by_a_representative_who_manages_nothing(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.ada)
        fill_in(client, f"{PAGE}designate/", person=str(cast.paul.pk))
        client.force_login(cast.paul)
        assert "Read and sign" in text_of(client)
        assert fill_in(client, f"{PAGE}attestations/RECORDS/attest/").status_code == 302
        assert "general knowledge, not confirmed" in text_of(client)


class TestEvidence:
    def test_it_keeps_a_dea_registration_with_its_paper(self, cast: Cast, ada: Client) -> None:
        url = f"{PAGE}evidence/DEA_REGISTRATION/record/"
        wrong = fill_in(ada, url, number="AB1234560", expires_date="2026-05-01")
        assert (wrong.status_code, "The last digit does not fit" in wrong.content.decode()) == (409, True)
        paper = SimpleUploadedFile("DEA.pdf", a_pdf(), "application/pdf")
        assert fill_in(ada, url, number="ab1234563", expires_date="2026-05-01", document=paper).status_code == 302
        text = text_of(ada)
        for words in ("AB1234563", "DEA.pdf", "17 days", "1 May 2026", "Ada Alder, 14 Apr 2026"):
            assert words in text
        kept = Evidence.objects.get()
        assert ada.get(f"/documents/{kept.document_id}/").content == a_pdf()

    def test_it_asks_what_this_requirement_is_about(self, ada: Client) -> None:
        assert fill_in(ada, f"{PAGE}evidence/STOCK_ROUTE/record/").status_code == 409
        assert fill_in(ada, f"{PAGE}evidence/ADDITIONAL_SITES/record/", answer="NAMED").status_code == 409
        for answer in ({"answer": "NAMED", "note": "Annex, 3 Heron Street"}, {"answer": "NONE"}):
            assert fill_in(ada, f"{PAGE}evidence/ADDITIONAL_SITES/record/", **answer).status_code == 302


class TestFindings:
    def test_it_closes_one_with_a_note_and_keeps_it(self, cast: Cast, ada: Client) -> None:
        typed = {"text": "No list.", "owner": str(cast.nora.pk)}
        over = fill_in(ada, f"{PAGE}raise-finding/", **typed, due_date="2026-04-13")
        assert (over.status_code, "This day is over." in over.content.decode()) == (409, True)
        fill_in(ada, f"{PAGE}raise-finding/", **typed, due_date="2026-04-14")
        url = f"{PAGE}findings/{Finding.objects.get().pk}/close/"
        with clock_at(NINE + minutes(60 * 48)):
            assert "2 days late" in text_of(ada)
            assert fill_in(ada, url, note=" ").status_code == 422
            assert fill_in(ada, url, note="Written.").status_code == 302
            text = text_of(ada)
            assert fill_in(ada, url, note="Again.").status_code == 409
        assert "Closed 16 Apr 2026 by Ada Alder" in text
        assert "late" not in text.split("No list.")[1].split("</li>")[0]


class TestTheOwnReview:
    def test_it_warns_and_stops_only_where_the_clinic_said_so(self, cast: Cast, ada: Client) -> None:
        later = NINE + minutes(60 * 24 * 40)
        fill_in(ada, f"{PAGE}review/", interval_months="1")
        with clock_at(later):
            assert "Review due." in text_of(ada)
            assert "New doses may be given here." in text_of(ada)
            fill_in(ada, f"{PAGE}review/", interval_months="1", overdue_stops="on")
        with clock_at(later + minutes(60 * 24 * 40)):
            assert "own review of its certification is overdue" in text_of(ada)
            assert "own review of its certification is overdue" in text_of(ada, "/facility/")
            fill_in(ada, f"{PAGE}review/", interval_months="")
            assert "New doses may be given here." in text_of(ada)
        assert representatives_of(cast.facility, REMS).count() == 1
        assert Site(cast.facility, REMS, at=NINE).review is None


class TestElsewhere:
    def test_a_past_session_shows_under_what_it_was_dosed(self, cast: Cast, ada: Client) -> None:
        walk = discharged(cast)
        with clock_at(STAY_ENDS + minutes(5)):
            fill_in(ada, f"{PAGE}designate/", person=str(cast.paul.pk))
            fill_in(ada, f"{PAGE}stop/", status="SUSPENDED", reason="Audit.")
            ada.force_login(cast.nora)  # an administrator does not see what was charted
            text = text_of(ada, f"/dosing-sessions/{walk.dosing_session.pk}/")
        assert "Certified · REMS-0417, 14 Apr 2026 · Ada Alder" in text

    def test_the_floor_says_that_a_review_is_due_and_when_nobody_is_dosed(self, cast: Cast, ada: Client) -> None:
        fill_in(ada, f"{PAGE}declare-due/", reason="The REMS asks.")
        assert "Certified, review due" in text_of(ada, "/")
        fill_in(ada, f"{PAGE}stop/", status="SUSPENDED", reason="Audit.")
        assert "Not certified: no dosing" in text_of(ada, "/")

"""Papers as PDF: what stands on them is what is recorded, field by field; and that they were taken is written down."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from clinic.models import AuditEvent, RecordAccess
from sessions_app.actions.filing import answer_field, submit_filing
from sessions_app.models import Filing, FilingVersion
from sessions_app.models.filing_record import FilingRecord
from sessions_app.models.record import Record
from sessions_app.presenters.filled_form import live_form
from sessions_app.views.step import reader_of
from tests.clock import clock_at
from tests.factories import (
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    checked_in,
    discharged,
    in_monitoring,
    make_course,
    make_patient,
    minutes,
)
from tests.filings import complete
from tests.scene import cast, clinic, otto
from tests.sessions_app.views.pdfs import pages_of, said_in, taken

__all__ = ["cast", "clinic", "otto"]
pytestmark = [pytest.mark.django_db, pytest.mark.paperwork]
NOW = STAY_ENDS + minutes(30)


@pytest.fixture(autouse=True)
def afterwards() -> Iterator[None]:
    with clock_at(NOW):
        yield


@pytest.fixture
def nora(cast: Cast, client: Client) -> Client:
    client.force_login(cast.nora)
    return client


def filled(walk: Walk) -> Any:
    session = walk.refresh()
    stands = FilingRecord(Filing.objects.get(dosing_session=session), Record(session), at=NOW)
    return live_form(stands, reader_of(session, NOW))


class TestTheMonitoringForm:
    def test_every_field_is_what_its_page_says_in_the_same_order(self, cast: Cast, nora: Client) -> None:
        walk = discharged(cast)
        answer_field(code="dose", value="84", reason="Charted by hand.", **walk.envelope(NOW))
        form = filled(walk)
        answer = taken(nora, "filing-pdf", walk.dosing_session.pk)
        text, at = said_in(" ".join(pages_of(answer.content))), 0
        for _heading, fields in form.sections:
            for field in fields:
                value = "Missing" if field.missing else field.value_text if field.asked else "notasked"
                found = text.find(said_in(f"{field.wording}{'' if field.required else 'optional'}{value}"), at)
                assert found >= at, (field, text[at : at + 300])
                at = found
                assert said_in(field.source_text) in text[at:]
        assert {"dose"} < {each.code for _heading, fields in form.sections for each in fields}
        assert form.missing
        for said in (
            "instead of 56 mg: Charted by hand.",
            "Draft: not submitted",
            "Not an official form.",
            form.edition,
        ):
            assert said_in(said) in text
        for page in pages_of(answer.content):
            assert f"{walk.dosing_session.patient.full_name} · born 3 Sep 1982" in page

    def test_one_that_is_complete_is_no_draft_to_whoever_gets_the_fax(self, cast: Cast, nora: Client) -> None:
        walk = discharged(cast)
        complete(walk)
        said = " ".join(pages_of(taken(nora, "filing-pdf", walk.dosing_session.pk).content))
        assert (said_in("Complete") in said_in(said), "Draft" in said) == (True, False)

    def test_a_submitted_one_is_as_it_was_submitted_and_a_changed_one_says_so(self, cast: Cast, nora: Client) -> None:
        walk = discharged(cast)
        sent = submit_filing(
            route=FilingVersion.Route.FAX,
            confirmation="C-1",
            incomplete_reason="The REMS has it.",
            **walk.envelope(NOW),
        )
        first = said_in(" ".join(pages_of(taken(nora, "filing-version-pdf", walk.dosing_session.pk, sent.pk).content)))
        assert (
            said_in("Version 1, submitted 14 Apr 2026, 12:05 EDT by fax, Nora Nightjar, RN. Confirmation: C-1") in first
        )
        assert said_in("Confirmation: C-1. Values as recorded at") in first
        stands = said_in(" ".join(pages_of(taken(nora, "filing-pdf", walk.dosing_session.pk).content)))
        assert said_in("Version 1, submitted") in stands
        answer_field(code="dose", value="84", reason="Charted by hand.", **walk.envelope(NOW))
        now = said_in(" ".join(pages_of(taken(nora, "filing-pdf", walk.dosing_session.pk).content)))
        assert said_in("Draft: changed since it was submitted") in now
        assert said_in("submitted as: 56 mg") in now
        again = said_in(" ".join(pages_of(taken(nora, "filing-version-pdf", walk.dosing_session.pk, sent.pk).content)))
        assert said_in("84 mg") not in again
        other = in_monitoring(cast).dosing_session
        assert taken(nora, "filing-version-pdf", other.pk, sent.pk).status_code == 404

    @pytest.mark.parametrize(("name", "status"), [("fred", 403), ("ada", 403), ("ines", 200)])
    def test_it_is_for_those_who_read_charts(self, cast: Cast, client: Client, name: str, status: int) -> None:
        session = in_monitoring(cast, now=NINE).dosing_session
        client.force_login(getattr(cast, name))
        assert taken(client, "filing-pdf", session.pk).status_code == status

    def test_a_session_without_a_dose_has_none(self, cast: Cast, nora: Client) -> None:
        assert taken(nora, "filing-pdf", checked_in(cast).dosing_session.pk).status_code == 404


class TestTheDaysBatch:
    def several(self, cast: Cast, count: int) -> list[Walk]:
        people = [make_course(cast, patient=make_patient(cast, name=(f"Ann{n}", "Aster"))) for n in range(count)]
        return [in_monitoring(cast, of_course=course) for course in people]

    def test_each_has_its_own_head_and_numbers_behind_a_sheet_that_says_nothing(self, cast: Cast, nora: Client) -> None:
        walks = self.several(cast, 3)
        answer = taken(nora, "filings-pdf", day="2026-04-14", to="The REMS")
        cover, *pages = pages_of(answer.content)
        for walk in walks:
            patient = walk.dosing_session.patient
            assert not any(word in cover for word in (patient.first_name, patient.last_name, patient.mrn, "56 mg"))
            own = [page for page in pages if f"{patient.full_name} · born" in page]
            for number, page in enumerate(own, 1):
                assert f"page {number} of {len(own)}" in page
            assert own
        assert f"Pages, with this one: {len(pages) + 1}" in cover
        for said in ("To The REMS", "Forms 3", "Confidential", "page 1 of 1"):
            assert said in cover
        assert RecordAccess.objects.filter(kind="EXPORTED").count() == 3
        assert AuditEvent.objects.filter(action="export_paper").count() == 1

    def test_those_chosen_are_of_this_clinic(self, cast: Cast, nora: Client, otto: Any) -> None:
        first, _second = self.several(cast, 2)
        key = Filing.objects.get(dosing_session=first.dosing_session).pk
        _cover, *pages = pages_of(taken(nora, "filings-pdf", form=key).content)
        assert all("Ann0 Aster" in page for page in pages)
        assert taken(nora, "filings-pdf", day="2026-04-15").url == "/filings/"
        assert (
            taken(nora, "filings-pdf", day="x").status_code == taken(nora, "filings-pdf", form="x").status_code == 404
        )
        nora.force_login(otto)
        assert taken(nora, "filings-pdf", form=key).status_code == 302

    def test_the_list_offers_its_rows_to_whoever_reads_them(self, cast: Cast, client: Client) -> None:
        key = Filing.objects.get(dosing_session=self.several(cast, 1)[0].dosing_session).pk
        for person, offered in ((cast.nora, True), (cast.ada, False)):
            client.force_login(person)
            text = client.get("/filings/").content.decode()
            assert (f'name="form" value="{key}"' in text, 'id="print-forms"' in text) == (offered, offered)

    def test_what_it_asks_of_the_database_grows_little_with_each(
        self, cast: Cast, nora: Client, django_assert_max_num_queries: Any
    ) -> None:
        self.several(cast, 1)
        with django_assert_max_num_queries(60) as one:
            taken(nora, "filings-pdf", day="2026-04-14")
        self.several(cast, 3)
        with django_assert_max_num_queries(len(one) + 3 * 6):
            taken(nora, "filings-pdf", day="2026-04-14")

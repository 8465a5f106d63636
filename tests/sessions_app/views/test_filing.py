"""Forms over HTTP: the page that is typed from, its steps, the list, how a clinic files."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from clinic.actions.patient_record import correct_details
from clinic.models import PersonContact
from clinic.models.contact import facility_contact
from clinic.rules.roles import Role
from sessions_app.actions import contact
from sessions_app.models import DigestChoice, FacilityEdition, FilingVersion
from tests.clock import clock_at
from tests.expect import nothing_written
from tests.factories import Cast, Walk, checked_in, discharged, employ, entry, in_monitoring, make_cast
from tests.filings import ADDRESS, LATER, NEXT_WEEK, NORA, answer, complete, form_of, reach, stands, submit
from tests.scene import as_next_request, cast, clinic, with_people
from tests.sessions_app.views.forms import fill_in, hidden_fields

__all__ = ["cast", "clinic"]
pytestmark = [pytest.mark.django_db, pytest.mark.paperwork]


@pytest.fixture(scope="module")
def gone_home(clinic: Cast) -> Walk:
    walk = discharged(clinic)
    reach(clinic)
    return walk


@pytest.fixture
def walk(gone_home: Walk, cast: Cast) -> Walk:
    return with_people(gone_home, cast)


@pytest.fixture(autouse=True)
def later() -> Iterator[None]:
    with clock_at(LATER):
        yield


@pytest.fixture
def nora(cast: Cast, client: Client) -> Client:
    client.force_login(cast.nora)
    return client


def page(walk: Walk, name: str = "filing", *args: Any) -> str:
    return reverse(f"sessions_app:{name}", args=[walk.dosing_session.pk, *args])


def text(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


class TestTheForm:
    def test_it_names_what_is_empty_and_leads_there(self, nora: Client, walk: Walk) -> None:
        shown = text(nora.get(page(walk)))
        assert "1 field is empty" in shown
        assert 'href="#field-ready_minutes"' in shown
        assert page(walk, "answer-field", "ready_minutes") in shown
        assert "after 45 min" in shown  # suggested, and not filled in
        assert 'id="field-ready_minutes"' in shown
        assert "Check against the current form" in shown

    def test_it_shows_each_value_with_its_row(self, nora: Client, walk: Walk) -> None:
        shown = text(nora.get(page(walk)))
        release = walk.refresh().discharge_id
        assert f"{page(walk, 'dosing-session')}#row-{release}" in shown
        assert "<b data-value>125</b>" in shown
        assert f'id="row-{release}"' in text(nora.get(page(walk, "dosing-session")))

    def test_it_leads_to_where_what_is_missing_is_kept_for_every_form(self, nora: Client, cast: Cast) -> None:
        walk = in_monitoring(cast)
        contact.record_person_contact(
            holder=cast.nora, facility=cast.facility, **{**NORA, "phone": ""}, entry=entry(), by=cast.nora, now=LATER
        )
        walk.leave_early(LATER)
        shown = text(nora.get(page(walk)))
        field = shown[shown.index('id="field-monitor_phone"') :]
        there = page(walk, "record-monitor-contact")
        assert there in field[: field.index("</div>")]
        assert fill_in(nora, there, **NORA).url == page(walk)
        assert "(555) 555-0101" in text(nora.get(page(walk)))
        assert page(walk) in text(nora.get(page(walk, "dosing-session")))

    def test_what_is_entered_from_it_is_of_its_own_clinic_whichever_is_chosen(self, nora: Client, cast: Cast) -> None:
        annex = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
        employ(cast.nora, annex.facility, Role.NURSE)
        elsewhere = discharged(annex)
        there = page(elsewhere, "record-clinic-contact")
        assert there in text(nora.get(page(elsewhere)))
        assert fill_in(nora, there, **ADDRESS).status_code == 302
        assert facility_contact(annex.facility) is not None

        form = stands(elsewhere)  # whoever watches now, and not whom the filing was opened for
        assert fill_in(nora, page(elsewhere, "record-monitor-contact"), **NORA).status_code == 302
        assert PersonContact.objects.latest("recorded_at").holder_id == form.stands.person.pk

    def test_it_shows_what_the_record_said_struck_through(self, nora: Client, walk: Walk) -> None:
        answer(walk, "pressure_at_peak", "131/83", "Read off the wrong line.")
        shown = text(nora.get(page(walk)))
        assert "<b data-value>131/83</b>" in shown
        assert "<s>128/82</s>" in shown
        assert "Read off the wrong line." in shown

    def test_it_says_one_thing_of_where_it_stands_before_its_step_is_written(self, nora: Client, walk: Walk) -> None:
        complete(walk)
        submit(walk)
        patient, cast = walk.dosing_session.patient, walk.cast
        names = {"first_name": "Rosalind", "last_name": "Tamarack", "birth_date": date(1982, 9, 4), "sex": "FEMALE"}
        said = {"facility": cast.facility, "entry": entry(), "by": cast.fred, "now": LATER, "reason": "Misread."}
        correct_details(patient=patient, paper_language="en", **names, **said)
        assert form_of(walk).state == "SUBMITTED"
        shown = text(nora.get(page(walk)))
        assert "To amend" in shown
        assert "since today" in shown
        assert "was sent as 3 Sep 1982" in shown

    def test_it_asks_as_many_questions_however_often_it_was_sent(
        self, nora: Client, walk: Walk, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(3):
            submit(walk, why="Again.")
        with django_assert_max_num_queries(40):
            nora.get(page(walk))

    def test_it_is_not_there_before_the_dose_nor_for_other_eyes(self, nora: Client, walk: Walk, cast: Cast) -> None:
        assert nora.get(page(checked_in(cast))).status_code == 404
        for person, status in ((cast.ada, 403), (cast.fred, 403), (cast.ines, 200)):
            nora.force_login(person)
            assert nora.get(page(walk)).status_code == status
        assert "answer/" not in text(nora.get(page(walk)))  # the inspector reads


class TestItsSteps:
    def test_it_is_filled_in_sent_returned_and_sent_again(self, nora: Client, walk: Walk) -> None:
        field = page(walk, "answer-field", "ready_minutes")
        assert fill_in(nora, field, value="75").url == page(walk)  # to be sent: nothing is empty any more
        assert fill_in(nora, field, value="60").url == f"{page(walk)}#field-ready_minutes"
        assert fill_in(nora, page(walk, "submit-filing"), route="FAX", confirmation="F-1").status_code == 302
        assert form_of(walk).state == "SUBMITTED"
        fill_in(nora, page(walk, "record-reply"), kind="RETURNED", reason="No lot number.")
        shown = text(nora.get(page(walk)))
        assert "Returned" in shown
        assert "No lot number." in shown

    def test_what_came_back_is_of_the_submission_that_the_page_was_opened_for(self, nora: Client, walk: Walk) -> None:
        complete(walk)
        first = submit(walk)
        opened = hidden_fields(nora.get(page(walk, "record-reply")))
        assert opened["seen"] == str(first.pk)
        submit(walk)
        with nothing_written():
            refused = nora.post(page(walk, "record-reply"), {**opened, "kind": "RETURNED", "reason": "No lot number."})
        assert (refused.status_code, "The form has moved on" in text(refused)) == (409, True)

    def test_it_is_recorded_for_another_day_with_its_time(self, nora: Client, walk: Walk) -> None:
        complete(walk)
        url = page(walk, "submit-filing")
        with clock_at(NEXT_WEEK):
            day = {**hidden_fields(nora.get(url)), "route": "PORTAL", "occurred_day": "2026-04-15"}
            assert nora.post(url, day).status_code == 422
            assert nora.post(url, {**day, "occurred_time": "16:20"}).status_code == 302
        sent = FilingVersion.objects.get()
        assert sent.occurred_at.isoformat() == "2026-04-15T20:20:00+00:00"
        assert "Values as recorded at" in text(nora.get(page(walk, "filing-version", sent.pk)))

    def test_it_says_what_is_missing_and_takes_a_reason(self, nora: Client, walk: Walk) -> None:
        url = page(walk, "submit-filing")
        said = {**hidden_fields(nora.get(url)), "route": "PORTAL"}
        with nothing_written():
            refused = nora.post(url, said)
        assert refused.status_code == 409
        assert "fields that the form must have are empty" in text(refused)
        assert nora.post(url, {**said, "incomplete_reason": "Sent on paper."}).status_code == 302
        assert FilingVersion.objects.get().missing == ["ready_minutes"]

    def test_what_was_sent_stays_to_be_read_as_it_was(self, nora: Client, walk: Walk) -> None:
        complete(walk)
        sent = submit(walk)
        answer(walk, "ready_minutes", "90")
        assert "was sent as 60" in text(nora.get(page(walk)))
        kept = text(nora.get(page(walk, "filing-version", sent.pk)))
        assert "As it was sent" in kept
        assert "<b data-value>60</b>" in kept

        url = page(walk, "take-back-filing", "FilingVersion", sent.pk)
        fill_in(nora, url, reason="Another form.")
        assert "Another form." in text(nora.get(page(walk)))
        assert form_of(walk).state == "READY"


class TestTheList:
    def test_it_lays_each_form_on_its_pile(self, nora: Client, walk: Walk, cast: Cast) -> None:
        in_monitoring(cast)
        listed = "/filings/"
        assert "Tamarack" in text(nora.get(listed))
        with clock_at(form_of(walk).due_at):
            assert "due today" in text(nora.get(listed, {"pile": "today"}))
        with clock_at(form_of(walk).due_at + timedelta(seconds=1)):
            late = text(nora.get(listed, {"pile": "late"}))
            assert "1 day late" in late
            assert "0 of 2 in time" in late
        submit(walk, why="Elsewhere.")
        assert "in time" in text(nora.get(listed, {"pile": "sent"}))
        assert "1 of 1 in time" in text(nora.get(listed))

    def test_it_says_nothing_of_the_form_to_whoever_does_not_read_the_chart(
        self, client: Client, walk: Walk, cast: Cast
    ) -> None:
        client.force_login(cast.ada)
        shown = text(client.get("/filings/"))
        assert "Tamarack" in shown
        assert "field empty" not in shown
        assert page(walk) not in shown
        client.force_login(cast.fred)
        assert client.get("/filings/").status_code == 403
        assert "/filings/" not in text(client.get("/patients/"))

    def test_it_is_of_the_facilities_whose_forms_somebody_follows(self, nora: Client, cast: Cast, walk: Walk) -> None:
        annex = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
        elsewhere = discharged(annex)
        assert page(elsewhere) not in text(nora.get("/filings/"))
        employ(as_next_request(cast).nora, annex.facility, Role.FRONT_DESK)
        assert page(elsewhere) not in text(nora.get("/filings/"))
        employ(as_next_request(cast).nora, annex.facility, Role.NURSE)
        both = text(nora.get("/filings/"))
        assert page(elsewhere) in both
        one = text(nora.get("/filings/", {"facility": str(annex.facility.pk)}))
        assert page(elsewhere) in one
        assert page(walk) not in one
        by = text(nora.get("/filings/", {"person": str(cast.nora.pk)}))
        assert page(walk) in by
        assert page(elsewhere) not in by

    @pytest.mark.parametrize(
        "said", [{"pile": "x"}, {"page": "-1"}, {"facility": "x"}, {"since": "x", "until": "2026"}]
    )
    def test_it_reads_what_can_be_read_of_an_address(self, nora: Client, walk: Walk, said: dict[str, str]) -> None:
        assert "Tamarack" in text(nora.get("/filings/", said))

    def test_the_floor_says_what_must_not_be_left_lying(self, nora: Client, walk: Walk) -> None:
        assert "Forms:" not in text(nora.get("/"))
        with clock_at(NEXT_WEEK + timedelta(days=3)):
            assert "Forms: 1 late" in text(nora.get("/"))


class TestHowAClinicFiles:
    def test_it_enters_how_people_and_the_clinic_are_reached(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.fred)
        url = reverse("sessions_app:record-person-contact", args=[cast.paul.pk])
        assert client.get(url).status_code == 200
        fill_in(client, url, **{**NORA, "first_name": "Paul", "last_name": "Penstemon"})
        place = reverse("sessions_app:record-facility-contact")
        assert fill_in(client, place, **ADDRESS).url == "/facility/forms/"
        assert client.get("/facility/forms/").status_code == 200
        assert "/facility/forms/" in text(client.get("/facility/"))
        client.force_login(cast.nora)
        shown = text(client.get("/facility/forms/"))
        assert "nora@example.org" in shown
        assert "Wrenfield, PA 18015" in shown
        assert "no phone" in shown  # nils

    def test_the_administrator_switches_the_edition_and_chooses_the_mail(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.ada)
        url = reverse("sessions_app:switch-edition")
        form = text(client.get(url))
        newer = re.search(r'value="([0-9a-f-]{36})"[^>]*> ?(?:</?[^>]+> ?)*Newer edition', form)
        assert newer is not None
        fill_in(client, url, edition=newer[1], from_date="2026-04-20")
        assert FacilityEdition.objects.get().edition.version == "newer-1"
        mail = reverse("sessions_app:choose-digest")
        fill_in(client, mail, to="EVERYBODY")
        assert DigestChoice.objects.get().to == "EVERYBODY"
        assert "everybody who files" in text(client.get("/facility/forms/"))
        client.force_login(cast.nora)
        assert client.get(url).status_code == 403

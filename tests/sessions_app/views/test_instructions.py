"""The sheet that goes home with a patient."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from clinic.actions.patient_record import correct_details
from clinic.models.patient import IDENTITY
from sessions_app.actions import booking, monitoring
from sessions_app.models import InstructionsGiven
from sessions_app.rules.facts import SignEventKind
from tests.clock import clock_at
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    booked,
    discharged,
    entry,
    in_monitoring,
    make_cast,
    minutes,
    ready_to_leave,
)
from tests.scene import cast, clinic
from tests.sessions_app.views.forms import fill_in

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db


def sheet(client: Client, walk: Walk, *, language: str = "en", status: int = 200) -> str:
    url = reverse("sessions_app:instructions", args=[walk.dosing_session.pk])
    with clock_at(STAY_ENDS):
        response = client.get(f"{url}?{urlencode({'language': language})}")
    assert response.status_code == status
    return response.content.decode()


def article(text: str) -> str:
    """What is printed and handed over."""
    return text[text.index("<article") : text.index("</article>")]


@pytest.fixture
def walk(cast: Cast, client: Client) -> Walk:
    client.force_login(cast.nora)
    return in_monitoring(cast)


def feel(walk: Walk, code: str) -> None:
    monitoring.record_sign(code=code, kind=SignEventKind.ONSET, **walk.envelope(LAST_DEVICE + minutes(20)))


class TestTheSheet:
    def test_it_says_in_english_what_to_do_and_who_it_is_for(self, client: Client, walk: Walk) -> None:
        text = article(sheet(client, walk))

        patient = walk.dosing_session.patient
        for words in (
            "Do not drive until tomorrow",
            "until the next day, after a restful sleep",
            "In an emergency call 911",
            "Rosalind Tamarack",
            "Basil Tamarack",
            "Date of birth: September 3, 1982",
            patient.mrn,
            "Wrenfield Clinic",
            "Printed Tuesday, April 14, 2026, 11:35 a.m. EDT, by Nora Nightjar, RN",
            "Nothing was noted",
        ):
            assert words in text

    def test_it_says_in_spanish_what_still_runs(self, client: Client, walk: Walk) -> None:
        feel(walk, "sedation")
        feel(walk, "nausea")

        text = sheet(client, walk, language="es")

        assert '<article class="sheet" lang="es">' in text
        assert "Usted todavía sentía: sueño, náuseas." in re.sub("</?span>", "", article(text))
        assert "No maneje hasta mañana" in article(text)

    def test_it_says_which_word_is_not_in_the_sheets_language(self, client: Client, walk: Walk) -> None:
        feel(walk, "itching")
        assert '<span lang="en">itching</span>' in article(sheet(client, walk, language="es"))
        assert "<span>itching</span>" in article(sheet(client, walk))

    def test_it_is_in_the_language_of_the_patients_papers(self, cast: Cast, client: Client, walk: Walk) -> None:
        patient, own = walk.dosing_session.patient, reverse("sessions_app:instructions", args=[walk.dosing_session.pk])
        names = {name: getattr(patient, name) for name in IDENTITY}
        said = {"patient": patient, "facility": cast.facility, "reason": "Asked.", "entry": entry(), "by": cast.fred}
        assert 'lang="en"' in article(client.get(own).content.decode())

        correct_details(**{**names, "paper_language": "es"}, **said, now=STAY_ENDS)

        give = reverse("sessions_app:give-instructions", args=[walk.dosing_session.pk])
        with clock_at(STAY_ENDS):
            assert 'lang="es"' in article(client.get(own).content.decode())
            asked = client.get(give).content.decode()
        assert asked.index(f"{own}?language=es") < asked.index(f"{own}?language=en")
        assert re.search('value="es"[^>]*checked', asked)
        assert not re.search('value="en"[^>]*checked', asked)

    def test_it_leaves_the_staffs_page_in_english_whatever_the_browser_asks(self, client: Client, walk: Walk) -> None:
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "es"
        assert '<html lang="en' in sheet(client, walk, language="es")

    def test_it_tells_the_staff_and_not_the_patient_that_nobody_reviewed_the_spanish(
        self, client: Client, walk: Walk
    ) -> None:
        said = "not been reviewed by a certified translator"
        spanish = sheet(client, walk, language="es")

        assert said in spanish
        assert said not in article(spanish)
        assert said not in sheet(client, walk)

    def test_it_names_the_next_booking_or_leaves_a_line(self, cast: Cast, client: Client, walk: Walk) -> None:
        assert "Day and time:" in article(sheet(client, walk))
        for days in (9, 7):
            booking.book_session(
                course=walk.dosing_session.course,
                scheduled_at=NINE + timedelta(days=days, minutes=30),
                chair="",
                entry=entry(),
                by=cast.fred,
                now=NINE,
            )

        assert "Tuesday, April 21, 2026 at 9:30 a.m. EDT" in article(sheet(client, walk))
        assert "martes 21 de abril de 2026, 9:30 a. m. EDT" in article(sheet(client, walk, language="es"))

    def test_it_names_who_really_took_the_patient_over(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.ines)
        walk = ready_to_leave(cast)
        walk.release(STAY_ENDS, handed_over_to="Odette Larkspur")

        text = article(sheet(client, walk))

        assert "Odette Larkspur" in text
        assert "Basil Tamarack" not in text

    def test_it_is_there_for_known_languages_and_patients_who_came(
        self, cast: Cast, client: Client, walk: Walk
    ) -> None:
        sheet(client, walk, language="fr", status=404)
        sheet(client, booked(cast), status=404)

    def test_it_leads_back_to_say_that_they_were_given(self, cast: Cast, client: Client, walk: Walk) -> None:
        give = f"{reverse('sessions_app:give-instructions', args=[walk.dosing_session.pk])}?language=es"
        assert give in sheet(client, walk, language="es")
        client.force_login(cast.ines)
        assert give not in sheet(client, walk, language="es")


class TestGiving:
    def test_it_is_charted_with_its_language(self, client: Client, walk: Walk) -> None:
        url = reverse("sessions_app:give-instructions", args=[walk.dosing_session.pk])
        with clock_at(LAST_DEVICE + minutes(60)):
            asked = client.get(url).content.decode()
            fill_in(client, url, language="es", how="PRINTED")
            shown = client.get(reverse("sessions_app:dosing-session", args=[walk.dosing_session.pk])).content.decode()

        assert f"{reverse('sessions_app:instructions', args=[walk.dosing_session.pk])}?language=es" in asked
        assert InstructionsGiven.objects.get().language == "es"
        assert "Instructions given: Spanish, printed" in shown

    def test_it_is_printed_again_after_the_release(self, cast: Cast, client: Client) -> None:
        client.force_login(make_cast(facility_name="Annex", suffix="2").nora)
        walk = discharged(cast)
        sheet(client, walk, status=404)
        client.force_login(cast.nora)
        assert "Do not drive" in sheet(client, walk)

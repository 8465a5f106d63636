"""Sheets of paper: who may print them, and what is on them."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import User
from clinic.rules.roles import Role
from sessions_app.actions import course, intake, monitoring
from sessions_app.rules.charting import SignEntry
from sessions_app.rules.facts import SignEventKind
from tests.clock import clock_at
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    booked,
    checked_in,
    cleared,
    discharged,
    entry,
    full_check,
    in_monitoring,
    make_cast,
    make_course,
    make_otto,
    make_patient,
    minutes,
    one_more,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def get(client: Client, person: User, name: str, *args: Any, now: datetime = NINE) -> Any:
    client.force_login(person)
    with clock_at(now):
        return client.get(reverse(f"sessions_app:{name}", args=args))


def text_of(response: Any) -> str:
    """What is read, without the tags; cells and lines apart."""
    main = response.content.decode().partition("<main")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main))


class TestWhoMayPrint:
    @pytest.mark.parametrize(
        ("person", "status"), [("nora", 200), ("paul", 200), ("ines", 200), ("fred", 403), ("ada", 403)]
    )
    def test_a_blank_one_everybody_and_what_is_charted_whoever_reads_it(
        self, cast: Cast, client: Client, person: str, status: int
    ) -> None:
        walk, who = in_monitoring(cast), getattr(cast, person)

        assert get(client, who, "sheet", walk.dosing_session.pk).status_code == status
        assert get(client, who, "open-sheets").status_code == status
        offered = get(client, who, "outage").content.decode()
        assert (reverse("sessions_app:open-sheets") in offered) is (status == 200)
        assert get(client, who, "blank-sheet", "esketamine").status_code == 200

    def test_nobody_of_another_clinic(self, cast: Cast, client: Client) -> None:
        walk, otto = in_monitoring(cast), make_otto()

        assert get(client, otto, "sheet", walk.dosing_session.pk).status_code == 404
        assert "Tamarack" not in get(client, otto, "open-sheets").content.decode()

    def test_no_display_on_the_wall(self, cast: Cast, client: Client) -> None:
        walk, wall = in_monitoring(cast), one_more(cast, Role.DISPLAY)

        assert get(client, wall, "sheet", walk.dosing_session.pk).status_code == 403
        for name, args in (("outage", ()), ("open-sheets", ()), ("blank-sheet", ("esketamine",))):
            assert get(client, wall, name, *args).status_code == 403

    def test_nothing_of_a_booking_and_of_no_programme_that_is_not(self, cast: Cast, client: Client) -> None:
        assert get(client, cast.nora, "sheet", booked(cast).dosing_session.pk).status_code == 404
        assert get(client, cast.nora, "blank-sheet", "sedaline").status_code == 404


class TestAsOfNow:
    def sheet(self, client: Client, walk: Walk, now: datetime) -> str:
        return text_of(get(client, walk.cast.nora, "sheet", walk.dosing_session.pk, now=now))

    def test_it_has_what_is_charted_and_the_times_of_what_is_to_come(self, cast: Cast, client: Client) -> None:
        course.set_policy(
            facility=cast.facility,
            program_version=cast.program_version,
            overrides={},
            extra_checks=(60, 90),
            reason="as on the ward",
            entry=entry(),
            by=cast.ada,
            now=NINE - minutes(1),
        )
        walk = in_monitoring(cast)
        walk.check(LAST_DEVICE + minutes(41), full_check(152, 94, 95, sedation=SignEntry(True, 4)))
        monitoring.record_sign(code="nausea", kind=SignEventKind.ONSET, **walk.envelope(LAST_DEVICE + minutes(42)))
        sheet = self.sheet(client, walk, LAST_DEVICE + minutes(45))

        assert "born 3 Sep 1982" in sheet
        assert "As of 10:20 EDT: being monitored" in sheet
        assert "until 11:35, counted from 9:35" in sheet
        assert "10:16 152/94 72 95 present (4)" in sheet
        assert "60-min check, 10:25 – 10:45 10:35" in sheet
        assert "90-min check, 10:55 – 11:15 11:05" in sheet
        assert "Final check, from 11:25 11:35" in sheet
        assert "40-min check, 10:05" not in sheet  # done
        assert "Nausea 10:17" in sheet
        assert "Two hours are not over yet" in sheet
        assert "Basil Tamarack (555) 555-0134" in sheet

    def test_what_was_voided_is_not_on_it(self, cast: Cast, client: Client) -> None:
        walk = in_monitoring(cast)
        wrong = walk.check(LAST_DEVICE + minutes(40), full_check(190, 110))
        walk.void(wrong, LAST_DEVICE + minutes(42))

        assert "190/110" not in self.sheet(client, walk, LAST_DEVICE + minutes(43))

    def test_before_the_dose_it_asks_what_is_still_to_be_asked(self, cast: Cast, client: Client) -> None:
        sheet = self.sheet(client, checked_in(cast), NINE + minutes(5))

        assert "Still to be asked" in sheet
        assert "Benzodiazepine today" in sheet
        assert "56 mg, 2 devices" in sheet
        assert "40 min (30 to 50)" in sheet
        assert "before dose" in sheet

    def test_what_was_asked_is_not_asked_again(self, cast: Cast, client: Client) -> None:
        sheet = self.sheet(client, cleared(cast), NINE + minutes(26))

        assert "Benzodiazepine today" not in sheet
        assert "Prescriber, signature" not in sheet
        assert sheet.count("one spray") == 2  # a line for each device ordered

    def test_a_contraindication_answered_yes_stands_on_it(self, cast: Cast, client: Client) -> None:
        walk = checked_in(cast)
        intake.answer_questions(
            anything_new=True,
            contraindications={"vascular": True},
            medicines={},
            **walk.envelope(NINE + minutes(2)),
        )

        assert "Contraindication: Aneurysmal vascular disease" in self.sheet(client, walk, NINE + minutes(5))

    def test_of_a_session_that_is_over_it_asks_nothing(self, cast: Cast, client: Client) -> None:
        sheet = self.sheet(client, discharged(cast), STAY_ENDS + minutes(3))

        assert "gone home" in sheet
        assert "Left at" not in sheet
        assert "Final check, from" not in sheet


class TestEveryOpenSession:
    def test_it_has_each_once_and_no_other(self, cast: Cast, client: Client) -> None:
        names = [("Ann", "Aster"), ("Ben", "Birch"), ("Cleo", "Cedar")]
        for make, name in zip((checked_in, in_monitoring, discharged), names, strict=True):
            make(cast, of_course=make_course(cast, patient=make_patient(cast, name=name)))
        page = get(client, cast.nora, "open-sheets", now=LAST_DEVICE + minutes(1)).content.decode()

        titles = re.findall(r'class="outage-title">(\w+ \w+)', page)
        assert sorted(titles) == ["Ann Aster", "Ben Birch"]

    def test_its_number_of_queries_does_not_grow(
        self, cast: Cast, client: Client, django_assert_max_num_queries: Callable[..., Any]
    ) -> None:
        counts = []
        get(client, cast.nora, "open-sheets")  # signing in asks too
        for _session in range(3):
            in_monitoring(cast)
            with django_assert_max_num_queries(16) as captured:
                get(client, cast.nora, "open-sheets", now=LAST_DEVICE + minutes(1))
            counts.append(len(captured))

        assert counts[0] == counts[1] == counts[2], counts

    def test_without_any_it_says_so(self, cast: Cast, client: Client) -> None:
        assert "No session is open" in text_of(get(client, cast.nora, "open-sheets"))


class TestBlank:
    def test_it_is_under_this_clinics_numbers(self, cast: Cast, client: Client) -> None:
        course.set_policy(
            facility=cast.facility,
            program_version=cast.program_version,
            overrides={"minimum_stay_minutes": 150, "rest_between_devices_minutes": 7},
            extra_checks=(20, 90),
            reason="as on the ward",
            entry=entry(),
            by=cast.ada,
            now=NINE - minutes(1),
        )
        sheet = text_of(get(client, cast.nora, "blank-sheet", "esketamine"))

        for words in ("20 min (10 to 30)", "40 min (30 to 50)", "90 min (80 to 100)", "final, from 140 min"):
            assert words in sheet
        assert "At least 7 min between two" in sheet
        assert "150 min over" in sheet
        assert "Sedation MOAA/S, normal 5 or more" in sheet
        assert sheet.count("one spray") == 4  # the most a dose takes, and one that failed

    def test_it_asks_what_a_clinic_asks_on_site(self, cast: Cast, client: Client) -> None:
        page = get(client, cast.nora, "blank-sheet", "esketamine").content.decode()
        scales = page.partition("outage-grid scales")[2].partition("</table>")[0]
        rows = {row.partition("<small>")[0].partition("</th>")[0]: row for row in scales.split('<th scope="row">')[1:]}
        assert [row.count("outage-item") for row in rows.values()] == [9, 7, 7, 0, 0, 0]
        assert "Above 0 at 9: the prescriber" in rows["PHQ-9"]
        assert "A yes to 3, 4, 5 or 6: the prescriber" in rows["C-SSRS screener"]

    def test_it_is_about_nobody(self, cast: Cast, client: Client) -> None:
        in_monitoring(cast)

        assert "Tamarack" not in text_of(get(client, cast.nora, "blank-sheet", "esketamine"))

    def test_the_floor_and_the_facility_lead_to_it(self, cast: Cast, client: Client) -> None:
        link = f'href="{reverse("sessions_app:outage")}"'
        in_monitoring(cast)

        assert link in get(client, cast.nora, "facility").content.decode()
        assert link in get(client, cast.nora, "floor").content.decode()
        outage = get(client, cast.nora, "outage").content.decode()
        assert reverse("sessions_app:open-sheets") in outage
        assert reverse("sessions_app:blank-sheet", args=["esketamine"]) in outage

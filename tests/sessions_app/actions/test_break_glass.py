"""Reading one patient of another facility: for a reason, for an hour, nothing else, all of it written down."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import AuditEvent, BreakGlass, BreakGlassReview, Patient, RecordAccess, User
from sessions_app.actions.break_glass import LASTS, break_glass, review_break_glass
from tests.clock import clock_at
from tests.expect import denied, failing_audit, nothing_written, refused
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    entry,
    full_check,
    in_monitoring,
    make_cast,
    make_patient,
    minutes,
)
from tests.pages import searched
from tests.scene import cast, clinic, otto

__all__ = ["cast", "clinic", "otto"]
pytestmark = pytest.mark.django_db
BROKEN = STAY_ENDS
SECOND = timedelta(seconds=1)
WHY = "Brought to us unconscious."


@pytest.fixture
def annex(cast: Cast) -> Cast:
    return make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)


@pytest.fixture
def walk(annex: Cast) -> Walk:
    """Somebody under watch at the annex."""
    walk = in_monitoring(annex)
    walk.check(LAST_DEVICE + minutes(40), full_check(139, 86))
    return walk


def break_it(walk: Walk, by: User, **fields: Any) -> BreakGlass:
    said = {"patient": walk.dosing_session.patient, "facility": walk.cast.facility, "reason": WHY, "entry": entry()}
    return break_glass(**{**said, "by": by, "now": BROKEN, **fields})


def pages_of(walk: Walk) -> dict[str, str]:
    session = walk.dosing_session
    return {
        "patient": reverse("sessions_app:patient-page", args=[session.patient_id]),
        "session": reverse("sessions_app:dosing-session", args=[session.pk]),
        "ambulance": reverse("sessions_app:ambulance", args=[session.pk]),
        "sheet": reverse("sessions_app:sheet", args=[session.pk]),
    }


class TestBreakGlass:
    def test_it_takes_a_reason(self, cast: Cast, walk: Walk) -> None:
        with refused("FIELD", field="reason"):
            break_it(walk, cast.nora, reason=" ")

    @pytest.mark.parametrize("name", ["fred", "ada", "ines", "otto"])
    def test_it_is_for_whoever_treats_patients_in_the_organisation(
        self, cast: Cast, otto: User, walk: Walk, name: str
    ) -> None:
        with denied():
            break_it(walk, otto if name == "otto" else getattr(cast, name))

    def test_it_is_not_for_ones_own_facility(self, annex: Cast, walk: Walk) -> None:
        with refused("FIELD", field="place"):
            break_it(walk, annex.nora)

    def test_it_is_for_a_patient_known_there(self, cast: Cast, annex: Cast, walk: Walk) -> None:
        ours: Patient = make_patient(cast)
        with refused("FIELD", field="mrn"):
            break_it(walk, cast.nora, patient=ours)

    def test_it_has_one_effect_and_its_audit_event(self, cast: Cast, walk: Walk) -> None:
        form = entry()
        with failing_audit():
            break_it(walk, cast.nora)
        first = break_it(walk, cast.nora, entry=form)
        with nothing_written():
            assert break_it(walk, cast.nora, entry=form) == first
        with refused("ENTRY_REUSED"):
            break_it(walk, cast.paul, entry=form)
        event = AuditEvent.objects.get(entry_id=form.entry_id)
        assert (event.action, event.actor, event.chain.facility) == ("break_glass", cast.nora, walk.cast.facility)


class TestReading:
    def test_it_is_404_before_and_from_the_second_it_ends(self, cast: Cast, walk: Walk, client: Client) -> None:
        client.force_login(cast.nora)
        page = pages_of(walk)["session"]

        def status(at: Any) -> int:
            with clock_at(at):
                return client.get(page).status_code

        assert status(BROKEN) == 404
        break_it(walk, cast.nora)
        assert (status(BROKEN), status(BROKEN + LASTS - SECOND), status(BROKEN + LASTS)) == (200, 200, 404)

    def test_it_shows_the_chart_says_so_and_writes_every_page_down(
        self, cast: Cast, walk: Walk, client: Client
    ) -> None:
        glass = break_it(walk, cast.nora)
        client.force_login(cast.nora)
        with clock_at(BROKEN + minutes(10)):
            for name, url in pages_of(walk).items():
                answer = client.get(url)
                assert (name, answer.status_code) == (name, 200)
                if name in ("patient", "session"):
                    text = answer.content.decode()
                    assert "read for 50 more minutes" in text
                    assert WHY in text
                assert "data-live" not in answer.content.decode()
        events = AuditEvent.objects.filter(action="read_through_glass").order_by("sequence")
        assert [json.loads(event.payload)["details"]["page"] for event in events] == list(pages_of(walk).values())
        assert {event.actor for event in events} == {cast.nora}
        assert {json.loads(event.payload)["details"]["break_glass"] for event in events} == {str(glass.pk)}
        assert "139/86" in text

    def test_a_page_that_renews_itself_is_written_once_and_no_record_leaves(
        self, cast: Cast, walk: Walk, client: Client
    ) -> None:
        break_it(walk, cast.nora)
        client.force_login(cast.nora)
        page = pages_of(walk)["session"]
        with clock_at(BROKEN + minutes(10)):
            version = client.get(page).context["version"]
            renews = {"X-Requested-With": "refresh", "If-None-Match": f'"{version}"'}
            assert client.get(page, headers=renews).status_code == 200
            assert client.get(f"{page}export/").status_code == 403
        assert AuditEvent.objects.filter(action="read_through_glass").count() == 1
        (read,) = RecordAccess.objects.filter(person=cast.nora)
        assert (read.roles, read.facility, read.kind) == ("glass", walk.cast.facility, "OPENED")

    def test_it_does_nothing_there_and_reads_nobody_else(
        self, cast: Cast, annex: Cast, walk: Walk, client: Client
    ) -> None:
        other = in_monitoring(annex)
        break_it(walk, cast.nora)
        client.force_login(cast.nora)
        with clock_at(BROKEN), nothing_written():
            for step in ("record-check", "void", "arrange-way-home", "transfer"):
                args = [walk.dosing_session.pk]
                args += ["Check", walk.rows("Check")[0].pk] if step == "void" else []
                assert client.post(reverse(f"sessions_app:{step}", args=args)).status_code == 403
            for url in pages_of(other).values():
                assert client.get(url).status_code == 404
            assert annex.facility.name not in client.get("/").content.decode()
            assert client.get("/patients/", searched("Tamarack")).status_code == 200

    def test_it_is_nobody_elses(self, cast: Cast, walk: Walk, otto: User, client: Client) -> None:
        break_it(walk, cast.nora)
        for person in (cast.paul, cast.ada, otto):
            client.force_login(person)
            with clock_at(BROKEN):
                assert {client.get(url).status_code for url in pages_of(walk).values()} == {404}

    def test_it_ends_with_the_role_that_gave_it(self, cast: Cast, walk: Walk, client: Client) -> None:
        break_it(walk, cast.nora)
        cast.nora.role_assignments.update(ended_at=BROKEN, ended_by=cast.ada)
        client.force_login(cast.nora)
        with clock_at(BROKEN + SECOND):
            assert client.get(pages_of(walk)["session"]).status_code == 403


class TestReview:
    def review(self, glass: BreakGlass, by: User, **fields: Any) -> BreakGlassReview:
        said = {"verdict": BreakGlassReview.Verdict.JUSTIFIED, "entry": entry(), "now": NINE, **fields}
        return review_break_glass(glass=glass, by=by, **said)

    def test_it_is_counted_until_somebody_there_said_something(
        self, cast: Cast, annex: Cast, walk: Walk, client: Client
    ) -> None:
        glass = break_it(walk, cast.nora)
        client.force_login(annex.ada)

        def facility() -> str:
            with clock_at(BROKEN + minutes(90)):
                return client.get("/facility/").content.decode()

        assert "not reviewed" in facility()
        self.review(glass, annex.ada)
        assert "not reviewed" not in facility()
        with clock_at(BROKEN + minutes(90)):
            text = client.get("/facility/broken-glass/").content.decode()
        assert WHY in text
        assert "There was a reason" in text

    def test_it_is_once_and_says_why_not(self, cast: Cast, annex: Cast, walk: Walk) -> None:
        glass = break_it(walk, cast.nora)
        with refused("FIELD", field="note"):
            self.review(glass, annex.ada, verdict=BreakGlassReview.Verdict.NOT_JUSTIFIED)
        self.review(glass, annex.ada)
        with refused("FIELD", field="verdict"):
            self.review(glass, annex.ada)

    def test_it_is_by_somebody_else_who_runs_the_facility(self, cast: Cast, annex: Cast, walk: Walk) -> None:
        glass = break_it(walk, cast.nora)
        for person in (cast.ada, cast.nora, annex.nora):
            with denied():
                self.review(glass, person)

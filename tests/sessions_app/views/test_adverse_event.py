"""From the session to the report, and the clinic's list; what is printed says what is recorded."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import AuditEvent, RecordAccess
from sessions_app.actions import monitoring
from sessions_app.models import AdverseEvent, AdverseEventAccount, AdverseEventReport, MedicineGiven
from tests.clock import clock_at
from tests.factories import LAST_DEVICE, Cast, Walk, in_monitoring, minutes
from tests.scene import cast, clinic, otto
from tests.sessions_app.actions.test_adverse_event import GRAVE, describe, fainted, follow_up, report, tell
from tests.sessions_app.views.forms import fill_in
from tests.sessions_app.views.pdfs import pages_of

__all__ = ["cast", "clinic", "otto"]
pytestmark = [pytest.mark.django_db, pytest.mark.paperwork]
NOW = LAST_DEVICE + minutes(40)
TOLD = {"narrative": "On the floor for a minute.", "outcome": "RECOVERED", "told_by": "STAFF"}


@pytest.fixture(autouse=True)
def forty() -> Iterator[None]:
    with clock_at(NOW):
        yield


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return in_monitoring(cast)


@pytest.fixture
def nora(cast: Cast, client: Client) -> Client:
    client.force_login(cast.nora)
    return client


def page(walk: Walk, name: str, *args: Any) -> str:
    return reverse(f"sessions_app:{name}", args=[walk.dosing_session.pk, *args])


class TestFromTheSession:
    def test_what_was_called_serious_is_described_where_it_stands(self, walk: Walk, nora: Client) -> None:
        event = fainted(walk)
        shown = nora.get(page(walk, "dosing-session")).content.decode()
        assert page(walk, "adverse-event", event.pk) in shown
        assert "To describe" in shown

        url = page(walk, "describe-serious-event", event.pk)
        empty = fill_in(nora, url, **TOLD)
        assert empty.status_code == 422
        assert "Tick what applies, or none of these." in empty.content.decode()
        both = fill_in(nora, url, criteria=["NONE", "DISABILITY"], **TOLD)
        assert "Something is ticked besides" in both.content.decode()
        dead = fill_in(nora, url, criteria=["DEATH"], **TOLD)
        assert dead.status_code == 409
        assert "A death is ticked above and chosen here, or neither." in dead.content.decode()
        assert not AdverseEventAccount.objects.exists()

        saved = fill_in(nora, url, criteria=["HOSPITALISATION"], **TOLD)
        made = AdverseEvent.objects.get()
        assert (saved.status_code, saved.url) == (302, page(walk, "adverse-event", made.pk))
        assert AdverseEventAccount.objects.get().serious_event == event
        text = nora.get(saved.url).content.decode()
        for word in ("On the floor for a minute.", "hospitalisation", "To report", "no deadline set", "not confirmed"):
            assert word in text

    def test_what_somebody_tells_is_entered_followed_up_and_reported(self, walk: Walk, nora: Client) -> None:
        told = {**TOLD, "told_by": "PATIENT", "what": "Headache", "began_date": "2026-04-14", "began_time": "10:05"}
        saved = fill_in(nora, page(walk, "record-adverse-event"), criteria=["NONE"], **told)
        event = AdverseEvent.objects.get()
        assert saved.url == page(walk, "adverse-event", event.pk)
        assert event.occurred_at == LAST_DEVICE + minutes(30)
        assert "Not serious" in nora.get(page(walk, "dosing-session")).content.decode()

        late = {**TOLD, "narrative": "At the emergency room now.", "told_by": "RELATIVE"}
        unnamed = fill_in(nora, page(walk, "follow-up-adverse-event", event.pk), criteria=["HOSPITALISATION"], **late)
        assert unnamed.status_code == 409
        fill_in(
            nora,
            page(walk, "follow-up-adverse-event", event.pk),
            criteria=["HOSPITALISATION"],
            **late,
            reporter="Basil",
        )
        assert len(walk.rows("SeriousEvent")) == 1

        url = page(walk, "report-adverse-event", event.pk)
        refused = fill_in(nora, url, recipient="NOBODY", reported_date="2026-04-14", note="Unrelated.")
        assert "A serious event is reported" in refused.content.decode()
        fill_in(nora, url, recipient="MEDWATCH", reported_date="2026-04-14", reference="MW-5")
        text = nora.get(saved.url).content.decode()
        assert "Reported on 14 Apr 2026: MedWatch (FDA), reference MW-5" in text
        assert AdverseEventReport.objects.get().performed_by.username == "nora"

    def test_another_sessions_event_is_not_there(self, cast: Cast, walk: Walk, nora: Client) -> None:
        other = in_monitoring(cast)
        event = tell(walk, now=NOW)
        for name in ("adverse-event", "adverse-event-pdf", "follow-up-adverse-event", "report-adverse-event"):
            assert nora.get(page(other, name, event.pk)).status_code == 404
        bare = fainted(other)
        for name in ("follow-up-adverse-event", "report-adverse-event"):
            assert nora.get(page(other, name, bare.pk)).status_code == 404  # described first


class TestTheReport:
    def test_it_says_what_is_recorded_field_by_field(self, cast: Cast, walk: Walk, nora: Client) -> None:
        event = describe(walk, fainted(walk))
        monitoring.give_medicine(
            drug="Ondansetron", dose="4 mg", route=MedicineGiven.Route.ORAL, **walk.envelope(LAST_DEVICE + minutes(33))
        )
        follow_up(walk, event, GRAVE.__class__((), "Home again.", "PATIENT", "RECOVERED"), LAST_DEVICE + minutes(35))
        report(walk, event, LAST_DEVICE + minutes(36))
        answer = nora.get(page(walk, "adverse-event-pdf", event.pk))
        assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "private, no-store")
        assert "Tamarack" not in answer["Content-Disposition"]
        text, patient = " ".join(pages_of(answer.content)), walk.dosing_session.patient
        for said in (
            f"{patient.full_name} · born 3 Sep 1982 · MRN {patient.mrn} · {cast.facility.name}",
            "Suspected adverse event: Fainted.",
            "Not an official form.",
            "Began 14 Apr 2026, 10:00 EDT",
            "Serious no",
            "Disposition of the prescriber none recorded",
            "Account Taken to Wrenfield General.",
            "Told by family or friend: Basil Tamarack",
            "Outcome not recovered",
            "Follow-up 1",
            "Account Home again.",
            "Dose ordered 56 mg",
            "Ondansetron 4 mg given by mouth",
            "Reported on 14 Apr 2026: manufacturer, reference A-117",
            "page 1 of",
        ):
            assert said in text, (said, text)
        for given in walk.rows("DeviceAdministration"):
            assert f"{given.device.lot}" in text
            assert given.device.number in text

    def test_that_it_was_taken_is_written_down(self, cast: Cast, walk: Walk, nora: Client) -> None:
        event = fainted(walk)
        nora.get(page(walk, "adverse-event-pdf", event.pk))
        taken = RecordAccess.objects.get(kind="EXPORTED")
        assert (taken.person, taken.patient) == (cast.nora, walk.dosing_session.patient)
        assert AuditEvent.objects.get(action="export_paper").subject_id == walk.dosing_session.patient_id


class TestTheList:
    def test_it_has_each_under_what_it_waits_for(self, walk: Walk, nora: Client) -> None:
        fainted(walk)
        told = tell(walk, now=NOW - minutes(5))
        report(walk, tell(walk, GRAVE, NOW - minutes(4), what="Fall"), NOW - minutes(3))
        answer = nora.get("/facility/adverse-events/")
        sections = [[row["what"] for row in section["rows"]] for section in answer.context["sections"]]
        assert sections == [["Fainted."], ["Headache"], ["Fall"]]
        assert "No deadline is set: Vigil knows none." in answer.content.decode()
        assert page(walk, "adverse-event", told.pk) in answer.content.decode()

    def test_the_clinics_own_number_of_days_is_shown_as_such_and_late_by_it(
        self, cast: Cast, walk: Walk, client: Client
    ) -> None:
        tell(walk, now=NOW)
        client.force_login(cast.ada)
        form = client.get("/facility/set-policy/").context["form"]
        filled = {name: str(form[name].value()) for name in form.fields if form[name].value() is not None}
        client.post("/facility/set-policy/", {**filled, "adverse_event_days": "400", "reason": "Ours."})
        assert (
            client.post("/facility/set-policy/", {**filled, "adverse_event_days": "7", "reason": "Ours."}).status_code
            == 302
        )
        assert "7 days" in client.get("/facility/").content.decode()

        client.force_login(cast.nora)
        for days, late in ((7, False), (8, True)):
            with clock_at(NOW + minutes(days * 24 * 60)):
                client.force_login(cast.nora)
                answer = client.get("/facility/adverse-events/")
            (row,) = answer.context["sections"][1]["rows"]
            assert (row["due"], bool(row["late"])) == ("21 Apr 2026", late)
        assert "the clinic&#x27;s own number" in answer.content.decode()

    @pytest.mark.parametrize("year", ["26", "x", "²026", "20266", "020269999"])
    def test_it_knows_no_such_year(self, nora: Client, year: str) -> None:
        assert nora.get("/facility/adverse-events/", {"year": year}).status_code == 404

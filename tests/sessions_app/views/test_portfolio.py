"""All facilities that somebody runs, as a list, and as a file."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.actions.certification import designate_representative, record_stop
from clinic.actions.facility import open_facility
from clinic.actions.finding import close_finding, raise_finding
from clinic.actions.staff import grant_role
from clinic.models import AuditEvent, Facility
from clinic.models.certification import steps_of
from clinic.rules.certification import CertificationStatus
from clinic.rules.credentials import CredentialKind
from clinic.rules.enrolment import Setting
from clinic.rules.roles import Role
from tests.clock import clock_at
from tests.credentials import give_credential
from tests.expect import audited
from tests.factories import NINE, OPENING, Cast, employ, entry, make_cast, make_otto
from tests.scene import cast, clinic

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db
PAGE, FILE = "/facilities/", "/facilities/csv/"


@pytest.fixture(autouse=True)
def nine() -> Iterator[None]:
    with clock_at(NINE):
        yield


@pytest.fixture
def ada(cast: Cast, client: Client) -> Client:
    client.force_login(cast.ada)
    return client


@pytest.fixture
def annex(cast: Cast) -> Cast:
    made = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
    employ(cast.ada, made.facility, Role.ADMINISTRATOR)
    return made


def opened(cast: Cast, name: str) -> Facility:
    """One more of ada's, with nothing entered."""
    facility = open_facility(
        organisation=cast.facility.organisation,
        name=name,
        setting=Setting.OUTPATIENT,
        time_zone="America/New_York",
        by=None,
        now=OPENING,
    )
    grant_role(person=cast.ada, facility=facility, role=Role.ADMINISTRATOR, by=None, now=OPENING)
    return facility


def names(client: Client, **asked: str) -> list[str]:
    answer = client.get(PAGE, asked)
    assert answer.status_code == 200
    return [row["name"] for row in answer.context["rows"]]


def lines(client: Client, **asked: str) -> list[dict[str, str]]:
    answer = client.get(FILE, asked)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


class TestTheList:
    def test_it_says_of_each_how_it_stands_and_what_expires_next(self, cast: Cast, annex: Cast, ada: Client) -> None:
        give_credential(cast, cast.nora, CredentialKind.LICENCE, date(2026, 4, 30))
        give_credential(cast, cast.paul, CredentialKind.DEA, date(2026, 4, 13))
        record_stop(
            facility=annex.facility,
            program_code="esketamine",
            status=CertificationStatus.SUSPENDED,
            reason="Audit.",
            after=steps_of(annex.facility, "esketamine")[0].pk,
            entry=entry(),
            by=annex.ada,
            now=NINE,
        )

        first, second = ada.get(PAGE).context["rows"]

        assert (first["name"], first["badge"], first["doses"]) == (
            "Annex",
            {"word": "Suspended", "kind": "overdue"},
            "no new doses",
        )
        assert first["next"] is None
        assert (second["name"], second["badge"]["word"], second["doses"]) == ("Wrenfield Clinic", "Certified", "")
        assert (second["representative"], second["more"]) == ("Ada Alder", "and 1 more")
        assert second["next"] | {"badge": None} == {
            "what": "DEA registration, Paul Penstemon",
            "day": "13 Apr 2026",
            "left": "over for 1 day",
            "kind": "overdue",
            "badge": None,
        }

    def test_it_says_where_a_representative_waits_for_the_rems_and_where_nothing_was_begun(
        self, cast: Cast, ada: Client
    ) -> None:
        opened(cast, "Bare")
        designate_representative(
            facility=cast.facility,
            program_code="esketamine",
            person=cast.paul,
            entry=entry(),
            by=cast.ada,
            now=NINE,
        )
        words = {row["name"]: row["badge"]["word"] for row in ada.get(PAGE).context["rows"]}
        assert words == {"Wrenfield Clinic": "To be confirmed anew", "Bare": "Not certified"}

    def test_it_counts_the_findings_that_are_open_and_those_that_are_late(self, cast: Cast, ada: Client) -> None:
        said: dict[str, Any] = {"facility": cast.facility, "program_code": "esketamine", "owner": cast.nora}
        for day in (15, 20, 25):
            given = {"text": f"By the {day}th.", "due_date": date(2026, 4, day), "entry": entry(), "by": cast.ada}
            last = raise_finding(**said, **given, now=NINE)
        close_finding(finding=last, note="Done.", entry=entry(), by=cast.ada, now=NINE)

        assert ada.get(PAGE).context["rows"][0]["findings"] == {
            "count": 2,
            "late": False,
            "words": "the first by 15 Apr 2026",
        }
        with clock_at(NINE + timedelta(days=2)):
            assert ada.get(PAGE).context["rows"][0]["findings"] == {"count": 2, "late": True, "words": "1 late"}
            (line,) = lines(ada, sort="findings")
        assert (line["Open findings"], line["Findings late"]) == ("2", "1")

    def test_it_is_of_those_somebody_runs(self, cast: Cast, annex: Cast, client: Client) -> None:
        for person in (cast.nora, cast.paul, cast.fred, cast.ines):
            client.force_login(person)
            assert client.get(PAGE).status_code == client.get(FILE).status_code == 403
        employ(cast.nora, annex.facility, Role.ADMINISTRATOR)
        client.force_login(cast.nora)
        assert names(client) == ["Annex"]
        client.force_login(make_otto())
        assert names(client) == ["Otherfield Clinic"]

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({}, ["Bare", "Annex", "Wrenfield Clinic"]),
            ({"q": "wren"}, ["Wrenfield Clinic"]),
            ({"q": "ALDER ann"}, ["Annex"]),
            ({"q": "nowhere"}, []),
            ({"status": "CERTIFIED"}, ["Annex", "Wrenfield Clinic"]),
            ({"status": "NONE"}, ["Bare"]),
            ({"status": "SUSPENDED"}, []),
            ({"status": "nonsense", "sort": "nonsense"}, ["Bare", "Annex", "Wrenfield Clinic"]),
            ({"sort": "name"}, ["Annex", "Bare", "Wrenfield Clinic"]),
            ({"sort": "expires"}, ["Wrenfield Clinic", "Annex", "Bare"]),
        ],
    )
    def test_it_shows_those_asked_for_as_page_and_as_file(
        self, cast: Cast, annex: Cast, ada: Client, asked: dict[str, str], found: list[str]
    ) -> None:
        opened(cast, "Bare")
        give_credential(cast, cast.nora, CredentialKind.LICENCE, date(2026, 4, 30))
        assert names(ada, **asked) == found
        assert [line["Facility"] for line in lines(ada, **asked)] == found

    def test_it_asks_no_more_of_fifty(self, cast: Cast, annex: Cast, ada: Client) -> None:
        ada.get(PAGE)  # what a process reads once
        with CaptureQueriesContext(
            connection,
        ) as of_two:
            assert len(names(ada)) == 2
        for number in range(48):
            facility = opened(cast, f"Place {number}")
            grant_role(person=cast.nora, facility=facility, role=Role.NURSE, by=None, now=OPENING)
        give_credential(cast, cast.nora, CredentialKind.LICENCE, date(2026, 4, 30))
        with CaptureQueriesContext(connection) as of_fifty:
            assert len(names(ada)) == 50
        assert len(of_fifty) == len(of_two) <= 17

    def test_it_says_on_paper_what_it_is_and_who_printed_it(self, cast: Cast, ada: Client) -> None:
        text = ada.get(PAGE, {"q": "wren", "status": "CERTIFIED"}).content.decode()
        assert "Facilities · Certified, “wren” · printed 14 Apr 2026 9:00 EDT by Ada Alder" in text


class TestTheFile:
    def test_it_holds_the_list(self, cast: Cast, ada: Client) -> None:
        give_credential(cast, cast.nora, CredentialKind.LICENCE, date(2026, 4, 30))
        (line,) = lines(ada)
        assert line == {
            "Facility": "Wrenfield Clinic",
            "Address": "",
            "Programme": line["Programme"],
            "Certification": "Certified",
            "New doses": "yes",
            "Authorized Representative": "Ada Alder",
            "Expires next": "Licence, Nora Nightjar",
            "Last day": "2026-04-30",
            "Days left": "16",
            "Expiring or over": "1",
            "Open findings": "0",
            "Findings late": "0",
        }

    def test_it_is_in_the_audit_with_its_digest(self, cast: Cast, ada: Client) -> None:
        answer = ada.get(FILE, {"q": "wren"})
        assert answer["Content-Disposition"] == 'attachment; filename="facilities-2026-04-14.csv"'
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert answer["Cache-Control"] == "private, no-store"
        event = AuditEvent.objects.get(action="export_portfolio")
        said: dict[str, Any] = json.loads(event.payload)["details"]
        assert (event.actor, said["asked"]["q"]) == (cast.ada, "wren")
        assert said["facilities"] == [str(cast.facility.pk)]
        assert said["digest"] == hashlib.sha256(answer.content).hexdigest()

    def test_it_is_not_taken_by_somebody_who_may_not(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.nora)
        client.get(FILE)
        assert audited("export_portfolio") == 0

    def test_it_computes_nothing(self, cast: Cast, ada: Client) -> None:
        opened(cast, '=HYPERLINK("//evil.example.org";"Annex")')
        assert '\'=HYPERLINK("//evil.example.org";"Annex")' in [line["Facility"] for line in lines(ada)]


class TestTheFacilityPage:
    def test_it_says_what_expires_to_whoever_runs_it(self, cast: Cast, client: Client) -> None:
        give_credential(cast, cast.nora, CredentialKind.LICENCE, date(2026, 4, 20))
        client.force_login(cast.ada)
        text = client.get("/facility/").content.decode()
        assert "Expires soon" in text
        assert "20 Apr 2026, 6 days left" in text
        assert PAGE in text
        client.force_login(cast.nora)
        assert "Expires soon" not in client.get("/facility/").content.decode()

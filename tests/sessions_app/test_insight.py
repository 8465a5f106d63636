"""What is counted, against the same counted slowly, session by session; and who is told how much of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.embedded_postgres import Addresses
from clinic.models import Facility, RecordAccess, User
from sessions_app.models import Check, DeviceAdministration, Discharge, DosingSession, SignEvent, SignObservation
from sessions_app.models.insight.base import Scope, sessions_that
from sessions_app.models.insight.departures import held
from sessions_app.models.insight.national import Counted, counted
from sessions_app.presenters.insight import CUT_WORDS, WORDS, Told, csv_lines
from sessions_app.rules.insight import CUTS, EVERY, SIGNS, Own, condition_of
from sessions_app.rules.proportion import Proportion
from sessions_app.rules.published import Measure
from sessions_app.rules.reading_questions import reading_questions
from tests.clock import clock_at
from tests.factories import NINE
from tests.registry import registry

MINUTE = 60


@pytest.fixture(scope="module")
def scope(django_db_setup: None, django_db_blocker: Any, database_addresses: Addresses) -> Iterator[Scope]:
    with registry(database_addresses, django_db_blocker):
        facility = DosingSession.objects.values_list("facility", flat=True).distinct().get()
        yield Scope((facility,), "esketamine", date(2020, 1, 1), date(2026, 12, 31))


@pytest.fixture
def found(scope: Scope, db: None) -> Counted:
    return counted(scope)


def slowly(scope: Scope) -> list[dict[str, Any]]:
    """A line for each session with a dose, read row by row."""
    lines = []
    for session in DosingSession.objects.filter(facility__in=scope.facility_ids).select_related("patient"):
        given = list(DeviceAdministration.objects.filter(dosing_session=session).order_by("occurred_at"))
        if not given:
            continue
        first, last = given[0].occurred_at, given[-1].counted_at
        checks = list(Check.objects.filter(dosing_session=session).order_by("occurred_at", "order"))
        before = [check for check in checks if check.occurred_at <= first][-1]
        after = [check for check in checks if check.kind != "BASELINE"]
        seen = SignObservation.objects.filter(dosing_session=session, present=True, occurred_at__gte=first)
        gone = {row.code: row.occurred_at for row in SignEvent.objects.filter(dosing_session=session)}
        release = Discharge.objects.filter(pk=session.discharge_id).first()
        lines.append(
            {
                "id": session.pk,
                "patient": session.patient_id,
                "sex": session.patient.sex,
                "state": session.state,
                "devices": len(given),
                "signs": {row.code for row in seen},
                "gone": {code: (at - last).total_seconds() / MINUTE for code, at in gone.items()},
                "raised": any(
                    (check.systolic_mmhg or 0) - (before.systolic_mmhg or 0) >= 40
                    or (check.diastolic_mmhg or 0) - (before.diastolic_mmhg or 0) >= 25
                    for check in after
                ),
                "peak": any(30 <= (check.occurred_at - last).total_seconds() / MINUTE <= 50 for check in after),
                "stayed": release and (release.occurred_at - last).total_seconds() / MINUTE,
                "asked": reading_questions(checks),  # type: ignore[arg-type]
            }
        )
    return lines


def share(lines: list[dict[str, Any]], counts: Any) -> Proportion:
    return Proportion(sum(1 for line in lines if counts(line)), len(lines))


def test_it_is_as_counted_slowly(scope: Scope, found: Counted) -> None:
    lines = slowly(scope)
    home = [line for line in lines if line["state"] == "DISCHARGED"]
    by_patient = [[line for line in lines if line["patient"] == key] for key in {line["patient"] for line in lines}]
    assert found.sessions == len(lines) > 80
    assert found.patients == len(by_patient) == 6
    figures = found.figures
    for sign in ("sedation", "dissociation"):
        assert figures[sign.upper()] == share(lines, lambda line, sign=sign: sign in line["signs"])
        with_sign = [line for line in home if sign in line["signs"]]
        in_time = share(with_sign, lambda line, sign=sign: line["gone"][sign] <= 120)
        assert figures[f"{sign.upper()}_GONE"] == in_time
    assert figures[Measure.INCREASED_BP] == share(lines, lambda line: line["raised"])
    assert figures[Measure.INCREASED_BP].count == 2
    males = [line for line in lines if line["sex"] == "MALE"]
    assert figures[Measure.INCREASED_BP_MALE] == share(males, lambda line: line["raised"])
    assert figures[Measure.NINE_SESSIONS] == Proportion(sum(len(each) >= 9 for each in by_patient), 6)
    assert figures[Measure.SERIOUS] == share(lines, lambda line: line["state"] == "TRANSFERRED")
    assert figures[Own.STAYED] == Proportion(len(home), len(home)) == share(home, lambda line: line["stayed"] >= 120)
    assert figures[Own.LEFT_EARLY] == share(lines, lambda line: line["state"] == "LEFT_EARLY")
    assert figures[Own.LEFT_EARLY].count == 1
    assert figures[Own.PEAK_CHECK] == share(home, lambda line: line["peak"])
    assert figures[Own.PEAK_CHECK].count < len(home)
    assert figures[Own.SAME_THREE].count == sum(line["asked"].same is not None for line in lines)
    assert figures[Own.ROUND].count == sum(line["asked"].round for line in lines)
    threes = [line for line in lines if line["devices"] == 3]
    assert found.cuts[Measure.SEDATION, "THREE_DEVICES"] == share(threes, lambda line: "sedation" in line["signs"])


def test_months_and_departures_share_out_all_of_them(scope: Scope, found: Counted) -> None:
    assert sum(month.sessions for month in found.months) == found.sessions
    sat = [
        (session.discharge.departed_at if session.discharge else session.transition.occurred_at, session.checked_in_at)
        for session in DosingSession.objects.select_related("discharge", "transition").filter(
            pk__in=[line["id"] for line in slowly(scope)]
        )
    ]
    minutes = sum((left - came).total_seconds() for left, came in sat if came) // MINUTE
    assert abs(sum(month.occupied for month in found.months) - minutes) <= len(found.months)
    kept = held(scope, Facility.objects.all())
    months = kept.by_month.values()
    assert sum(month.total for month in months) == kept.share.total > 40
    assert {key for _day, key in (*kept.inside, *kept.outside)} <= set(
        DosingSession.objects.filter(state="DISCHARGED").values_list("pk", flat=True)
    )
    assert kept.share.share is not None
    assert kept.share.share > 0.5


def test_cuts_share_out_all_of_them(found: Counted) -> None:
    for cuts in (("TWO_DEVICES", "THREE_DEVICES"), ("PHASE_1", "PHASE_9", "PHASE_13"), ("YOUNG", "MIDDLE", "OLD")):
        assert sum(found.cuts[Measure.SEDATION, cut].total for cut in cuts) == found.sessions


def test_every_number_opens_exactly_its_sessions(scope: Scope, found: Counted) -> None:
    for name in EVERY:
        if condition := condition_of(str(name)):
            ids = sessions_that(scope, condition, page=1, at_once=500)
            assert len(ids) == len(set(ids)) == found.figures[str(name)].count, name
    for sign in SIGNS:
        condition = condition_of(sign, "PHASE_13")
        assert condition is not None
        assert len(sessions_that(scope, condition, page=1, at_once=500)) == found.cuts[sign, "PHASE_13"].count
    assert condition_of("SEDATION", "DROP TABLE") is None
    assert condition_of("FEMALE") is None


def test_a_period_without_sessions_has_none(scope: Scope, db: None) -> None:
    empty = counted(replace(scope, first=date(2001, 1, 1), last=date(2001, 12, 31)))
    assert (empty.sessions, empty.patients, empty.median_age) == (0, 0, None)
    assert empty.figures[Measure.SEDATION].share is None
    assert csv_lines(Told(empty, scope, place="Nowhere", reads=False))


def test_everything_has_its_words() -> None:
    assert set(WORDS) == {str(name) for name in EVERY}
    assert set(CUT_WORDS) == set(CUTS)


@pytest.mark.parametrize(
    ("count", "total", "hidden"),
    [(0, 90, False), (1, 90, True), (4, 90, True), (5, 90, False), (86, 90, True), (85, 90, False), (90, 90, False)],
)
def test_a_few_are_told_to_readers_of_charts_alone(scope: Scope, count: int, total: int, hidden: bool) -> None:
    for reads in (False, True):
        told = Told(None, scope, place="", reads=reads).line("SEDATION", Proportion(count, total))
        assert (told.share == "") is (hidden and not reads)
        assert (told.url != "") is (reads and count > 0)


def opened(client: Client, name: str, by: str, **asked: str) -> Any:
    client.force_login(User.objects.get(username=by))
    with clock_at(NINE):
        return client.get(reverse(f"sessions_app:{name}"), {"first": "2020-01-01", "last": "2026-04-10", **asked})


class TestThePages:
    def test_a_nurse_goes_from_a_number_to_its_sessions(self, scope: Scope, db: None, client: Client) -> None:
        page = opened(client, "insight", "nora").content.decode()
        assert "of=LEFT_EARLY" in page
        assert "100.0 %" in page
        before = RecordAccess.objects.count()
        listed = opened(client, "insight-sessions", "nora", of="LEFT_EARLY")
        assert len(listed.context["rows"]) == 1
        assert RecordAccess.objects.count() == before + 1
        assert opened(client, "insight-sessions", "nora", of="NOTHING").status_code == 404

    def test_an_administrator_sees_no_session_and_no_few(self, scope: Scope, db: None, client: Client) -> None:
        page = opened(client, "insight", "ada").content.decode()
        assert "too few to tell" in page
        assert "of=" not in page
        assert opened(client, "insight-sessions", "ada", of="LEFT_EARLY").status_code == 403
        assert opened(client, "insight", "fred").status_code == 403

    def test_it_is_taken_away_as_a_file_and_written_down(self, scope: Scope, db: None, client: Client) -> None:
        answer = opened(client, "insight-csv", "nora")
        assert answer["Content-Type"].startswith("text/csv")
        assert '"Sedation"' in answer.content.decode()

    def test_it_asks_as_often_however_many_there_are(self, scope: Scope, db: None, client: Client) -> None:
        opened(client, "insight", "nora")  # signed in
        with CaptureQueriesContext(connection) as many:
            opened(client, "insight", "nora")
        with CaptureQueriesContext(connection) as none:
            opened(client, "insight", "nora", last="2020-01-02")
        assert len(none) <= len(many) <= 21  # of nobody's courses nobody asks when they began

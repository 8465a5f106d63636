"""What is counted, against the same counted slowly, session by session; and who is told how much of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from statistics import median
from typing import Any

import pytest
from django.db import connection

from clinic.embedded_postgres import Addresses
from clinic.models import Facility, StockMovement
from clinic.rules.local_time import day_span
from sessions_app.models import (
    Check,
    DeviceAdministration,
    Discharge,
    DosingSession,
    Filing,
    FilingVersion,
    SignEvent,
    SignObservation,
)
from sessions_app.models.facts import session_facts
from sessions_app.models.insight.base import AT_ONCE, Found, Scope, those_that
from sessions_app.models.insight.departures import held
from sessions_app.models.insight.national import Counted, counted
from sessions_app.models.insight.stock import stock_of
from sessions_app.presenters.insight import Told, csv_lines
from sessions_app.presenters.insight_words import CUT_LABELS, CUT_WORDS, WORDS
from sessions_app.rules.checks import Purpose, check_schedule
from sessions_app.rules.insight import CUTS, EVERY, MIDDLES, SIGNS, Own, condition_of, page_of
from sessions_app.rules.national import Condition
from sessions_app.rules.proportion import Proportion
from sessions_app.rules.published import Measure
from sessions_app.rules.reading_questions import reading_questions
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


def all_pages(scope: Scope, condition: Condition) -> list[Found]:
    """What stands behind a number, page after page as the links lead on."""
    found: list[Found] = []
    for page in range(1, 100):
        part = those_that(scope, condition, page=page)
        found += part[:AT_ONCE]
        if len(part) <= AT_ONCE:
            return found
    raise AssertionError("there is always another page")


def test_every_number_opens_exactly_those_it_counts(scope: Scope, found: Counted) -> None:
    for name in EVERY:
        for everybody in (False, True):
            condition = condition_of(str(name), everybody=everybody)
            assert condition is not None
            those = all_pages(scope, condition)
            figure = found.figures[str(name)]
            assert len(those) == len({each.id for each in those}) == (figure.total if everybody else figure.count), name
    for sign in SIGNS:
        for cut in CUTS:
            condition = condition_of(sign, cut)
            assert condition is not None
            assert len(all_pages(scope, condition)) == found.cuts[sign, cut].count
    assert condition_of("SEDATION", "DROP TABLE") is None
    assert condition_of("FEMALE", "OLD") is None


def test_a_middle_stands_in_the_order_of_its_values_on_the_page_it_opens(scope: Scope, found: Counted) -> None:
    for own, values in ((Own.READY, found.ready), (Own.RELEASED, found.left), (Own.DAYS_TO_FORM, found.days_to_form)):
        condition = condition_of(own)
        assert condition is not None
        in_order = [each.value or 0 for each in all_pages(scope, condition)]
        assert in_order == sorted(in_order)
        assert len(in_order) > AT_ONCE
        for share, value in zip(MIDDLES, values, strict=True):
            page = page_of(share, len(in_order), at_once=AT_ONCE)
            assert value in in_order[AT_ONCE * (page - 1) : AT_ONCE * page]
            assert sum(each <= value for each in in_order) >= share * len(in_order)
    ages = condition_of(Own.AGE)
    assert ages is not None
    assert median(each.value or 0 for each in all_pages(scope, ages)) == found.median_age


@pytest.mark.parametrize(
    ("share", "total", "page"), [(0.5, 0, 1), (0.5, 100, 1), (0.5, 102, 2), (0.9, 55, 1), (0.9, 56, 2), (0.1, 501, 2)]
)
def test_the_page_of_a_middle(share: float, total: int, page: int) -> None:
    assert page_of(share, total, at_once=50) == page


def checks_of_their_own(scope: Scope) -> Proportion:
    """By the schedule of each session as it was at the release."""
    kept, asked = 0, 0
    for session in DosingSession.objects.filter(facility__in=scope.facility_ids, state="DISCHARGED"):
        now = session.discharge.occurred_at  # type: ignore[union-attr]
        schedule = check_schedule(session_facts(session, at=now), now=now)
        done = [point.done_at for point in schedule if point.purpose is Purpose.EXTRA]
        asked, kept = asked + bool(done), kept + (bool(done) and None not in done)
    return Proportion(kept, asked)


def test_forms_and_devices_are_as_counted_slowly(scope: Scope, found: Counted) -> None:
    in_time = late = 0
    for line in slowly(scope):
        filing = Filing.objects.get(dosing_session=line["id"])
        sent = FilingVersion.objects.filter(filing=filing).order_by("occurred_at").first()
        if sent is not None:
            by_its_day = sent.occurred_at.replace(microsecond=0) <= filing.due_at
            in_time, late = in_time + by_its_day, late + (not by_its_day)
    assert found.figures[Own.FORM_ON_TIME] == Proportion(in_time, in_time + late)
    assert found.figures[Own.FORM_LATE] == Proportion(late, in_time + late)
    assert in_time > 80

    zone = Facility.objects.get(pk=scope.facility_ids[0]).zone
    first, last = (NINE - timedelta(days=700)).date(), (NINE - timedelta(days=30)).date()
    (begins, _), (_, ends) = day_span(first, zone), day_span(last, zone)
    where: dict[Any, str] = {}
    received = given = 0
    for movement in StockMovement.objects.filter(occurred_at__lt=ends).order_by("device_id", "step"):
        where[movement.device_id] = movement.to_place
        received += movement.occurred_at >= begins and movement.from_place == "SUPPLIER"
        given += movement.occurred_at >= begins and movement.to_place == "ADMINISTERED"
    (stock,) = stock_of(scope.facility_ids, first, last).values()
    assert stock["on_hand"] == sum(place in ("CABINET", "DRAWN") for place in where.values())
    assert (stock["received"], stock["ADMINISTERED"]) == (received, given)
    assert min(received, given) > 0


def test_a_check_is_on_time_by_the_policy_of_its_session(scope: Scope, found: Counted) -> None:
    """As each session's own schedule has it; narrower windows of the clinic's own count fewer."""
    assert found.figures[Own.EXTRA_CHECKS] == checks_of_their_own(scope)
    with connection.cursor() as cursor:
        overrides = '{"extra_check_window_minutes": 5, "peak_check_opens_minutes": 35, "peak_check_closes_minutes": 45}'
        cursor.execute("UPDATE sessions_app_facilitypolicy SET overrides = %s, extra_checks = '{64}'", [overrides])
    narrow = counted(scope).figures
    assert narrow[Own.EXTRA_CHECKS] == checks_of_their_own(scope)
    assert 0 < narrow[Own.EXTRA_CHECKS].count < found.figures[Own.EXTRA_CHECKS].count
    assert 0 < narrow[Own.PEAK_CHECK].count < found.figures[Own.PEAK_CHECK].count


def test_a_period_without_sessions_has_none(scope: Scope, db: None) -> None:
    empty = counted(replace(scope, first=date(2001, 1, 1), last=date(2001, 12, 31)))
    assert (empty.sessions, empty.patients, empty.median_age) == (0, 0, None)
    assert empty.figures[Measure.SEDATION].share is None
    assert csv_lines(Told(empty, scope, place="Nowhere", reads=False))


def test_everything_has_its_words() -> None:
    assert set(WORDS) == {str(name) for name in EVERY}
    assert set(CUT_WORDS) == set(CUT_LABELS) == set(CUTS)


@pytest.mark.parametrize(
    ("count", "total", "hidden"),
    [(0, 90, False), (1, 90, True), (4, 90, True), (5, 90, False), (86, 90, True), (85, 90, False), (90, 90, False)],
)
def test_a_few_are_told_to_readers_of_charts_alone(scope: Scope, count: int, total: int, hidden: bool) -> None:
    for reads in (False, True):
        told = Told(None, scope, place="", reads=reads).line("SEDATION", Proportion(count, total))
        assert (told.share == "") is (hidden and not reads)
        assert (told.count.url != "") is (reads and count > 0)

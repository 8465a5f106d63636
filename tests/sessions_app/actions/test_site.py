"""What happens around the chairs while patients are watched: an alarm and a deviation, and nobody is held."""

from datetime import datetime, time
from typing import Any

import pytest

from clinic.models.certification import steps_of
from clinic.rules.certification import CertificationStatus
from clinic.rules.roles import Role
from sessions_app.actions import site
from sessions_app.models import DosingSession, Presence
from sessions_app.models.floor import chairs_of
from sessions_app.models.site import Site
from sessions_app.rules.states import State
from tests.expect import nothing_written, refused
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    arrive,
    booked,
    checked_in,
    cleared,
    entry,
    in_monitoring,
    in_state,
    make_cast,
    make_device,
    minutes,
    one_more,
    ready_to_leave,
)

DURING = LAST_DEVICE + minutes(50)


def prescriber_leaves(cast: Cast, now: datetime = DURING, **fields: Any) -> None:
    arrive(cast, cast.paul, kind=Presence.Kind.LEFT, now=now)


def oximeter_breaks(cast: Cast, now: datetime = DURING, **fields: Any) -> None:
    look(cast, now=now, **fields)


def look(cast: Cast, tag: str = "OX-1", *, working: bool = False, now: datetime = DURING, **fields: Any) -> None:
    said = {"asset_tag": tag, "working": working, "entry": entry(), "by": cast.nora, "now": now, **fields}
    site.check_oximeter(facility=cast.facility, **said)


def facility_is_suspended(cast: Cast, now: datetime = DURING, **fields: Any) -> None:
    said = {"status": CertificationStatus.SUSPENDED, "reason": "Audit.", "entry": entry(), **fields}
    last = steps_of(cast.facility, "esketamine")[0]
    site.stop_facility(facility=cast.facility, program_code="esketamine", after=last.pk, by=cast.ada, now=now, **said)


def enrolment_is_withdrawn(cast: Cast, now: datetime = DURING, **fields: Any) -> None:
    session = DosingSession.objects.for_facility(cast.facility).get()
    said = {"entry": entry(), **fields}
    site.withdraw_enrolment(
        patient=session.patient,
        facility=cast.facility,
        program_code="esketamine",
        reason="Moved away.",
        by=cast.fred,
        now=now,
        **said,
    )


EVENTS = {
    "PRESCRIBER_ABSENT": prescriber_leaves,
    "OXIMETER": oximeter_breaks,
    "FACILITY": facility_is_suspended,
    "ENROLMENT": enrolment_is_withdrawn,
}
every_event = pytest.mark.parametrize("code", EVENTS)


def raised(walk: Walk) -> list[str]:
    alarms, deviations = ([row.code for row in walk.rows(kind)] for kind in ("Alarm", "Deviation"))
    assert alarms == deviations
    return alarms


@every_event
class TestWhileAPatientIsWatched:
    def test_it_raises_an_alarm_and_a_deviation_and_holds_nobody(self, cast: Cast, code: str) -> None:
        walk = ready_to_leave(cast)

        EVENTS[code](cast, STAY_ENDS - minutes(3))

        assert raised(walk) == [code]
        assert walk.refresh().state == "MONITORING"
        walk.release(STAY_ENDS)

    def test_it_refuses_the_next_device(self, cast: Cast, code: str) -> None:
        walk = in_state(cast, State.DOSING)
        spare = make_device(cast)

        EVENTS[code](cast, LAST_DEVICE)

        assert raised(walk) == [code]
        with refused(code):
            walk.give(LAST_DEVICE, device=spare)

    def test_it_raises_nothing_where_nobody_is_watched(self, cast: Cast, code: str) -> None:
        walk = cleared(cast)

        EVENTS[code](cast, NINE + minutes(30))

        assert raised(walk) == []
        spare = make_device(cast)
        with refused(code):
            walk.give(NINE + minutes(30), device=spare)


class TestWhoAndWhatIsThere:
    def test_it_raises_nothing_while_another_prescriber_is_here(self, cast: Cast) -> None:
        pia, walk = one_more(cast, Role.PRESCRIBER), in_monitoring(cast)
        arrive(cast, pia, now=LAST_DEVICE)

        prescriber_leaves(cast)
        assert raised(walk) == []

        arrive(cast, pia, kind=Presence.Kind.LEFT, now=DURING)
        assert raised(walk) == ["PRESCRIBER_ABSENT"]

    def test_it_raises_nothing_when_somebody_else_leaves_after_the_prescriber(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        prescriber_leaves(cast)
        arrive(cast, cast.nora, kind=Presence.Kind.LEFT, now=DURING)
        assert raised(walk) == ["PRESCRIBER_ABSENT"]

    def test_it_raises_nothing_while_another_oximeter_works(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        look(cast, "OX-2", working=True)
        look(cast, "OX-1")
        assert raised(walk) == []

        look(cast, "OX-2")
        look(cast, "OX-2")
        assert raised(walk) == ["OXIMETER"]

    def test_it_raises_on_every_session_under_watch_and_on_no_other(self, cast: Cast) -> None:
        first, second, before, later = in_monitoring(cast), in_monitoring(cast), checked_in(cast), booked(cast)
        elsewhere = in_monitoring(make_cast(facility_name="Elsewhere", suffix="2"))

        prescriber_leaves(cast)

        assert [raised(walk) for walk in (first, second, before, later, elsewhere)] == [
            ["PRESCRIBER_ABSENT"],
            ["PRESCRIBER_ABSENT"],
            [],
            [],
            [],
        ]

    def test_it_forgets_who_was_here_at_midnight(self, cast: Cast) -> None:
        midnight = NINE.replace(hour=4, minute=0)
        assert Site(cast.facility, "", at=NINE).prescribers_on_site
        assert not Site(cast.facility, "", at=midnight).prescribers_on_site

    def test_it_keeps_them_after_closing_time_for_whoever_is_still_in_a_chair(self, cast: Cast) -> None:
        def here(hour: int, minute: int = 0) -> list[str]:
            at = NINE.replace(hour=hour + 4, minute=minute)  # New York in summer
            return [row.person.username for row in Site(cast.facility, "", at=at).on_site]

        site.set_closing_time(facility=cast.facility, closes=time(18, 0), entry=entry(), by=cast.ada, now=NINE)
        assert here(17, 59) == ["nora", "paul"]
        assert here(18) == []

        walk = in_monitoring(cast, now=NINE.replace(hour=21))  # 17:00
        assert here(18) == ["nora", "paul"]
        walk.leave_early(NINE.replace(hour=23, minute=30))
        assert here(19, 29) == ["nora", "paul"]
        assert here(19, 30) == []

    def test_it_keeps_them_past_midnight(self, cast: Cast) -> None:
        for person in (cast.nora, cast.paul):
            arrive(cast, person, now=NINE.replace(hour=22))
        in_monitoring(cast, now=NINE.replace(hour=23))
        assert Site(cast.facility, "", at=NINE.replace(hour=4) + minutes(24 * 60 + 30)).prescribers_on_site

    def test_no_dose_begins_after_the_prescriber_counts_as_gone(self, cast: Cast) -> None:
        site.set_closing_time(facility=cast.facility, closes=time(9, 30), entry=entry(), by=cast.ada, now=NINE)
        walk = checked_in(cast, now=NINE + minutes(40))
        walk.answer(NINE + minutes(41))
        walk.check(NINE + minutes(42))
        walk.order(NINE + minutes(43))
        with refused("PRESCRIBER_ABSENT"):
            walk.clear(NINE + minutes(44))

    @pytest.mark.parametrize(("ahead", "passes"), [(2, True), (3, False)])
    def test_it_refuses_what_is_still_to_come(self, cast: Cast, ahead: int, passes: bool) -> None:
        later: dict[str, Any] = {"entry": entry(NINE + minutes(ahead)), "now": NINE}
        if passes:
            look(cast, **later)
        else:
            with refused("FIELD", field="occurred_time"):
                look(cast, **later)
            with refused("FIELD", field="occurred_time"):
                site.record_presence(
                    facility=cast.facility, person=cast.nils, kind=Presence.Kind.LEFT, by=cast.nora, **later
                )

    def test_it_refuses_an_oximeter_without_its_tag(self, cast: Cast) -> None:
        with refused("FIELD", field="asset_tag"):
            look(cast, " ")


class TestOneForm:
    @pytest.mark.parametrize("code", ["OXIMETER", "FACILITY", "ENROLMENT"])
    def test_it_raises_one_alarm_however_often_it_is_sent(self, cast: Cast, code: str) -> None:
        walk, form = in_monitoring(cast), entry()
        EVENTS[code](cast, entry=form)

        with nothing_written():
            EVENTS[code](cast, entry=form)

        assert raised(walk) == [code]

    def test_it_asks_why_a_facility_is_stopped(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        with refused("FIELD", field="reason"):
            facility_is_suspended(cast, reason=" ")
        with refused("FIELD", field="status"):
            facility_is_suspended(cast, status=CertificationStatus.CERTIFIED)
        assert raised(walk) == []


class TestSetChairs:
    def list_them(self, cast: Cast, *chairs: str) -> list[str]:
        site.set_chairs(facility=cast.facility, chairs=chairs, entry=entry(), by=cast.nora, now=NINE)
        return chairs_of(cast.facility)

    def test_it_keeps_their_order_and_the_newest_list_counts(self, cast: Cast) -> None:
        assert chairs_of(cast.facility) == []
        assert self.list_them(cast, "2", " Window ", "", "1") == ["2", "Window", "1"]
        assert self.list_them(cast, "9") == ["9"]

    @pytest.mark.parametrize("chairs", [(), ("", " "), ("1", "1 "), ("a" * 11,)])
    def test_it_refuses_no_chair_one_named_twice_and_a_name_too_long(self, cast: Cast, chairs: tuple[str, ...]) -> None:
        with nothing_written(), refused("FIELD", field="chairs"):
            self.list_them(cast, *chairs)

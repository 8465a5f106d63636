"""Checks, signs, serious events, medicines."""

from dataclasses import replace
from typing import Any

import pytest

from sessions_app.actions import monitoring
from sessions_app.models import Check, MedicineGiven, SignEvent, SignObservation
from sessions_app.models.facts import session_facts
from sessions_app.rules.charting import CheckEntry, SignEntry
from sessions_app.rules.checks import Vitals
from sessions_app.rules.facts import SignEventKind
from sessions_app.rules.sign_spans import symptoms
from tests.expect import denied, refused
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    cleared,
    entry,
    full_check,
    in_monitoring,
    minutes,
    pressure,
    ready_to_leave,
)
from tests.scene import with_people
from tests.sessions_app.actions.test_decision import decide

LATER = LAST_DEVICE + minutes(30)


@pytest.fixture(scope="module")
def watched(clinic: Cast) -> Walk:
    return in_monitoring(clinic)


@pytest.fixture
def walk(watched: Walk, cast: Cast) -> Walk:
    return with_people(watched, cast)


def pressure_with(symptoms: dict[str, SignEventKind]) -> CheckEntry:
    return replace(pressure(120, 80), symptoms=symptoms)


def sign(walk: Walk, kind: SignEventKind, now: Any, code: str = "sedation", **fields: Any) -> SignEvent:
    return monitoring.record_sign(code=code, kind=kind, **{**walk.envelope(now), **fields})


class TestRecordCheck:
    def test_it_keeps_values_reasons_and_what_was_not_asked_apart(self, walk: Walk) -> None:
        entered = CheckEntry(
            vitals=Vitals(systolic_mmhg=150, diastolic_mmhg=95),
            pulse_not_obtained="REFUSED",
            spo2_not_obtained="DEVICE_FAILED",
            signs={"sedation": SignEntry(True, 3), "dissociation": SignEntry(not_obtained="REFUSED")},
            note=" Drowsy. ",
        )
        check = walk.check(LATER, entered)

        check.refresh_from_db()
        assert (check.systolic_mmhg, check.spo2_percent, check.spo2_not_obtained) == (150, None, "DEVICE_FAILED")
        assert (check.pulse_bpm, check.pulse_not_obtained) == (None, "REFUSED")
        assert (check.kind, check.note) == ("MONITORING", "Drowsy.")
        signs = SignObservation.objects.filter(check_row=check).values_list("code", "present", "score", "not_obtained")
        assert set(signs) == {("sedation", True, 3, ""), ("dissociation", None, None, "REFUSED")}

    def test_it_is_a_baseline_until_the_first_device(self, cast: Cast) -> None:
        walk = cleared(cast)
        before = walk.check(NINE + minutes(30))
        walk.give(NINE + minutes(30))
        after = walk.check(NINE + minutes(30))
        assert (before.kind, after.kind) == ("BASELINE", "MONITORING")

    def test_it_takes_a_baseline_entered_late(self, walk: Walk) -> None:
        late = walk.check(LATER, at=NINE + minutes(28), late_baseline=True)
        assert late.kind == "BASELINE"
        with refused("FIELD", field="occurred_time"):
            walk.check(LATER, at=NINE + minutes(31), late_baseline=True)

    def test_it_refuses_a_check_after_the_dose_from_before_it(self, walk: Walk) -> None:
        with refused("FIELD", field="occurred_time"):
            walk.check(LATER, at=NINE + minutes(29))

    @pytest.mark.parametrize(
        ("entered", "field"),
        [
            (CheckEntry(vitals=Vitals(spo2_percent=101)), "spo2_percent"),
            (pressure(120, 120), "diastolic_mmhg"),
            (CheckEntry(vitals=Vitals(systolic_mmhg=120)), "diastolic_mmhg"),
            (CheckEntry(), "systolic_mmhg"),
            (CheckEntry(vitals=Vitals(spo2_percent=97), spo2_not_obtained="REFUSED"), "spo2_not_obtained"),
            (CheckEntry(vitals=Vitals(pulse_bpm=70), pulse_not_obtained="REFUSED"), "pulse_not_obtained"),
            (pressure_with({"Sedation": SignEventKind.ONSET}), "other_symptom"),
            (CheckEntry(symptoms={"nausea": SignEventKind.ONSET}), "systolic_mmhg"),
            (CheckEntry(signs={"hiccups": SignEntry(True)}), "sign_hiccups_present"),
            (CheckEntry(signs={"sedation": SignEntry(False, 6)}), "sign_sedation_score"),
            (CheckEntry(signs={"sedation": SignEntry(None, 4)}), "sign_sedation_present"),
            (CheckEntry(signs={"sedation": SignEntry(True, gone=True)}), "sign_sedation_gone"),
        ],
    )
    def test_it_refuses_what_cannot_be(self, walk: Walk, entered: CheckEntry, field: str) -> None:
        with refused("FIELD", field=field):
            walk.check(LATER, entered)

    def test_it_asks_once_about_what_is_rarely_seen(self, walk: Walk) -> None:
        rare = Vitals(systolic_mmhg=230, diastolic_mmhg=100, spo2_percent=70)
        with refused("UNLIKELY"):
            walk.check(LATER, CheckEntry(vitals=rare))
        with refused("UNLIKELY"):
            walk.check(LATER, CheckEntry(vitals=rare, confirmed=frozenset({"spo2_percent"})))

        both = frozenset({"spo2_percent", "systolic_mmhg"})
        check = walk.check(LATER, CheckEntry(vitals=rare, confirmed=both))

        assert check.confirmed_unlikely == ["spo2_percent", "systolic_mmhg"]

    def test_it_asks_once_about_what_was_left_empty(self, walk: Walk) -> None:
        meant = replace(pressure(120, 80), expected=("blood_pressure", "pulse", "spo2", "sedation"))
        with refused("INCOMPLETE"):
            walk.check(LATER, meant)

        said = replace(meant, pulse_not_obtained="REFUSED", signs={"sedation": SignEntry(False)}, expected=("pulse",))
        assert walk.check(LATER, said).pulse_not_obtained == "REFUSED"

    def test_it_writes_symptoms_that_began_and_that_were_gone_with_the_check(self, walk: Walk) -> None:
        began = walk.check(LATER, pressure_with({"nausea": SignEventKind.ONSET, "itching": SignEventKind.ONSET}))
        gone = walk.check(LATER + minutes(20), pressure_with({"nausea": SignEventKind.RESOLUTION}))

        rows = SignEvent.objects.filter(dosing_session=walk.dosing_session).order_by("occurred_at", "code")
        assert [(row.code, row.kind, row.check_row) for row in rows] == [
            ("itching", "ONSET", began),
            ("nausea", "ONSET", began),
            ("nausea", "RESOLUTION", gone),
        ]
        running = {each.code: each.running for each in symptoms(session_facts(walk.refresh(), at=LATER))}
        assert running == {"itching": True, "nausea": False}

    def test_it_takes_its_symptoms_out_of_force_with_it(self, walk: Walk) -> None:
        walk.void(walk.check(LATER, pressure_with({"nausea": SignEventKind.ONSET})), LATER)
        assert symptoms(session_facts(walk.refresh(), at=LATER)) == ()

    def test_it_keeps_two_peoples_readings_of_one_minute(self, walk: Walk) -> None:
        walk.check(LATER, pressure(120, 80))
        walk.check(LATER, pressure(150, 80), by=walk.cast.nils)

        readings = Check.objects.filter(dosing_session=walk.dosing_session, occurred_at=LATER)
        assert sorted(reading.systolic_mmhg or 0 for reading in readings) == [120, 150]

    def test_it_writes_the_end_of_a_sign_with_the_check(self, walk: Walk) -> None:
        walk.check(LATER, full_check(sedation=SignEntry(True, 4)))
        check = walk.check(LATER + minutes(20), full_check(sedation=SignEntry(False, 5, gone=True)))

        end = SignEvent.objects.get(dosing_session=walk.dosing_session)
        assert (end.kind, end.code, end.check_row, end.occurred_at) == (
            "RESOLUTION",
            "sedation",
            check,
            check.occurred_at,
        )


class TestRecordSign:
    def test_it_holds_the_patient_until_the_sign_is_gone(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        sign(walk, SignEventKind.ONSET, LATER)
        with refused("UNRESOLVED"):
            walk.release(STAY_ENDS)

        sign(walk, SignEventKind.RESOLUTION, STAY_ENDS - minutes(5))
        walk.release(STAY_ENDS)

    def test_it_takes_a_symptom_the_programme_does_not_name(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        assert sign(walk, SignEventKind.ONSET, LATER, code=" nausea ").code == "nausea"
        walk.release(STAY_ENDS)

    def test_it_refuses_a_sign_without_a_name(self, walk: Walk) -> None:
        with refused("FIELD", field="code"):
            sign(walk, SignEventKind.ONSET, LATER, code=" ")


class TestReportSeriousEvent:
    def test_it_holds_the_patient_until_a_prescriber_disposes_of_it(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        event = monitoring.report_serious_event(what="Fainted.", **walk.envelope(LATER))
        with refused("SERIOUS_EVENT"):
            walk.release(STAY_ENDS)

        decide(walk, "SERIOUS_EVENT", [event.pk], STAY_ENDS)
        walk.release(STAY_ENDS)

    def test_it_is_voided_by_a_prescriber_only(self, walk: Walk) -> None:
        event = monitoring.report_serious_event(what="Fainted.", **walk.envelope(LATER))
        with denied():
            walk.void(event, LATER)
        walk.void(event, LATER, by=walk.cast.paul)
        assert session_facts(walk.refresh(), at=LATER).serious_events == ()

    def test_it_refuses_an_event_that_says_nothing(self, walk: Walk) -> None:
        with refused("FIELD", field="what"):
            monitoring.report_serious_event(what=" ", **walk.envelope(LATER))


class TestGiveMedicine:
    def give(self, walk: Walk, **fields: Any) -> MedicineGiven:
        said = {"drug": " Ondansetron ", "dose": "4 mg", "route": MedicineGiven.Route.ORAL, **walk.envelope(LATER)}
        return monitoring.give_medicine(**{**said, **fields})

    def given_by(self, person: Any) -> dict[str, Any]:
        return {"entry": replace(entry(), performed_by=person)}

    def test_it_keeps_who_gave_it_apart_from_who_wrote_it_down(self, walk: Walk) -> None:
        given = self.give(walk, **self.given_by(walk.cast.paul))
        given.refresh_from_db()
        assert (given.drug, given.dose, given.route) == ("Ondansetron", "4 mg", "ORAL")
        assert (given.performed_by, given.recorded_by) == (walk.cast.paul, walk.cast.nora)

    @pytest.mark.parametrize("name", ["fred", "ada"])
    def test_it_is_given_by_somebody_licensed(self, walk: Walk, name: str) -> None:
        with refused("FIELD", field="given_by"):
            self.give(walk, **self.given_by(getattr(walk.cast, name)))

    @pytest.mark.parametrize("field", ["drug", "dose"])
    def test_it_says_what_and_how_much(self, walk: Walk, field: str) -> None:
        with refused("FIELD", field=field):
            self.give(walk, **{field: " "})

    def test_it_changes_nothing_about_leaving(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        self.give(walk)
        walk.release(STAY_ENDS)

"""A discrepancy is opened, followed and closed; what becomes of its devices is the ledger's."""

from datetime import timedelta
from typing import Any

import pytest

from clinic.actions.discrepancy import close_discrepancy, discrepancy_rows, follow_discrepancy, open_discrepancy
from clinic.models import Discrepancy, DiscrepancyClosure, DiscrepancyDevice, DiscrepancyStep, Signature, User
from clinic.models.discrepancy import discrepancies_of, facts_of, open_discrepancies
from clinic.rules.discrepancy import DiscrepancyCause, DiscrepancyStepKind
from tests.expect import denied, held_by, refused
from tests.factories import NINE, Cast, entry, make_device, minutes

pytestmark = pytest.mark.paperwork
LOST, STOLEN = DiscrepancyCause.LOST, DiscrepancyCause.STOLEN


def opened(cast: Cast, **said: Any) -> Discrepancy:
    given = {"facility": cast.facility, "cause": LOST, "text": "Not in its place.", "entry": entry(), "by": cast.nora}
    if "devices" not in said:
        said["devices"] = [make_device(cast)]
    return open_discrepancy(**{**given, "now": NINE, **said})


def follow(cast: Cast, discrepancy: Discrepancy, kind: DiscrepancyStepKind, **said: Any) -> DiscrepancyStep:
    given = {"text": "Said.", "entry": entry(), "by": cast.nora, "now": NINE + minutes(10)}
    return follow_discrepancy(discrepancy=discrepancy, kind=kind, **{**given, **said})


def close(cast: Cast, discrepancy: Discrepancy, **said: Any) -> DiscrepancyClosure:
    given = {"reason": "It was in the fridge.", "entry": entry(), "by": cast.ada, "now": NINE + minutes(20)}
    return close_discrepancy(discrepancy=discrepancy, **{**given, **said})


class TestOpening:
    def test_it_names_its_devices_and_when_it_came_to_light(self, cast: Cast) -> None:
        devices = [make_device(cast), make_device(cast)]
        discrepancy = opened(cast, devices=devices, entry=entry(NINE - minutes(30)))
        facts = facts_of(open_discrepancies(cast.facility).get())
        assert facts.device_ids == {device.pk for device in devices}
        assert facts.discovered_at == discrepancy.occurred_at == NINE - minutes(30)

    @pytest.mark.parametrize(
        ("said", "field"), [({"text": " "}, "text"), ({"devices": []}, "devices"), ({"late": True}, "occurred_time")]
    )
    def test_it_says_what_happened_to_which_and_not_tomorrow(
        self, cast: Cast, said: dict[str, Any], field: str
    ) -> None:
        given: dict[str, Any] = {"devices": [make_device(cast)], **said}
        if given.pop("late", False):
            given["entry"] = entry(NINE + minutes(1))
        with refused("FIELD", field=field):
            opened(cast, **given)

    def test_a_device_is_in_question_once_until_it_is_found_or_closed(self, cast: Cast) -> None:
        device = make_device(cast)
        first, other = opened(cast, devices=[device]), make_device(cast)
        with refused("FIELD", field="devices"):
            opened(cast, devices=[other, device])
        follow(cast, first, DiscrepancyStepKind.FOUND, device=device)
        second = opened(cast, devices=[device])
        follow(cast, second, DiscrepancyStepKind.NOT_SIGNIFICANT)
        close(cast, second)
        assert opened(cast, devices=[device])

    def test_it_denies_a_device_of_another_facility(self, cast: Cast, otto: User) -> None:
        device = make_device(cast)
        with denied():
            opened(cast, facility=otto.role_assignments.first().facility, by=otto, devices=[device])  # type: ignore[union-attr]

    def test_its_rows_are_written_by_whoever_opens_it_otherwise(self, cast: Cast) -> None:
        said: dict[str, Any] = {"facility": cast.facility, "entry": entry(), "by": cast.fred, "now": NINE}
        devices = [make_device(cast), make_device(cast)]
        discrepancy, *named = discrepancy_rows(
            cause=DiscrepancyCause.UNACCOUNTED, text="Nobody said.", devices=devices, **said
        )
        assert [type(each) for each in named] == [DiscrepancyDevice, DiscrepancyDevice]
        assert {each.discrepancy for each in named} == {discrepancy}  # type: ignore[attr-defined]
        assert Discrepancy.objects.count() == 0


class TestFollowing:
    def test_its_steps_stand_in_the_order_they_happened(self, cast: Cast) -> None:
        discrepancy = opened(cast)
        later = NINE + timedelta(days=1)
        follow(cast, discrepancy, DiscrepancyStepKind.FORM_106, text="", reference="106-9", now=later)
        follow(cast, discrepancy, DiscrepancyStepKind.NOTICE, now=later, entry=entry(NINE + minutes(5)))
        facts = facts_of(discrepancies_of(cast.facility).get())
        assert [step.kind for step in facts.steps] == [DiscrepancyStepKind.NOTICE, DiscrepancyStepKind.FORM_106]
        assert facts.done_at(DiscrepancyStepKind.NOTICE) == NINE + minutes(5)

    def test_it_is_not_of_tomorrow(self, cast: Cast) -> None:
        discrepancy = opened(cast)
        with refused("FIELD", field="occurred_time"):
            follow(cast, discrepancy, DiscrepancyStepKind.NOTICE, entry=entry(NINE + minutes(11)))

    def test_what_comes_to_light_after_closing_is_added(self, cast: Cast) -> None:
        device = make_device(cast)
        discrepancy = opened(cast, devices=[device])
        follow(cast, discrepancy, DiscrepancyStepKind.NOT_SIGNIFICANT)
        close(cast, discrepancy)
        assert follow(cast, discrepancy, DiscrepancyStepKind.FOUND, device=device, now=NINE + minutes(30))
        with refused("FIELD", field="device"):
            follow(cast, discrepancy, DiscrepancyStepKind.FOUND, device=device, now=NINE + minutes(31))


class TestClosing:
    def test_it_takes_a_reason_a_judgement_and_a_signature_and_is_done_once(self, cast: Cast) -> None:
        discrepancy = opened(cast)
        with refused("DISCREPANCY"):
            close(cast, discrepancy)
        follow(cast, discrepancy, DiscrepancyStepKind.NOT_SIGNIFICANT)
        with refused("FIELD", field="reason"):
            close(cast, discrepancy, reason=" ")
        with refused("SIGNATURE"):
            close(cast, discrepancy, entry=entry(proof=None))
        closure = close(cast, discrepancy)
        assert Signature.objects.get(row_id=closure.pk).subject_id == discrepancy.pk
        with refused("DISCREPANCY"):
            close(cast, discrepancy, reason="Again.")
        assert not open_discrepancies(cast.facility).exists()

    def test_a_theft_waits_for_its_notice_and_its_form(self, cast: Cast) -> None:
        discrepancy = opened(cast, cause=STOLEN)
        follow(cast, discrepancy, DiscrepancyStepKind.NOTICE)
        with refused("DISCREPANCY"):
            close(cast, discrepancy)
        follow(cast, discrepancy, DiscrepancyStepKind.FORM_106, text="", reference="106-9")
        assert close(cast, discrepancy)

    def test_open_ones_come_first(self, cast: Cast) -> None:
        first, second = opened(cast), opened(cast, now=NINE + minutes(1))
        follow(cast, second, DiscrepancyStepKind.NOT_SIGNIFICANT)
        close(cast, second)
        assert list(discrepancies_of(cast.facility)) == [first, second]


class TestTheDatabase:
    def test_it_holds_what_the_rules_say(self, cast: Cast) -> None:
        def forged(**fields: Any) -> None:
            known = opened(cast)
            envelope = {name: getattr(known, name) for name in ("facility", "entry_id", "performed_by", "recorded_by")}
            Discrepancy.objects.create(**envelope, occurred_at=NINE, **{"cause": "COUNT", "text": "x", **fields})

        for constraint, fields in {
            "discrepancy_cause_known": {"cause": "HAPPENED"},
            "discrepancy_says_something": {"text": ""},
            "discrepancy_of_a_lot_is_counted": {"lot": "L-1"},
            "discrepancy_differs": {"lot": "L-1", "difference": 0},
        }.items():
            with held_by(constraint):
                forged(**fields)

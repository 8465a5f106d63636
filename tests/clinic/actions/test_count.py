"""A cabinet is counted, what differs is counted again or questioned, and its day is closed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from clinic.actions.cabinet import add_cabinet, move_devices, report_lost, waste_devices
from clinic.actions.count import close_cabinet, hand_in_count, question_count, set_stock_policy
from clinic.actions.discrepancy import close_discrepancy, follow_discrepancy
from clinic.models import Cabinet, Count, Device, Discrepancy, Signature, User
from clinic.models.cabinet import cabinets_of
from clinic.models.count import count_facts, counts_of, expected_in, lots_to_count, marks_of, stock_policy_of
from clinic.models.expiring import INVENTORY, expiring
from clinic.rules.count import CountKind, CountMoment, CountState, Lot
from clinic.rules.discrepancy import DiscrepancyStepKind
from clinic.rules.stock import StockKind
from tests.by_hand import forge
from tests.expect import denied, held_by, refused
from tests.factories import NINE, Cast, entry, make_device, make_devices, make_patient, minutes

pytestmark = pytest.mark.paperwork
LOT = Lot("esketamine", "L-77", StockKind.BULK)


def cabinet_of(cast: Cast) -> Cabinet:
    return cabinets_of(cast.facility)[0]


@pytest.fixture
def three(cast: Cast) -> list[Device]:
    return make_devices(cast, number="K-1", devices=3)


def count(cast: Cast, number: int | None = 3, *, by: User | None = None, at: int = 0, **said: Any) -> Count:
    cabinet = said.pop("cabinet", cabinet_of(cast))
    given: dict[str, Any] = {
        "kind": CountKind.DAILY,
        "moment": CountMoment.CLOSE,
        "counted": {LOT: number},
        "marks": marks_of(cabinet, said.get("counted", [LOT])),
        "entry": entry(),
        "by": by or cast.nora,
        "now": NINE + minutes(at),
    }
    return hand_in_count(cabinet=cabinet, **{**given, **said})


def state(cast: Cast, of: Count) -> CountState:
    return count_facts(counts_of(cast.facility).get(pk=of.pk)).state


def close(cast: Cast, *, at: int = 30, **said: Any) -> Any:
    given = {"cabinet": cabinet_of(cast), "entry": entry(), "by": cast.nora, "now": NINE + minutes(at)}
    return close_cabinet(**{**given, **said})


def waste(cast: Cast, device: Device, *, at: int = 1) -> None:
    said: dict[str, Any] = {"facility": cast.facility, "devices": [device], "reason": "Dropped."}
    waste_devices(**said, entry=entry(), by=cast.nora, now=NINE + minutes(at))


class TestWhatIsCounted:
    def test_it_is_by_lot_and_kind_in_this_cabinet(self, cast: Cast, three: list[Device]) -> None:
        make_device(cast, lot="L-78", patient=make_patient(cast))
        other = add_cabinet(facility=cast.facility, name="Back room", entry=entry(), by=cast.ada, now=NINE)
        named = Lot("esketamine", "L-78", StockKind.PATIENT_SPECIFIC)
        assert expected_in(cabinet_of(cast)) == {LOT: 3, named: 1}
        move_devices(facility=cast.facility, devices=three[:2], cabinet=other, entry=entry(), by=cast.nora, now=NINE)
        assert (expected_in(cabinet_of(cast)), expected_in(other)) == ({LOT: 1, named: 1}, {LOT: 2})

    def test_a_lot_that_was_here_lately_is_asked_for_though_none_is_left(self, cast: Cast, three: list[Device]) -> None:
        for device in three:
            waste(cast, device)
        assert expected_in(cabinet_of(cast)) == {}
        assert lots_to_count(cabinet_of(cast), at=NINE + timedelta(days=60)) == [LOT]
        assert lots_to_count(cabinet_of(cast), at=NINE + timedelta(days=61)) == []


class TestHandingIn:
    def test_it_agrees_or_differs_against_the_book_as_it_stands(self, cast: Cast, three: list[Device]) -> None:
        agreed, short = count(cast), count(cast, 2, at=1)
        assert (state(cast, agreed), state(cast, short)) == (CountState.AGREES, CountState.DIFFERS)
        line = short.lines.get()
        assert (line.counted, line.expected) == (2, 3)

    def test_a_lot_that_nobody_knows_is_one_too_many(self, cast: Cast, three: list[Device]) -> None:
        strange = Lot("esketamine", "X-1", StockKind.BULK)
        of = count(cast, counted={LOT: 3, strange: 1})
        assert count_facts(counts_of(cast.facility).get(pk=of.pk)).unsettled == {strange: 1}

    def test_what_came_or_went_meanwhile_is_counted_again(self, cast: Cast, three: list[Device]) -> None:
        opened = marks_of(cabinet_of(cast), [LOT])
        waste(cast, three[0])
        with refused("COUNT") as caught:
            count(cast, 3, marks=opened)
        assert caught.value.refusals[0].params["lots"] == (LOT,)
        assert count(cast, 2)

    def test_what_differs_is_counted_again_by_the_same_person(self, cast: Cast, three: list[Device]) -> None:
        first = count(cast, 2)
        again = count(cast, 3, of=first, at=5, kind=CountKind.BIENNIAL)
        assert (again.first, again.kind, state(cast, first)) == (first, CountKind.DAILY, CountState.AGREES)
        with refused("COUNT"):
            count(cast, 3, of=first, at=6)

    def test_it_is_by_as_many_people_as_the_clinic_says(self, cast: Cast, three: list[Device]) -> None:
        said: dict[str, Any] = {"count_people": 2, "reorder_days": 14, "reorder_margin": 6, "reason": "Two see more."}
        set_stock_policy(facility=cast.facility, **said, entry=entry(), by=cast.ada, now=NINE)
        first = count(cast, 3)
        assert state(cast, first) is CountState.WAITING
        with refused("COUNT"):
            count(cast, 3, of=first, at=1)
        with refused("CABINET_CLOSING"):
            close(cast)
        count(cast, 3, of=first, by=cast.nils, at=2)
        assert state(cast, first) is CountState.AGREES
        assert close(cast)

    def test_an_inventory_is_signed_and_the_initial_one_is_taken_once(self, cast: Cast, three: list[Device]) -> None:
        with refused("SIGNATURE"):
            count(cast, kind=CountKind.INITIAL, entry=entry(proof=None))
        first = count(cast, kind=CountKind.INITIAL, moment=CountMoment.OPENING)
        assert Signature.objects.filter(row_id=first.pk).exists()
        with refused("COUNT"):
            count(cast, kind=CountKind.INITIAL, at=1)
        with held_by("count_initial_once"):
            forge(first)
        assert count(cast, kind=CountKind.BIENNIAL, at=1)
        assert not Signature.objects.filter(row_id=count(cast, at=2).pk).exists()


class TestQuestioning:
    def test_each_lot_that_differs_becomes_a_discrepancy_with_its_difference(
        self, cast: Cast, three: list[Device]
    ) -> None:
        make_device(cast, lot="L-78")
        other = Lot("esketamine", "L-78", StockKind.BULK)
        first = count(cast, counted={LOT: 1, other: 2})
        opened = question_count(count=first, text="Counted twice.", entry=entry(), by=cast.nora, now=NINE + minutes(5))
        assert [(each.lot, each.difference, each.cabinet) for each in opened] == [
            ("L-77", -2, cabinet_of(cast)),
            ("L-78", 1, cabinet_of(cast)),
        ]
        with refused("COUNT"):
            question_count(count=first, text="Again.", entry=entry(), by=cast.nora, now=NINE + minutes(6))

    def test_it_is_of_a_count_that_differs_and_says_something(self, cast: Cast, three: list[Device]) -> None:
        agreed, short = count(cast), count(cast, 2, at=1)
        with refused("COUNT"):
            question_count(count=agreed, text="?", entry=entry(), by=cast.nora, now=NINE + minutes(2))
        with refused("FIELD", field="text"):
            question_count(count=short, text=" ", entry=entry(), by=cast.nora, now=NINE + minutes(2))


class TestClosingTheDay:
    def test_it_is_counted_first_signed_and_once(self, cast: Cast, three: list[Device]) -> None:
        with refused("CABINET_CLOSING"):
            close(cast)
        count(cast)
        with refused("SIGNATURE"):
            close(cast, entry=entry(proof=None))
        closing = close(cast)
        assert Signature.objects.filter(row_id=closing.pk).exists()
        with refused("CABINET_CLOSING"):
            close(cast, at=31)
        with refused("CABINET_CLOSING"):
            close(cast, at=24 * 60)  # another day, not counted

    def test_what_moves_after_the_count_is_counted(self, cast: Cast, three: list[Device]) -> None:
        count(cast)
        waste(cast, three[0], at=10)
        with refused("CABINET_CLOSING") as caught:
            close(cast)
        assert caught.value.refusals[0].params["problem"] == "moved"
        count(cast, 2, at=20)
        assert close(cast)

    def test_a_lot_that_is_long_gone_is_neither_asked_for_nor_in_the_way(self, cast: Cast, three: list[Device]) -> None:
        waste(cast, make_device(cast, lot="L-1", now=NINE - timedelta(days=100)), at=-99 * 24 * 60)
        assert lots_to_count(cabinet_of(cast), at=NINE) == [LOT]
        count(cast)
        assert close(cast)

    def test_a_lot_that_is_long_gone_is_counted_where_it_is_found(self, cast: Cast, three: list[Device]) -> None:
        waste(cast, make_device(cast, lot="L-1", now=NINE - timedelta(days=100)), at=-99 * 24 * 60)
        old = Lot("esketamine", "L-1", StockKind.BULK)
        of = count(cast, counted={LOT: 3, old: 1}, marks=marks_of(cabinet_of(cast), [LOT]))
        assert count_facts(counts_of(cast.facility).get(pk=of.pk)).unsettled == {old: 1}

    def test_a_lot_that_comes_after_the_count_is_counted(self, cast: Cast, three: list[Device]) -> None:
        count(cast)
        make_device(cast, lot="L-80")
        with refused("CABINET_CLOSING"):
            close(cast)

    def test_a_count_again_is_the_last_word_on_its_lot(self, cast: Cast, three: list[Device]) -> None:
        first = count(cast, 2)
        count(cast, 3, of=first, at=5)
        assert close(cast)

    def test_an_open_discrepancy_blocks_it_until_it_is_closed(self, cast: Cast, three: list[Device]) -> None:
        first = count(cast, 2)
        with refused("CABINET_CLOSING"):
            close(cast)
        (discrepancy,) = question_count(count=first, text="?", entry=entry(), by=cast.nora, now=NINE + minutes(5))
        with refused("CABINET_CLOSING") as caught:
            close(cast)
        assert caught.value.refusals[0].params["problem"] == "discrepancy"
        said: dict[str, Any] = {"entry": entry(), "by": cast.nora}
        report_lost(
            facility=cast.facility,
            devices=three[:1],
            reason="Nowhere.",
            discrepancy=discrepancy,
            **said,
            now=NINE + minutes(6),
        )
        kind = DiscrepancyStepKind.NOT_SIGNIFICANT
        said["entry"] = entry()
        follow_discrepancy(discrepancy=discrepancy, kind=kind, text="One.", **said, now=NINE + minutes(7))
        said["entry"] = entry()
        close_discrepancy(discrepancy=discrepancy, reason="Written off.", **said, now=NINE + minutes(8))
        count(cast, 2, at=10)  # one less in the book too
        assert close(cast)
        assert Discrepancy.objects.count() == 1


class TestTheClinicsNumbers:
    def test_they_are_ours_until_somebody_saves_others(self, cast: Cast) -> None:
        assert stock_policy_of(cast.facility).count_people == 1
        said: dict[str, Any] = {"count_people": 2, "reorder_days": 7, "reorder_margin": 0, "reason": "Small."}
        set_stock_policy(facility=cast.facility, **said, entry=entry(), by=cast.ada, now=NINE)
        policy = stock_policy_of(cast.facility)
        assert (policy.count_people, policy.reorder_days, policy.reorder_margin) == (2, 7, 0)
        with refused("FIELD", field="count_people"):
            set_stock_policy(
                facility=cast.facility, **{**said, "count_people": 4}, entry=entry(), by=cast.ada, now=NINE
            )

    def test_a_count_of_another_cabinet_is_not_this_ones(self, cast: Cast, otto: User, three: list[Device]) -> None:
        with denied():
            count(cast, by=otto)


class TestTheNextInventory:
    def test_it_is_told_of_as_what_expires_is(self, cast: Cast, three: list[Device]) -> None:
        count(cast, kind=CountKind.INITIAL)

        def told(at: datetime) -> list[tuple[str, str, date]]:
            found = expiring([cast.facility], at=at)
            return [(each.about, each.whose, each.last_day) for each in found if each.about == INVENTORY]

        assert told(NINE) == []
        due = ("INVENTORY", "Main cabinet", date(2028, 4, 14))
        assert told(datetime(2028, 1, 15, 17, tzinfo=UTC)) == [due]
        count(cast, kind=CountKind.BIENNIAL, now=datetime(2028, 2, 1, 17, tzinfo=UTC))
        assert told(datetime(2028, 2, 2, 17, tzinfo=UTC)) == []

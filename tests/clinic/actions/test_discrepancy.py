"""A discrepancy is opened by what happens to devices, followed and closed."""

from datetime import timedelta
from typing import Any

import pytest

from clinic.actions.cabinet import report_found, report_lost
from clinic.actions.discrepancy import close_discrepancy, discrepancy_rows, follow_discrepancy
from clinic.models import Device, Discrepancy, DiscrepancyClosure, DiscrepancyStep, Signature
from clinic.models.cabinet import cabinets_of
from clinic.models.discrepancy import discrepancies_of, facts_of, missing_of
from clinic.rules.discrepancy import DiscrepancyCause, DiscrepancyFacts, DiscrepancyStepKind
from tests.expect import held_by, refused
from tests.factories import NINE, Cast, entry, make_device, minutes

pytestmark = pytest.mark.paperwork


def opened(cast: Cast, devices: list[Device] | None = None, **said: Any) -> Discrepancy:
    given = {"facility": cast.facility, "reason": "Not in its place.", "entry": entry(), "by": cast.nora, "now": NINE}
    report_lost(devices=devices or [make_device(cast)], **{**given, **said})
    return Discrepancy.objects.latest("id")


def found_again(cast: Cast, *devices: Device) -> None:
    cabinet = cabinets_of(cast.facility)[0]
    said: dict[str, Any] = {"facility": cast.facility, "cabinet": cabinet, "reason": "Behind the fridge."}
    report_found(devices=devices, **said, entry=entry(), by=cast.nora, now=NINE + minutes(5))


def facts(discrepancy: Discrepancy) -> DiscrepancyFacts:
    known = discrepancies_of(discrepancy.facility).get(pk=discrepancy.pk)
    return facts_of(known, missing_of([known]))


def follow(cast: Cast, discrepancy: Discrepancy, kind: DiscrepancyStepKind, **said: Any) -> DiscrepancyStep:
    given = {"text": "Said.", "entry": entry(), "by": cast.nora, "now": NINE + minutes(10)}
    return follow_discrepancy(discrepancy=discrepancy, kind=kind, **{**given, **said})


def close(cast: Cast, discrepancy: Discrepancy, **said: Any) -> DiscrepancyClosure:
    given = {"reason": "It was in the fridge.", "entry": entry(), "by": cast.ada, "now": NINE + minutes(20)}
    return close_discrepancy(discrepancy=discrepancy, **{**given, **said})


class TestOpening:
    def test_what_is_reported_lost_is_in_question_until_the_ledger_has_it_again(self, cast: Cast) -> None:
        one, two = make_device(cast), make_device(cast)
        discrepancy = opened(cast, [one, two], entry=entry(NINE - minutes(30)))
        assert (discrepancy.cause, discrepancy.cabinet) == (DiscrepancyCause.LOST, cabinets_of(cast.facility)[0])
        assert (facts(discrepancy).named, facts(discrepancy).missing) == (2, 2)
        assert facts(discrepancy).discovered_at == NINE - minutes(30)
        found_again(cast, one)
        assert facts(discrepancy).missing == 1
        found_again(cast, two)
        assert facts(discrepancy).all_found

    def test_what_is_reported_stolen_is_a_theft(self, cast: Cast) -> None:
        assert facts(opened(cast, stolen=True)).significant is True

    def test_a_device_that_an_open_one_names_opens_no_second(self, cast: Cast) -> None:
        device = make_device(cast)
        first = opened(cast, [device])
        found_again(cast, device)
        assert opened(cast, [device], now=NINE + minutes(8)) == first
        assert facts(first).missing == 1

    def test_what_a_count_found_wanting_is_named_in_its_own(self, cast: Cast) -> None:
        first, device = opened(cast), make_device(cast)
        assert opened(cast, [device], discrepancy=first) == first
        assert facts(first).named == 2

    def test_what_is_stolen_is_judged_so_where_it_is_named_before(self, cast: Cast) -> None:
        device, another = make_device(cast), make_device(cast)
        first = opened(cast, [device])
        follow(cast, first, DiscrepancyStepKind.NOT_SIGNIFICANT)
        found_again(cast, device)
        assert opened(cast, [device], stolen=True, now=NINE + minutes(20)) == first
        opened(cast, [another], discrepancy=first, stolen=True, now=NINE + minutes(21))
        *_, step, last = DiscrepancyStep.objects.filter(discrepancy=first).order_by("pk")
        assert (step.kind, step.text) == (last.kind, last.text) == ("SIGNIFICANT", "Not in its place.")
        assert facts(first).significant

    def test_in_a_closed_one_nothing_more_is_named(self, cast: Cast) -> None:
        first, device = opened(cast), make_device(cast)
        follow(cast, first, DiscrepancyStepKind.NOT_SIGNIFICANT)
        close(cast, first)
        with refused("DISCREPANCY"):
            opened(cast, [device], discrepancy=first)

    def test_with_its_session_it_is_missing_and_with_another_not(self, cast: Cast) -> None:
        device = make_device(cast)
        said: dict[str, Any] = {"facility": cast.facility, "entry": entry(), "by": cast.fred, "now": NINE}
        discrepancy, named = discrepancy_rows(
            cause=DiscrepancyCause.UNACCOUNTED, text="Nobody said.", devices=[device], **said
        )
        assert (named.discrepancy, named.device) == (discrepancy, device)  # type: ignore[attr-defined]
        assert Discrepancy.objects.count() == 0


class TestFollowing:
    def test_its_steps_stand_in_the_order_they_happened(self, cast: Cast) -> None:
        discrepancy, later = opened(cast), NINE + timedelta(days=1)
        follow(cast, discrepancy, DiscrepancyStepKind.FORM_106, text="", reference="106-9", now=later)
        follow(cast, discrepancy, DiscrepancyStepKind.NOTICE, now=later, entry=entry(NINE + minutes(5)))
        steps = facts(discrepancy).steps
        assert [step.kind for step in steps] == [DiscrepancyStepKind.NOTICE, DiscrepancyStepKind.FORM_106]
        assert facts(discrepancy).done_at(DiscrepancyStepKind.NOTICE) == NINE + minutes(5)

    def test_it_says_something_and_is_not_of_tomorrow(self, cast: Cast) -> None:
        discrepancy = opened(cast)
        with refused("FIELD", field="text"):
            follow(cast, discrepancy, DiscrepancyStepKind.NOTE, text=" ")
        with refused("FIELD", field="occurred_time"):
            follow(cast, discrepancy, DiscrepancyStepKind.NOTICE, entry=entry(NINE + minutes(11)))

    def test_what_comes_to_light_after_closing_is_added(self, cast: Cast) -> None:
        discrepancy = opened(cast)
        follow(cast, discrepancy, DiscrepancyStepKind.NOT_SIGNIFICANT)
        close(cast, discrepancy)
        assert follow(cast, discrepancy, DiscrepancyStepKind.NOTE, now=NINE + minutes(30))


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
        assert facts(discrepancy).closed

    def test_what_is_found_again_needs_no_judgement(self, cast: Cast) -> None:
        device = make_device(cast)
        discrepancy = opened(cast, [device], stolen=True)
        with refused("DISCREPANCY"):
            close(cast, discrepancy)
        found_again(cast, device)
        assert close(cast, discrepancy)

    def test_a_theft_waits_for_its_notice_and_its_form(self, cast: Cast) -> None:
        discrepancy = opened(cast, stolen=True)
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
        known = opened(cast)
        envelope = {name: getattr(known, name) for name in ("facility", "entry_id", "performed_by", "recorded_by")}
        for constraint, fields in {
            "discrepancy_cause_known": {"cause": "HAPPENED"},
            "discrepancy_says_something": {"text": ""},
            "discrepancy_of_a_lot_is_counted": {"lot": "L-1"},
            "discrepancy_of_a_count_differs": {"lot": "L-1", "difference": -1},
        }.items():
            with held_by(constraint):
                Discrepancy.objects.create(**{**envelope, "occurred_at": NINE, "cause": "COUNT", "text": "x", **fields})

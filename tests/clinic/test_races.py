"""Two people at once where there is no session to lock: unique constraints, and the audit chain as the last lock."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from clinic import audit
from clinic.actions import stock
from clinic.actions.certification import record_stop
from clinic.actions.count import hand_in_count
from clinic.actions.finding import close_finding
from clinic.actions.patient import register_patient
from clinic.actions.signature import PASSWORD_ATTEMPTS, prove_password
from clinic.actions.stock import receive_devices
from clinic.models import AuditChain, AuditEvent, Certification, Count, Device, FindingClosure, Patient
from clinic.models.certification import steps_of
from clinic.models.stock import received_pack
from clinic.rules.certification import CertificationStatus
from clinic.rules.count import CountKind
from clinic.rules.pack import PackCode, gtin_of
from clinic.rules.refusals import ActionRefused
from tests.cast import facility_of
from tests.clinic.actions.certification_attempts import FINDING
from tests.clinic.actions.clinic_attempts import CLINIC_ATTEMPTS, ROSALIND
from tests.clinic.actions.count_attempts import a_sheet
from tests.factories import NINE, Cast, entry, make_cast, make_devices, make_otto
from tests.race import Waiting, race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def register(cast: Cast, form: Any) -> Callable[[], Patient]:
    return partial(register_patient, facility=cast.facility, **ROSALIND, entry=form, by=cast.fred, now=NINE)


class TestRegistering:
    def test_it_has_one_effect_when_its_form_is_clicked_twice(self, cast: Cast) -> None:
        form = entry()
        outcomes = race(*[register(cast, form)] * 4)
        assert outcomes == [Patient.objects.get()] * 4

    def test_it_gives_a_number_to_one_of_two(self, cast: Cast) -> None:
        outcomes = race(register(cast, entry()), register(cast, entry()))
        (refused,) = [outcome for outcome in outcomes if isinstance(outcome, ActionRefused)]
        assert refused.refusals[0].params["field"] == "mrn"
        assert Patient.objects.count() == 1

    def test_it_gives_a_device_number_to_one_of_two(self, cast: Cast) -> None:
        (attempt,) = [attempt for attempt in CLINIC_ATTEMPTS if attempt.action is receive_devices]
        receive = attempt.ready(cast)
        outcomes = race(receive, receive)
        (refused,) = [outcome for outcome in outcomes if isinstance(outcome, ActionRefused)]
        assert refused.refusals[0].params["field"] == "number"
        assert Device.objects.count() == 1

    def test_it_takes_a_pack_in_once(self, cast: Cast) -> None:
        code = PackCode(gtin_of("50458-028-02"), date(2027, 12, 31), "L-1", "S1")
        numbers = ("D-101", "D-201")
        outcomes = race(*(partial(make_devices, cast, number=number, devices=2, code=code) for number in numbers))
        (refused,) = [outcome for outcome in outcomes if isinstance(outcome, ActionRefused)]
        assert refused.refusals[0].params["problem"] == "received"
        assert Device.objects.count() == 2

    def test_it_takes_it_in_once_though_it_was_not_there_when_it_was_looked_for(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        code = PackCode(gtin_of("50458-028-02"), date(2027, 12, 31), "L-1", "S1")
        receive = partial(make_devices, cast, devices=2, code=code)

        def looked_for(*said: Any) -> tuple[str, ...]:
            found = received_pack(*said)
            monkeypatch.setattr(stock, "received_pack", received_pack)
            race(partial(receive, number="D-101"))
            return found

        monkeypatch.setattr(stock, "received_pack", looked_for)
        (refused,) = race(partial(receive, number="D-201"))
        assert isinstance(refused, ActionRefused)
        assert refused.refusals[0].params["problem"] == "received"
        assert sorted(Device.objects.values_list("number", flat=True)) == ["D-101", "D-102"]


class TestTheCertification:
    def test_it_takes_one_of_two_steps_and_the_other_sees_it(self, cast: Cast) -> None:
        seen = steps_of(cast.facility, "esketamine")[0].pk
        said = {"facility": cast.facility, "program_code": "esketamine", "reason": "Audit.", "after": seen}

        def stop(status: CertificationStatus) -> Callable[[], Certification]:
            return partial(record_stop, status=status, entry=entry(), by=cast.ada, now=NINE, **said)

        outcomes = race(stop(CertificationStatus.SUSPENDED), stop(CertificationStatus.WITHDRAWN))

        (step,) = [outcome for outcome in outcomes if isinstance(outcome, Certification)]
        (refused,) = [outcome for outcome in outcomes if isinstance(outcome, ActionRefused)]
        assert (refused.refusals[0].code, refused.refusals[0].params["state"]) == ("STATE", step.status)
        assert steps_of(cast.facility, "esketamine").count() == 2

    def test_it_closes_a_finding_once(self, cast: Cast) -> None:
        finding = FINDING.ready(cast)()

        def close() -> FindingClosure:
            return close_finding(finding=finding, note="Written.", entry=entry(), by=cast.ada, now=NINE)

        outcomes = race(close, close)
        (refused,) = [outcome for outcome in outcomes if isinstance(outcome, ActionRefused)]
        assert refused.refusals[0].code == "FINDING_CLOSED"


class TestTheCabinet:
    def test_its_initial_inventory_is_taken_once(self, cast: Cast) -> None:
        sheet = {**a_sheet(cast), "kind": CountKind.INITIAL, "now": NINE}
        outcomes = race(*(partial(hand_in_count, **sheet, entry=entry(), by=by) for by in (cast.nora, cast.nils)))
        (refused,) = [outcome for outcome in outcomes if isinstance(outcome, ActionRefused)]
        assert refused.refusals[0].params["problem"] == "inventoried"
        assert Count.objects.count() == 1


class TestTheAuditChain:
    def test_it_has_no_gaps_when_many_write_and_some_fail(self, cast: Cast) -> None:
        elsewhere = make_cast(facility_name="Elsewhere", suffix="2")

        def write(facility_cast: Cast, *, fails: bool) -> None:
            for _ in range(8):
                with transaction.atomic():
                    audit.record(
                        action="x",
                        facility=facility_cast.facility,
                        by=facility_cast.nora,
                        now=NINE,
                        subject=facility_cast.facility,
                        rows=(),
                    )
                    if fails:
                        transaction.set_rollback(True)

        outcomes = race(
            *[partial(write, each, fails=fails) for each in (cast, elsewhere) for fails in (False, False, True)]
        )

        assert outcomes == [None] * 6
        for chain in AuditChain.objects.exclude(facility=None):
            sequences = list(chain.events.order_by("sequence").values_list("sequence", flat=True))
            assert sequences == list(range(1, chain.last_sequence + 1))
        assert AuditEvent.objects.filter(action="x").count() == 32

    def test_no_facility_waits_for_another(self, cast: Cast) -> None:
        otto = make_otto()
        there = partial(register_patient, facility=facility_of(otto), **ROSALIND, entry=entry(), by=otto, now=NINE)

        with transaction.atomic():
            AuditChain.objects.select_for_update().get(facility=cast.facility)
            here = Waiting(register(cast, entry()))
            (registered,) = race(there)

            assert registered.facility == facility_of(otto)
            assert not Patient.objects.filter(facility=cast.facility).exists()

        assert here.result().facility == cast.facility


class TestSigning:
    def test_many_wrong_secrets_at_once_count_like_many_after_each_other(self, cast: Cast) -> None:
        def sign() -> object:
            try:
                return prove_password(by=cast.paul, password="wrong", now=NINE)
            except ActionRefused as error:
                return error.refusals[0].params["problem"]

        outcomes = race(*[sign] * (PASSWORD_ATTEMPTS + 4))
        assert sorted(map(str, outcomes)) == ["signature_locked"] * 4 + ["signature_wrong"] * PASSWORD_ATTEMPTS

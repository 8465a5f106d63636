"""What is filled in, sent, come back and taken back."""

from datetime import timedelta
from typing import Any

import pytest

from clinic.actions.staff import system_person
from clinic.models import AuditChain
from clinic.verification import Checked, verify
from sessions_app.actions import dosing, filing
from sessions_app.models import FilingAnswer, FilingOutcome
from sessions_app.models.filing import filing_of
from sessions_app.rules.filing import Outcome
from tests.by_hand import forge
from tests.expect import denied, held_by, nothing_written, refused
from tests.factories import NINE, Cast, Walk, checked_in, cleared, discharged, minutes
from tests.filings import LATER, NEXT_WEEK, answer, complete, form_of, newest, reach, stands, submit, value
from tests.scene import with_people

pytestmark = pytest.mark.paperwork


@pytest.fixture(scope="module")
def gone_home(clinic: Cast) -> Walk:
    walk = discharged(clinic)
    reach(clinic)
    return walk


@pytest.fixture
def walk(gone_home: Walk, cast: Cast) -> Walk:
    return with_people(gone_home, cast)


def reply(walk: Walk, kind: Outcome, reason: str = "", **fields: Any) -> FilingOutcome:
    said = {"kind": kind, "reason": reason, "seen": newest(walk), **walk.envelope(NEXT_WEEK)}
    return filing.record_reply(**{**said, **fields})


class TestAnswering:
    def test_it_fills_in_what_the_record_does_not_say(self, walk: Walk) -> None:
        assert form_of(walk).step.missing == ["ready_minutes"]
        answer(walk, "ready_minutes", "060")
        assert (value(walk, "ready_minutes"), form_of(walk).state) == ("60", "READY")

    def test_it_stands_instead_of_the_record_only_with_a_reason_and_both_stay(self, walk: Walk) -> None:
        with refused("FIELD", field="reason"):
            answer(walk, "pressure_at_peak", "130/80")
        answer(walk, "pressure_at_peak", "130/80", "Read off the wrong line.")
        found = stands(walk).field("pressure_at_peak")
        assert found is not None
        assert (found.value, found.derived and found.derived.value) == ("130/80", "128/82")

        answer(walk, "pressure_at_peak", "", "It was right.")
        assert value(walk, "pressure_at_peak") == "128/82"
        assert FilingAnswer.objects.count() == 2

    @pytest.mark.parametrize(("code", "said"), [("nothing", "1"), ("ready_minutes", "soon"), ("ready_minutes", "")])
    def test_it_refuses_what_is_no_answer(self, walk: Walk, code: str, said: str) -> None:
        with refused("FIELD", field="value"):
            answer(walk, code, said)

    def test_it_is_not_for_whoever_does_not_read_the_chart(self, walk: Walk) -> None:
        with denied():
            answer(walk, "ready_minutes", "60", by=walk.cast.ada)

    def test_it_is_held_to_its_reason_by_the_database(self, walk: Walk) -> None:
        row = answer(walk, "ready_minutes", "60")
        with held_by("filing_answer_against_the_record_has_reason"):
            forge(row, instead_of="50")


class TestSending:
    def test_it_keeps_every_value_as_it_was_with_its_row(self, walk: Walk) -> None:
        complete(walk)
        sent = submit(walk)
        by_code = {each["code"]: each for each in sent.content}
        assert by_code["monitoring_minutes"]["value"] == "125"
        assert by_code["monitoring_minutes"]["derived"]["source"]["kind"] == "RELEASE"
        assert by_code["ready_minutes"]["answer"]["who"] == "Nora Nightjar"
        assert (sent.number, sent.missing, sent.reason, form_of(walk).state) == (1, [], "", "SUBMITTED")

    def test_it_names_what_is_missing_and_takes_a_reason_for_it(self, walk: Walk) -> None:
        with refused("FILING_INCOMPLETE") as caught:
            submit(walk)
        assert caught.value.refusals[0].params["missing"] == ("ready_minutes",)
        sent = submit(walk, why="Sent from the portal's own page.")
        assert (sent.missing, form_of(walk).state) == (["ready_minutes"], "SUBMITTED")
        answer(walk, "ready_minutes", "60")
        assert (form_of(walk).state, form_of(walk).step.changed) == ("AMENDMENT_DUE", ["ready_minutes"])

    def test_it_is_recorded_however_late(self, walk: Walk) -> None:
        complete(walk)
        sent = submit(walk, LATER + timedelta(days=40))
        assert sent.occurred_at > form_of(walk).due_at

    def test_it_is_recorded_wherever_the_form_stands(self, walk: Walk) -> None:
        def send_at(state: str) -> None:
            assert form_of(walk).state == state
            submit(walk, why="Sent from the portal's own page.")

        send_at("INCOMPLETE")
        send_at("SUBMITTED")
        reply(walk, Outcome.ACKNOWLEDGED)
        send_at("ACKNOWLEDGED")
        reply(walk, Outcome.RETURNED, "No lot number.")
        send_at("RETURNED")
        answer(walk, "ready_minutes", "60")
        send_at("AMENDMENT_DUE")
        for given in walk.rows("DeviceAdministration"):
            walk.void(given, LATER)
        send_at("WITHDRAWN")
        reply(walk, Outcome.ACKNOWLEDGED)
        assert (form_of(walk).state, len(stands(walk).versions)) == ("WITHDRAWN", 6)

    def test_it_refuses_a_route_nobody_knows_and_a_session_without_a_form(self, walk: Walk) -> None:
        with refused("FIELD", field="route"):
            submit(walk, route="PIGEON", why="x")
        waiting = checked_in(walk.cast)
        with refused("NO_FILING"):
            submit(waiting, why="x")


class TestWhatComesBack:
    def test_it_is_acknowledged_or_returned_and_sent_again(self, walk: Walk) -> None:
        complete(walk)
        submit(walk)
        with refused("FIELD", field="reason"):
            reply(walk, Outcome.RETURNED)
        reply(walk, Outcome.RETURNED, "No lot number.")
        assert (form_of(walk).state, form_of(walk).step.reason) == ("RETURNED", "No lot number.")
        submit(walk, NEXT_WEEK + minutes(5))
        assert form_of(walk).state == "SUBMITTED"
        reply(walk, Outcome.ACKNOWLEDGED)
        assert form_of(walk).state == "ACKNOWLEDGED"
        with refused("FILING_STATE"):
            reply(walk, Outcome.ACKNOWLEDGED)

    def test_it_comes_of_something_that_was_sent(self, walk: Walk) -> None:
        with refused("FILING_STATE"):
            reply(walk, Outcome.ACKNOWLEDGED)

    def test_it_is_of_what_was_seen_and_never_of_what_somebody_sent_in_between(self, walk: Walk) -> None:
        complete(walk)
        first = submit(walk)
        with refused("FILING_STATE"):
            submit(walk, seen=None)  # who opened the page before anything was sent
        second = submit(walk, seen=first.pk)
        with refused("FILING_STATE"), nothing_written():
            reply(walk, Outcome.RETURNED, "No lot number.", seen=first.pk)
        assert reply(walk, Outcome.RETURNED, "No lot number.", seen=second.pk).version == second

    def test_an_answer_to_what_is_due_for_amendment_is_kept_and_leaves_it_due(self, walk: Walk) -> None:
        submit(walk, why="Elsewhere.")
        answer(walk, "ready_minutes", "60")
        reply(walk, Outcome.ACKNOWLEDGED)
        assert form_of(walk).state == "AMENDMENT_DUE"


class TestTakingBack:
    def test_a_submission_that_never_was_leaves_the_form_to_be_sent(self, walk: Walk) -> None:
        complete(walk)
        sent = submit(walk)
        said = {"row_kind": "FilingVersion", "row_id": sent.pk, "reason": "Another patient's form."}
        filing.take_back_filing(**said, **walk.envelope(LATER))
        assert form_of(walk).state == "READY"
        with refused("ALREADY_VOIDED"):
            filing.take_back_filing(**said, **walk.envelope(LATER))
        assert submit(walk).number == 2

    def test_a_reply_that_never_came_leaves_it_sent(self, walk: Walk) -> None:
        complete(walk)
        submit(walk)
        came = reply(walk, Outcome.RETURNED, "No lot number.")
        said = {"row_kind": "FilingOutcome", "row_id": came.pk}
        with refused("FIELD", field="reason"):
            filing.take_back_filing(**said, reason=" ", **walk.envelope(NEXT_WEEK))
        filing.take_back_filing(**said, reason="Another form.", **walk.envelope(NEXT_WEEK))
        assert form_of(walk).state == "SUBMITTED"

    def test_nothing_else_is_taken_back_here(self, walk: Walk) -> None:
        with refused("NOTHING_TO_VOID"):
            filing.take_back_filing(
                row_kind="Check", row_id=walk.rows("Check")[0].pk, reason="No.", **walk.envelope(LATER)
            )


class TestTheClocksOwnWork:
    def test_a_session_of_before_gets_its_filing_once_and_every_row_is_in_the_chain(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        walk, vigil = cleared(cast), system_person(now=LATER)
        with monkeypatch.context() as before:
            before.setattr(dosing, "open_with", lambda *_: None)
            walk.give(NINE + minutes(30))
            walk.finish(NINE + minutes(30), reason="One is enough.")
            walk.leave_early(NINE + minutes(60))
        assert filing_of(walk.dosing_session) is None

        made = filing.keep_filing(dosing_session=walk.dosing_session, by=vigil, now=LATER)

        assert made is not None
        assert (made.state, made.person, made.recorded_by) == ("INCOMPLETE", cast.nora, vigil)
        assert (str(made.treatment_date), "monitoring_minutes" in made.step.missing) == ("2026-04-14", True)
        with nothing_written():
            filing.keep_filing(dosing_session=walk.dosing_session, by=vigil, now=LATER)
        with denied():
            filing.keep_filing(dosing_session=walk.dosing_session, by=cast.nora, now=LATER)
        chain = AuditChain.objects.get(facility=cast.facility)
        assert list(verify(chain, Checked())) == []

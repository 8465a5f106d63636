"""A submission asks what is charted; a certification that moves on in mid-session traps nobody."""

from datetime import date
from typing import Any

import pytest

from clinic.actions.certification import (
    begin_certification,
    declare_recertification,
    designate_representative,
    return_submission,
    review_certification,
)
from clinic.actions.finding import close_finding, raise_finding
from clinic.models.certification import representatives_of, steps_of
from clinic.rules.certification import certification_refusals
from clinic.rules.refusals import ActionRefused
from clinic.rules.requirements import OF_THE_REMS, Requirement, State
from sessions_app.actions.certification import submit_certification
from sessions_app.actions.site import check_oximeter
from sessions_app.models import Alarm
from sessions_app.models.requirements import Requirements
from sessions_app.models.site import Site
from tests.certification import REMS, drafted, prepared, submitted
from tests.clinic.actions.test_certification import confirm, of, stop
from tests.expect import refused
from tests.factories import LAST_DEVICE, NINE, STAY_ENDS, Cast, cleared, entry, in_monitoring, minutes


def submit(cast: Cast, **said: Any) -> None:
    submit_certification(**of(cast, after=steps_of(cast.facility, REMS)[0].pk, **said))


def missing(cast: Cast) -> set[Requirement]:
    lines = Requirements.of(cast.facility, REMS, at=NINE).checklist
    return {line.requirement for line in lines if line.state is State.MISSING}


class TestTheSubmission:
    def test_it_names_everything_that_the_rems_asks_and_is_missing(self, cast: Cast) -> None:
        drafted(cast)
        with refused("REQUIREMENT") as caught:
            submit(cast)
        asked = {refusal.params["requirement"] for refusal in caught.value.refusals}
        assert asked == missing(cast) & set(OF_THE_REMS)
        assert len(asked) == 5  # representative, prescriber, staff and oximeter are there
        assert missing(cast) - asked == {Requirement.DEA_REGISTRATION, Requirement.EMERGENCY}

    def test_it_asks_what_works_on_site(self, cast: Cast) -> None:
        prepared(cast)
        check_oximeter(facility=cast.facility, asset_tag="OX-1", working=False, entry=entry(), by=cast.nora, now=NINE)
        with refused("REQUIREMENT"):
            submit(cast)

    def test_a_new_representative_has_attested_nothing(self, cast: Cast) -> None:
        prepared(cast)
        designate_representative(**of(cast, person=cast.paul))
        with refused("REQUIREMENT"):
            submit(cast)

    def test_it_goes_round_by_findings_to_the_rems_word(self, cast: Cast) -> None:
        submitted(cast)
        finding = raise_finding(**of(cast, text="No list.", owner=cast.nora, due_date=date(2026, 4, 20)))
        again = {"after": steps_of(cast.facility, REMS)[0].pk}
        returned = return_submission(**of(cast, **again))
        begin_certification(**of(cast, after=returned.pk))
        close_finding(finding=finding, note="Written.", entry=entry(), by=cast.ada, now=NINE)
        submit(cast)
        facts = Site(cast.facility, REMS, at=NINE).certification_facts
        assert [refusal.code for refusal in certification_refusals(facts)] == ["FACILITY"]

        confirm(cast, representatives_of(cast.facility, REMS)[0])

        assert certification_refusals(Site(cast.facility, REMS, at=NINE).certification_facts) == ()
        line = [step.status for step in reversed(steps_of(cast.facility, REMS))]
        assert line[-5:] == ["SUBMITTED", "RETURNED", "DRAFT", "SUBMITTED", "CERTIFIED"]


class TestInMidSession:
    @pytest.mark.parametrize("how", ["a new representative", "declared"])
    def test_recertification_due_holds_nobody_who_is_watched(self, cast: Cast, how: str) -> None:
        walk = in_monitoring(cast)
        at = {"now": LAST_DEVICE + minutes(10)}
        if how == "declared":
            last = steps_of(cast.facility, REMS)[0].pk
            declare_recertification(**of(cast, reason="The REMS asks.", after=last, **at))
        else:
            designate_representative(**of(cast, person=cast.paul, **at))

        walk.check(LAST_DEVICE + minutes(40))
        walk.instruct(LAST_DEVICE + minutes(60))
        walk.check(STAY_ENDS - minutes(5))
        walk.assess(STAY_ENDS - minutes(4))
        walk.release(STAY_ENDS)

        assert walk.refresh().state == "DISCHARGED"
        assert not Alarm.objects.filter(code="FACILITY").exists()

    def test_no_device_follows_until_the_rems_confirms(self, cast: Cast) -> None:
        walk = cleared(cast)
        walk.give(NINE + minutes(30))
        paul = designate_representative(**of(cast, person=cast.paul, now=NINE + minutes(32)))
        with pytest.raises(ActionRefused, match=r"^AUTHORIZED_REP$"):
            walk.give(NINE + minutes(36))
        confirm(cast, paul, now=NINE + minutes(38))
        walk.give(NINE + minutes(40))
        assert walk.refresh().state == "DOSING"

    def test_an_overdue_review_stops_new_doses_where_the_clinic_said_so(self, cast: Cast) -> None:
        review_certification(**of(cast, interval_months=1, overdue_stops=True))
        late = NINE + minutes(60 * 24 * 31)
        with pytest.raises(ActionRefused, match=r"^FACILITY, PRESCRIBER_ABSENT"):
            cleared(cast, now=late)

    def test_what_began_anew_after_a_stop_is_still_an_alarm(self, cast: Cast) -> None:
        in_monitoring(cast)
        stop(cast, now=LAST_DEVICE)
        facts = Site(cast.facility, REMS, at=LAST_DEVICE).certification_facts
        assert [refusal.code for refusal in certification_refusals(facts)] == ["FACILITY"]

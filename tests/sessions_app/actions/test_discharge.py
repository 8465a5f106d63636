"""discharge_patient: the release through the gate, against PostgreSQL."""

from datetime import timedelta

import pytest

from clinic.models import AuditEvent
from clinic.rules.refusals import ActionRefused
from sessions_app.models import Discharge
from tests.factories import STAY_ENDS, Cast, discharged, in_monitoring, make_cast, minutes, ready_to_leave

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def codes(refused: pytest.ExceptionInfo[ActionRefused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


class TestDischargePatient:
    def test_it_releases_a_patient_whose_gate_is_open(self, cast: Cast) -> None:
        walk = discharged(cast)

        release = Discharge.objects.get(dosing_session=walk.dosing_session)
        assert walk.refresh().state == "DISCHARGED"
        assert release.occurred_at == STAY_ENDS
        assert AuditEvent.objects.filter(action="discharge_patient", subject_id=walk.dosing_session.pk).count() == 1

    def test_it_refuses_one_second_before_the_minimum_stay(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)

        with pytest.raises(ActionRefused) as refused:
            walk.release(STAY_ENDS - timedelta(seconds=1))

        assert codes(refused) == {"MINIMUM_STAY"}
        assert not Discharge.objects.exists()
        assert walk.refresh().state == "MONITORING"

    def test_it_lists_everything_that_is_missing(self, cast: Cast) -> None:
        walk = in_monitoring(cast)

        with pytest.raises(ActionRefused) as refused:
            walk.release(STAY_ENDS - minutes(60))

        assert codes(refused) == {"MINIMUM_STAY", "PEAK_CHECK", "FINAL_CHECK", "READINESS", "INSTRUCTIONS"}

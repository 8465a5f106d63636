"""Every action of sessions_app that is not about one dosing session, ready to be tried."""

from datetime import date, time, timedelta
from typing import Any

from clinic.models import BreakGlass, BreakGlassReview, Facility
from clinic.rules.certification import CertificationStatus
from sessions_app.actions import booking, course, patient_link, patient_transfer, site
from sessions_app.actions.break_glass import break_glass, review_break_glass
from sessions_app.actions.certification import submit_certification
from sessions_app.models import Course, Presence
from tests.attempts import ADMIN, CARE, DESK, PRESCRIBE, REGISTRY, Attempt
from tests.certification import REMS, prepared
from tests.clinic.actions.certification_attempts import last
from tests.factories import NINE, Cast, entry, make_cast, make_course, make_patient

STOP = {"program_code": "esketamine", "status": CertificationStatus.SUSPENDED, "reason": "Audit of the REMS."}


def here(cast: Cast) -> Cast:
    return cast


def of_facility(cast: Cast, **fields: Any) -> dict[str, Facility]:
    return {"facility": cast.facility, **fields}


def of_course(made: Course, **fields: Any) -> dict[str, Any]:
    return {"course": made, **fields}


LINKERS = (*CARE, "ada")


def two_records(cast: Cast) -> dict[str, Any]:
    return of_facility(cast, duplicate=make_patient(cast), kept=make_patient(cast), reason="The same card.")


def linked(cast: Cast) -> dict[str, Any]:
    pair = two_records(cast)
    patient_link.link_patients(**pair, entry=entry(), by=cast.nora, now=NINE)
    return of_facility(cast, duplicate=pair["duplicate"], reason="Twins.")


TRANSFER = {
    "program_code": "esketamine",
    "to_place": "Harbour Clinic",
    "from_date": date(2026, 5, 1),
    "rems_told_date": date(2026, 4, 13),
    "rems_told_how": "PORTAL",
}


def transferred(cast: Cast) -> dict[str, Any]:
    said = of_facility(cast, patient=make_patient(cast), **TRANSFER)
    made = patient_transfer.record_patient_transfer(**said, entry=entry(), by=cast.fred, now=NINE)
    return {"transfer": made, "reason": "Stays here."}


def broken(cast: Cast) -> BreakGlass:
    """A nurse of the annex read a patient here."""
    annex = make_cast(facility_name="Annex", suffix="9", organisation=cast.facility.organisation)
    return break_glass(
        patient=make_patient(cast),
        facility=cast.facility,
        reason="Brought in unconscious.",
        entry=entry(),
        by=annex.nora,
        now=NINE,
    )


SITE_ATTEMPTS = (
    Attempt(patient_link.link_patients, LINKERS, two_records, lambda pair: pair),
    Attempt(patient_link.unlink_patients, PRESCRIBE, linked, lambda made: made),
    Attempt(booking.book_session, DESK, make_course, lambda made: of_course(made, scheduled_at=NINE), "fred"),
    Attempt(
        course.start_course,
        REGISTRY,
        lambda cast: (cast, make_patient(cast)),
        lambda scene: {
            "patient": scene[1],
            "facility": scene[0].facility,
            "program_version": scene[0].program_version,
            "indication": "TRD",
        },
        "fred",
    ),
    Attempt(
        course.justify_off_label,
        PRESCRIBE,
        lambda cast: make_course(cast, indication="GAD"),
        lambda made: of_course(made, rationale="Nothing else helped.", consented_at=NINE - timedelta(days=1)),
    ),
    Attempt(
        course.record_antidepressant,
        PRESCRIBE,
        lambda cast: make_course(cast, indication="MDSI"),
        lambda made: of_course(made, drug="sertraline 100 mg"),
    ),
    Attempt(
        course.set_policy,
        ADMIN,
        here,
        lambda cast: of_facility(
            cast, program_version=cast.program_version, overrides={"minimum_stay_minutes": 150}, reason="Careful."
        ),
    ),
    Attempt(
        site.record_presence,
        REGISTRY,
        here,
        lambda cast: of_facility(cast, person=cast.nils, kind=Presence.Kind.ARRIVED),
    ),
    Attempt(site.check_oximeter, REGISTRY, here, lambda cast: of_facility(cast, asset_tag="OX-2", working=True)),
    Attempt(site.set_chairs, REGISTRY, here, lambda cast: of_facility(cast, chairs=("1", "2"))),
    Attempt(site.set_closing_time, ADMIN, here, lambda cast: of_facility(cast, closes=time(18, 0))),
    Attempt(site.stop_facility, ADMIN, here, lambda cast: of_facility(cast, **STOP, after=last(cast))),
    Attempt(submit_certification, ADMIN, prepared, lambda cast: of_facility(cast, program_code=REMS, after=last(cast))),
    Attempt(
        review_break_glass,
        ADMIN,
        broken,
        lambda glass: {"glass": glass, "verdict": BreakGlassReview.Verdict.JUSTIFIED},
        now=NINE + timedelta(minutes=90),
    ),
    Attempt(
        site.withdraw_enrolment,
        REGISTRY,
        lambda cast: (cast, make_patient(cast)),
        lambda scene: of_facility(scene[0], patient=scene[1], program_code="esketamine", reason="Moved away."),
    ),
    Attempt(
        patient_transfer.record_patient_transfer,
        REGISTRY,
        lambda cast: (cast, make_patient(cast)),
        lambda scene: of_facility(scene[0], patient=scene[1], **TRANSFER),
        "fred",
    ),
    Attempt(patient_transfer.call_off_transfer, REGISTRY, transferred, lambda made: made, "fred"),
)

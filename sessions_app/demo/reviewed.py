"""What shows that the made-up clinics are fit to be certified: everything at Wrenfield, where the DEA registration ends
in 23 days; and at Wrenfield East a submission that came back with findings, one of them late."""

from datetime import datetime, timedelta
from typing import Any

from clinic.actions.certification import begin_certification, return_submission, review_certification
from clinic.actions.finding import close_finding, raise_finding
from clinic.actions.requirement import record_evidence, sign_attestation
from clinic.models import Organisation, User
from clinic.models.certification import representatives_of
from clinic.rules.attestations import asked_of
from clinic.rules.requirements import Requirement, Sites, StockRoute
from clinic.rules.roles import Role
from sessions_app.actions.certification import submit_certification
from sessions_app.demo.clinic import PROGRAM, Clinic, hire, open_clinic
from sessions_app.demo.papers import a_paper
from sessions_app.demo.signed import signed
from sessions_app.demo.timeline import Timeline

EAST = "Wrenfield East"
SHOWN: dict[Requirement, dict[str, Any]] = {
    Requirement.TRAINING: {"note": "Signed attendance list.", "paper": "Training list.pdf"},
    Requirement.STOCK_ROUTE: {"answer": StockRoute.BOTH},
    Requirement.ALTERNATE_CONTACT: {"note": "Rhea Quince, (555) 555-0142, quince@example.org"},
    Requirement.ADDITIONAL_SITES: {"answer": Sites.NONE},
}
OURS: dict[Requirement, dict[str, Any]] = {
    Requirement.DEA_REGISTRATION: {"number": "FW1234563", "days": 23, "paper": "DEA certificate.pdf"},
    Requirement.EMERGENCY: {"note": "Bag, mask, oxygen in room 2; procedure on the wall.", "days": 140}
    | {"paper": "Emergency procedure.pdf"},
}


def attest(clinic: Clinic, *, now: datetime) -> None:
    """The representative signs each, one by one."""
    representative = representatives_of(clinic.facility, PROGRAM)[0]
    person = User.objects.get(printed_name=representative.name)
    for code in asked_of(clinic.facility.setting):
        sign_attestation(representative=representative, code=code, entry=signed(person, now), by=person, now=now)


def show(clinic: Clinic, shown: dict[Requirement, dict[str, Any]], *, now: datetime, base: datetime) -> None:
    """``days``: from the day of the demo to the last day."""
    for requirement, said in shown.items():
        days, paper = said.get("days"), said.get("paper")
        record_evidence(
            requirement=requirement,
            expires_date=clinic.day_of(base) + timedelta(days=days) if days else None,
            document=a_paper(paper) if paper else None,
            **{name: said[name] for name in ("answer", "number", "note") if name in said},
            **clinic.of_programme(now),
        )


def review(clinic: Clinic, *, now: datetime) -> None:
    said = clinic.of_programme(now)
    review_certification(interval_months=12, overdue_stops=False, note="Nothing wanting.", **said)


def open_east(
    organisation: Organisation,
    ada: User,
    timeline: Timeline,
    *,
    password: str,
    base: datetime,
    now: datetime,
) -> None:
    east = open_clinic(organisation, EAST, administrator=ada, now=now, address="9 Sorrel Court, Wrenfield")
    emil = hire(east, "emil", "Emil Eider", Role.NURSE, password=password, now=now, credential="RN")
    hire(east, "edda", "Edda Elm", Role.PRESCRIBER, password=password, now=now, credential="MD")
    east.set_policy(now=now, reason="Opening: the programme's own numbers.")
    east.check_oximeter("EX-1", now=now)
    east.designate(hire(east, "enid", "Enid Egret", Role.FRONT_DESK, password=password, now=now), now=now)

    def draft(at: datetime) -> None:
        begin_certification(**east.step(at))
        attest(east, now=at)
        show(east, SHOWN, now=at, base=base)

    def send_back(at: datetime) -> None:
        found = {
            "The oximeter's last service is not written down.": (Requirement.OXIMETERS, -2),
            "Emergency procedure: no telephone number of the next hospital.": (Requirement.EMERGENCY, 9),
            "The alternate contact's e-mail bounced.": (Requirement.ALTERNATE_CONTACT, 1),
        }
        for text, (requirement, days) in found.items():
            due = east.day_of(base) + timedelta(days=days)
            said: dict[str, Any] = {"text": text, "requirement": requirement, "owner": emil, "due_date": due}
            raised = raise_finding(**said, **east.of_programme(at))
        close_finding(
            finding=raised, note="Written anew, answered.", entry=signed(ada, at), by=east.administrator, now=at
        )
        return_submission(**east.step(at))

    timeline.at(base - timedelta(days=20), draft)
    timeline.at(base - timedelta(days=9), lambda at: submit_certification(**east.step(at)))
    timeline.at(base - timedelta(days=6), send_back)

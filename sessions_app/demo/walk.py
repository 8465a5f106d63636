"""One whole session through addresses, forms and views, in process: what ``manage.py demo --check`` shows.

The clock is injected, here and only here: two functions of ``clinic.clock`` are replaced inside this process, and
the session lies some hours back, so that the database's own clock is never behind it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol
from unittest import mock
from uuid import UUID

from django.urls import resolve, reverse

from clinic import clock
from clinic.actions.staff import add_person
from clinic.models import Organisation, Sex
from clinic.presenters.time import clock_time_with_zone
from clinic.rules.roles import Role
from sessions_app.demo.clinic import Clinic, hire, open_clinic
from sessions_app.demo.pages import IN_PROCESS, Page, quiet_requests
from sessions_app.demo.pages import Somebody as Browser
from sessions_app.demo.people import Somebody
from sessions_app.models import DeviceAdministration, Discharge, DosingSession

PASSWORD = "only for this walk"  # noqa: S105
PATIENT = Somebody("Rosalind", "Tamarack", date(1982, 9, 3), Sex.FEMALE, "W-004417")
NOT_PRESENT = {
    "sign_sedation_present": "no",
    "sign_sedation_score": "5",
    "sign_dissociation_present": "no",
    "sign_respiratory_depression_present": "no",
    "sign_respiratory_depression_score": "14",
}
DROWSY = NOT_PRESENT | {"sign_sedation_present": "yes", "sign_sedation_score": "4", "sign_dissociation_present": "yes"}
AWAKE = NOT_PRESENT | {"sign_sedation_gone": "on", "sign_dissociation_gone": "on"}
QUESTIONS = (
    *("anything_new", "contraindication_vascular", "contraindication_haemorrhage", "contraindication_hypersensitivity"),
    *("medicine_benzodiazepine", "medicine_sedative_hypnotic", "medicine_psychostimulant", "medicine_maoi"),
    "medicine_opioid",
)


class Out(Protocol):
    """Where the lines go: a file, or a command's own output."""

    def write(self, text: str, /) -> object: ...


def vitals(systolic: int, diastolic: int, signs: dict[str, str] = NOT_PRESENT) -> dict[str, str]:
    said = {"systolic_mmhg": systolic, "diastolic_mmhg": diastolic, "pulse_bpm": 72, "spo2_percent": 98}
    return {name: str(value) for name, value in said.items()} | signs


@dataclass
class Walk:
    """The session so far. ``went`` and ``refused`` are one step each: done and told, or AssertionError."""

    out: Out
    clinic: Clinic
    nine: datetime
    people: dict[str, Browser] = field(default_factory=dict)
    session_id: UUID | None = None
    now: datetime = field(init=False)
    steps: int = 0
    refusals: int = 0

    def at(self, minute: float) -> None:
        """Minutes after nine."""
        self.now = self.nine + timedelta(minutes=minute)

    def url(self, step: str) -> str:
        return reverse(f"sessions_app:{step}", args=[self.session_id])

    def went(self, who: str, what: str, page: Page) -> Page:
        self.steps += 1
        self._tell(who, what, page)
        if page.status != 302:
            raise AssertionError(f"{what}: expected to be done, was answered {page.status}: {page.refusals}")
        return page

    def refused(self, who: str, what: str, page: Page, *because: str) -> None:
        """409, for exactly these reasons: the gate's codes, or the words at a field."""
        self.steps += 1
        self.refusals += 1
        self._tell(who, what, page)
        at_fields = [reason for reason in because if any(reason in sentence for sentence in page.refusals)]
        if page.status != 409 or {*page.codes, *at_fields} != set(because):
            said = [*page.codes, *page.refusals]
            raise AssertionError(f"{what}: expected 409 for {because}, was answered {page.status}: {said}")

    def expect(self, what: str, found: object, expected: object) -> None:
        if found != expected:
            raise AssertionError(f"{what}: {found!r} instead of {expected!r}")
        self.out.write(f"              {what}: {found}\n")

    def _tell(self, who: str, what: str, page: Page) -> None:
        at = clock_time_with_zone(self.now, self.clinic.facility.zone)
        reasons = "; ".join(page.refusals[:2])
        more = f" (+{len(page.refusals) - 2} more)" if len(page.refusals) > 2 else ""
        why = f". {reasons}{more}" if page.status == 409 else ""
        self.out.write(f"{at:>9}  {page.status}  {self.people[who].name}: {what}{why}\n")

    # --- what people do on the session's pages ------------------------------------------------------

    def do(self, who: str, what: str, step: str, **typed: Any) -> Page:
        return self.went(who, what, self.people[who].fill_in(self.url(step), **typed))

    def try_to(self, who: str, what: str, step: str, *because: str, **typed: Any) -> None:
        self.refused(who, what, self.people[who].fill_in(self.url(step), **typed), *because)


def walk_one_session(out: Out) -> None:
    """Raises AssertionError where something is not as it should be."""
    with IN_PROCESS, quiet_requests():
        walk = _prepare(out, clock.now())
        with _clock_of(walk):
            for part in (_check_in, _before_the_dose, _dose, _watch, _leave):
                part(walk)
    out.write(
        f"One session walked in {walk.steps} steps, {walk.refusals} of them refused (409) as they must be,"
        " and the patient went home.\n"
    )


@contextmanager
def _clock_of(walk: Walk) -> Iterator[None]:
    with (
        mock.patch("clinic.clock.now", side_effect=lambda: walk.now),
        mock.patch("clinic.clock.database_now", side_effect=lambda: walk.now),
    ):
        yield


def _prepare(out: Out, today: datetime) -> Walk:
    """A small certified clinic, opened at eight on the last day whose afternoon is over."""
    organisation = Organisation.objects.create(name="Walk Group")
    opening = today - timedelta(days=2)
    ada = add_person(username="walk.ada", password=PASSWORD, printed_name="Ada Alder", by=None, now=opening)
    clinic = open_clinic(organisation, "Walk Clinic", administrator=ada, now=opening)
    for username, name, credential, role in (
        ("walk.nora", "Nora Nightjar", "RN", Role.NURSE),
        ("walk.paul", "Paul Penstemon", "MD", Role.PRESCRIBER),
        ("walk.fred", "Fred Finch", "", Role.FRONT_DESK),
    ):
        hire(clinic, username, name, role, password=PASSWORD, now=opening, credential=credential)
    nine = clinic.local(clinic.day_of(today), time(9, 0))
    if nine + timedelta(hours=4) > today:
        nine = clinic.local(clinic.day_of(today) - timedelta(days=1), time(9, 0))
    eight = nine - timedelta(hours=1)
    clinic.certify(clinic.front_desk, "REMS-0417", now=opening)
    clinic.set_policy(now=opening, reason="Opening.")
    clinic.check_oximeter("OX-1", now=eight)
    for person in (clinic.nurse, clinic.prescriber):
        clinic.arrive(person, now=eight)
    clinic.receive(("W-1", "W-2", "W-3"), "L-77", clinic.day_of(nine) + timedelta(days=300), now=opening)
    clinic.start_course(PATIENT, now=opening)
    walk = Walk(out, clinic, nine)
    walk.at(0)
    for username, name in (("nora", "Nora, nurse"), ("paul", "Paul, prescriber"), ("fred", "Fred, front desk")):
        walk.people[username] = Browser(name)
        walk.people[username].sign_in(f"walk.{username}", PASSWORD)
    return walk


def _check_in(walk: Walk) -> None:
    fred = walk.people["fred"]
    found = fred.open(fred.search(reverse("sessions_app:check-in"), "tamarack").location)
    url = found.link("/check-in/")
    walk.refused(
        "fred", "check in with one identifier", fred.fill_in(url, identifiers=["name"], chair="1"), "Two identifiers"
    )
    page = walk.went("fred", "check in with two", fred.fill_in(url, identifiers=["name", "birth_date"], chair="1"))
    walk.session_id = resolve(page.location).kwargs["session_id"]
    again = fred.fill_in(url, identifiers=["name", "mrn"])
    walk.refused("fred", "check the same patient in again", again, "ALREADY_OPEN")


NOTHING_ASKED = (
    *("CONTRAINDICATION", "MEDICINES", "DOSE_ORDER", "BASELINE", "OXIMETER", "FASTING", "LIQUID", "NASAL"),
    *("SAFE_WAY_HOME", "COUNSELLING", "ENROLMENT"),
)


def _before_the_dose(walk: Walk) -> None:
    paul = str(walk.clinic.prescriber.pk)
    walk.at(1)
    walk.try_to("nora", "clear before anything is asked", "clear", *NOTHING_ASKED, prescriber=paul)
    asked = {"food_answer": "AT", "liquid_answer": "AT", "nasal_spray_answer": "NONE", "food_last_time": "6:15"}
    to_come, past = {**asked, "liquid_last_time": "10:00"}, {**asked, "liquid_last_time": "8:00"}
    walk.at(3)
    walk.try_to("nora", "a last drink that is still to come", "report-intake", "10:00 is still to come", **to_come)
    walk.do("nora", "food, drink, nasal spray", "report-intake", **past)
    walk.at(5)
    walk.do("nora", "questions of the day", "answer-questions", **dict.fromkeys(QUESTIONS, "no"))
    home = {"kind": "PERSON", "name": "Basil Tamarack", "phone": "(555) 555-0134", "will_not_drive": "on"}
    walk.do("fred", "a safe way home", "arrange-way-home", **home)
    walk.at(8)
    walk.do("nora", "enrolment verified with the REMS", "verify-enrolment", how="PORTAL")
    walk.do("nora", "counselled", "counsel", counselled="on")
    walk.at(12)
    walk.try_to("nora", "a diastolic above the systolic", "record-check", "Swapped?", **vitals(84, 150))
    walk.do("nora", "check before the dose, 150/88", "record-check", **vitals(150, 88))
    walk.at(14)
    walk.do("paul", "56 mg ordered, two devices", "order-dose", devices="2")
    walk.try_to("nora", "clear with the blood pressure above the line", "clear", "BASELINE_BP", prescriber=paul)
    _decide(walk)
    walk.at(18)
    walk.do("nora", "cleared for dosing", "clear", prescriber=paul)


def _decide(walk: Walk) -> None:
    """As a prescriber would: the link beside the refusal leads to the decision on that very reading."""
    paul = walk.people["paul"]
    link = paul.open(walk.url("dosing-session")).link("/decide/")
    decided = paul.fill_in(link, reason="Known hypertension, stable at home; benefit outweighs.")
    walk.went("paul", "decides on 150/88", decided)
    if walk.people["nora"].open(link).status != 403:
        raise AssertionError("a nurse must not decide")


def _dose(walk: Walk) -> None:
    nora, url = walk.people["nora"], walk.url("administer-device")
    first, second = (str(device.pk) for device in walk.clinic.devices_at_hand()[:2])
    given = DeviceAdministration.objects.filter(dosing_session=walk.session_id)
    walk.at(25)
    form = nora.open(url)
    walk.went("nora", "device 1 handed over", nora.send(form, device=first))
    walk.went("nora", "the same click once more", nora.send(form, device=first))
    walk.expect("devices given", given.count(), 1)
    outcome = reverse("sessions_app:record-outcome", args=[walk.session_id, given.get().pk])
    walk.went("nora", "device 1 delivered both sprays", nora.fill_in(outcome, outcome="FULL"))
    walk.at(28)
    walk.try_to("nora", "device 2 after three minutes", "administer-device", "DEVICE_INTERVAL", device=second)
    walk.at(30)
    walk.try_to("nora", "the same device again", "administer-device", "DEVICE", device=first)
    walk.do("nora", "device 2 handed over", "administer-device", device=second)
    outcome = reverse("sessions_app:record-outcome", args=[walk.session_id, given.latest("occurred_at").pk])
    walk.went("nora", "device 2 delivered both sprays", nora.fill_in(outcome, outcome="FULL"))
    walk.do("nora", "dosing finished", "finish-dosing")


RELEASE = {"handed_over_to": "Basil Tamarack", "still_true": "on"}


def _watch(walk: Walk) -> None:
    walk.at(31)
    missing = ("MINIMUM_STAY", "PEAK_CHECK", "FINAL_CHECK", "BP", "READINESS", "INSTRUCTIONS")
    walk.try_to("nora", "release at once", "discharge", *missing, **RELEASE)
    walk.at(50)
    walk.do("nora", "check at 20 min: drowsy", "record-check", **vitals(146, 88, DROWSY))
    walk.at(70)
    walk.do("nora", "check at 40 min: drowsy", "record-check", **vitals(156, 92, DROWSY))
    walk.at(100)
    walk.do("nora", "check at 70 min: awake", "record-check", **vitals(150, 89, AWAKE))
    walk.do("nora", "instructions gone through", "give-instructions", how="PRINTED", language="en")


def _leave(walk: Walk) -> None:
    walk.at(145)
    walk.do("nora", "final check, 151/90", "record-check", **vitals(151, 90))
    walk.do("nora", "found ready to leave", "assess-readiness", ready="on")
    walk.at(149)
    walk.try_to("nora", "release one minute before the two hours", "discharge", "MINIMUM_STAY", "BP", **RELEASE)
    walk.at(150)
    walk.try_to("nora", "release at two hours, blood pressure above the line", "discharge", "BP", **RELEASE)
    walk.at(155)
    walk.do("nora", "another final check, 136/84", "record-check", **vitals(136, 84))
    walk.try_to("nora", "release without a new assessment", "discharge", "READINESS", **RELEASE)
    walk.do("nora", "found ready to leave", "assess-readiness", ready="on")
    walk.at(171)
    walk.try_to("nora", "release sixteen minutes after the final check", "discharge", "FINAL_STALE", **RELEASE)
    walk.do("nora", "final check once more, 132/82", "record-check", **vitals(132, 82))
    walk.do("nora", "found ready to leave", "assess-readiness", ready="on")
    nora, form = walk.people["nora"], walk.people["nora"].open(walk.url("discharge"))
    walk.at(172)
    walk.went("nora", "released, Basil Tamarack takes her home", nora.send(form, **RELEASE))
    walk.went("nora", "the same click once more", nora.send(form, **RELEASE))
    walk.try_to("nora", "release the released patient", "discharge", "STATE", **RELEASE)
    walk.expect("releases on record", Discharge.objects.filter(dosing_session=walk.session_id).count(), 1)
    walk.expect("the session is", DosingSession.objects.get(pk=str(walk.session_id)).state, "DISCHARGED")

"""What is over at ``base`` at the certified clinic, and what is only booked."""

from datetime import datetime, timedelta

from clinic.models import Patient
from sessions_app.demo import incidents
from sessions_app.demo.clinic import month_end
from sessions_app.demo.people import BRUNO, CLARA, ELSE, JUNO, NED, THEO, ULLA, VERA, WILMA
from sessions_app.demo.scenes import Scenes
from sessions_app.demo.timeline import minutes
from sessions_app.demo.visit import AWAKE, DROWSY, reading
from sessions_app.rules.facts import Outcome


class Finished:
    """Chairs 1 to 4 and 6 had somebody in them before whoever sits there now."""

    def __init__(self, scenes: Scenes) -> None:
        self.scenes, self.clinic = scenes, scenes.clinic

    def half_dose(self) -> None:
        """One spray of the second device, then no more: monitored like any other, and gone home."""
        visit = self.scenes.today(THEO, -160, "6", escort="Thea Teasel").prepare().clear()
        visit.give(-5).give(0, Outcome.PARTIAL).finish(stopped_early="Nausea after one spray of the second device.")
        visit.watch({20: reading(126, 78), 40: reading(129, 81), 60: reading(126, 79), 90: reading(124, 78)})
        incidents.nausea(visit, 2, 34)
        visit.watch({115: reading(122, 77)}).get_ready(95, 117).leave(121)

    def left_early(self) -> None:
        visit = self.scenes.today(NED, -165, "1", devices=3, nurse=self.clinic.people["nils"]).prepare().clear().dose()
        visit.watch({20: reading(134, 84, **DROWSY), 40: reading(138, 86, **DROWSY), 60: reading(132, 82, **AWAKE)})
        visit.walk_out(80)
        incidents.not_reached(visit, 125)

    def transferred(self) -> None:
        visit = self.scenes.today(VERA, -170, "2", escort="Viggo Valerian").prepare().clear((134, 84)).dose()
        visit.watch({20: reading(139, 88, **DROWSY), 40: reading(152, 94, spo2=95, **DROWSY)})
        incidents.chest_pain(visit, 52)
        visit.transfer(55, "Chest tightness since 52 min; drug, dose, device times, last readings, medicines.")

    def not_dosed(self) -> None:
        """Above the line before the dose, and the prescriber would rather not."""
        visit = self.scenes.today(BRUNO, -150, "4").prepare().chart(-26, reading(168, 102))
        visit.not_dosed(-10, "Blood pressure 168/102 before the dose; sent to his own doctor.")

    def no_spray(self) -> None:
        """The device failed and no other was taken: a form was opened with it, and none is filed."""
        visit = self.scenes.today(ULLA, -105, "4").prepare().clear().give(-5, Outcome.FAILED)
        visit.not_dosed(1, "The device did not spray; the patient would rather come another day.")

    def cancelled(self) -> None:
        self.scenes.book(CLARA, self.scenes.base - minutes(60), "4", made=-235, cancelled="Ill at home.")

    def in_error(self) -> None:
        """Checked in for somebody else; no device was given, and two people agree."""
        reason = "Checked in under the wrong name; the patient never sat here."
        self.scenes.today(ELSE, -150, "3").check_in().in_error(-44, reason, second=self.clinic.people["nils"])

    def without_papers(self) -> None:
        """Off-label, its rationale and consent still to come, and booked already."""
        self.scenes.book(WILMA, self.scenes.later_today() + timedelta(days=2), "", made=0)

    def without_antidepressant(self) -> None:
        """Not enrolled, no antidepressant on record; the pharmacy has delivered."""
        if Patient.objects.filter(mrn=JUNO.mrn).exists():
            return
        case = self.scenes.case(JUNO, 0)
        expires = month_end(self.clinic.day_of(self.scenes.base) + timedelta(days=300))

        def deliver(now: datetime) -> None:
            self.clinic.receive(("W-P201", "W-P202", "W-P203"), "L-81", expires, now=now, patient=case.course.patient)

        self.scenes.timeline.at(self.scenes.base - timedelta(days=4), deliver)

    def all(self) -> None:
        for story in (
            self.half_dose,
            self.left_early,
            self.transferred,
            self.not_dosed,
            self.no_spray,
            self.cancelled,
            self.in_error,
            self.without_papers,
            self.without_antidepressant,
        ):
            story()

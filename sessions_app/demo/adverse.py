"""What patients and families told of after they had gone home: one event reported twice, one that is not to be
reported, one that still is. What happened at a chair today, nobody has described yet."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from clinic.actions.entry import Submission
from sessions_app.actions import adverse_event as actions
from sessions_app.actions.adverse_event import Account
from sessions_app.demo.clinic import Clinic
from sessions_app.demo.timeline import Timeline
from sessions_app.models import AdverseEvent, DosingSession
from sessions_app.models.adverse_event import AdverseEventReport
from sessions_app.rules.states import State

Recipient = AdverseEventReport.Recipient


class _Told:
    """One event of the newest session that was over by then; nothing where there was none."""

    def __init__(self, clinic: Clinic, timeline: Timeline) -> None:
        self.clinic, self.timeline = clinic, timeline
        self.event: AdverseEvent | None = None

    def tell(self, at: datetime, what: str, account: Account, *, hours: float) -> "_Told":
        """``hours``: how long before it was told it began."""

        def do(now: datetime) -> None:
            over = DosingSession.objects.for_facility(self.clinic.facility).filter(state=State.DISCHARGED)
            session = over.filter(checked_in_at__lt=now - timedelta(hours=hours)).order_by("-checked_in_at").first()
            if session:
                said: dict[str, Any] = {"what": what, "began_at": now - timedelta(hours=hours), "account": account}
                self.event = actions.record_adverse_event(**said, **self._of(session, now))

        self.timeline.at(at, do)
        return self

    def follow_up(self, at: datetime, account: Account) -> "_Told":
        return self._then(at, actions.follow_up_adverse_event, lambda _day: {"account": account})

    def report(self, at: datetime, recipient: Recipient, **said: str) -> "_Told":
        return self._then(
            at, actions.report_adverse_event, lambda day: {"recipient": recipient, "reported_date": day, **said}
        )

    def _then(self, at: datetime, action: Any, said: Callable[[date], dict[str, Any]]) -> "_Told":
        def do(now: datetime) -> None:
            if self.event:
                of_session = self._of(self.event.dosing_session, now)
                action(event=self.event, **said(self.clinic.day_of(now)), **of_session)

        self.timeline.at(at, do)
        return self

    def _of(self, session: DosingSession, now: datetime) -> dict[str, Any]:
        return {"dosing_session": session, "entry": Submission(), "by": self.clinic.nurse, "now": now}


def told_of(clinic: Clinic, timeline: Timeline, *, base: datetime) -> None:
    def ago(days: float, minutes: int = 0) -> datetime:
        return base - timedelta(days=days) + timedelta(minutes=minutes)

    hospital = Account(
        ("HOSPITALISATION",),
        "In the evening a severe headache, 190/110 at the emergency room; kept overnight, treated, scan normal.",
        "RELATIVE",
        "RECOVERING",
        "Edda Rowan, sister",
    )
    at_home = "Home for two days, no headache, 128/78 at the family doctor's."
    home = Account(hospital.criteria, at_home, "PATIENT", "RECOVERED")
    first = _Told(clinic, timeline).tell(ago(12), "Severe headache with high blood pressure", hospital, hours=15)
    first.report(ago(12, 40), Recipient.MANUFACTURER, reference="MF-20817")
    first.report(ago(12, 50), Recipient.MEDWATCH, reference="MW-5512093")
    first.follow_up(ago(8), home).report(ago(8, 30), Recipient.MANUFACTURER, reference="MF-20817-1")
    taste = Account((), "A metallic taste until supper, then gone.", "PATIENT", "RECOVERED")
    _Told(clinic, timeline).tell(ago(6), "Metallic taste", taste, hours=20).report(
        ago(6, 20), Recipient.NOBODY, note="On the label, mild, gone the same day; prescriber agrees."
    )
    fall = Account(
        ("IMPORTANT_MEDICAL_EVENT",),
        "Stumbled on the stairs two hours after coming home; wrist bruised, no fracture on the X-ray.",
        "PATIENT",
        "RECOVERING",
    )
    _Told(clinic, timeline).tell(ago(1), "Fall at home", fall, hours=14)

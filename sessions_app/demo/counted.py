"""The cabinet's evenings: an initial inventory, a count and a closed day each evening of the last week, one evening on
which a count differed until somebody looked behind the drawer, and a recall that was of another lot."""

from datetime import datetime, time, timedelta
from typing import Any

from clinic.actions.count import close_cabinet, hand_in_count, question_count
from clinic.actions.discrepancy import close_discrepancy, follow_discrepancy
from clinic.actions.entry import Submission
from clinic.actions.recall import record_recall, withdraw_recall
from clinic.models import Cabinet, Count, Device, User
from clinic.models.cabinet import cabinets_of
from clinic.models.count import expected_in, marks_of
from clinic.rules.count import CountKind, CountMoment
from clinic.rules.discrepancy import DiscrepancyStepKind
from sessions_app.demo.clinic import Clinic
from sessions_app.demo.signed import signed
from sessions_app.demo.timeline import Timeline, minutes

EVENINGS = range(8, 0, -1)  # days before the demo's
DIFFERED = 5


class _Evening:
    """What is done at the cabinet after the last patient has gone."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic, self.by = clinic, clinic.nurse

    @property
    def cabinet(self) -> Cabinet:
        return cabinets_of(self.clinic.facility)[0]

    def count(
        self,
        now: datetime,
        *,
        short: int = 0,
        kind: CountKind = CountKind.DAILY,
        moment: CountMoment = CountMoment.CLOSE,
        of: Count | None = None,
    ) -> Count:
        """As the book has it; or of the first lot so many fewer."""
        counted = expected_in(self.cabinet)
        first = next(iter(sorted(counted)))
        counted = {first: counted[first]} if of else counted
        counted[first] -= short
        said: dict[str, Any] = {"kind": kind, "moment": moment, "marks": marks_of(self.cabinet, counted), "of": of}
        entry = signed(self.by, now)
        return hand_in_count(cabinet=self.cabinet, counted=counted, **said, entry=entry, by=self.by, now=now)

    def close(self, now: datetime) -> None:
        close_cabinet(cabinet=self.cabinet, entry=signed(self.by, now), by=self.by, now=now)

    def differ(self, now: datetime) -> None:
        first = self.count(now, short=1)
        self.count(now + minutes(6), short=1, of=first)
        by: User = self.by
        found = "Both of us counted twice. Every box and the returns bin looked through."
        (open_one, *_) = question_count(count=first, text=found, entry=Submission(), by=by, now=now + minutes(9))
        for after, kind, text in (
            (
                20,
                DiscrepancyStepKind.NOTE,
                "The drawer was taken out: one device lay behind it, unopened.",
            ),
            (23, DiscrepancyStepKind.NOT_SIGNIFICANT, "It never left the cabinet; its number and seal were read."),
        ):
            at = now + minutes(after)
            follow_discrepancy(discrepancy=open_one, kind=kind, text=text, entry=Submission(), by=by, now=at)
        at = now + minutes(26)
        reason = "Found behind the drawer, which has a back now."
        close_discrepancy(discrepancy=open_one, reason=reason, entry=signed(by, at), by=by, now=at)
        self.count(now + minutes(30))
        self.close(now + minutes(33))


def count_past(clinic: Clinic, timeline: Timeline, *, base: datetime, delivered: datetime) -> None:
    """Each evening, and what was before."""
    evening, today = _Evening(clinic), clinic.day_of(base)
    timeline.at(
        clinic.local(clinic.day_of(delivered) + timedelta(days=1), time(7, 40)),
        lambda at: evening.count(at, kind=CountKind.INITIAL, moment=CountMoment.OPENING),
    )
    for days in EVENINGS:
        at = clinic.local(today - timedelta(days=days), time(19, 30))
        timeline.at(at, evening.differ if days == DIFFERED else _count_and_close(evening))
    timeline.at(clinic.local(today - timedelta(days=20), time(20)), lambda at: _recall(clinic, at))


def _count_and_close(evening: _Evening) -> Any:
    def do(now: datetime) -> None:
        evening.count(now)
        evening.close(now + minutes(4))

    return do


def _recall(clinic: Clinic, now: datetime) -> None:
    """Of a lot that was not meant."""
    lot = Device.objects.filter(facility=clinic.facility).order_by("number").values_list("lot", flat=True).last()
    if lot is None:
        return
    said: dict[str, Any] = {"facility": clinic.facility, "program_code": clinic.version.code, "lot": lot}
    recall = record_recall(
        **said, reference="Distributor's call at 19:50", entry=Submission(), by=clinic.nurse, now=now
    )
    reason = "The letter came: the lot recalled is another one, which never was here."
    withdraw_recall(recall=recall, reason=reason, entry=Submission(), by=clinic.nurse, now=now + minutes(25))

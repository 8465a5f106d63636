"""What was counted, in words: every number with its definition, its interval and the way to its sessions. Whoever does
not read the chart is told no number so small that it might be about somebody known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.presenters.time import calendar_day
from sessions_app.models import DosingSession
from sessions_app.models.insight.base import Scope
from sessions_app.models.insight.national import Counted
from sessions_app.presenters.sentences import Text
from sessions_app.rules.insight import CUTS, FEW, QUESTIONS, RECORDED, SIGNS, Own, condition_of
from sessions_app.rules.proportion import Proportion
from sessions_app.rules.published import DIASTOLIC_RISE, FIGURES, MEAN_SESSIONS, MEDIAN_AGE, SYSTOLIC_RISE, Measure

_RAISED = gettext_lazy(
    "Systolic at least %(systolic)d or diastolic at least %(diastolic)d mmHg above the last reading before the first"
    " device, of sessions with a reading before and after. On the REMS's form it is the clinician's report."
)
_GONE = gettext_lazy(
    "Charted as gone within 120 minutes of the last device that delivered a spray, of patients who had it and were"
    " monitored to the end."
)
_SEEN = gettext_lazy("Present at a check after the first device, or charted as begun, of all sessions with a dose.")
_AGE = gettext_lazy("Age on the day of the first session of the period.")
_HAD = gettext_lazy("Sessions with a dose in the period, of all patients with at least one.")

WORDS: Mapping[str, tuple[Text, Text]] = {
    Measure.FEMALE: (gettext_lazy("Female"), gettext_lazy("Of all patients with a dose in the period.")),
    Measure.MIDDLE_AGED: (gettext_lazy("Aged 26 to 55"), _AGE),
    Measure.NINE_SESSIONS: (gettext_lazy("9 sessions or more"), _HAD),
    Measure.THIRTEEN_SESSIONS: (gettext_lazy("13 sessions or more"), _HAD),
    Measure.SEDATION: (gettext_lazy("Sedation"), _SEEN),
    Measure.DISSOCIATION: (gettext_lazy("Dissociation"), _SEEN),
    Measure.INCREASED_BP: (gettext_lazy("Increased blood pressure"), _RAISED),
    Measure.INCREASED_BP_MALE: (gettext_lazy("Increased blood pressure, males"), _RAISED),
    Measure.INCREASED_BP_FEMALE: (gettext_lazy("Increased blood pressure, females"), _RAISED),
    Measure.INCREASED_BP_YOUNG: (gettext_lazy("Increased blood pressure, under 25"), _RAISED),
    Measure.INCREASED_BP_MIDDLE: (gettext_lazy("Increased blood pressure, 25 to 55"), _RAISED),
    Measure.INCREASED_BP_OLD: (gettext_lazy("Increased blood pressure, over 55"), _RAISED),
    Measure.SERIOUS: (gettext_lazy("Serious event"), gettext_lazy("A serious event was recorded.")),
    Measure.SEDATION_GONE: (gettext_lazy("Sedation gone within 2 hours"), _GONE),
    Measure.DISSOCIATION_GONE: (gettext_lazy("Dissociation gone within 2 hours"), _GONE),
    Own.ALL: (gettext_lazy("Sessions with a dose"), gettext_lazy("A device delivered a spray.")),
    Own.STAYED: (
        gettext_lazy("Minimum stay kept"),
        gettext_lazy("From the last device to the release, of those discharged. Who left early stands below."),
    ),
    Own.LEFT_EARLY: (gettext_lazy("Left early"), gettext_lazy("Of all sessions with a dose.")),
    Own.TRANSFERRED: (gettext_lazy("Transferred"), gettext_lazy("Of all sessions with a dose.")),
    Own.PEAK_CHECK: (
        gettext_lazy("Check near 40 minutes on time"),
        gettext_lazy("A check with blood pressure 30 to 50 minutes after the last device, of those discharged."),
    ),
    Own.EXTRA_CHECKS: (
        gettext_lazy("The clinic's own checks on time"),
        gettext_lazy("Each that its policy asks besides, with blood pressure, of those discharged who were asked any."),
    ),
    Own.FORM_ON_TIME: (
        gettext_lazy("Monitoring form on time"),
        gettext_lazy("First sent by the end of its last day, of those sent or due."),
    ),
    Own.FORM_LATE: (
        gettext_lazy("Monitoring form late"),
        gettext_lazy("First sent after its last day, or due and not sent."),
    ),
    Own.SAME_THREE: (
        gettext_lazy("The same blood pressure three times?"),
        gettext_lazy("The very same pair in three readings of one session, of sessions with three or more."),
    ),
    Own.ROUND: (
        gettext_lazy("Every systolic ends in 0?"),
        gettext_lazy("By chance one session with three readings in a thousand, of sessions with three or more."),
    ),
}
CUT_WORDS: Mapping[str, Text] = {
    "TWO_DEVICES": gettext_lazy("2 devices"),
    "THREE_DEVICES": gettext_lazy("3 devices"),
    "PHASE_1": gettext_lazy("Sessions 1 to 8"),
    "PHASE_9": gettext_lazy("Sessions 9 to 12"),
    "PHASE_13": gettext_lazy("Session 13 and on"),
    "FEMALE": gettext_lazy("Females"),
    "MALE": gettext_lazy("Males"),
    "YOUNG": gettext_lazy("Under 25"),
    "MIDDLE": gettext_lazy("25 to 55"),
    "OLD": gettext_lazy("Over 55"),
}
HEAD = (
    *(gettext_lazy("Figure"), gettext_lazy("Definition"), gettext_lazy("Published"), gettext_lazy("Counted")),
    *(gettext_lazy("Of"), gettext_lazy("Share"), gettext_lazy("95 % from"), gettext_lazy("95 % to")),
)


@dataclass(frozen=True)
class Line:
    """``share`` is empty where there is nothing to share, or where it is not told. ``bar``: where the interval and the
    published share lie, in tenths of a percent of the drawing's width."""

    code: str
    words: str
    means: str
    share: str
    counts: str
    interval: str
    published: str = ""
    url: str = ""
    bar: Mapping[str, int] | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        counted, _of, total = self.counts.partition(" / ")
        low, _to, high = self.interval.partition(" – ")
        return self.words, self.means, self.published, counted, total, self.share, low, high


class Told:
    """``reads``: whether the reader reads the chart of every facility that is counted."""

    def __init__(self, counted: Counted | None, scope: Scope, *, place: str, reads: bool) -> None:
        self._counted, self.scope, self.place, self.reads = counted, scope, place, reads

    @property
    def counted(self) -> Counted:
        if self._counted is None:
            raise ValueError("nothing was counted")
        return self._counted

    @property
    def period(self) -> str:
        days = {"first": calendar_day(self.scope.first), "last": calendar_day(self.scope.last)}
        return _("%(first)s to %(last)s") % days

    def line(self, code: str, of: Proportion, *, cut: str = "") -> Line:
        words, means = WORDS[code]
        raised = {"systolic": SYSTOLIC_RISE, "diastolic": DIASTOLIC_RISE}
        said: dict[str, Any] = {
            "code": code,
            "words": str(CUT_WORDS[cut] if cut else words),
            "means": str(means) % raised,
        }
        published = FIGURES.get(Measure(code)) if code in list(Measure) and not cut else None
        if published:
            said["published"] = ("< " if published.at_most else "") + percent(published.share)
        if self.hides(of):
            return Line(**said, share="", counts=_("too few to tell"), interval="")
        interval = of.interval
        between = f"{percent(interval[0])} – {percent(interval[1])}" if interval else ""
        share = percent(of.share) if of.share is not None else ""
        counts = f"{of.count} / {of.total}" if of.total else _("none")
        bar = _bar(of, published.share if published else None)
        return Line(**said, share=share, counts=counts, interval=between, url=self._url(code, cut, of), bar=bar)

    def hides(self, of: Proportion) -> bool:
        """A few, or all but a few, of anybody."""
        few = range(1, FEW)
        return not self.reads and (of.count in few or of.total - of.count in few or of.total in few)

    def _url(self, code: str, cut: str, of: Proportion) -> str:
        if not self.reads or not of.count or condition_of(code, cut) is None:
            return ""
        return f"{reverse('sessions_app:insight-sessions')}?{self.asked(of=code, cut=cut)}"

    def asked(self, **more: str) -> str:
        where = "all" if len(self.scope.facility_ids) > 1 else "here"
        days = {"first": self.scope.first.isoformat(), "last": self.scope.last.isoformat()}
        return urlencode({**days, "where": where, **{name: value for name, value in more.items() if value}})

    @property
    def national(self) -> list[Line]:
        return [self.line(code, self.counted.figures[code]) for code in Measure]

    @property
    def own(self) -> list[Line]:
        return [self.line(code, self.counted.figures[code]) for code in RECORDED]

    @property
    def questions(self) -> list[Line]:
        return [self.line(code, self.counted.figures[code]) for code in QUESTIONS]

    @property
    def cuts(self) -> list[tuple[str, list[Line]]]:
        return [
            (str(WORDS[sign][0]), [self.line(sign, self.counted.cuts[sign, cut], cut=cut) for cut in CUTS])
            for sign in SIGNS
        ]

    @property
    def plain(self) -> list[tuple[str, str, str]]:
        """Numbers that are no shares: what, ours, published."""
        counted = self.counted
        mean = f"{counted.sessions / counted.patients:.1f}" if counted.patients else ""
        age = f"{counted.median_age:.0f}" if counted.median_age is not None else ""
        few = not self.reads and counted.patients < FEW
        return [
            (_("Sessions with a dose"), str(counted.sessions), "1,486,213"),
            (_("Patients"), _("too few to tell") if few and counted.patients else str(counted.patients), "58,483"),
            (_("Sessions of a patient, mean"), "" if few else mean, f"{MEAN_SESSIONS:.1f}"),
            (_("Median age"), "" if few else age, str(MEDIAN_AGE)),
            (_("Minutes to readiness: a tenth, half, nine tenths by"), "" if few else _three(counted.ready), ""),
            (_("Minutes to the release: a tenth, half, nine tenths by"), "" if few else _three(counted.left), ""),
            (_("Days to the form: a tenth, half, nine tenths by"), "" if few else _three(counted.days_to_form), ""),
        ]


def _three(minutes: tuple[int, ...]) -> str:
    return ", ".join(str(each) for each in minutes)


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _bar(of: Proportion, published: float | None) -> Mapping[str, int] | None:
    if of.interval is None or of.share is None:
        return None
    low, high = (round(1000 * end) for end in of.interval)
    drawn = {"low": low, "wide": max(high - low, 4), "share": round(1000 * of.share)}
    return drawn if published is None else {**drawn, "published": round(1000 * published)}


def insight_page(told: Told) -> dict[str, Any]:
    return {
        "told": told,
        "csv_url": f"{reverse('sessions_app:insight-csv')}?{told.asked()}",
        "few": FEW,
    }


def session_lines(sessions: Iterable[DosingSession]) -> list[dict[str, str]]:
    """A list of sessions: who, when, where."""
    return [
        {
            "url": reverse("sessions_app:dosing-session", args=[each.pk]),
            "day": calendar_day((each.checked_in_at or each.scheduled_at).astimezone(each.facility.zone).date()),
            "name": each.patient.full_name,
            "mrn": each.patient.mrn,
            "facility": each.facility.name,
        }
        for each in sessions
    ]


def csv_lines(told: Told) -> list[tuple[str, ...]]:
    lines = [each.cells for each in (*told.national, *told.own, *told.questions)]
    for sign, cuts in told.cuts:
        lines += [(f"{sign}: {each.words}", *each.cells[1:]) for each in cuts]
    return lines + [(what, "", published, ours, "", "", "", "") for what, ours, published in told.plain]

"""What was counted, in words: every number with its definition, its interval and the way to its sessions. Whoever does
not read the chart is told no number so small that it might be about somebody known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.presenters.time import calendar_day
from sessions_app.models.insight.base import AT_ONCE, Scope
from sessions_app.models.insight.national import Counted
from sessions_app.presenters.bar_chart import Bar, draw_bars
from sessions_app.presenters.insight_words import CUT_LABELS, CUT_WORDS, WORDS
from sessions_app.rules.insight import CUTS, FEW, MIDDLES, QUESTIONS, RECORDED, SIGNS, Own, page_of
from sessions_app.rules.proportion import Proportion
from sessions_app.rules.published import DIASTOLIC_RISE, FIGURES, MEAN_SESSIONS, MEDIAN_AGE, SYSTOLIC_RISE, Measure


@dataclass(frozen=True)
class Cell:
    """A number, and where it leads."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Line:
    """``share`` is empty where there is nothing to share, or where it is not told. ``bar``: where the interval and the
    published share lie, in tenths of a percent of the drawing's width."""

    words: str
    means: str
    share: str
    count: Cell
    interval: str
    total: Cell | None = None
    published: str = ""
    bar: Mapping[str, int] | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        low, _to, high = self.interval.partition(" – ")
        total = self.total.text if self.total else ""
        return self.words, self.means, self.published, self.count.text, total, self.share, low, high


@dataclass(frozen=True)
class Plain:
    """A number that is no share, or the three of a tenth, half and nine tenths."""

    words: str
    means: str
    ours: list[Cell]
    published: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        return self.words, self.means, self.published, ", ".join(cell.text for cell in self.ours), "", "", "", ""


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
        words, _means = WORDS[code]
        said: dict[str, Any] = {
            "words": str(CUT_WORDS[cut] if cut else words),
            "means": self.means(code),
        }
        published = FIGURES.get(Measure(code)) if code in list(Measure) and not cut else None
        if published:
            said["published"] = ("< " if published.at_most else "") + percent(published.share)
        if self.hides(of):
            return Line(**said, share="", count=Cell(_("too few to tell")), interval="")
        if not of.total:
            return Line(**said, share="", count=Cell(_("none")), interval="")
        interval = of.interval
        between = f"{percent(interval[0])} – {percent(interval[1])}" if interval else ""
        share = percent(of.share) if of.share is not None else ""
        count = Cell(str(of.count), self._url(code, cut) if of.count else "")
        total = Cell(str(of.total), self._url(code, cut, among="all"))
        bar = _bar(of, published.share if published else None)
        return Line(**said, share=share, count=count, total=total, interval=between, bar=bar)

    @staticmethod
    def means(code: str) -> str:
        return str(WORDS[code][1]) % {"systolic": SYSTOLIC_RISE, "diastolic": DIASTOLIC_RISE}

    def hides(self, of: Proportion) -> bool:
        """A few, or all but a few, of anybody."""
        few = range(1, FEW)
        return not self.reads and (of.count in few or of.total - of.count in few or of.total in few)

    def _url(self, code: str, cut: str = "", **more: str) -> str:
        if not self.reads:
            return ""
        return f"{reverse('sessions_app:insight-sessions')}?{self.asked(of=code, cut=cut, **more)}"

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
    def cuts(self) -> list[dict[str, Any]]:
        """Each sign by dose, phase, sex and age: lines, and the same drawn."""
        return [
            {
                "title": str(WORDS[sign][0]),
                "say": self.means(sign),
                "lines": [self.line(sign, self.counted.cuts[sign, cut], cut=cut) for cut in CUTS],
                "chart": draw_bars([self._bar(cut, self.counted.cuts[sign, cut]) for cut in CUTS], most=1, unit=" %"),
            }
            for sign in SIGNS
        ]

    def _bar(self, cut: str, of: Proportion) -> Bar:
        group, label = (str(words) for words in CUT_LABELS[cut])
        if of.share is None or of.interval is None or self.hides(of):
            return Bar(label, None, group=group)
        low, high = (100 * end for end in of.interval)
        return Bar(label, 100 * of.share, percent(of.share), (low, high), group)

    @property
    def plain(self) -> list[Plain]:
        """Numbers that are no shares."""
        counted, few = self.counted, not self.reads and self.counted.patients < FEW
        patients = _("too few to tell") if few and counted.patients else str(counted.patients)
        mean = f"{counted.sessions / counted.patients:.1f}" if counted.patients and not few else ""
        age = "" if few or counted.median_age is None else f"{counted.median_age:.0f}"
        return [
            self._plain(Own.ALL, [Cell(str(counted.sessions), self._url(Own.ALL))], "1,486,213"),
            self._plain(Own.PATIENTS, [Cell(patients, self._url(Own.PATIENTS))], "58,483"),
            Plain(
                _("Sessions of a patient, mean"),
                _("Sessions with a dose, shared out among those patients."),
                [Cell(mean, self._url(Own.PATIENTS))],
                f"{MEAN_SESSIONS:.1f}",
            ),
            self._plain(Own.AGE, [Cell(age, self._middle(Own.AGE, 0.5))], str(MEDIAN_AGE)),
            *(
                self._plain(
                    code,
                    [
                        Cell(str(value), self._middle(code, share))
                        for share, value in zip(MIDDLES, values, strict=False)
                        if not few
                    ],
                )
                for code, values in (
                    (Own.READY, counted.ready),
                    (Own.RELEASED, counted.left),
                    (Own.DAYS_TO_FORM, counted.days_to_form),
                )
            ),
        ]

    def _plain(self, code: Own, ours: list[Cell], published: str = "") -> Plain:
        words, means = WORDS[code]
        return Plain(str(words), str(means), ours, published)

    def _middle(self, code: Own, share: float) -> str:
        """In the order of the value, on the page where it is reached."""
        page = page_of(share, self.counted.figures[code].total, at_once=AT_ONCE)
        return self._url(code, page=str(page))


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


def csv_lines(told: Told) -> list[tuple[str, ...]]:
    lines = [each.cells for each in (*told.national, *told.own, *told.questions)]
    for sign in told.cuts:
        lines += [(f"{sign['title']}: {each.words}", *each.cells[1:]) for each in sign["lines"]]
    return lines + [each.cells for each in told.plain]

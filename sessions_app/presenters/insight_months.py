"""What was counted by month, drawn and as a table: how many sessions, how well the chairs were used, how well expected
departures held. And what became of the devices."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.rules.cabinet import Place
from sessions_app.models.expected_departure import BACK_TESTED
from sessions_app.models.insight.departures import Held
from sessions_app.presenters.bar_chart import Bar, draw_bars
from sessions_app.presenters.insight import Cell, Told, percent
from sessions_app.presenters.sentences import Text
from sessions_app.rules.chair_use import used
from sessions_app.rules.proportion import Proportion

INSIDE, OUTSIDE = "DEPARTURE_HELD", "DEPARTURE_MISSED"
DEPARTURE_WORDS: Mapping[str, Text] = {
    INSIDE: gettext_lazy("Left when expected"),
    OUTSIDE: gettext_lazy("Left earlier or later than expected"),
}
STOCK_WORDS: Mapping[str, Text] = {
    "on_hand": gettext_lazy("On hand at the end of the period"),
    "received": gettext_lazy("Received in it"),
    Place.ADMINISTERED.value: gettext_lazy("Given"),
    Place.FAILED.value: gettext_lazy("Failed"),
    Place.WASTED.value: gettext_lazy("Wasted"),
    Place.RETURNED.value: gettext_lazy("Returned"),
    Place.LOST.value: gettext_lazy("Lost"),
}
_FULL = 100


class Months:
    """``open_chairs``: minutes by facility and month; ``held``: how expected departures did; ``stock``: of each
    facility, in the order of ``names``; ``here``: the facility whose book opens."""

    def __init__(
        self,
        told: Told,
        *,
        open_chairs: Mapping[tuple[UUID, date], int],
        held: Held,
        stock: Mapping[UUID, Mapping[str, int]],
        names: Mapping[UUID, str],
        here: UUID,
    ) -> None:
        self.told, self.open_chairs, self.held = told, open_chairs, held
        self.stock, self.names, self.here = stock, names, here
        self.months = sorted({each.month for each in told.counted.months} | {month for _key, month in open_chairs})

    def _sessions(self, month: date) -> int:
        return sum(each.sessions for each in self.told.counted.months if each.month == month)

    def _chairs(self, month: date) -> tuple[int, int]:
        """Minutes that somebody sat there, and that the chairs stood open, where both are known."""
        open_here = {key: minutes for (key, at), minutes in self.open_chairs.items() if at == month}
        counted = self.told.counted.months
        occupied = sum(each.occupied for each in counted if each.month == month and each.facility_id in open_here)
        return occupied, sum(open_here.values())

    def _days(self, month: date) -> dict[str, str]:
        """The month, as far as it lies in the period."""
        ends = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        scope = self.told.scope
        return {"first": max(month, scope.first).isoformat(), "last": min(ends, scope.last).isoformat()}

    def _url(self, days: Mapping[str, str], figure: str = "") -> str:
        if not self.told.reads:
            return ""
        return f"{reverse('sessions_app:insight-sessions')}?{self.told.asked(of=figure, **days)}"

    @property
    def panels(self) -> list[dict[str, Any]]:
        return [self._volume(), self._use(), self._departures()]

    def _volume(self) -> dict[str, Any]:
        counts = [(month, self._sessions(month)) for month in self.months]
        return {
            "id": "volume",
            "title": _("Sessions by month"),
            "say": _("Sessions with a dose. The first and the last month may be cut by the period."),
            "chart": _drawn([Bar(month_words(month), count, str(count)) for month, count in counts]),
            "head": [_("Month"), _("Sessions")],
            "rows": [
                [Cell(month_words(month)), Cell(str(count), self._url(self._days(month)) if count else "")]
                for month, count in counts
            ],
        }

    def _use(self) -> dict[str, Any]:
        known = bool(self.open_chairs)
        lines = [(month, *self._chairs(month)) for month in self.months if known]
        hours_url = reverse("sessions_app:diary-hours") if len(self.told.scope.facility_ids) == 1 else ""
        shares = {month: used([occupied], [open_]) for month, occupied, open_ in lines}
        return {
            "id": "chair-use",
            "title": _("Chair use"),
            "say": _(
                "From check-in to leaving, also before and after hours, of the time that the chairs of the room stood"
                " open by the diary's hours. Above 100 % where patients came before those hours or stayed after them,"
                " or sat there on closed days or in chairs that the room's list has not. None where no hours or chairs"
                " are written down."
            ),
            "chart": _drawn([_share_bar(month, share) for month, share in shares.items()], unit=" %"),
            "head": [_("Month"), _("Occupied, hours"), _("Open, hours"), _("Share")],
            "rows": [
                [
                    Cell(month_words(month)),
                    Cell(_hours(occupied), self._url(self._days(month)) if occupied else ""),
                    Cell(_hours(open_), hours_url if open_ else ""),
                    Cell(_percent(shares[month])),
                ]
                for month, occupied, open_ in lines
            ],
        }

    def _departures(self) -> dict[str, Any]:
        months = self.held.by_month
        bars = [_share_bar(month, None if self.told.hides(of) else of.share) for month, of in months.items()]
        rows = [self._departure_row(month_words(month), of, self._days(month)) for month, of in months.items()]
        if rows:
            rows.append(self._departure_row(_("All"), self.held.share, {}))
        said = _(
            "Of those of whom something could be said by the last device, from whoever had left before; it means eight"
            " of ten. Of the newest %(count)s releases at most."
        )
        return {
            "id": "departures",
            "title": _("How well expected departures held"),
            "say": said % {"count": BACK_TESTED},
            "chart": _drawn(bars, most=_FULL, unit=" %"),
            "head": [_("Month"), _("Left when expected"), _("Earlier or later"), _("Share"), _("95 % interval")],
            "rows": rows,
        }

    def _departure_row(self, words: str, of: Proportion, days: Mapping[str, str]) -> list[Cell]:
        if self.told.hides(of):
            return [Cell(words), Cell(_("too few to tell")), Cell(""), Cell(""), Cell("")]
        low, high = of.interval or (0.0, 0.0)
        missed = of.total - of.count
        return [
            Cell(words),
            Cell(str(of.count), self._url(days, INSIDE) if of.count else ""),
            Cell(str(missed), self._url(days, OUTSIDE) if missed else ""),
            Cell(_percent(of.share)),
            Cell(f"{percent(low)} – {percent(high)}"),
        ]

    @property
    def stock_panel(self) -> dict[str, Any]:
        """Of one facility what became of its devices; of several a line for each, which is what their sum opens."""
        words = [str(each) for each in STOCK_WORDS.values()]
        say = _("By the cabinets' ledger, net of what was taken back.")
        if len(self.names) == 1:
            cells = zip(words, self._stock_cells(self.here), strict=True)
            head = [_("What became of them"), _("Devices")]
            return {"say": say, "head": head, "rows": [[Cell(what), cell] for what, cell in cells]}
        rows = [[Cell(name), *self._stock_cells(facility_id)] for facility_id, name in self.names.items()]
        sums = [sum(stock[name] for stock in self.stock.values()) for name in STOCK_WORDS]
        rows.append([Cell(_("All")), *(Cell(str(each)) for each in sums)])
        say += " " + _("The book of another facility opens there.")
        return {"say": say, "head": [_("Facility"), *words], "rows": rows}

    def _stock_cells(self, facility_id: UUID) -> list[Cell]:
        """Each number opens the book."""
        scope = self.told.scope
        days = f"first={scope.first.isoformat()}&last={scope.last.isoformat()}"
        url = f"{reverse('sessions_app:stock-book')}?{days}" if facility_id == self.here else ""
        return [Cell(str(self.stock[facility_id][name]), url) for name in STOCK_WORDS]

    @property
    def csv_lines(self) -> list[tuple[str, ...]]:
        """In the columns of presenters/insight.py HEAD."""
        lines = [
            (f"{panel['title']}: {row[0].text}", "", "", *_cells(panel["id"], row))
            for panel in self.panels
            for row in panel["rows"]
        ]
        panel = self.stock_panel
        for first, *cells in panel["rows"]:
            for what, cell in zip(panel["head"][1:], cells, strict=True):
                words = first.text if len(self.names) == 1 else f"{what}: {first.text}"
                lines.append((words, "", "", cell.text, "", "", "", ""))
        return lines


def _cells(panel: str, row: Sequence[Cell]) -> tuple[str, ...]:
    texts = [cell.text for cell in row[1:]]
    if panel == "departures":
        low, _to, high = texts[3].partition(" – ")
        total = str(int(texts[0]) + int(texts[1])) if texts[1] else ""
        return texts[0], total, texts[2], low, high
    return (*texts, *[""] * (5 - len(texts)))


def month_words(month: date) -> str:
    return formats.date_format(month, "M Y")


def _drawn(bars: Sequence[Bar], *, most: float = 1, unit: str = "") -> dict[str, Any] | None:
    """None where nothing is known of any month: the table says why."""
    return draw_bars(bars, most=most, unit=unit, tall=True) if any(bar.height is not None for bar in bars) else None


def _share_bar(month: date, share: float | None) -> Bar:
    height = None if share is None else _FULL * share
    return Bar(month_words(month), height, "" if height is None else f"{height:.0f} %")


def _hours(minutes: int) -> str:
    return str(round(minutes / 60))


def _percent(share: float | None) -> str:
    return "" if share is None else percent(share)

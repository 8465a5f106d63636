"""What gate.md says must hold where a patient leaves or a device is handed over, written from that page alone and not
from the code: a second opinion for the machine of test_gate_machine.py. It knows only what was accepted."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

MINUTE = timedelta(minutes=1)
SIGNS = ("sedation", "dissociation", "respiratory_depression")
REFUSED_AS = dict(zip(SIGNS, ("SEDATION", "DISSOCIATION", "RESPIRATORY"), strict=True))


@dataclass
class Spray:
    key: Any
    at: datetime
    entered: datetime
    outcome: str | None = None

    @property
    def delivered(self) -> bool:
        return self.outcome != "FAILED"

    @property
    def counts_from(self) -> datetime:
        """A time typed more than ten minutes after the fact counts from its entry."""
        return self.at if self.entered - self.at <= 10 * MINUTE else self.entered


@dataclass
class Reading:
    key: Any
    order: int
    at: datetime
    systolic: int | None
    diastolic: int | None
    spo2: int | None
    signs: dict[str, tuple[bool, int | None]]
    missing: frozenset[str]

    def abnormal(self, sign: str) -> bool | None:
        """The worse of answer and score; None where it was not asked."""
        if sign not in self.signs:
            return None
        present, score = self.signs[sign]
        odd = {"sedation": lambda n: n < 5, "dissociation": lambda n: n > 4, "respiratory_depression": lambda n: n < 10}
        return present or (score is not None and odd[sign](score))


@dataclass
class Known:
    """Everything that was accepted of one session, in force."""

    checked_in: datetime
    sprays: list[Spray] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    onsets: list[tuple[str, datetime]] = field(default_factory=list)
    gone: list[tuple[str, datetime]] = field(default_factory=list)
    decisions: list[tuple[str, int, datetime]] = field(default_factory=list)
    deviations: set[str] = field(default_factory=set)
    serious: int = 0
    assessed: list[datetime] = field(default_factory=list)
    instructed: bool = False
    way_home: bool = False
    stay: timedelta = 120 * MINUTE

    @property
    def given(self) -> list[Spray]:
        return [spray for spray in self.sprays if spray.delivered]

    @property
    def first_device(self) -> datetime | None:
        return min((spray.at for spray in self.sprays), default=None)

    def latest(self, asks: Any, *, before: datetime | None = None) -> list[Reading]:
        """The readings of the last minute in which this was measured: of two in one minute the worse counts."""
        known = [reading for reading in self.readings if asks(reading) and (before is None or reading.at < before)]
        last = max((reading.at for reading in known), default=None)
        return [reading for reading in known if reading.at == last]

    def decided_since(self, code: str, order: int) -> bool:
        return any(said == code and when > order for said, when, _at in self.decisions)

    # --- why somebody who left should not have ------------------------------------------------------------

    def wrong_to_leave(self, now: datetime) -> list[str]:
        if not self.given:
            return ["nothing was given"]
        anchor = max(spray.counts_from for spray in self.given)
        ends = anchor + self.stay
        said = [
            ("the stay", now < ends),
            ("the final check", not self._final_check(ends, now)),
            ("the check at 40 minutes", not self._peak_check() and "PEAK_CHECK" not in self.deviations),
            ("blood pressure", self._pressure_holds(anchor)),
            ("oxygen", self._oxygen_holds()),
            ("a serious event", self.serious > 0),
            ("readiness", not self._ready()),
            ("instructions", not self.instructed),
            ("the way home", not self.way_home),
        ]
        said += [(sign, self._sign_holds(sign)) for sign in SIGNS]
        said += [(f"{sign} unresolved", self._unresolved(sign)) for sign in SIGNS]
        return [name for name, wrong in said if wrong]

    def _final_check(self, ends: datetime, now: datetime) -> bool:
        begun = [at for _sign, at in (*self.onsets, *self.gone)]
        return any(
            reading.at >= ends - 10 * MINUTE
            and now - reading.at <= 15 * MINUTE
            and reading.at >= max(begun, default=reading.at)
            for reading in self.readings
            if not ({*SIGNS} - set(reading.signs) - reading.missing)
        )

    def _peak_check(self) -> bool:
        last = max(spray.at for spray in self.given)
        return any(
            last + 30 * MINUTE <= reading.at <= last + 50 * MINUTE for reading in self.readings if reading.systolic
        )

    def _pressure_holds(self, anchor: datetime) -> bool:
        last = self.latest(lambda reading: reading.systolic)
        if not last:
            return True
        systolic, diastolic = max(r.systolic for r in last), max(r.diastolic for r in last)  # type: ignore[type-var]
        if systolic <= 140 and diastolic <= 90:  # type: ignore[operator]
            return False
        return not self.decided_since("BP", max(reading.order for reading in last))

    def _oxygen_holds(self) -> bool:
        last = self.latest(lambda reading: reading.spo2)
        if not last:
            return True
        low = min(reading.spo2 for reading in last)  # type: ignore[type-var]
        return low < 92 and not self.decided_since("SPO2", max(reading.order for reading in last))  # type: ignore[operator]

    def _sign_holds(self, sign: str) -> bool:
        last = self.latest(lambda reading: sign in reading.signs)
        if not last:
            return True
        if not any(reading.abnormal(sign) for reading in last):
            return False
        return not self.decided_since(REFUSED_AS[sign], max(reading.order for reading in last))

    def _unresolved(self, sign: str) -> bool:
        first = self.first_device
        began = [at for said, at in self.onsets if said == sign]
        began += [r.at for r in self.readings if sign in r.signs and r.signs[sign][0] and first and r.at >= first]
        if not began or self.decided_since(REFUSED_AS[sign], 0):
            return False
        return not any(said == sign and at >= max(began) for said, at in self.gone)

    def _ready(self) -> bool:
        last = max((reading.at for reading in self.readings), default=None)
        return last is not None and any(at >= last for at in self.assessed)

    # --- why a device should not have been handed over ---------------------------------------------------

    def wrong_to_dose(self, at: datetime) -> list[str]:
        earlier = [spray.at for spray in self.given if spray.at <= at]
        first = self.first_device
        pressures = self.latest(lambda reading: reading.systolic)
        said = [
            ("the rest between devices", bool(earlier) and at - max(earlier) < 5 * MINUTE),
            ("a serious event", bool(self.sprays) and self.serious > 0 and not self.decided_since("NEW_SIGN", 0)),
            ("a baseline", first is None and not pressures),
        ]
        if first is None and pressures:
            high = max(r.systolic for r in pressures) > 140 or max(r.diastolic for r in pressures) > 90  # type: ignore[type-var, operator]
            answered = self.decided_since("BASELINE_BP", max(reading.order for reading in pressures))
            said += [
                ("the baseline's age", at - pressures[0].at > 60 * MINUTE),
                ("blood pressure before the dose", high and not answered),
            ]
        return [name for name, wrong in said if wrong]

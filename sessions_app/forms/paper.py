"""The sheet of paper as one form: what is typed becomes its lines, each with its time on the paper."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from clinic.rules.local_time import moment
from clinic.rules.refusals import Refusal
from sessions_app.actions import departure, discharge, dosing, intake, monitoring
from sessions_app.actions.paper_line import PaperLine, check_line, decision_line, device_line, release_line
from sessions_app.forms.entry import PASSES
from sessions_app.forms.fields import ReasonField
from sessions_app.forms.paper_fields import CHECKS, DEVICES, SYMPTOMS, add_sheet_fields, check_of_row
from sessions_app.forms.paper_layout import PaperLayout
from sessions_app.models import Impairment, Transfer
from sessions_app.rules.checks import unlikely_values
from sessions_app.rules.facts import Intake, IntakeAnswer, Outcome, SignEventKind, WayHomeKind
from sessions_app.rules.program import Program
from sessions_app.rules.states import BEFORE_DOSE, State

# Of one minute, in this order: what was asked, measured, decided, given, seen, signed, ended.
_ORDER = (
    *("answers", "intake", "verified", "counselled", "way_home", "check", "order", "decision", "clear", "device"),
    *("finish", "symptom", "deviation", "instructions", "ready", "end"),
)


class PaperForm(PaperLayout):
    """The rest of a session that is here. ``began`` is its check-in; times before that clock are the next day's."""

    reason = ReasonField(label=_("Why on paper"), help_text=_("Such as: power cut from 10:05 to 12:10."))

    def __init__(
        self,
        *args: Any,
        program: Program,
        state: State,
        began: datetime | None,
        people: Any,
        prescribers: Any,
        devices: Any,
        known: Any,
        decides: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.program, self.began, self.state = program, began, state
        self.before_dose, self.may_dose = state in BEFORE_DOSE, state in (*BEFORE_DOSE, State.DOSING)
        self.lines: list[PaperLine] = []
        self.ask_unlikely = self.ask_pass = False
        add_sheet_fields(self, program=program, decides=decides)
        self.fields["nurse"].queryset = people  # type: ignore[attr-defined]
        self.fields["prescriber"].queryset = prescribers  # type: ignore[attr-defined]
        for row in range(1, DEVICES + 1):
            self.fields[f"device-{row}_device"].offer(devices, known=known)  # type: ignore[attr-defined]
        self.fields["second_pass"] = forms.ChoiceField(
            label=_("Clocks went back: which?"), choices=[("", "—"), *PASSES], required=False
        )

    # --- times ------------------------------------------------------------------------------------------------

    def start(self, cleaned: dict[str, Any]) -> tuple[date, time] | None:
        """Day and clock of the check-in."""
        local = self.began.astimezone(self.facility.zone) if self.began else None
        return (local.date(), local.time().replace(second=0, microsecond=0)) if local else None

    def at(self, name: str, *, before: time | None = None) -> datetime | None:
        """A typed time as a moment; ``before`` looks back from that clock: last evening's meal."""
        clock, start = self.cleaned_data.get(name), self.start(self.cleaned_data)
        if not isinstance(clock, time) or start is None:
            return None
        day, began = start
        if before is not None:
            day -= timedelta(days=clock > before)
        elif clock < began and datetime.combine(day + timedelta(days=1), clock) <= self._local_now():
            day += timedelta(days=1)
        said = {"first": False, "second": True}.get(self.cleaned_data.get("second_pass", ""))
        found, refusals = moment(clock, day=day, zone=self.facility.zone, second_time=said, name=name)
        for refusal in refusals:
            self.ask_pass = self.ask_pass or refusal.params["problem"] == "ambiguous_hour"
            self.refuse(refusal)
        return found

    def _local_now(self) -> datetime:
        return self.now.astimezone(self.facility.zone).replace(tzinfo=None)

    # --- lines ------------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.start(cleaned) is not None:
            for section in (self._before, self._dose, self._watch, self._leaving, self._end):
                section(cleaned)
        return cleaned

    def _line(self, where: str, time_name: str, make: Callable[..., PaperLine], *, typed: bool = True) -> None:
        """A line whose fields were filled in needs its time; one with only a time needs the rest."""
        at = self.at(time_name)
        if not typed:
            return
        if at is None:
            if time_name not in self.errors:
                self.add_error(time_name, _("Say when."))
            return
        rank = _ORDER.index(where.partition("-")[0])
        self.lines.append(make(at=at, where=where, performed_by=self._by(where), rank=rank))

    def _by(self, where: str) -> User | None:
        """Who wrote the line: the order is the prescriber's, the rest the nurse's."""
        name = "prescriber" if where in ("order",) or where.startswith("decision") else "nurse"
        person = self.cleaned_data.get(name)
        if person is None and name not in self.errors:
            self.add_error(name, _("Choose who it was."))
        return person

    def _action(self, action: Callable[..., Any], *, ends: bool = False, **fields: Any) -> Callable[..., PaperLine]:
        return lambda **line: PaperLine(does=action, fields=fields, ends=ends, **line)

    def _before(self, said: dict[str, Any]) -> None:
        program = self.program
        answered = {
            topic: {code: said.get(f"{topic}_{code}") for code in codes}
            for topic, codes in (("contraindication", program.contraindications), ("medicine", program.medicines))
        }
        given = {topic: {c: a for c, a in found.items() if a is not None} for topic, found in answered.items()}
        questions = self._action(
            intake.answer_questions,
            anything_new=said.get("anything_new"),
            contraindications=given["contraindication"],
            medicines=given["medicine"],
        )
        typed = said.get("anything_new") is not None or any(given.values())
        self._line("answers", "asked_time", questions, typed=typed)
        reports = self._reports(said)
        self._line("intake", "asked_time", self._action(intake.report_intake, reports=reports), typed=bool(reports))
        how = said.get("verified_how")
        self._line("verified", "asked_time", self._action(intake.verify_enrolment, how=how), typed=bool(how))
        counselled = bool(said.get("counselled"))
        self._line("counselled", "asked_time", self._action(intake.counsel_patient), typed=counselled)
        home = {name: said.get(f"home_{name}", "") for name in ("name", "phone")}
        way = self._action(
            intake.arrange_way_home,
            kind=WayHomeKind(said["home_kind"]) if said.get("home_kind") else WayHomeKind.PERSON,
            will_not_drive=bool(said.get("home_will_not_drive")),
            **home,
        )
        self._line("way_home", "asked_time", way, typed=bool(said.get("home_kind") or home["name"]))

    def _reports(self, said: dict[str, Any]) -> dict[Intake, intake.IntakeReportEntry]:
        reports = {}
        for kind in Intake:
            name = kind.value.lower()
            if answer := said.get(f"{name}_answer"):
                last_at = self.at(f"{name}_last_time", before=said.get("asked_time"))
                reports[kind] = intake.IntakeReportEntry(IntakeAnswer(answer), last_at)
        return reports

    def _dose(self, said: dict[str, Any]) -> None:
        devices, why = said.get("order_devices"), said.get("exception_reason", "")
        mg = (devices or 0) * self.program.mg_per_device
        ordered = self._action(dosing.order_dose, mg=mg, devices=devices, reason=said.get("order_reason", ""))
        self._line("order", "order_time", ordered, typed=bool(devices))
        cleared = self._action(dosing.clear_for_dosing, prescriber=said.get("prescriber"), exception_reason=why)
        self._line("clear", "clear_time", cleared, typed=said.get("clear_time") is not None)
        for row in range(1, DEVICES + 1):
            device, outcome = said.get(f"device-{row}_device"), said.get(f"device-{row}_outcome")
            typed = bool(device or outcome or said.get(f"device-{row}_time"))
            for name, value in (("device", device), ("outcome", outcome)):
                if typed and not value and f"device-{row}_{name}" not in self.errors:
                    self.add_error(f"device-{row}_{name}", _("Still empty."))
            if device and outcome:
                make = self._device(device, Outcome(outcome), why)
                self._line(f"device-{row}", f"device-{row}_time", make)
        stopped = said.get("stopped_early_reason", "")
        finished = self._action(dosing.finish_dosing, stopped_early_reason=stopped)
        self._line("finish", "finish_time", finished, typed=bool(said.get("finish_time") or stopped))

    def _device(self, device: Any, outcome: Outcome, why: str) -> Callable[..., PaperLine]:
        return lambda **line: device_line(device, outcome, why, **line)

    def _watch(self, said: dict[str, Any]) -> None:
        for row in range(1, CHECKS + 1):
            check, typed = check_of_row(said, row, self.program)
            for name in unlikely_values(check.vitals):
                if name not in check.confirmed:
                    self.ask_unlikely = True
                    words = _("%(value)s is rarely seen. On the paper so? Tick it below.")
                    self.add_error(f"check-{row}_{name}", words % {"value": getattr(check.vitals, name)})
            self._line(f"check-{row}", f"check-{row}_time", lambda c=check, **line: check_line(c, **line), typed=typed)
        for row in range(1, SYMPTOMS + 1):
            code = said.get(f"symptom-{row}_code")
            for kind, name in ((SignEventKind.ONSET, "began"), (SignEventKind.RESOLUTION, "gone")):
                time_name = f"symptom-{row}_{name}_time"
                sign = self._action(monitoring.record_sign, code=code, kind=kind)
                typed = bool(code and (said.get(time_name) or name == "began"))
                self._line(f"symptom-{row}_{name}", time_name, sign, typed=typed)

    def _leaving(self, said: dict[str, Any]) -> None:
        if code := said.get("decision_code"):
            reason, examined = said.get("decision_reason", ""), bool(said.get("decision_examined"))
            self._line(
                "decision-1",
                "decision_time",
                lambda **line: decision_line(code, reason, examined=examined, **line),
            )
        how, language = said.get("instructions_how"), said.get("instructions_language")
        given = self._action(discharge.give_instructions, how=how, language=language)
        typed = bool(how or language or said.get("instructions_time"))
        self._line("instructions", "instructions_time", given, typed=typed)
        ready = self._action(discharge.assess_readiness)
        self._line("ready", "ready_time", ready, typed=said.get("ready_time") is not None)
        why = said.get("peak_reason", "")
        missed = self._action(discharge.record_deviation, code="PEAK_CHECK", reason=why)
        self._line("deviation", "end_time", missed, typed=bool(why))

    def _end(self, said: dict[str, Any]) -> None:
        kind = said.get("end_kind")
        if kind == State.DISCHARGED:
            to = said.get("handed_over_to", "")
            self._line("end", "end_time", lambda **line: release_line(to, **line))
        elif kind == State.LEFT_EARLY:
            for name in ("last_seen_time", "impaired"):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, _("Still empty."))
            left = self._action(
                departure.record_left_early,
                ends=True,
                last_seen_at=self.at("last_seen_time"),
                found_gone_at=self.at("end_time"),
                impaired=Impairment(said["impaired"]) if said.get("impaired") else Impairment.UNKNOWN,
                prescriber_told=said.get("prescriber_told", ""),
                contact_told=said.get("contact_told", ""),
            )
            self._line("end", "end_time", left)
        elif kind == State.TRANSFERRED:
            to_where = said.get("destination") or Transfer.Destination.HOSPITAL
            moved = self._action(
                departure.transfer_patient,
                ends=True,
                destination=Transfer.Destination(to_where),
                place=said.get("place", ""),
                handed_over=said.get("handed_over", ""),
            )
            self._line("end", "end_time", moved)
        elif kind == State.NOT_DOSED:
            why = said.get("not_dosed_reason", "")
            self._line("end", "end_time", self._action(dosing.end_not_dosed, ends=True, reason=why))

    def refuse(self, refusal: Refusal) -> None:
        """What belongs to a field of a line is said there; a time, at the line's own."""
        line, name = str(refusal.params.get("line", "")), str(refusal.params["field"])
        names = (f"{line}_{name}", f"{line}_time", _TIMES.get(line, ""), name, "end_time")
        at_field = next(candidate for candidate in names if candidate in self.fields)
        super().refuse(Refusal(refusal.code, {**refusal.params, "field": at_field}))


_TIMES = dict.fromkeys(("answers", "intake", "verified", "counselled", "way_home"), "asked_time") | {
    "check_in": "check_in_time"
}

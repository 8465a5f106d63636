"""How a sheet of paper is laid out on its page: which fields stand together."""

from typing import Any

from sessions_app.forms.entry import EntryForm
from sessions_app.forms.paper_fields import CHECKS, DEVICES, SYMPTOMS
from sessions_app.rules.facts import Intake
from sessions_app.rules.states import State

_OTHER_ENDS = (
    *("last_seen_time", "impaired", "prescriber_told", "contact_told"),
    *("destination", "place", "handed_over", "not_dosed_reason"),
)


class PaperLayout(EntryForm):
    """Base of the sheet's form."""

    def questions(self) -> list[Any]:
        """The yes/no rows."""
        names = [name for name in self.fields if name.startswith(("contraindication_", "medicine_"))]
        return [self[name] for name in ("anything_new", *names)]

    def intake_rows(self) -> list[list[Any]]:
        kinds = [kind.value.lower() for kind in Intake]
        return [[self[f"{kind}_answer"], self[f"{kind}_last_time"]] for kind in kinds]

    def device_rows(self) -> list[list[Any]]:
        return [self._row(f"device-{row}") for row in range(1, DEVICES + 1)]

    def check_rows(self) -> list[list[Any]]:
        return [self._row(f"check-{row}") for row in range(1, CHECKS + 1)]

    def symptom_rows(self) -> list[list[Any]]:
        return [self._row(f"symptom-{row}") for row in range(1, SYMPTOMS + 1)]

    def ticks(self) -> list[Any]:
        return [self["counselled"], self["home_will_not_drive"]]

    def dose_fields(self) -> list[Any]:
        return [self[name] for name in ("order_time", "order_devices", "order_reason", "clear_time")]

    def finish_fields(self) -> list[Any]:
        return [self[name] for name in ("finish_time", "stopped_early_reason", "exception_reason")]

    def leaving_fields(self) -> list[Any]:
        ready = ("instructions_time", "instructions_how", "instructions_language", "ready_time", "peak_reason")
        return [self[name] for name in (*ready, "end_kind", "end_time", "handed_over_to")]

    def other_end_fields(self) -> list[Any]:
        return [self[name] for name in _OTHER_ENDS]

    def other_end_open(self) -> bool:
        return self["end_kind"].value() in (State.LEFT_EARLY, State.TRANSFERRED, State.NOT_DOSED)

    def _row(self, prefix: str) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith(f"{prefix}_")]

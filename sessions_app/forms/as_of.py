"""The day and time that a look into the past asks about."""

from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _

from sessions_app.forms.days import DayField
from sessions_app.forms.entry import ClockTimeField, EntryForm


class AsOfForm(EntryForm):
    """Sent by GET, so that the answer has an address; it writes nothing and needs no number."""

    day = DayField(label=_("Day"))
    clock = ClockTimeField(label=_("Time"))
    clock_fields = ("clock",)
    looks_back = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["entry_id"]

    def day_of(self, name: str, clock: time, cleaned: dict[str, Any]) -> date:
        return cleaned.get("day") or self.now.astimezone(self.facility.zone).date()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if (at := self.moments.get("clock")) and at > self.now:
            self.add_error("clock", _("This is still to come."))
        return cleaned

    @property
    def at(self) -> datetime | None:
        return self.moments.get("clock") if self.is_valid() else None


def initial_of(now: datetime, zone: Any) -> dict[str, str]:
    local = now.astimezone(zone)
    return {"day": local.date().isoformat(), "clock": f"{local:%H:%M}"}

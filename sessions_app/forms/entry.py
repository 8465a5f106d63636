"""The forms every other form stands on: an entry number made with the form, and a clock time in the facility's
zone that asks back in the two odd hours of the year."""

from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.canonical import canonical
from clinic.identifiers import new_id
from clinic.models import Facility
from clinic.presenters.time import calendar_day
from clinic.rules.local_time import likely_day, moment
from clinic.rules.refusals import Refusal
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.at_field import problem_text

TIME_FORMATS = ("%H:%M", "%H.%M", "%H%M")
# Fields that every form may have and nobody answers.
NOT_ANSWERS = {"csrfmiddlewaretoken", "entry_id", "occurred_time", "confirm_unlikely", "without"}
NOT_ANSWERS |= {"signature", "signature_passkey", "witness_secret"}
PASSES = (("first", _("The first time (summer time)")), ("second", _("The second time (winter time)")))


class ClockTimeField(forms.TimeField):
    """``9:05`` or ``0905``: a time of day as the clock on the wall shows it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"inputmode": "numeric", "autocomplete": "off", "size": "5"})
        super().__init__(**{"widget": widget, "input_formats": TIME_FORMATS, **kwargs})


class EntryForm(forms.Form):
    """Carries its ``entry_id``: sent twice, it has one effect. ``facility`` and ``now`` come from the view."""

    entry_id = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    # Fields that hold a clock time; each becomes a moment in ``moments`` under its name.
    clock_fields: tuple[str, ...] = ()
    looks_back = False

    def __init__(
        self,
        *args: Any,
        facility: Facility,
        now: datetime,
        since: datetime | None = None,
        ended: bool = False,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.facility, self.now, self.since = facility, now, since
        self.moments: dict[str, datetime | None] = {}
        # The facility's clock, for what is kept of this form while it is not sent (clinic/drafts.js).
        local = now.astimezone(facility.zone).isoformat(timespec="seconds")
        # No browser brings an earlier form's number back into this one.
        self.fields["entry_id"].widget.attrs |= {"data-now": local, "autocomplete": "off"}
        if self.clock_fields and not self.looks_back:
            self._ask_which_day(ended)
        for name in self.clock_fields:
            if f"{self.add_prefix(name)}_pass" in self.data:
                self._ask_which_pass(name)

    def _ask_which_day(self, ended: bool) -> None:
        """A clock time alone says nothing of the day once the session's own day is over. A session that ended is
        about its own day; one that is open went past midnight, or was forgotten."""
        today = self.now.astimezone(self.facility.zone).date()
        began = self.since.astimezone(self.facility.zone).date() if self.since else today
        if began >= today:
            return
        days = sorted({began, min(began + timedelta(days=1), today), today})
        choices: list[tuple[str, Any]] = [(day.isoformat(), calendar_day(day)) for day in days]
        past_midnight = not ended and (today - began).days == 1
        if past_midnight:
            choices = [("", _("By the clock")), *choices]
        field = forms.ChoiceField(label=_("Day of these times"), choices=choices, widget=forms.RadioSelect)
        field.required, field.initial = False, "" if past_midnight else began.isoformat()
        self.fields["entry_day"] = field

    def _ask_which_pass(self, name: str) -> None:
        field = forms.ChoiceField(label=_("Clocks went back: which?"), choices=PASSES, widget=forms.RadioSelect)
        field.required = False
        self.fields[f"{name}_pass"] = field

    def digest(self) -> str:
        """SHA-256 of what was answered, however it came here: the same form sent again says the same. Left out: what
        the page itself put in, what was only confirmed or signed, and the time, which a device fills in when what it
        kept comes back."""
        sent: Any = self.data
        unsaid = {self.add_prefix(name) for name, field in self.fields.items() if field.widget.is_hidden}
        said = {
            name: [value.strip().replace("\r\n", "\n") for value in values if value.strip()]
            for name, values in sent.lists()
            if name not in unsaid | NOT_ANSWERS
        }
        return sha256(canonical({name: values for name, values in said.items() if values}).encode()).hexdigest()

    def number_anew(self) -> None:
        """What stands in it is to be saved as an entry of its own: its number was used before."""
        self.fields["entry_id"].widget.attrs["data-used"] = self.data.get("entry_id")
        sent: Any = self.data
        self.data = sent = sent.copy()
        sent["entry_id"] = str(new_id())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.clock_fields:
            clock = cleaned.get(name)
            self.moments[name] = self._moment(name, clock, cleaned) if isinstance(clock, time) else None
        return cleaned

    def _moment(self, name: str, clock: time, cleaned: dict[str, Any]) -> datetime | None:
        said = cleaned.get(f"{name}_pass")
        zone = self.facility.zone
        at, refusals = moment(
            clock,
            day=self.day_of(name, clock, cleaned),
            zone=zone,
            second_time={"first": False, "second": True}.get(str(said)),
            name=name,
        )
        for refusal in refusals:
            self.refuse(refusal)
            if refusal.params["problem"] == "ambiguous_hour":
                self._ask_which_pass(name)
        return at

    def day_of(self, name: str, clock: time, cleaned: dict[str, Any]) -> date:
        """The day a typed time belongs to: as chosen, or by the clock where the form does not ask."""
        if "entry_day" in self.fields and (chosen := cleaned.get("entry_day") or self.fields["entry_day"].initial):
            return date.fromisoformat(chosen)
        return likely_day(clock, now=self.now, zone=self.facility.zone, since=self.since, looks_back=self.looks_back)

    def refuse(self, refusal: Refusal) -> None:
        """A refusal of kind FIELD is said at its field, with everything typed kept."""
        name = str(refusal.params["field"])
        words = problem_text(refusal, Reader(self.facility.zone, self.now))
        self.add_error(name if name in self.fields else None, words)


class TimedEntryForm(EntryForm):
    """An entry about something that happened at a time: left empty it is now."""

    occurred_time = ClockTimeField(
        label=_("Time"),
        required=False,
        help_text=_("Leave empty for now."),
    )
    clock_fields: tuple[str, ...] = ("occurred_time",)

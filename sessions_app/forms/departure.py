"""A patient who left before the gate opened, and the calls afterwards."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.presenters.time import clock_time
from clinic.rules.refusals import field_refusal
from sessions_app.forms.entry import ClockTimeField, EntryForm, TimedEntryForm
from sessions_app.forms.fields import ChoicesField, ReasonField
from sessions_app.models import FollowUpCall, Impairment
from sessions_app.rules.checks import occurred_refusals

_CLOCK = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")


TOLD, TRIED, NOBODY = "TOLD", "TRIED", "NOBODY"
_HOW = ((TOLD, _("Told")), (TRIED, _("Tried, not reached")))
AGO_SEEN, AGO_GONE = (5, 10, 15, 30), (0, 5, 10, 15)


class LeftEarlyForm(EntryForm):
    """The patient is gone before the gate opened. Times of the last half hour are one press each; who was told or
    tried is chosen by name, and becomes one sentence."""

    last_seen_quick = ChoicesField((), label=_("Last seen at"), required=False)
    last_seen_time = ClockTimeField(label=_("Another time"), required=False)
    found_gone_quick = ChoicesField((), label=_("Found gone at"), required=False)
    found_gone_time = ClockTimeField(label=_("Another time"), required=False)
    impaired = ChoicesField(Impairment.choices, label=_("When last seen, the patient was"))
    prescriber_how = ChoicesField(_HOW, label=_("The prescriber was"))
    prescriber_who = ChoicesField((), label=_("Who"), required=False)
    prescriber_name = forms.CharField(label=_("Somebody else"), max_length=80, required=False)
    prescriber_time = ClockTimeField(label=_("At"), required=False, help_text=_("Leave empty for now."))
    contact_how = ChoicesField((*_HOW, (NOBODY, _("Nobody known"))), label=_("The patient's contact was"))
    contact_who = ChoicesField((), label=_("Who"), required=False)
    contact_name = forms.CharField(label=_("Somebody else"), max_length=80, required=False)
    contact_time = ClockTimeField(label=_("At"), required=False, help_text=_("Leave empty for now."))
    clock_fields = ("last_seen_time", "found_gone_time", "prescriber_time", "contact_time")

    def __init__(
        self,
        *args: Any,
        last_check_at: datetime | None = None,
        prescribers: Sequence[str] = (),
        contact: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        seen = [(last_check_at, _("check"))] if last_check_at else []
        self._offer_times("last_seen", [*seen, *((self.now - timedelta(minutes=ago), "") for ago in AGO_SEEN)])
        self._offer_times("found_gone", [(self.now - timedelta(minutes=ago), "") for ago in AGO_GONE])
        self._offer_names("prescriber", prescribers)
        self._offer_names("contact", [contact] if contact else [])
        self.helper = FormHelper()
        self.helper.layout = Layout(
            *(["entry_day"] if "entry_day" in self.fields else []),
            Fieldset(str(_("The patient")), *self._named("last_seen_", "found_gone_", "impaired"), css_class="fields"),
            Fieldset(str(_("Prescriber")), *self._named("prescriber_"), css_class="fields"),
            Fieldset(str(_("Contact")), *self._named("contact_"), css_class="fields"),
        )

    def _named(self, *beginnings: str) -> list[str]:
        return [name for name in self.fields if name.startswith(beginnings)]

    def _offer_times(self, name: str, moments: Iterable[tuple[datetime, Any]]) -> None:
        """Times of today's clock, each one press. What was pressed before stays offered when the form comes back."""
        clocks = {clock_time(at, self.facility.zone): word for at, word in moments if self._of_today(at)}
        if _CLOCK.fullmatch(pressed := str(self.data.get(self.add_prefix(f"{name}_quick"), ""))):
            clocks.setdefault(pressed, "")
        choices = [(clock, f"{clock}, {word}" if word else clock) for clock, word in clocks.items()]
        self._choose_from(f"{name}_quick", choices)

    def _of_today(self, at: datetime) -> bool:
        """A clock time alone is offered where it can only be of today."""
        day, today = (each.astimezone(self.facility.zone).date() for each in (at, self.now))
        return day == today and "entry_day" not in self.fields and (self.since is None or at >= self.since)

    def _offer_names(self, name: str, people: Iterable[str]) -> None:
        self._choose_from(f"{name}_who", [(person, person) for person in people])

    def _choose_from(self, name: str, choices: list[tuple[str, Any]]) -> None:
        """A field with nothing to choose from is not asked."""
        if choices:
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            self.fields[name].widget.attrs["data-asked"] = "1"
        else:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        for name in ("last_seen", "found_gone"):
            if not given.get(f"{name}_time") and (pressed := given.get(f"{name}_quick")):
                given[f"{name}_time"] = datetime.strptime(pressed, "%H:%M").time()  # noqa: DTZ007  (a clock time)
            if not given.get(f"{name}_time") and f"{name}_time" not in self.errors:
                self.add_error(f"{name}_time", _("Choose a time, or type one."))
        cleaned = super().clean()
        for name in ("prescriber", "contact"):
            self._clean_told(name)
        return cleaned

    def _clean_told(self, name: str) -> None:
        for refusal in occurred_refusals(self.moments[f"{name}_time"] or self.now, now=self.now, not_before=self.since):
            problem = str(refusal.params["problem"])
            params = {key: value for key, value in refusal.params.items() if key not in ("field", "problem")}
            self.refuse(field_refusal(f"{name}_time", problem, **params))
        if self.cleaned_data.get(f"{name}_how") in (TOLD, TRIED) and not self._name(name):
            self.add_error(f"{name}_name", _("Say who."))

    def _name(self, name: str) -> str:
        """Typed, or else pressed."""
        return str(self.cleaned_data.get(f"{name}_name") or self.cleaned_data.get(f"{name}_who") or "")

    def told(self, name: str) -> str:
        """``Told Paul Penstemon at 10:45``."""
        how, at = self.cleaned_data[f"{name}_how"], self.moments[f"{name}_time"] or self.now
        if how == NOBODY:
            return gettext("Nobody known")
        said = {"who": self._name(name), "at": clock_time(at, self.facility.zone)}
        return (gettext("Told %(who)s at %(at)s") if how == TOLD else gettext("Tried %(who)s at %(at)s")) % said


class FollowUpForm(TimedEntryForm):
    """One call after a patient who left early. It is about today, whenever the session was."""

    outcome = ChoicesField(
        ((FollowUpCall.Outcome.REACHED, _("Reached")), (FollowUpCall.Outcome.NOT_REACHED, _("Not reached"))),
        coerce=FollowUpCall.Outcome,
        label=_("The call"),
    )
    spoke_to = forms.CharField(label=_("Spoke to"), max_length=120, required=False)
    said = ReasonField(label=_("What was said"), required=False)
    field_order = ("entry_id", "outcome", "spoke_to", "said", "occurred_time")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("spoke_to", "said"):
            self.fields[name].help_text = _("If somebody was reached.")
            self.fields[name].widget.attrs["data-asked"] = "1"
        if "entry_day" in self.fields:
            self.fields["entry_day"].initial = self.now.astimezone(self.facility.zone).date().isoformat()

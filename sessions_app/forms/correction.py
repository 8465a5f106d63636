"""Putting right: a row as it really was, a check at the right chair."""

from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.forms.discharge import VoidForm
from sessions_app.forms.entry import EntryForm, TimedEntryForm
from sessions_app.forms.fields import ChoicesField, ReasonField
from sessions_app.forms.monitoring import CheckForm
from sessions_app.models import Check, DosingSession, SignEvent, SignObservation
from sessions_app.rules.facts import CheckKind, SignEventKind

_READINGS = ("systolic_mmhg", "diastolic_mmhg", "pulse_bpm", "spo2_percent")


class CorrectCheckForm(CheckForm):
    """The one form whose fields hold values: the row's own, to be changed where they are wrong."""

    reason = ReasonField(label=_("What was wrong"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Its symptoms are rows of their own, which the correction takes along; and its gaps were asked about once.
        for name in ("symptoms", "other_symptom"):
            del self.fields[name]
        self.asked = ()
        self.fields["occurred_time"].required = True
        self.fields["occurred_time"].help_text = ""
        self.helper = FormHelper()
        self.helper.layout = self._layout()

    def _layout(self) -> Layout:
        reasons = [name for name in self.fields if name.endswith("_not_obtained")]
        asked = [name for name in self.fields if name.startswith("sign_") and name not in reasons]
        taken = [name for name in ("occurred_time", "entry_day", "late_baseline") if name in self.fields]
        placed = {*_READINGS, *reasons, *asked, *taken, "reason", "note", "entry_id"}
        rest = [name for name in self.fields if name not in placed]
        return Layout(
            Fieldset(str(_("Taken")), *taken, css_class="form-cols"),
            Fieldset(str(_("Readings")), *_READINGS, css_class="form-cols"),
            Fieldset(str(_("Signs")), *asked, css_class="form-cols"),
            Fieldset(str(_("Could not measure")), *reasons, css_class="form-cols"),
            Fieldset(str(_("Why")), "note", *rest, "reason"),
        )


def check_as_charted(check: Check, signs: list[SignObservation], gone: set[str], *, zone: ZoneInfo) -> dict[str, Any]:
    """A check as the form's initial values."""
    local = check.occurred_at.astimezone(zone)
    values: dict[str, Any] = {
        **{name: getattr(check, name) for name in _READINGS},
        "occurred_time": local.time(),
        "entry_day": local.date().isoformat(),
        "bp_not_obtained": check.blood_pressure_not_obtained,
        "pulse_not_obtained": check.pulse_not_obtained,
        "spo2_not_obtained": check.spo2_not_obtained,
        "late_baseline": check.kind == CheckKind.BASELINE,
        "note": check.note,
    }
    for sign in signs:
        name = f"sign_{sign.code}"
        values[f"{name}_present"] = {True: "yes", False: "no"}.get(sign.present) if sign.present is not None else None
        values[f"{name}_score"] = sign.score
        values[f"{name}_not_obtained"] = sign.not_obtained
        values[f"{name}_gone"] = sign.code in gone
    return values


class CorrectSignForm(TimedEntryForm):
    """Which of the two it was, and when."""

    kind = ChoicesField(
        ((SignEventKind.ONSET, _("Began")), (SignEventKind.RESOLUTION, _("Gone"))),
        coerce=SignEventKind,
        label=_("It"),
    )
    reason = ReasonField(label=_("What was wrong"))
    field_order = ("entry_id", "kind", "occurred_time", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["occurred_time"].required = True
        self.fields["occurred_time"].help_text = ""


def sign_as_charted(event: SignEvent, *, zone: ZoneInfo) -> dict[str, Any]:
    local = event.occurred_at.astimezone(zone)
    return {"kind": event.kind, "occurred_time": local.time(), "entry_day": local.date().isoformat()}


class NoteForm(EntryForm):
    """Only a note, if there is one."""

    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class MoveCheckForm(VoidForm):
    """The right chair."""

    to = ChoicesField((), label=_("The right chair"))
    before_dose = forms.BooleanField(label=_("It was taken before the first device there"), required=False)
    field_order = ("entry_id", "to", "before_dose", "reason")

    def __init__(self, *args: Any, sessions: list[tuple[DosingSession, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sessions = {str(session.pk): session for session, _words in sessions}
        self.fields["to"].choices = [(str(session.pk), words) for session, words in sessions]  # type: ignore[attr-defined]
        self.fields["reason"].help_text = _("Here it stays visible, struck through, with this reason.")

    def right_session(self) -> DosingSession:
        return self.sessions[self.cleaned_data["to"]]

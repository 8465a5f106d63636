"""What a person says about a form: a field of it, that it was sent, what came back; and how somebody is reached."""

from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.rules.refusals import field_refusal
from sessions_app.forms.days import DayField
from sessions_app.forms.entry import EntryForm, TimedEntryForm
from sessions_app.forms.fields import ChoicesField, ReasonField
from sessions_app.models import DigestChoice, FilingVersion, FormEdition
from sessions_app.presenters.filled_form import option_words
from sessions_app.rules.answer import LONGEST
from sessions_app.rules.filing import Filled, Outcome


class AnswerForm(EntryForm):
    """One field. Nothing is filled in for anyone: what the record says, and what is suggested, stand beside it."""

    def __init__(self, *args: Any, filled: Filled, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = filled.field
        self.fields["value"] = _value_field(filled)
        self.fields["value"].help_text = asked.note
        if filled.derived:
            self.fields["reason"] = ReasonField(label=_("Why not what the record says"))
        if filled.answer:
            back = forms.BooleanField(label=_("Take back what was answered"), required=False)
            self.fields["take_back"] = back
            self.fields["value"].required = False

    def answer(self) -> dict[str, str]:
        """``value`` and ``reason`` for the action."""
        taken_back = bool(self.cleaned_data.get("take_back"))
        value = "" if taken_back else str(self.cleaned_data.get("value") or "")
        return {"value": value, "reason": str(self.cleaned_data.get("reason") or "")}


def _value_field(filled: Filled) -> forms.Field:
    """As its kind is typed or pressed."""
    label = filled.field.wording
    if filled.field.options:
        return ChoicesField(option_words(filled.field), label=label)
    attrs = {"autocomplete": "off"}
    if filled.field.kind in ("minutes", "number"):
        attrs["inputmode"] = "numeric"
    if filled.field.kind == "blood_pressure":
        attrs["placeholder"] = "128/82"
    if filled.field.kind == "date":
        attrs["placeholder"] = "2026-04-14"
    return forms.CharField(label=label, max_length=LONGEST, widget=forms.TextInput(attrs=attrs))


class _DayAndTime(TimedEntryForm):
    """What happened on some day: today unless said otherwise. Another day needs its time too."""

    occurred_day = DayField(label=_("Day"), required=False, help_text=_("Leave empty for today."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # The day is asked in the open, not guessed from the session's.
        super().__init__(*args, **{**kwargs, "since": None})

    def day_of(self, name: str, clock: time, cleaned: dict[str, Any]) -> date:
        return cleaned.get("occurred_day") or self.now.astimezone(self.facility.zone).date()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        day = cleaned.get("occurred_day")
        if day and not cleaned.get("occurred_time") and day != self.now.astimezone(self.facility.zone).date():
            self.refuse(field_refusal("occurred_time", "time_missing"))
        return cleaned


class _OfSubmission(_DayAndTime):
    """What is said of a form's submissions: ``seen`` is the newest one of when the page was opened."""

    seen = forms.UUIDField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}), required=False)


class SubmitForm(_OfSubmission):
    """The form was sent."""

    route = ChoicesField(
        ((FilingVersion.Route.PORTAL, _("Portal")), (FilingVersion.Route.FAX, _("Fax"))),
        label=_("Sent by"),
        coerce=FilingVersion.Route,
    )
    confirmation = forms.CharField(
        label=_("Confirmation number"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("As the portal or the fax report shows it."),
    )
    field_order = ("entry_id", "route", "confirmation", "occurred_day", "occurred_time")

    def __init__(self, *args: Any, missing: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if missing:
            self.fields["incomplete_reason"] = ReasonField(
                label=_("Empty, and sent all the same"),
                required=False,
                help_text=gettext("Only for what was really sent so. Empty: %(fields)s.")
                % {"fields": ", ".join(missing)},
            )


class ReplyForm(_OfSubmission):
    """What came back."""

    kind = ChoicesField(
        ((Outcome.ACKNOWLEDGED.value, _("Acknowledged")), (Outcome.RETURNED.value, _("Returned"))),
        label=_("What came back"),
        coerce=Outcome,
    )
    reason = ReasonField(label=_("Why it was returned"), required=False)
    field_order = ("entry_id", "kind", "reason", "occurred_day", "occurred_time")


class PersonContactForm(EntryForm):
    """A person's names as a form asks them, and how they are reached at work."""

    first_name = forms.CharField(label=_("First name"), max_length=60)
    last_name = forms.CharField(label=_("Last name"), max_length=60)
    phone = forms.CharField(label=_("Phone at work"), max_length=30, required=False)
    email = forms.EmailField(label=_("E-mail at work"), required=False)

    def contact(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("first_name", "last_name", "phone", "email")}


class FacilityContactForm(EntryForm):
    """The facility's address in the parts that a form asks for."""

    address_1 = forms.CharField(label=_("Address, line 1"), max_length=120)
    address_2 = forms.CharField(label=_("Address, line 2"), max_length=120, required=False)
    city = forms.CharField(label=_("City"), max_length=60)
    state = forms.CharField(label=_("State"), max_length=2, help_text=_("Two letters, such as PA."))
    zip_code = forms.CharField(label=_("ZIP code"), max_length=10)

    def contact(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("address_1", "address_2", "city", "state", "zip_code")}


class EditionForm(EntryForm):
    """Another edition from a day on."""

    edition = forms.ChoiceField(label=_("Edition"), widget=forms.RadioSelect)
    from_date = DayField(label=_("For treatments from"))

    def __init__(self, *args: Any, editions: Iterable[FormEdition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.editions = {str(each.pk): each for each in editions}
        self.fields["edition"].choices = [  # type: ignore[attr-defined]
            (key, each.edition.label) for key, each in self.editions.items()
        ]
        self.fields["from_date"].initial = self.now.astimezone(self.facility.zone).date() + timedelta(days=1)

    def switch(self) -> dict[str, Any]:
        return {
            "edition": self.editions[self.cleaned_data["edition"]],
            "from_date": self.cleaned_data["from_date"],
        }


class DigestForm(EntryForm):
    """Who is told by mail."""

    to = ChoicesField(
        (
            (DigestChoice.To.NOBODY, _("Nobody")),
            (DigestChoice.To.ADMINISTRATORS, _("Administrators")),
            (DigestChoice.To.EVERYBODY, _("Everybody who files")),
        ),
        label=_("Each morning a mail goes to"),
        coerce=DigestChoice.To,
    )

"""Who watches, who takes over, who sits where, and when the prescriber was asked."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from sessions_app.forms.entry import EntryForm, TimedEntryForm
from sessions_app.forms.fields import ChoicesField, ReasonField
from sessions_app.models import PrescriberContact
from sessions_app.models.chairs import Seats


def chair_field(seats: Seats | None = None, *, required: bool = False) -> forms.Field:
    """One of the room's chairs, the free ones first; typed where the clinic keeps no list of them."""
    if seats is None or not seats.chairs:
        widget = forms.TextInput(attrs={"autocomplete": "off", "size": "5"})
        return forms.CharField(label=_("Chair"), max_length=10, required=required, widget=widget)
    free = [(chair, chair) for chair in seats.chairs if chair not in seats.taken]
    taken = [(chair, f"{chair} · {seats.taken[chair]}") for chair in seats.chairs if chair in seats.taken]
    return ChoicesField([*free, *taken], label=_("Chair"), required=required)


class MoveChairForm(TimedEntryForm):
    """The patient sits elsewhere from now on."""

    field_order = ("entry_id", "chair", "occurred_time")

    def __init__(self, *args: Any, seats: Seats, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chair"] = chair_field(seats, required=True)
        self.order_fields(self.field_order)


class PrescriberContactForm(TimedEntryForm):
    """The prescriber was called, arrived, or spoke by telephone."""

    prescriber = forms.ModelChoiceField(queryset=User.objects.none(), label=_("Prescriber"), empty_label=_("Choose"))
    how = ChoicesField(
        (
            (PrescriberContact.How.CALLED, _("Called")),
            (PrescriberContact.How.ARRIVED, _("Arrived")),
            (PrescriberContact.How.TELEPHONE, _("By telephone")),
        ),
        label=_("What"),
        coerce=PrescriberContact.How,
    )
    said = ReasonField(label=_("What was said"), required=False, help_text=_("By telephone: word for word."))
    read_back = forms.BooleanField(label=_("Read back, and confirmed as said"), required=False)
    field_order = ("entry_id", "prescriber", "how", "said", "read_back", "occurred_time")

    def __init__(self, *args: Any, prescribers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prescriber"].queryset = prescribers  # type: ignore[attr-defined]


class HandOverForm(EntryForm):
    """Several chairs to one person, each with a written state. ``chairs``: session, its words, whether it is mine."""

    receiver = ChoicesField((), label=_("To whom"))

    def __init__(
        self,
        *args: Any,
        chairs: Iterable[tuple[UUID, str, bool]],
        people: Iterable[tuple[User, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.chairs, offered = tuple(chairs), list(people)
        self.people = {str(person.pk): person for person, _words in offered}
        self.fields["receiver"].choices = [(str(person.pk), words) for person, words in offered]  # type: ignore[attr-defined]
        for session_id, words, mine in self.chairs:
            give = forms.BooleanField(label=_("Hand over %(chair)s") % {"chair": words}, required=False, initial=mine)
            self.fields[f"give_{session_id}"] = give
            self.fields[f"state_{session_id}"] = ReasonField(
                label=_("How the patient is, %(chair)s") % {"chair": words}, required=False
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        given = [session_id for session_id, _words, _mine in self.chairs if cleaned.get(f"give_{session_id}")]
        for session_id in given:
            if not cleaned.get(f"state_{session_id}", "").strip():
                self.add_error(f"state_{session_id}", _("Say in a few words how the patient is."))
        if not given:
            self.add_error(None, _("Tick at least one chair."))
        return cleaned

    def handed(self) -> dict[UUID, str]:
        """The sessions handed over, each with its written state."""
        said = self.cleaned_data
        return {pk: said[f"state_{pk}"] for pk, _words, _mine in self.chairs if said.get(f"give_{pk}")}

    def fields_of(self, session_id: UUID) -> dict[str, forms.BoundField]:
        return {"give": self[f"give_{session_id}"], "state": self[f"state_{session_id}"]}

    def chosen(self) -> User:
        return self.people[self.cleaned_data["receiver"]]

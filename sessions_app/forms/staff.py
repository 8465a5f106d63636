"""The people of the facility: invited, given roles with a term, and what they showed."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from clinic.presenters.credential import KIND_WORDS
from clinic.rules.credentials import CredentialKind
from clinic.rules.local_time import day_span
from clinic.rules.refusals import field_refusal
from clinic.rules.roles import Role
from sessions_app.forms.days import DayField, ExpiryField
from sessions_app.forms.document import DocumentField
from sessions_app.forms.entry import EntryForm
from sessions_app.forms.fields import ChoicesField
from sessions_app.presenters.site import ROLE_WORDS

ROLES = [(str(role), word) for role, word in ROLE_WORDS.items() if role != Role.DISPLAY]
TERM = ("role", "starts_date", "ends_date")


def _plain(**kwargs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})
    return forms.CharField(widget=widget, **kwargs)


def _layout(*groups: tuple[Any, Iterable[str]]) -> FormHelper:
    helper = FormHelper()
    helper.layout = Layout("entry_id", *(Fieldset(title, *names) for title, names in groups))
    return helper


class TermForm(EntryForm):
    """A role and its term: whole days of the facility, from now where the first is left empty."""

    role = ChoicesField(ROLES, label=_("Role"), coerce=Role)
    starts_date = DayField(label=_("First day"), required=False, help_text=_("Leave empty: from now on."))
    ends_date = DayField(label=_("Last day"), required=False, help_text=_("Leave empty: until somebody ends it."))

    @property
    def today(self) -> date:
        return self.now.astimezone(self.facility.zone).date()

    def term(self) -> dict[str, Any]:
        first, last = self.cleaned_data["starts_date"], self.cleaned_data["ends_date"]
        return {
            "role": self.cleaned_data["role"],
            "starts_at": self._midnight(first) if first and first != self.today else None,
            "ends_at": day_span(last, self.facility.zone)[1] if last else None,
        }

    def _midnight(self, day: date) -> datetime:
        return day_span(day, self.facility.zone)[0]


class RoleForm(TermForm):
    """A role more for somebody who works here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _layout((_("Role and term"), TERM))


class KnownPersonForm(TermForm):
    """A role here for somebody of another facility of the organisation, found by their sign-in name."""

    username = _plain(label=_("Sign-in name"), max_length=150)

    def __init__(self, *args: Any, known: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        self.helper = _layout((_("Who"), ("username",)), (_("Role and term"), TERM))

    def clean_username(self) -> User:
        person: User | None = self.known.filter(username__iexact=self.cleaned_data["username"]).first()
        if person is None:
            raise forms.ValidationError(_("Nobody of this organisation signs in with this name."))
        return person


class InviteForm(TermForm):
    """Somebody new."""

    printed_name = forms.CharField(
        label=_("Name as printed"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    credential = forms.CharField(
        label=_("Letters behind it"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Such as RN, PMHNP, MD."),
    )
    username = _plain(
        label=_("Sign-in name"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=_("It stays theirs for good."),
    )
    email = forms.EmailField(label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _layout(
            (_("Who"), ("printed_name", "credential", "username", "email")),
            (_("Role and term"), TERM),
        )

    def person(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("username", "printed_name", "credential", "email")}


class CredentialForm(EntryForm):
    """What a person showed, as it stands there."""

    kind = ChoicesField(list(KIND_WORDS.items()), label=_("Kind"), coerce=CredentialKind)
    number = _plain(label=_("Number"), max_length=40, required=False)
    issued_by = forms.CharField(
        label=_("Issued by"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Such as New York State."),
    )
    expires_date = ExpiryField(label=_("Last day"), required=False)
    no_end = forms.BooleanField(label=_("It has no end"), required=False)
    document = DocumentField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _layout(
            (_("As it stands there"), ("kind", "number", "issued_by", "expires_date", "no_end")),
            (_("The paper itself"), ("document",)),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "expires_date" in cleaned and bool(cleaned["expires_date"]) == bool(cleaned.get("no_end")):
            self.refuse(field_refusal("expires_date", "day_or_no_end"))
        return cleaned

    def credential(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "kind": said["kind"],
            "number": said["number"],
            "issued_by": said["issued_by"],
            "expires_date": said["expires_date"],
            "file": said["document"],
        }

"""Steps of a certification, and what shows that its requirements are met."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models import AuthorizedRepresentative, Certification, User
from clinic.rules.certification import CertificationStatus
from clinic.rules.requirements import ANSWERS, Requirement, Sites, StockRoute
from sessions_app.forms.days import DayField, ExpiryField
from sessions_app.forms.document import DocumentField
from sessions_app.forms.entry import EntryForm
from sessions_app.forms.fields import ChoicesField, ReasonField
from sessions_app.presenters.sentences.certification import REQUIREMENT_WORDS

ANSWER_CHOICES: dict[Requirement, tuple[tuple[str, Any], ...]] = {
    Requirement.STOCK_ROUTE: (
        (StockRoute.PHARMACY, _("Certified pharmacy, for a named patient")),
        (StockRoute.DISTRIBUTOR, _("Distributor, in bulk")),
        (StockRoute.BOTH, _("Both")),
    ),
    Requirement.ADDITIONAL_SITES: ((Sites.NONE, _("None")), (Sites.NAMED, _("Named below"))),
}


class StepForm(EntryForm):
    """A step from where the page showed the certification to stand."""

    after = forms.UUIDField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}), required=False)

    def __init__(self, *args: Any, last: Certification | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["after"].initial = last.pk if last else None

    def step(self) -> dict[str, UUID | None]:
        return {"after": self.cleaned_data["after"]}


class ReasonStepForm(StepForm):
    """A step with its reason."""

    reason = ReasonField()

    def step(self) -> dict[str, Any]:
        return {**super().step(), "reason": self.cleaned_data["reason"]}


class StopForm(ReasonStepForm):
    """The REMS suspended the facility, or the facility has withdrawn."""

    status = ChoicesField(
        ((CertificationStatus.SUSPENDED, _("Suspended")), (CertificationStatus.WITHDRAWN, _("Withdrawn"))),
        label=_("The facility is"),
        coerce=CertificationStatus,
    )
    field_order = ("entry_id", "after", "status", "reason")

    def step(self) -> dict[str, Any]:
        return {**super().step(), "status": self.cleaned_data["status"]}


class ConfirmationForm(StepForm):
    """The REMS's own confirmation of the facility, under the representative that this page showed."""

    representative = forms.ModelChoiceField(
        queryset=AuthorizedRepresentative.objects.none(), widget=forms.HiddenInput, label=_("Authorized Representative")
    )
    confirmation_date = DayField(label=_("The REMS confirmed on"))
    confirmation_identifier = forms.CharField(
        label=_("Confirmation identifier"),
        max_length=60,
        help_text=_("As it stands on the REMS's letter or in its portal."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    document = DocumentField(label=_("The confirmation itself"))

    def __init__(self, *args: Any, representatives: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["representative"].queryset = representatives  # type: ignore[attr-defined]
        self.fields["representative"].error_messages["required"] = _("Designate a representative first.")

    def step(self) -> dict[str, Any]:
        names = ("representative", "confirmation_date", "confirmation_identifier", "document")
        return {**super().step(), **{name: self.cleaned_data[name] for name in names}}


class RepresentativeForm(EntryForm):
    """A new Authorized Representative, of the staff."""

    person = forms.ModelChoiceField(
        queryset=User.objects.none(), label=_("Authorized Representative"), empty_label=_("Choose")
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class ReviewForm(EntryForm):
    """The facility's own review is done, and when it comes again."""

    interval_months = forms.IntegerField(
        label=_("Again after how many months"),
        required=False,
        min_value=1,
        max_value=60,
        help_text=_("The clinic's own interval; empty for none. The REMS names none that is known here."),
    )
    overdue_stops = forms.BooleanField(label=_("New doses stop when it is overdue"), required=False)
    note = ReasonField(label=_("What was found"), required=False)

    def review(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("interval_months", "overdue_stops", "note")}


class EvidenceForm(EntryForm):
    """What shows that one requirement is met; asks what this requirement is about."""

    answer = ChoicesField((), label=_("Which"), required=False)
    number = forms.CharField(
        label=_("DEA number"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    expires_date = ExpiryField(label=_("Holds until"), required=False)
    note = ReasonField(label=_("In words"), required=False)
    document = DocumentField(label=_("Paper"), required=False)

    def __init__(self, *args: Any, requirement: Requirement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if requirement in ANSWERS:
            self.fields["answer"].choices = ANSWER_CHOICES[requirement]  # type: ignore[attr-defined]
            self.fields["answer"].label = str(REQUIREMENT_WORDS[requirement])
            del self.fields["expires_date"]
        else:
            del self.fields["answer"]
        if requirement is Requirement.DEA_REGISTRATION:
            for name in ("number", "expires_date"):
                self.fields[name].required = True
        else:
            del self.fields["number"]
        if requirement is Requirement.ALTERNATE_CONTACT:
            self.fields["note"].label = _("Name, telephone, e-mail")
            del self.fields["expires_date"]

    def evidence(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("entry_id", "signature")}


class FindingForm(EntryForm):
    """Something is wanting: what, whose it is, by when."""

    text = ReasonField(label=_("What is wanting"))
    requirement = forms.ChoiceField(label=_("Of"), required=False)
    owner = forms.ModelChoiceField(queryset=User.objects.none(), label=_("Who sees to it"), empty_label=_("Choose"))
    due_date = DayField(label=_("By"))

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]
        self.fields["requirement"].choices = [("", _("No requirement in particular")), *REQUIREMENT_WORDS.items()]  # type: ignore[attr-defined]

    def finding(self) -> dict[str, Any]:
        said = self.cleaned_data
        requirement = Requirement(said["requirement"]) if said["requirement"] else None
        return {**{name: said[name] for name in ("text", "owner", "due_date")}, "requirement": requirement}


class CloseFindingForm(EntryForm):
    """How it was settled."""

    note = ReasonField(label=_("How it was settled"))

"""The diary: opening hours and numbers, closures, a series, another place, who waits."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.rules.refusals import Refusal
from sessions_app.forms.booking import BookingForm, CourseChoiceForm
from sessions_app.forms.days import DayField
from sessions_app.forms.entry import ClockTimeField, EntryForm
from sessions_app.forms.fields import ReasonField
from sessions_app.models import Course, DiarySetting
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.at_field import problem_text
from sessions_app.presenters.sentences.diary import weekday_words
from sessions_app.rules.diary import MOST_MINUTES, MOST_WEEKS, Slot, Wish, local_moment

# Of the form, and columns of DiarySetting; each with its most.
NUMBERS: dict[str, tuple[Any, int]] = {
    "preparation_minutes": (_("Preparation, minutes before the booked time"), MOST_MINUTES),
    "margin_minutes": (_("Margin, minutes after the minimum stay"), MOST_MINUTES),
}
LOADS: dict[str, tuple[Any, int]] = {
    "nurses": (_("Nurses on a usual day"), 50),
    "patients_per_nurse": (_("Patients one nurse watches at a time"), 20),
    "prescribers": (_("Prescribers on a usual day"), 50),
    "patients_per_prescriber": (_("Patients one prescriber covers at a time"), 50),
}
_WEEK = range(7)


class DiarySettingForm(EntryForm):
    """When the clinic is open, and its own numbers."""

    reminder_hours = forms.IntegerField(
        label=_("Reminder by e-mail, hours before"),
        required=False,
        min_value=1,
        max_value=24 * 14,
        help_text=_("Left empty nobody is written to. Goes only to patients who agreed to it."),
    )

    def __init__(self, *args: Any, setting: DiarySetting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, word in zip(_WEEK, weekday_words(), strict=True):
            for name, label, known in (
                ("opens", _("%(day)s from"), setting.opens),
                ("closes", _("%(day)s to"), setting.closes),
            ):
                field = ClockTimeField(label=label % {"day": word}, required=False)
                field.initial = known[number]
                self.fields[f"{name}_{number}"] = field
        for name, (label, most) in {**NUMBERS, **LOADS}.items():
            must = name in NUMBERS
            number_field = forms.IntegerField(label=label, required=must, min_value=0 if must else 1, max_value=most)
            number_field.initial = getattr(setting, name)
            self.fields[name] = number_field
        self.fields["reminder_hours"].initial = setting.reminder_hours
        hours = [f"{name}_{number}" for number in _WEEK for name in ("opens", "closes")]
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "entry_id",
            Fieldset(gettext("Opening hours; both left empty: closed that day"), *hours, css_class="form-hours"),
            Fieldset(gettext("A booking takes the chair and the patient for"), *NUMBERS, css_class="form-cols"),
            Fieldset(gettext("Load, shown and never a lock"), *LOADS, css_class="form-cols"),
            Fieldset(gettext("Reminders"), "reminder_hours", css_class="fields"),
        )

    def setting(self) -> dict[str, Any]:
        """What ``set_diary`` is told."""
        said = self.cleaned_data
        numbers = {name: said[name] for name in (*NUMBERS, *LOADS, "reminder_hours")}
        hours = {name: [said[f"{name}_{number}"] for number in _WEEK] for name in ("opens", "closes")}
        return {**hours, "numbers": numbers}


class ClosureForm(EntryForm):
    """Days on which nobody is booked."""

    first_date = DayField(label=_("First day"))
    last_date = DayField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def closure(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("first_date", "last_date", "reason")}


def place_field(chairs: Sequence[str]) -> forms.Field:
    """One of the room's chairs, or none yet; typed where the clinic keeps no list."""
    if not chairs:
        widget = forms.TextInput(attrs={"autocomplete": "off", "size": "5"})
        return forms.CharField(label=_("Chair"), max_length=10, required=False, widget=widget)
    choices = [("", _("No chair yet")), *((chair, chair) for chair in chairs)]
    return forms.ChoiceField(choices=choices, label=_("Chair"), required=False)


class PlaceForm(BookingForm):
    """When, and in which chair of the room."""

    def __init__(self, *args: Any, chairs: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chair"] = place_field(chairs)
        self.order_fields(self.field_order)


class MoveForm(PlaceForm):
    """Another time, another chair, or both."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, courses=(), **kwargs)
        del self.fields["course"]


class NoShowForm(EntryForm):
    """The patient did not come."""

    note = ReasonField(label=_("Note"), required=False, help_text=_("Such as: called at 9:20, no answer."))


def _weekdays(**kwargs: Any) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=_("Days of the week"),
        choices=lambda: list(enumerate(weekday_words())),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        **kwargs,
    )


class SeriesPlanForm(forms.Form):
    """Asked by GET: which dates a series has."""

    course = forms.ChoiceField(label=_("Course"))
    weekdays = _weekdays()
    at = ClockTimeField(label=_("Time"))
    first = DayField(label=_("From"))
    weeks = forms.IntegerField(label=_("Weeks"), min_value=1, max_value=MOST_WEEKS)

    def __init__(self, *args: Any, courses: Sequence[tuple[Course, str]], chairs: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "plan_%s"  # beside the form that books
        self.courses = {str(course.pk): course for course, _words in courses}
        self.fields["course"].choices = [(str(course.pk), words) for course, words in courses]  # type: ignore[attr-defined]
        if len(courses) == 1:
            self.fields["course"].widget = forms.HiddenInput()
        self.fields["chair"] = place_field(chairs)

    def refuse(self, refusal: Refusal, reader: Reader) -> None:
        self.add_error(str(refusal.params["field"]), problem_text(refusal, reader))


class PlacesField(forms.Field):
    """Moments and chairs as the page offered them: ``2026-04-14T10:00|2``, the clock being the clinic's."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> list[tuple[date, time, str]]:
        found = []
        for text in value or ():
            when, _bar, chair = str(text).partition("|")
            try:
                at = datetime.fromisoformat(when)
                day, clock = at.date(), at.time()
            except ValueError as error:
                raise forms.ValidationError(_("Choose from the dates above.")) from error
            if at.tzinfo is not None or len(chair) > 10 or "\x00" in chair or not 2000 <= day.year < 2200:
                raise forms.ValidationError(_("Choose from the dates above."))
            found.append((day, clock, chair))
        return found


def place_value(slot: Slot, zone: Any) -> str:
    return f"{slot.scheduled_at.astimezone(zone):%Y-%m-%dT%H:%M}|{slot.chair}"


class SeriesForm(CourseChoiceForm):
    """Which of the dates are booked."""

    places = PlacesField(label=_("Dates"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["course"].widget = forms.HiddenInput()

    def chosen(self) -> list[tuple[datetime, str]]:
        """An hour that never was is none of the dates the page offered."""
        said = [
            (local_moment(day, clock, self.facility.zone), chair) for day, clock, chair in self.cleaned_data["places"]
        ]
        return [(at, chair) for at, chair in said if at is not None]


class WaitingForm(CourseChoiceForm):
    """When somebody who waits could come."""

    first_date = DayField(label=_("From"))
    last_date = DayField(label=_("To"))
    weekdays = _weekdays(required=False, help_text=_("None ticked: any day."))
    earliest = ClockTimeField(label=_("Not before"), required=False)
    latest = ClockTimeField(label=_("Not after"), required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def wish(self) -> Wish:
        said = self.cleaned_data
        days = frozenset(said["weekdays"])
        return Wish(said["first_date"], said["last_date"], days, said["earliest"], said["latest"])


class TakePlaceForm(MoveForm):
    """The place that got free."""


class EndWaitingForm(EntryForm):
    """Why they wait no more."""

    reason = ReasonField()

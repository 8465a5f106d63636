"""A session is booked, or a patient is checked in."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models import Facility
from sessions_app.forms.days import DayField
from sessions_app.forms.entry import ClockTimeField, EntryForm
from sessions_app.forms.fields import ChoicesField
from sessions_app.forms.people import chair_field
from sessions_app.models import Course
from sessions_app.models.chairs import Seats

IDENTIFIER_WORDS = (
    ("name", _("Name, said by the patient")),
    ("birth_date", _("Birth date, said by the patient")),
    ("mrn", _("Record number, on wristband or card")),
    ("photo", _("Photo, on an identity card")),
)


class CourseChoiceForm(EntryForm):
    """Base: the course is asked where there are several."""

    course = ChoicesField((), label=_("Course"))

    def __init__(self, *args: Any, courses: Sequence[tuple[Course, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.courses = {str(course.pk): course for course, _words in courses}
        self.fields["course"].choices = [(str(course.pk), words) for course, words in courses]  # type: ignore[attr-defined]
        if len(courses) == 1:
            self.fields["course"].widget = forms.HiddenInput()
            self.fields["course"].initial = str(courses[0][0].pk)

    def chosen_course(self) -> Course:
        return self.courses[str(self.cleaned_data["course"])]


class BookingForm(CourseChoiceForm):
    """When, and where."""

    scheduled_date = DayField(label=_("Day"))
    scheduled_time = ClockTimeField(label=_("Time"))
    chair = chair_field()
    field_order = ("entry_id", "course", "scheduled_date", "scheduled_time", "scheduled_time_pass", "chair")
    clock_fields = ("scheduled_time",)

    def day_of(self, name: str, clock: time, cleaned: dict[str, Any]) -> date:
        return cleaned.get("scheduled_date") or super().day_of(name, clock, cleaned)

    def clean_scheduled_date(self) -> date:
        day: date = self.cleaned_data["scheduled_date"]
        if day < self.now.astimezone(self.facility.zone).date():
            raise forms.ValidationError(_("This day is over."))
        return day

    def scheduled_at(self) -> datetime:
        at = self.moments["scheduled_time"]
        if at is None:
            raise ValueError("a valid booking has its time")
        return at


class CheckInForm(EntryForm):
    """Two identifiers are confirmed with the patient, and the chair."""

    identifiers = forms.MultipleChoiceField(
        label=_("Confirmed with the patient, two at least"),
        choices=IDENTIFIER_WORDS,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"data-asked": "1"}),
    )

    def __init__(self, *args: Any, seats: Seats, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chair"] = chair_field(seats)

    def confirmed(self) -> tuple[str, ...]:
        return tuple(self.cleaned_data["identifiers"])


class UnbookedCheckInForm(CourseChoiceForm, CheckInForm):
    """A patient without a booking: the course too, where there are several."""

    field_order = ("entry_id", "course", "identifiers", "chair")


class FacilityChoiceForm(EntryForm):
    """At which facility this person works now."""

    place = forms.ModelChoiceField(queryset=Facility.objects.none())

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]

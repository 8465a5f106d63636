"""A whole session from paper: who, on what day, and when checked in."""

from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.forms.booking import UnbookedCheckInForm
from sessions_app.forms.days import DayField
from sessions_app.forms.entry import ClockTimeField
from sessions_app.forms.paper import PaperForm
from sessions_app.models import Course


class PaperSessionForm(PaperForm):
    """The sheet with its head."""

    day = DayField(label=_("Day"))
    check_in_time = ClockTimeField(label=_("Checked in at"))
    identifiers = UnbookedCheckInForm.base_fields["identifiers"]
    chair = forms.CharField(label=_("Chair"), max_length=10, required=False)
    course = forms.ChoiceField(label=_("Course"))

    def __init__(self, *args: Any, courses: list[tuple[Course, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.courses = {str(course.pk): course for course, _words in courses}
        self.fields["course"].choices = [(str(course.pk), words) for course, words in courses]  # type: ignore[attr-defined]

    def start(self, cleaned: dict[str, Any]) -> tuple[date, time] | None:
        day, clock = cleaned.get("day"), cleaned.get("check_in_time")
        return (day, clock) if isinstance(day, date) and isinstance(clock, time) else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("nurse") is None and "nurse" not in self.errors:
            self.add_error("nurse", _("Choose who it was."))
        return cleaned

    def chosen_course(self) -> Course:
        return self.courses[str(self.cleaned_data["course"])]

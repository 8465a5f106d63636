"""A score as staff enter it, a plan for an alert, and the hand-over of a tablet."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sessions_app.forms.entry import EntryForm, TimedEntryForm
from sessions_app.forms.fields import ChoicesField, ReasonField, YesNoField
from sessions_app.models import Score
from sessions_app.models.score import instruments
from sessions_app.rules.instrument import Instrument, Kind, Timing


class ScoreForm(TimedEntryForm):
    """One instrument: its items as answered, or its total. An item may be left out."""

    timing = ChoicesField(Score.AskedAt.choices, label=_("Asked"))

    def __init__(self, *args: Any, instrument: Instrument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instrument = instrument
        self.names = [f"item_{number}" for number in range(1, len(instrument.items) + 1)]
        for number, (name, words) in enumerate(zip(self.names, instrument.items, strict=True), start=1):
            self.fields[name] = self._asked(number, words)
        if instrument.kind is Kind.TOTAL:
            label = gettext("Total, 0 to %(most)s") % {"most": instrument.most}
            self.fields["total"] = forms.IntegerField(label=label, min_value=0, max_value=instrument.most)
        day = ["entry_day"] if "entry_day" in self.fields else []
        answers = self.names or ["total"]
        shape = "asks" if instrument.kind is Kind.SCREENER else "fields"
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "entry_id",
            Fieldset(instrument.lead or gettext("As scored"), *answers, css_class=f"{shape} score-items"),
            Fieldset(gettext("When"), "timing", *day, "occurred_time", css_class="fields score-when"),
        )

    def _asked(self, number: int, words: str) -> forms.Field:
        """The wording stands as published, in the language of the instrument."""
        if self.instrument.kind is Kind.SCREENER:
            field: forms.Field = YesNoField(label=words)
        else:
            choices = [(str(value), word) for value, word in enumerate(self.instrument.answers)]
            field = ChoicesField(choices, label=f"{number}. {words}", required=False, coerce=int, empty_value=None)
        field.widget.attrs["data-asked"] = "1"
        return field

    def answers(self) -> list[int | None]:
        given = [self.cleaned_data[name] for name in self.names]
        return [None if answer is None else int(answer) for answer in given]

    def score(self) -> dict[str, Any]:
        return {
            "items": self.answers(),
            "total": self.cleaned_data.get("total"),
            "timing": Timing(self.cleaned_data["timing"]),
        }


class SafetyPlanForm(EntryForm):
    """What the prescriber will do."""

    plan = ReasonField(label=_("Plan"), help_text=_("What was found, what is done now, and who looks after it next."))


class HandOverForm(EntryForm):
    """Which questionnaires the patient answers alone, and when in the session that is."""

    instruments = forms.MultipleChoiceField(
        label=_("Questionnaires"), widget=forms.CheckboxSelectMultiple, error_messages={"required": _("Choose one.")}
    )
    timing = ChoicesField(Score.AskedAt.choices, label=_("Asked"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(each.code, each.label) for each in instruments().values() if each.by_patient]
        self.fields["instruments"].choices = offered  # type: ignore[attr-defined]

"""One press: somebody has an alarm."""

from django import forms

from sessions_app.forms.entry import EntryForm


class AlarmForm(EntryForm):
    """Which cause, and where the person pressed."""

    cause = forms.CharField(max_length=120)
    back = forms.ChoiceField(choices=(("floor", "floor"), ("session", "session")))

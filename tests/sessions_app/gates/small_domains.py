"""Small domains around both gates: what may be known of a session, each question with its answers."""

from collections.abc import Mapping
from typing import Any

from sessions_app.rules.facts import Intake, Outcome

Case = dict[str, Any]
Domain = Mapping[str, tuple[Any, ...]]
# Each question's answers, the best first; those of time are of every kind of boundary.
MEASURED: Domain = {
    "devices": ("two", "last failed", "typed late"),
    "now": (-1, 0, "young", "old", "young since the end", "old since the end"),
    "final": ("at the end", "opening", "too early"),
    "peak": ("opens", "closes", "excused", "before", "after", "none"),
    "reopened": ("no", "before the final check", "after it"),
    "pressure": ("at the line", "above, decided", "above", "above, decided, a reading before it since"),
    "oxygen": ("at the floor", "below, as before the dose, decided", "below, as before the dose", "below"),
    "sedation": ("no", "was and went", "was", "by its score", "yes"),
}
SAID: Domain = {
    "now": (-1, 0, "young since the end", "old since the end"),
    "before": ("whole", "examined", "excused", "none"),
    "event": ("none", "decided", "open"),
    "alert": ("none", "decided", "open"),
    "ready": ("after", "same minute", "before", "never"),
    "home": ("friend", "will drive", "nobody"),
    "told": (True, False),
    "missing": ("nothing", "oxygen, examined", "oxygen, not examined", "oxygen"),
    "sedation": ("no", "no worse, decided", "no worse", "yes"),
}
ASKED: Domain = {
    "facility": (True, False),
    "representative": (True, False),
    "enrolment": ("verified", "not verified", "not enrolled"),
    "contraindications": (False, None, True),
    "new": ("no", "yes, asked again", "yes", "not asked"),
    "medicines": (True, False),
    "order": ("table", "reason", "off table", "none"),
    "prescriber": (True, False),
    "oximeter": (True, False),
    "home": ("friend", "nobody"),
    "counselled": (True, False),
    "emergency": (False, True),
    "second": (False, True),
}
BEFORE: Domain = {
    "age": ("young", "old"),
    "here": (240, 60, 0),
    **{kind.value: ("none", "long ago", "decided", "unknown", "too soon") for kind in Intake},
    "pressure": ("at the line", "decided", "above"),
    "oxygen": ("at the floor", "decided", "below"),
    "sedation": ("no", "decided", "by its score", "begun since", "yes"),
    "missing": ("nothing", "sedation", "oxygen"),
}
BETWEEN: Domain = {
    "rest": ("over", "a second short"),
    "first": (Outcome.FULL, Outcome.PARTIAL, None, Outcome.FAILED),
    "replaced": (True, False),
    "ordered": (2, 1),
    "counted": ("as typed", "late"),
    "since": ("nothing", "fine again", "pressure", "oxygen", "sedation, gone", "sedation, decided", "dissociation"),
    "event": ("none", "decided", "open"),
    "onset": ("none", "before the dose", "since"),
}

"""What each number of the dashboards is called, and what it means."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

from sessions_app.presenters.sentences import Text
from sessions_app.rules.insight import Own
from sessions_app.rules.published import Measure

_RAISED = gettext_lazy(
    "Systolic at least %(systolic)d or diastolic at least %(diastolic)d mmHg above the last reading before the first"
    " device, of sessions with a reading before and after. On the REMS's form it is the clinician's report."
)
_GONE = gettext_lazy(
    "Charted as gone within 120 minutes of the last device that delivered a spray, of patients who had it and were"
    " monitored to the end."
)
_SEEN = gettext_lazy("Present at a check after the first device, or charted as begun, of all sessions with a dose.")
_AGE = gettext_lazy("Age on the day of the first session of the period.")
_HAD = gettext_lazy("Sessions with a dose in the period, of all patients with at least one.")

WORDS: Mapping[str, tuple[Text, Text]] = {
    Own.PATIENTS: (
        gettext_lazy("Patients"),
        gettext_lazy("With a dose in the period. Two records of one person are one."),
    ),
    Own.AGE: (
        gettext_lazy("Median age"),
        gettext_lazy("On the day of the first session of the period, of all patients."),
    ),
    Own.READY: (
        gettext_lazy("Minutes to readiness"),
        gettext_lazy(
            "From the last device to the assessment, of those discharged: a tenth, half, nine tenths by then."
        ),
    ),
    Own.RELEASED: (
        gettext_lazy("Minutes to the release"),
        gettext_lazy("From the last device, of those discharged: a tenth, half, nine tenths by then."),
    ),
    Own.DAYS_TO_FORM: (
        gettext_lazy("Days to the form"),
        gettext_lazy("From the first device to its first sending, of those sent: a tenth, half, nine tenths by then."),
    ),
    Measure.FEMALE: (gettext_lazy("Female"), gettext_lazy("Of all patients with a dose in the period.")),
    Measure.MIDDLE_AGED: (gettext_lazy("Aged 26 to 55"), _AGE),
    Measure.NINE_SESSIONS: (gettext_lazy("9 sessions or more"), _HAD),
    Measure.THIRTEEN_SESSIONS: (gettext_lazy("13 sessions or more"), _HAD),
    Measure.SEDATION: (gettext_lazy("Sedation"), _SEEN),
    Measure.DISSOCIATION: (gettext_lazy("Dissociation"), _SEEN),
    Measure.INCREASED_BP: (gettext_lazy("Increased blood pressure"), _RAISED),
    Measure.INCREASED_BP_MALE: (gettext_lazy("Increased blood pressure, males"), _RAISED),
    Measure.INCREASED_BP_FEMALE: (gettext_lazy("Increased blood pressure, females"), _RAISED),
    Measure.INCREASED_BP_YOUNG: (gettext_lazy("Increased blood pressure, under 25"), _RAISED),
    Measure.INCREASED_BP_MIDDLE: (gettext_lazy("Increased blood pressure, 25 to 55"), _RAISED),
    Measure.INCREASED_BP_OLD: (gettext_lazy("Increased blood pressure, over 55"), _RAISED),
    Measure.SERIOUS: (gettext_lazy("Serious event"), gettext_lazy("A serious event was recorded.")),
    Measure.SEDATION_GONE: (gettext_lazy("Sedation gone within 2 hours"), _GONE),
    Measure.DISSOCIATION_GONE: (gettext_lazy("Dissociation gone within 2 hours"), _GONE),
    Own.ALL: (gettext_lazy("Sessions with a dose"), gettext_lazy("A device delivered a spray.")),
    Own.STAYED: (
        gettext_lazy("Minimum stay kept"),
        gettext_lazy("From the last device to the release, of those discharged. Who left early stands below."),
    ),
    Own.LEFT_EARLY: (gettext_lazy("Left early"), gettext_lazy("Of all sessions with a dose.")),
    Own.TRANSFERRED: (gettext_lazy("Transferred"), gettext_lazy("Of all sessions with a dose.")),
    Own.PEAK_CHECK: (
        gettext_lazy("Check near 40 minutes on time"),
        gettext_lazy(
            "With blood pressure, as near as the policy in force asked (30 to 50 minutes), of those discharged."
        ),
    ),
    Own.EXTRA_CHECKS: (
        gettext_lazy("The clinic's own checks on time"),
        gettext_lazy("Each that its policy asks besides, with blood pressure, of those discharged who were asked any."),
    ),
    Own.FORM_ON_TIME: (
        gettext_lazy("Monitoring form on time"),
        gettext_lazy("First sent by the end of its last day, of those sent or due."),
    ),
    Own.FORM_LATE: (
        gettext_lazy("Monitoring form late"),
        gettext_lazy("First sent after its last day, or due and not sent."),
    ),
    Own.SAME_THREE: (
        gettext_lazy("The same blood pressure three times?"),
        gettext_lazy("The very same pair in three readings of one session, of sessions with three or more."),
    ),
    Own.ROUND: (
        gettext_lazy("Every systolic ends in 0?"),
        gettext_lazy("By chance one session with three readings in a thousand, of sessions with three or more."),
    ),
}
CUT_WORDS: Mapping[str, Text] = {
    "TWO_DEVICES": gettext_lazy("2 devices"),
    "THREE_DEVICES": gettext_lazy("3 devices"),
    "PHASE_1": gettext_lazy("Sessions 1 to 8"),
    "PHASE_9": gettext_lazy("Sessions 9 to 12"),
    "PHASE_13": gettext_lazy("Session 13 and on"),
    "FEMALE": gettext_lazy("Females"),
    "MALE": gettext_lazy("Males"),
    "YOUNG": gettext_lazy("Under 25"),
    "MIDDLE": gettext_lazy("25 to 55"),
    "OLD": gettext_lazy("Over 55"),
}
# As a chart has room for: what they are told apart by, and each.
CUT_LABELS: Mapping[str, tuple[Text, Text]] = {
    "TWO_DEVICES": (gettext_lazy("Devices"), gettext_lazy("2")),
    "THREE_DEVICES": (gettext_lazy("Devices"), gettext_lazy("3")),
    "PHASE_1": (gettext_lazy("Session"), gettext_lazy("1 – 8")),
    "PHASE_9": (gettext_lazy("Session"), gettext_lazy("9 – 12")),
    "PHASE_13": (gettext_lazy("Session"), gettext_lazy("13 and on")),
    "FEMALE": (gettext_lazy("Sex"), gettext_lazy("Female")),
    "MALE": (gettext_lazy("Sex"), gettext_lazy("Male")),
    "YOUNG": (gettext_lazy("Age"), gettext_lazy("Under 25")),
    "MIDDLE": (gettext_lazy("Age"), gettext_lazy("25 to 55")),
    "OLD": (gettext_lazy("Age"), gettext_lazy("Over 55")),
}
HEAD = (
    *(gettext_lazy("Figure"), gettext_lazy("Definition"), gettext_lazy("Published"), gettext_lazy("Counted")),
    *(gettext_lazy("Of"), gettext_lazy("Share"), gettext_lazy("95 % from"), gettext_lazy("95 % to")),
)

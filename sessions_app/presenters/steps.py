"""The steps of a session: which permission each takes. Views and buttons read the same table."""

from clinic.rules.roles import Permission

STEPS: dict[str, Permission] = {
    "check-in-booked": Permission.CHECK_IN,
    "cancel": Permission.CHECK_IN,
    "report-intake": Permission.DOCUMENT,
    "verify-enrolment": Permission.DOCUMENT,
    "arrange-way-home": Permission.DOCUMENT,
    "move-chair": Permission.DOCUMENT,
    "raise-emergency": Permission.DOCUMENT,
    "record-emergency-call": Permission.DOCUMENT,
    "counsel": Permission.CHART,
    "answer-questions": Permission.CHART,
    "give-instructions": Permission.CHART,
    "record-check": Permission.CHART,
    "repeat-bp": Permission.CHART,
    "record-sign": Permission.CHART,
    "report-serious-event": Permission.CHART,
    "record-adverse-event": Permission.CHART,
    "record-score": Permission.CHART,
    "hand-over-tablet": Permission.CHART,
    "describe-serious-event": Permission.CHART,
    "follow-up-adverse-event": Permission.CHART,
    "report-adverse-event": Permission.CHART,
    "acknowledge-alarm": Permission.CHART,
    "confirm-device-time": Permission.ADMINISTER,
    "take-watch": Permission.CHART,
    "contact-prescriber": Permission.CHART,
    "order-dose": Permission.PRESCRIBE,
    "decide": Permission.PRESCRIBE,
    "answer-safety-alert": Permission.PRESCRIBE,
    "extend-stay": Permission.PRESCRIBE,
    "clear": Permission.ADMINISTER,
    "administer-device": Permission.ADMINISTER,
    "take-devices": Permission.ADMINISTER,
    "put-back-devices": Permission.CHART,
    "waste-taken-devices": Permission.CHART,
    "give-medicine": Permission.CHART,
    "record-outcome": Permission.CHART,
    "finish-dosing": Permission.CHART,
    "end-not-dosed": Permission.CHART,
    "record-deviation": Permission.DISCHARGE,
    "assess-readiness": Permission.DISCHARGE,
    "discharge": Permission.DISCHARGE,
    "leave-early": Permission.CHART,
    "transfer": Permission.CHART,
    "record-follow-up-call": Permission.CHART,
    "reopen": Permission.CHART,
    "end-emergency": Permission.CHART,
    "void": Permission.CORRECT,
    "correct-check": Permission.CORRECT,
    "correct-sign": Permission.CORRECT,
    "move-check": Permission.CORRECT,
    "enter-paper": Permission.CORRECT,
    "confirm-paper": Permission.CORRECT,
    "propose-in-error": Permission.CORRECT,
    "enter-in-error": Permission.CORRECT,
    "sheet": Permission.READ_CHART,
    "instructions": Permission.READ_CHART,
    "ambulance": Permission.READ_CHART,
    "adverse-event": Permission.READ_CHART,
    "adverse-event-pdf": Permission.READ_CHART,
    "filing-pdf": Permission.READ_CHART,
    "record-pdf": Permission.READ_CHART,
    "export-session": Permission.EXPORT,
    "patient": Permission.VIEW,
    "facility": Permission.VIEW,
}


# What is done without reading the chart, and shown to whoever does not.
WITHOUT_CHART = ("report-intake", "verify-enrolment", "arrange-way-home")


def may_take(step: str, permissions: frozenset[str]) -> bool:
    """Whether somebody with these permissions at the session's facility takes this step."""
    return STEPS[step] in permissions

"""What is said at a field."""

from django.utils.translation import gettext_lazy

from clinic.rules.refusals import Refusal
from sessions_app.presenters.sentences import (
    Reader,
    Text,
    cabinet,
    certification,
    discrepancy,
    document,
    filing,
    pack,
    patient,
    staff,
    tablet,
)

PROBLEMS: dict[str, Text] = {
    "future": gettext_lazy("%(at)s is still to come; it is %(now)s now."),
    "future_day": gettext_lazy("This day is still to come."),
    "before_check_in": gettext_lazy("%(at)s is before the check-in at %(not_before)s."),
    "before_first_device": gettext_lazy("%(at)s is before the first device at %(first_device_at)s."),
    "after_first_device": gettext_lazy("A check before the dose is not after the first device at %(first_device_at)s."),
    "before_last_seen": gettext_lazy("Found gone before last seen."),
    "before_last_seen_here": gettext_lazy("%(at)s is before the patient was last seen here, at %(last_seen_at)s."),
    "missing_hour": gettext_lazy("Clocks went forward: this time did not exist today."),
    "ambiguous_hour": gettext_lazy("Clocks went back: this time came twice today. Say which."),
    "impossible": gettext_lazy("%(value)s cannot be. Between %(low)s and %(high)s."),
    "pair": gettext_lazy("A blood pressure has both numbers."),
    "not_below_systolic": gettext_lazy("%(diastolic)s is not below %(systolic)s. Swapped?"),
    "value_and_reason": gettext_lazy("There is a value and a reason why there is none. Keep one."),
    "answer_missing": gettext_lazy("Answer yes or no beside the score."),
    "unknown_sign": gettext_lazy("This programme does not ask for it."),
    "gone_but_present": gettext_lazy("Gone only if it is answered no."),
    "nothing_entered": gettext_lazy("Nothing is entered yet."),
    "nothing_measured": gettext_lazy("Nothing is measured. A symptom alone is charted under “Symptom”."),
    "not_licensed": gettext_lazy("Only a nurse or prescriber of this clinic gives a medicine."),
    "one_of_two": gettext_lazy("Choose one of the list, or say it in words."),
    "asked_above": gettext_lazy("It is asked above: answer it there."),
    "reason_missing": gettext_lazy("Say it in words."),
    "time_missing": gettext_lazy("Say when."),
    "two_identifiers": gettext_lazy("Two identifiers are confirmed before anything starts."),
    "dose_devices": gettext_lazy("The dose and the number of devices do not fit."),
    "unknown_device": gettext_lazy("This device is not one of this clinic's for this programme."),
    "not_longer": gettext_lazy("A stay is only lengthened: more than %(now_minutes)s minutes, at most a day."),
    "examination_needed": gettext_lazy("This needs the prescriber's examination."),
    "outside_bounds": gettext_lazy("Between %(own)s (the programme's own) and %(bound)s %(unit)s."),
    "after_end": gettext_lazy("%(at)s is after the end at %(ended_at)s."),
    "unknown_number": gettext_lazy("The programme has no such number."),
    "unknown_zone": gettext_lazy("%(value)s is not a time zone."),
    "unknown": gettext_lazy("The programme does not know it."),
    "taken": gettext_lazy("%(value)s is in use already."),
    "chair_twice": gettext_lazy("Chair %(chair)s is named twice."),
    "chair_too_long": gettext_lazy("“%(chair)s” does not fit a sign: at most %(longest)s characters."),
    "same_chair": gettext_lazy("It stands at this chair already."),
    "chair_taken": gettext_lazy("Chair %(value)s is taken: %(who)s sits there."),
    "chair_missing": gettext_lazy("Say which chair."),
    "sits_there": gettext_lazy("The patient sits in chair %(value)s already."),
    "to_oneself": gettext_lazy("You have it already. Choose somebody else."),
    "not_licensed_here": gettext_lazy("A chair is watched by a nurse or prescriber of this clinic."),
    "not_a_prescriber_here": gettext_lazy("Not a prescriber of this clinic."),
    "not_read_back": gettext_lazy("Read it back, and tick it, before it is written down."),
    "signature_wrong": gettext_lazy("This is not your password. Nothing was signed."),
    "passkey_wrong": gettext_lazy("The passkey did not sign this form. Press again, or type your password."),
    "signature_locked": gettext_lazy("Wrong too often. Wait five minutes; nothing was signed."),
    **cabinet.PROBLEMS,
    **certification.PROBLEMS,
    **discrepancy.PROBLEMS,
    **document.PROBLEMS,
    **filing.PROBLEMS,
    **pack.PROBLEMS,
    **patient.PROBLEMS,
    **tablet.PROBLEMS,
    **staff.PROBLEMS,
}


def problem_text(refusal: Refusal, reader: Reader) -> str:
    """What is said at the field."""
    values = {name: reader.clock(value) or value for name, value in refusal.params.items()}
    return str(PROBLEMS[str(refusal.params["problem"])]) % values

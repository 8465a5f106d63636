"""The words of certification: its states, its requirements, and why something about it was not done."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.rules.certification import CertificationStatus
from clinic.rules.refusals import Refusal
from clinic.rules.requirements import Requirement
from sessions_app.presenters.sentences import Reader, Sentence, Text

STATUS_WORDS: Mapping[str, Text] = {
    CertificationStatus.DRAFT: gettext_lazy("Draft"),
    CertificationStatus.SUBMITTED: gettext_lazy("Submitted"),
    CertificationStatus.RETURNED: gettext_lazy("Returned with findings"),
    CertificationStatus.CERTIFIED: gettext_lazy("Certified"),
    CertificationStatus.RECERTIFICATION_DUE: gettext_lazy("To be confirmed anew"),
    CertificationStatus.SUSPENDED: gettext_lazy("Suspended"),
    CertificationStatus.WITHDRAWN: gettext_lazy("Withdrawn"),
}

REQUIREMENT_WORDS: Mapping[str, Text] = {
    Requirement.REPRESENTATIVE: gettext_lazy("Authorized Representative"),
    Requirement.ATTESTATIONS: gettext_lazy("Attestations"),
    Requirement.PRESCRIBERS: gettext_lazy("Prescriber cover"),
    Requirement.MONITORING_STAFF: gettext_lazy("Monitoring staff"),
    Requirement.OXIMETERS: gettext_lazy("Pulse oximeters"),
    Requirement.TRAINING: gettext_lazy("Training records"),
    Requirement.STOCK_ROUTE: gettext_lazy("How devices come in"),
    Requirement.ALTERNATE_CONTACT: gettext_lazy("Alternate contact"),
    Requirement.ADDITIONAL_SITES: gettext_lazy("Additional sites"),
    Requirement.DEA_REGISTRATION: gettext_lazy("DEA registration"),
    Requirement.EMERGENCY: gettext_lazy("Emergency equipment and procedure"),
}

# What makes it met.
ASKS: Mapping[str, Text] = {
    Requirement.REPRESENTATIVE: gettext_lazy("Somebody of the staff is designated."),
    Requirement.ATTESTATIONS: gettext_lazy("The representative signs each of them, one by one."),
    Requirement.PRESCRIBERS: gettext_lazy("A prescriber works here, licence and DEA registration in date."),
    Requirement.MONITORING_STAFF: gettext_lazy("A nurse or prescriber works here, licence in date."),
    Requirement.OXIMETERS: gettext_lazy("One that works is listed, with its last check."),
    Requirement.TRAINING: gettext_lazy("A training record of everybody who doses or watches."),
    Requirement.STOCK_ROUTE: gettext_lazy("By a certified pharmacy for a named patient, in bulk, or both."),
    Requirement.ALTERNATE_CONTACT: gettext_lazy("A name and how to reach them."),
    Requirement.ADDITIONAL_SITES: gettext_lazy("Named, or said that there are none."),
    Requirement.DEA_REGISTRATION: gettext_lazy("The number and its last day."),
    Requirement.EMERGENCY: gettext_lazy("What stands ready, and the procedure."),
}


def state(refusal: Refusal) -> Sentence | None:
    """What STATE says of a certification; None where it is about something else."""
    known = refusal.params.get("wanted") in list(CertificationStatus)
    if not known:
        return None
    word = STATUS_WORDS.get(str(refusal.params.get("state")), _("Not certified"))
    return Sentence(
        _("The certification stands at “%(state)s” now") % {"state": word},
        _("Somebody took a step since this page was opened. Go back and look at it as it stands."),
        "arrow-repeat",
    )


def requirement(refusal: Refusal, reader: Reader) -> Sentence:
    code = str(refusal.params["requirement"])
    return Sentence(REQUIREMENT_WORDS[code], ASKS[code], "file-earmark-text-fill")


def representative_changed(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("The Authorized Representative is %(name)s now") % dict(refusal.params),
        _("Go back and look at it as it stands."),
        "person-badge",
    )


def submitted_under_another(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("It was submitted under %(name)s") % dict(refusal.params),
        _("Return it with a finding, then submit it anew under the present Authorized Representative."),
        "person-badge",
    )


def _said(what: Text, clears: Text, icon: str) -> Callable[[Refusal, Reader], Sentence]:
    return lambda refusal, reader: Sentence(what, clears, icon)


SENTENCES: dict[str, Callable[[Refusal, Reader], Sentence]] = {
    "REQUIREMENT": requirement,
    "REPRESENTATIVE_CHANGED": representative_changed,
    "SUBMITTED_UNDER_ANOTHER": submitted_under_another,
    "NO_FINDING": _said(
        gettext_lazy("No finding is open"),
        gettext_lazy("A submission comes back with at least one: what is wanting, whose it is, by when."),
        "file-earmark-text-fill",
    ),
    "ATTESTED": _said(
        gettext_lazy("This is attested already"), gettext_lazy("Go back: nothing is left to sign here."), "check-lg"
    ),
    "FINDING_CLOSED": _said(
        gettext_lazy("Somebody closed this finding before"), gettext_lazy("Their words stand."), "check-lg"
    ),
}

PROBLEMS: dict[str, Text] = {
    "older_word": gettext_lazy(
        "From before it was suspended or due, or before the present representative. The REMS must confirm anew."
    ),
    "known_word": gettext_lazy("This confirmation was recorded here before. A new one has its own identifier."),
    "not_a_stop": gettext_lazy("Say whether it is suspended or withdrawn."),
    "not_of_the_staff": gettext_lazy("Nobody of this clinic's staff."),
    "represents_already": gettext_lazy("They are the representative already."),
    "not_attested_here": gettext_lazy("Not attested in a setting of this kind."),
    "needs_an_interval": gettext_lazy("Say after how many months, before anything stops."),
    "interval_impossible": gettext_lazy("From 1 to 60 months, or empty for none."),
    "choose_one": gettext_lazy("Choose one."),
    "last_day_missing": gettext_lazy("Say its last day."),
    "paper_or_words": gettext_lazy("Say it in words, or choose a paper."),
    "past_day": gettext_lazy("This day is over."),
    "dea_shape": gettext_lazy("Two letters, or a letter and a 9, and seven digits, such as AB1234563."),
    "dea_check_digit": gettext_lazy("The last digit does not fit the others. Read it again."),
}

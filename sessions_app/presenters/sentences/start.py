"""Sentences of the start gate."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.rules.refusals import Refusal
from sessions_app.presenters.sentences import Reader, Sentence, measure_name

NOBODY_HERE = gettext_lazy("nobody here")


def facility(refusal: Refusal, reader: Reader) -> Sentence:
    if refusal.params.get("status") == "REVIEW":
        return Sentence(
            _("This clinic's own review of its certification is overdue"),
            _("Its own policy stops new doses until an administrator has reviewed it."),
            "shield-slash",
        )
    what = {
        "SUSPENDED": _("This clinic is suspended"),
        "WITHDRAWN": _("This clinic has withdrawn"),
    }.get(str(refusal.params.get("status")), _("This clinic is not certified"))
    return Sentence(what, _("Clears when the REMS's confirmation is on record."), "shield-slash", note=NOBODY_HERE)


def authorized_rep(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("No current Authorized Representative"),
        _("Clears when the REMS confirms the clinic under the present one."),
        "person-badge",
        note=NOBODY_HERE,
    )


def enrolment(refusal: Refusal, reader: Reader) -> Sentence:
    if refusal.params.get("missing") == "enrolment":
        return Sentence(
            _("Not enrolled in the programme"),
            _("Clears when the enrolment is on record."),
            "person-badge",
            "patient",
            _("Patient"),
        )
    return Sentence(
        _("Enrolment not verified today"),
        _("Clears with today's verification, by portal or telephone."),
        "person-check",
        "verify-enrolment",
        _("Verify"),
    )


def age(refusal: Refusal, reader: Reader) -> Sentence:
    minimum = refusal.params.get("minimum")
    return Sentence(
        _("Under %(age)s years old") % {"age": minimum},
        _("This programme is for adults."),
        "person-x",
        note=NOBODY_HERE,
    )


def contraindication(refusal: Refusal, reader: Reader) -> Sentence:
    problem = refusal.params.get("problem")
    if problem == "present":
        labels = reader.program.contraindications if reader.program else {}
        named = "; ".join(labels.get(code, code) for code in _codes(refusal, "codes"))
        return Sentence(_("A contraindication is present"), named, "slash-circle", note=NOBODY_HERE)
    what = {
        "not_asked": _("Contraindications not asked yet"),
        "anything_new": _("“Anything new?” not asked today"),
        "ask_again": _("Something is new: contraindications to be asked again"),
        "expired": _("Contraindications were asked too long ago, by the clinic's policy"),
    }.get(str(problem), _("Contraindications not asked yet"))
    return Sentence(what, _("Clears when asked and answered."), "clipboard-pulse", "answer-questions", _("Ask"))


def _codes(refusal: Refusal, name: str) -> tuple[str, ...]:
    codes = refusal.params.get(name)
    return tuple(str(code) for code in codes) if isinstance(codes, tuple) else ()


def medicines(refusal: Refusal, reader: Reader) -> Sentence:
    labels = reader.program.medicines if reader.program else {}
    missing = ", ".join(labels.get(code, code) for code in _codes(refusal, "missing"))
    return Sentence(_("Medicines not asked today"), missing, "capsule", "answer-questions", _("Ask"))


def off_label(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("Off-label course without its papers"),
        _("Clears with the prescriber's rationale and the patient's consent."),
        "file-earmark-text-fill",
        "patient",
        _("Course"),
    )


def antidepressant(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("No oral antidepressant on record"),
        _("This indication requires one; the prescriber records it."),
        "capsule",
        "patient",
        _("Course"),
    )


def dose_order(refusal: Refusal, reader: Reader) -> Sentence:
    problems = _codes(refusal, "problems")
    if "missing" in problems:
        return Sentence(
            _("No dose ordered"), _("Clears with the prescriber's order."), "pen-fill", "order-dose", _("Order")
        )
    said = {
        "off_table": _("off the label's dosing table"),
        "off_label": _("off-label"),
        "devices": _("not what its number of devices holds"),
        "too_soon": _("sooner than usual after the last dose"),
        "not_reviewed": _("in maintenance with no benefit review on record"),
    }
    why = ", ".join(said[problem] for problem in problems)
    return Sentence(
        _("The order needs a reason"),
        _("This dose is %(why)s. The prescriber orders again with a reason.") % {"why": why},
        "pen-fill",
        "order-dose",
        _("Order"),
    )


def prescriber_absent(refusal: Refusal, reader: Reader) -> Sentence:
    name = refusal.params.get("name")
    what = _("%(name)s is not on site") % {"name": name} if name else _("No prescriber on site")
    return Sentence(
        what, _("Clears when a prescriber is on today's on-site list."), "person-badge", "facility", _("On-site list")
    )


def oximeter(refusal: Refusal, reader: Reader) -> Sentence:
    if refusal.params.get("missing") == "spo2":
        return Sentence(
            _("No SpO₂ before the dose"), _("Clears with a reading."), "activity", "record-check", _("Chart")
        )
    return Sentence(
        _("No working oximeter on site"),
        _("Clears when one was checked and works."),
        "activity",
        "facility",
        _("Oximeters"),
    )


def baseline(refusal: Refusal, reader: Reader) -> Sentence:
    measure, at = measure_name(refusal, reader), reader.clock(refusal.params.get("taken_at"))
    what = {
        "missing": _("%(measure)s before the dose missing") % {"measure": measure},
        "not_obtained": _("%(measure)s could not be measured at %(at)s") % {"measure": measure, "at": at},
        "old": _("%(measure)s of %(at)s is too old") % {"measure": measure, "at": at},
    }[str(refusal.params.get("problem"))]
    return Sentence(what, _("Clears with a new reading."), "clipboard-pulse", "record-check", _("Chart"))


def baseline_bp(refusal: Refusal, reader: Reader) -> Sentence:
    line = refusal.params.get("line")
    systolic, diastolic = line if isinstance(line, tuple) else ("", "")
    return Sentence(
        _("Blood pressure above the line: prescriber decides"),
        _("%(reading)s at %(at)s, line %(line)s. Clears with a decision on this reading, or a new reading.")
        % {
            "reading": f"{refusal.params.get('systolic')}/{refusal.params.get('diastolic')}",
            "at": reader.clock(refusal.params.get("taken_at")),
            "line": f"{systolic}/{diastolic}",
        },
        "pause-fill",
        "decide",
        _("Decide"),
    )


def baseline_state(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("%(measure)s before the dose: prescriber decides") % {"measure": measure_name(refusal, reader)},
        _("Found at %(at)s. Clears with a decision on it, or a new reading.")
        % {"at": reader.clock(refusal.params.get("taken_at"))},
        "pause-fill",
        "decide",
        _("Decide"),
    )


def intake(noun: str) -> Callable[[Refusal, Reader], Sentence]:
    """Food, liquid and nasal spray differ by a word."""

    def sentence(refusal: Refusal, reader: Reader) -> Sentence:
        word = {"food": _("Food"), "drink": _("Drink"), "spray": _("Nasal spray")}[noun]
        problem, at = refusal.params.get("problem"), reader.clock(refusal.clears_at)
        if problem == "not_asked":
            return Sentence(
                _("%(word)s not asked yet") % {"word": word},
                _("Clears when asked."),
                "clock",
                "report-intake",
                _("Ask"),
            )
        what = _("%(word)s: does not know when") if problem == "unknown" else _("%(word)s too recent")
        since = reader.clock(refusal.params.get("last_at"))
        clears = (
            _("Last at %(since)s. Clears at %(at)s, or by the prescriber.") % {"since": since, "at": at}
            if since
            else _("Clears at %(at)s, or by the prescriber.") % {"at": at}
        )
        return Sentence(what % {"word": word}, clears, "hourglass-split", "decide", _("Decide"))

    return sentence


def counselling(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("Not counselled yet"),
        _("Clears before the first dose here, with what was explained."),
        "people-fill",
        "counsel",
        _("Counsel"),
    )


def emergency(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("An emergency is under way since %(at)s") % {"at": reader.clock(refusal.params.get("since"))},
        _("Clears when it is over: back as before, or the session ends without a dose."),
        "exclamation-triangle-fill",
        "end-emergency",
        _("It is over"),
    )


SENTENCES: dict[str, Callable[[Refusal, Reader], Sentence]] = {
    "FACILITY": facility,
    "AUTHORIZED_REP": authorized_rep,
    "ENROLMENT": enrolment,
    "AGE": age,
    "CONTRAINDICATION": contraindication,
    "MEDICINES": medicines,
    "OFF_LABEL": off_label,
    "MDSI_ANTIDEPRESSANT": antidepressant,
    "DOSE_ORDER": dose_order,
    "PRESCRIBER_ABSENT": prescriber_absent,
    "OXIMETER": oximeter,
    "BASELINE": baseline,
    "BASELINE_BP": baseline_bp,
    "BASELINE_STATE": baseline_state,
    "FASTING": intake("food"),
    "LIQUID": intake("drink"),
    "NASAL": intake("spray"),
    "COUNSELLING": counselling,
    "EMERGENCY": emergency,
}

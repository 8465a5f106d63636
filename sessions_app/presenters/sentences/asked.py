"""What a gate asks about, in a word or two: of exceptions, deviations, and gates that would have closed since."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sessions_app.presenters.sentences import Reader

ASKED: Mapping[str, str | Promise] = {
    "FACILITY": _("certification"),
    "AUTHORIZED_REP": _("Authorized Representative"),
    "ENROLMENT": _("enrolment"),
    "AGE": _("age"),
    "CONTRAINDICATION": _("contraindications"),
    "MEDICINES": _("medicines"),
    "OFF_LABEL": _("papers of the off-label course"),
    "MDSI_ANTIDEPRESSANT": _("oral antidepressant"),
    "DOSE_ORDER": _("dose order"),
    "PRESCRIBER_ABSENT": _("prescriber on site"),
    "OXIMETER": _("oximeter"),
    "BASELINE": _("check before the dose"),
    "BASELINE_BP": _("blood pressure before the dose"),
    "BASELINE_STATE": _("state before the dose"),
    "FASTING": _("food"),
    "LIQUID": _("drink"),
    "NASAL": _("nasal spray"),
    "SAFE_WAY_HOME": _("way home"),
    "COUNSELLING": _("counselling"),
    "EMERGENCY": _("emergency under way"),
    "DEVICE": _("device"),
    "DEVICE_INTERVAL": _("rest between devices"),
    "DEVICE_COUNT": _("number of devices"),
    "DEVICE_OUTCOME": _("outcome of a device"),
    "NEW_SIGN": _("new since the first device"),
    "OUT_OF_TURN": _("before clearing or after the end"),
    "SPRAY_DELIVERED": _("a spray was delivered"),
    "MINIMUM_STAY": _("minimum stay"),
    "BASELINE_CHECK": _("check before the dose"),
    "PEAK_CHECK": _("40-min check"),
    "FINAL_CHECK": _("final check"),
    "FINAL_STALE": _("age of the final check"),
    "NOT_OBTAINED": _("measure not obtained"),
    "UNRESOLVED": _("sign without an end"),
    "SPO2": _("SpO₂"),
    "BP": _("blood pressure"),
    "SERIOUS_EVENT": _("serious event"),
    "SAFETY_ALERT": _("safety alert"),
    "READINESS": _("readiness to leave"),
    "INSTRUCTIONS": _("instructions"),
    "TIME_IMPOSSIBLE": _("time of leaving"),
}


def asked_words(codes: Iterable[str], reader: Reader) -> str:
    """``minimum stay, sedation``. The codes of signs come from their programme."""
    signs = {sign.refusal_code: sign.label.lower() for sign in reader.program.signs} if reader.program else {}
    return ", ".join(str(ASKED.get(code) or signs.get(code) or code.replace("_", " ").lower()) for code in codes)

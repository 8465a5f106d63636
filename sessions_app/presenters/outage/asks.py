"""What a session asks, as lines of a form on paper: every row of both gates, in the words of the clinic's numbers."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sessions_app.rules.program import Program


@dataclass(frozen=True)
class Ask:
    """One line. ``codes``: the gate's rows that it answers. ``kind`` is what stands at its end: a ``tick``, ``yes_no``,
    ``intake`` (none, does not know, last at), ``how`` (portal, telephone), or a ``line`` to write on."""

    codes: tuple[str, ...]
    text: str
    kind: str = "tick"


def start_asks(program: Program) -> list[Ask]:
    """Before the dose, in the order of the start gate."""
    return list(_start_asks(program))


def _start_asks(program: Program) -> Iterator[Ask]:
    value = program.value
    numbers = {
        "systolic": value("systolic_line_mmhg"),
        "diastolic": value("diastolic_line_mmhg"),
        "spo2": value("spo2_floor_percent"),
        "signs": ", ".join(sign.label.lower() for sign in program.signs),
    }
    yield Ask(("FACILITY", "AUTHORIZED_REP"), _("Certification in force, Authorized Representative current"))
    yield Ask(("ENROLMENT",), _("Enrolled, and verified today"), "how")
    yield Ask(("AGE",), _("%(years)s or over") % {"years": value("minimum_age_years")})
    for label in program.contraindications.values():
        yield Ask(("CONTRAINDICATION",), label, "yes_no")
    yield Ask(("CONTRAINDICATION",), _("Anything new since last time"), "yes_no")
    for label in program.medicines.values():
        yield Ask(("MEDICINES",), _("%(class)s today") % {"class": label}, "yes_no")
    if program.off_label:
        yield Ask(("OFF_LABEL",), _("Off-label course: rationale, consent and prescriber's signature on file"))
    if program.antidepressant_required:
        courses = ", ".join(program.indications[code] for code in sorted(program.antidepressant_required))
        yield Ask(("MDSI_ANTIDEPRESSANT",), _("%(course)s: an oral antidepressant is taken") % {"course": courses})
    for code, text, number in (
        ("FASTING", _("Food, %(minutes)s min before"), "food_minutes"),
        ("LIQUID", _("Drink, %(minutes)s min before"), "liquid_minutes"),
        ("NASAL", _("Nasal spray, %(minutes)s min before"), "nasal_spray_minutes"),
    ):
        yield Ask((code,), text % {"minutes": value(number)}, "intake")
    yield Ask(("SAFE_WAY_HOME",), _("Way home: who, telephone; will not drive"), "line")
    yield Ask(("COUNSELLING",), _("Counselled before the first dose here"))
    yield Ask(("PRESCRIBER_ABSENT",), _("Prescriber on site, name"), "line")
    yield Ask(("OXIMETER",), _("Working oximeter, number"), "line")
    yield Ask(
        ("BASELINE",),
        _("Check before the dose, complete, not older than %(minutes)s min")
        % {"minutes": value("baseline_age_minutes")},
    )
    yield Ask(
        ("BASELINE_BP", "BASELINE_STATE"),
        _("BP above %(systolic)s or %(diastolic)s, SpO₂ below %(spo2)s %%, or %(signs)s: prescriber's reason")
        % numbers,
        "line",
    )


def device_note(program: Program) -> str:
    """What stands over the lines for devices."""
    return _(
        "At least %(rest)s min between two. Before each further one: no new sign, no serious event, SpO₂ and BP within "
        "the lines, else the prescriber decides. A failed one is replaced only by the prescriber."
    ) % {"rest": program.value("rest_between_devices_minutes")}


DEVICE_CODES = ("DOSE_ORDER", "DEVICE", "DEVICE_INTERVAL", "DEVICE_COUNT", "NEW_SIGN")
CHECK_CODES = ("BASELINE_CHECK", "PEAK_CHECK", "FINAL_CHECK", "NOT_OBTAINED")


def discharge_asks(program: Program) -> list[Ask]:
    """Before leaving, in the order of the discharge gate."""
    value = program.value
    systolic, diastolic = value("systolic_line_mmhg"), value("diastolic_line_mmhg")
    return [
        Ask(
            ("MINIMUM_STAY",),
            _("%(minutes)s min over, or longer as ordered; ends at") % {"minutes": value("minimum_stay_minutes")},
            "line",
        ),
        Ask(
            ("FINAL_CHECK", "FINAL_STALE", "NOT_OBTAINED"),
            _("Final check complete, not older than %(minutes)s min") % {"minutes": value("final_check_age_minutes")},
        ),
        Ask(("BASELINE_CHECK", "PEAK_CHECK"), _("A check missed or late: reason, licensed person"), "line"),
        *(
            Ask((sign.refusal_code, "UNRESOLVED"), _("%(sign)s absent; gone at") % {"sign": sign.label}, "line")
            for sign in program.signs
        ),
        Ask(("SPO2",), _("SpO₂ %(floor)s %% or more") % {"floor": value("spo2_floor_percent")}),
        Ask(("BP",), _("BP not above %(systolic)s and %(diastolic)s") % {"systolic": systolic, "diastolic": diastolic}),
        Ask(("SERIOUS_EVENT", "SAFETY_ALERT"), _("No serious event open; else the prescriber's decision"), "line"),
        Ask(("INSTRUCTIONS",), _("Instructions given: no driving until the day after a night's sleep; whom to call")),
        Ask(("SAFE_WAY_HOME",), _("Way home still true; taken over by"), "line"),
        Ask(("READINESS",), _("Readiness assessed after the last check; name, licence, signature"), "line"),
        Ask(("TIME_IMPOSSIBLE",), _("Left at"), "line"),
    ]

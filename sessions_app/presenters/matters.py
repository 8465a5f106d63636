"""What to keep in mind about this patient today, at the head of the session page."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.models import Consent
from sessions_app import models
from sessions_app.models.record import Record
from sessions_app.presenters.patient_record import allergy_badges
from sessions_app.presenters.sentences import Reader


def matters_today(record: Record, reader: Reader) -> list[dict[str, Any]]:
    """Medicines of the classes that the programme asks about, answered yes today, contraindications that stand, a
    consent to treatment taken back, and allergies."""
    program, session = reader.program, record.dosing_session
    known = allergy_badges(record.batch.allergies(session))
    consent = record.batch.consent(Consent.Kind.TREATMENT, session)
    if consent and not consent.given:
        known.insert(0, {"kind": "overdue", "word": _("Consent taken back")})
    if program is None:
        return known
    today: dict[str, bool] = {}
    standing: dict[str, bool] = {}
    for row in sorted(record.answers(), key=lambda row: row.order or 0):
        if row.topic == models.Topic.MEDICINE and row.dosing_session_id == session.pk:
            today[row.code] = row.answer
        elif row.topic == models.Topic.CONTRAINDICATION and row.answer:
            standing[row.code] = True
    said = [
        {"kind": "overdue", "word": _("Contraindication"), "after": program.contraindications.get(code, code)}
        for code in standing
    ]
    said += [{"kind": "held", "word": program.medicines.get(code, code)} for code, answer in today.items() if answer]
    return [*said, *known]

"""The forms that are printed together: of a day, or those that were chosen."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from clinic.models import Facility
from sessions_app.models.dosing_session import sessions_with_context
from sessions_app.models.filing import Filing, FilingAnswer, FilingVersion
from sessions_app.models.filing_record import FilingRecord
from sessions_app.models.record import Batch
from sessions_app.rules.filing import FilingState

# Of one file; whoever needs more asks twice.
MOST_TOGETHER = 200
WRITTEN = ("recorded_at", "id")


def papers_of(
    facility: Facility, *, at: datetime, day: date | None = None, chosen: Iterable[UUID] = ()
) -> list[FilingRecord]:
    """Those chosen, or all of the treatments of a day, in order of treatment; none that is withdrawn."""
    filings = Filing.objects.filter(facility=facility).exclude(state=FilingState.WITHDRAWN)
    filings = filings.filter(treatment_date=day) if day else filings.filter(pk__in=list(chosen))
    found = filings.select_related("edition", "step", "person", "facility").order_by("treatment_date", "occurred_at")
    by_session = {row.dosing_session_id: row for row in found[:MOST_TOGETHER]}
    batch = Batch(sessions_with_context().filter(pk__in=list(by_session)))
    records = {record.dosing_session.pk: record for record in batch.records()}
    made = [FilingRecord(filing, records[key], at=at) for key, filing in by_session.items()]
    _read_together(made)
    return made


def _read_together(made: list[FilingRecord]) -> None:
    """What people filled in and what was submitted, of all of them at once."""
    filings = [stands.filing.pk for stands in made]
    answers: dict[UUID, dict[str, list[FilingAnswer]]] = {}
    for row in FilingAnswer.objects.filter(filing__in=filings).select_related("performed_by").order_by(*WRITTEN):
        answers.setdefault(row.filing_id, {}).setdefault(row.code, []).append(row)
    versions: dict[UUID, list[FilingVersion]] = {}
    sent = FilingVersion.objects.filter(filing__in=filings).select_related("performed_by", "edition")
    for version in sent.order_by("number"):
        versions.setdefault(version.filing_id, []).append(version)
    for stands in made:
        stands.answers = answers.get(stands.filing.pk, {})
        stands.all_versions = versions.get(stands.filing.pk, [])

"""A filing is opened with the first device, and follows its session: whatever writes after the end has it reviewed."""

from clinic.actions.entry import refuse
from clinic.identifiers import new_id
from clinic.rules.enrolment import Setting
from sessions_app.actions.session_entry import SessionEntry
from sessions_app.models import DeviceAdministration, Filing, FilingStep
from sessions_app.models.edition import edition_for
from sessions_app.models.facts import local_date
from sessions_app.models.filing import filing_of
from sessions_app.models.filing_record import FilingRecord, Stands
from sessions_app.models.record import Record
from sessions_app.rules.filing import FilingState, due_at, filing_refusals, is_filed


def open_with(opened: SessionEntry, given: DeviceAdministration) -> Filing | None:
    """A filing for the session that got this device, to be written with it: one for each, in outpatient settings, where
    the programme has a form."""
    session = opened.dosing_session
    if not is_filed(Setting(session.facility.setting)) or Filing.objects.filter(dosing_session=session).exists():
        return None
    treated = local_date(session, given.occurred_at)
    edition = edition_for(session.facility, session.program_code, treated)
    if edition is None:
        return None
    situation = {
        "state": FilingState.INCOMPLETE.value,
        "edition": edition,
        "treatment_date": treated,
        "due_at": due_at(treated, session.facility.zone, days=edition.edition.due_days),
        "person": given.performed_by,
    }
    filing = opened.envelope(Filing, dosing_session=session, step_id=new_id(), **situation)
    step = opened.envelope(FilingStep, id=filing.step_id, filing=filing, from_state="", **situation)
    opened.rows += [filing, step]
    return filing


def review_filing(opened: SessionEntry) -> None:
    """After the entry ``opened`` is in: the filing of its session is brought to where it stands now. Of a sheet, when
    all of it is in."""
    if opened.entry.of_sheet:
        return
    filing = filing_of(opened.dosing_session)
    if filing is None:
        return
    stands = FilingRecord(filing, Record(opened.dosing_session), at=opened.now).stands
    after = opened.following("review_filing")
    if step_to(after, filing, stands):
        after.insert(caused_by=opened.action, filing=moved(filing))
        move(filing)


def step_to(opened: SessionEntry, filing: Filing, stands: Stands, *, reason: str = "") -> FilingStep | None:
    """The step to there, to be written with the rest; None where the filing stands there already. Raises
    ActionRefused (FILING_STATE) where the table has no way there."""
    if stands.is_of(filing.step):
        return None
    refuse(*filing_refusals(FilingState(filing.state), stands.state))
    situation = {
        "state": stands.state.value,
        "edition": stands.edition,
        "treatment_date": stands.treatment_date,
        "due_at": stands.due_at,
        "person": stands.person,
    }
    step = opened.envelope(
        FilingStep,
        filing=filing,
        previous=filing.step,
        from_state=filing.state,
        missing=list(stands.missing),
        changed=list(stands.changed),
        reason=reason.strip(),
        **situation,
    )
    opened.rows.append(step)
    for name, value in {**situation, "step": step}.items():
        setattr(filing, name, value)
    return step


def moved(filing: Filing) -> dict[str, object]:
    """For the audit: where the filing itself stands from now on."""
    return {"id": filing.pk, "state": filing.state, "step": filing.step_id, "due_at": filing.due_at}


def move(filing: Filing) -> None:
    """The filing's own columns, once its step is in."""
    filing.save(update_fields=["state", "step", "edition", "treatment_date", "due_at", "person"])

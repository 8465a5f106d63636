"""The people and the chairs: who watches, who takes over, who sits where, and when the prescriber was asked."""

from datetime import datetime

from django.db import transaction

from clinic.access import is_licensed
from clinic.actions.entry import Submission, refuse, repeatable
from clinic.models import User
from clinic.rules.refusals import in_state
from clinic.rules.roles import Permission
from sessions_app.actions.session_entry import begin
from sessions_app.models import ChairMove, DosingSession, PrescriberContact, Watch
from sessions_app.models.chairs import sitting
from sessions_app.models.record import Record
from sessions_app.models.site import prescribers_of
from sessions_app.rules.charting import CHARTABLE
from sessions_app.rules.people import contact_refusals, hand_over_refusals, move_refusals
from sessions_app.rules.states import OPEN


@transaction.atomic
def take_watch(*, dosing_session: DosingSession, entry: Submission, by: User, now: datetime) -> Watch:
    """I watch this chair from now on, whoever did before. Raises ActionRefused (STATE)."""
    opened = begin(dosing_session, action="take_watch", permission=Permission.CHART, entry=entry, by=by, now=now)
    if first := opened.repeated(Watch):
        return first

    refuse(*in_state(opened.dosing_session.state, *OPEN, wanted="watch"))

    watch = opened.add(Watch, watcher=entry.performed_by or by)
    opened.write()
    return watch


@transaction.atomic
def hand_over(
    *, dosing_session: DosingSession, receiver: User, written_state: str, entry: Submission, by: User, now: datetime
) -> Watch:
    """Somebody else watches this chair from now on, and was told in writing how the patient is. Raises ActionRefused
    (STATE, NOT_YOUR_CHAIR, FIELD)."""
    opened = begin(dosing_session, action="hand_over", permission=Permission.CHART, entry=entry, by=by, now=now)
    if first := opened.repeated(Watch):
        return first
    giver, watch = entry.performed_by or by, Record(opened.dosing_session).latest(Watch)

    refuse(
        *hand_over_refusals(
            opened.dosing_session.state,
            written_state=written_state,
            to_oneself=receiver == giver,
            to_licensed=is_licensed(receiver, opened.dosing_session.facility_id, at=now),
            watched_by_another=watch.watcher.printed_name if watch and watch.watcher != giver else "",
        )
    )

    handed = opened.add(Watch, watcher=receiver, handed_over_by=giver, written_state=written_state.strip())
    opened.write()
    return handed


@repeatable
@transaction.atomic
def move_chair(
    *, dosing_session: DosingSession, to_chair: str, entry: Submission, by: User, now: datetime
) -> ChairMove:
    """The patient sits elsewhere from now on. A constraint keeps two open sessions from one chair. Raises
    ActionRefused (STATE, FIELD)."""
    opened = begin(dosing_session, action="move_chair", permission=Permission.DOCUMENT, entry=entry, by=by, now=now)
    if first := opened.repeated(ChairMove):
        return first
    session, to_chair = opened.dosing_session, to_chair.strip()

    refuse(
        *move_refusals(
            session.state,
            from_chair=session.chair,
            to_chair=to_chair,
            taken=sitting(session.facility, but=session),
        )
    )

    move = opened.add(ChairMove, from_chair=session.chair, to_chair=to_chair)
    opened.set(chair=to_chair)
    opened.write()
    return move


@transaction.atomic
def contact_prescriber(
    *,
    dosing_session: DosingSession,
    prescriber: User,
    how: PrescriberContact.How,
    said: str = "",
    read_back: bool = False,
    entry: Submission,
    by: User,
    now: datetime,
) -> PrescriberContact:
    """The prescriber was called, arrived, or spoke by telephone. It opens no gate. Raises ActionRefused (STATE,
    FIELD)."""
    opened = begin(
        dosing_session, action="contact_prescriber", permission=Permission.CHART, entry=entry, by=by, now=now
    )
    if first := opened.repeated(PrescriberContact):
        return first
    by_telephone = how == PrescriberContact.How.TELEPHONE

    refuse(*in_state(opened.dosing_session.state, *CHARTABLE, wanted="contact"))
    refuse(
        *contact_refusals(
            prescribes_here=prescribers_of(opened.dosing_session.facility, at=now).filter(pk=prescriber.pk).exists(),
            by_telephone=by_telephone,
            said=said,
            read_back=read_back,
        )
    )

    contact = opened.add(
        PrescriberContact, prescriber=prescriber, how=how, said=said.strip(), read_back=by_telephone and read_back
    )
    opened.write()
    return contact

"""Who takes a list away as a file."""

from clinic.actions.portfolio import export_portfolio
from clinic.models import AuditEvent, User
from tests.expect import denied, failing_audit
from tests.factories import NINE, Cast


def export(cast: Cast, by: User, content: str = "a") -> None:
    export_portfolio(facilities=[cast.facility], content=content, asked={}, by=by, now=NINE)


def test_it_is_written_down_in_the_systems_own_chain(cast: Cast) -> None:
    export(cast, cast.ada)
    event = AuditEvent.objects.get(action="export_portfolio")
    assert (event.chain.facility, event.actor, event.subject_id) == (None, cast.ada, cast.ada.pk)


def test_it_is_for_those_who_run_every_one_of_them(cast: Cast, otto: User) -> None:
    for person in (cast.nora, cast.paul, cast.fred, cast.ines, otto):
        with denied():
            export(cast, person)


def test_it_is_not_handed_out_unless_it_is_written_down(cast: Cast) -> None:
    with failing_audit():
        export(cast, cast.ada)

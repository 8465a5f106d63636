"""The clinics where nobody new may be dosed: one whose Authorized Representative left, one suspended, and one of
another organisation that the REMS has not confirmed."""

from datetime import datetime, timedelta

from clinic.actions.staff import add_person, grant_role
from clinic.models import AuthorizedRepresentative, Organisation, User
from clinic.rules.roles import Role
from sessions_app.demo.clinic import PROGRAM, Clinic, hire, open_clinic
from sessions_app.demo.people import DORA, LARS, OTIS
from sessions_app.demo.scenes import Scenes
from sessions_app.demo.timeline import Timeline
from sessions_app.demo.visit import CHECK_IN, DROWSY, reading

NORTH, SOUTH, HARBOUR = "Wrenfield North", "Wrenfield South", "Harbourlight Clinic"
SUCCESSORS = ("Ulf Umber", "Uma Umber", "Udo Umber")  # who represents Wrenfield North, one after the other
OPENED = "Opening: the programme's own numbers."


def open_north(organisation: Organisation, ada: User, *, password: str, now: datetime) -> None:
    north = open_clinic(organisation, NORTH, administrator=ada, now=now, address="3 Heron Street, Wrenfield")
    hire(north, "nell", "Nell Oriole", Role.NURSE, password=password, now=now, credential="RN")
    hire(north, "pia", "Pia Partridge", Role.PRESCRIBER, password=password, now=now, credential="MD")
    north.set_policy(now=now, reason=OPENED)
    north.check_oximeter("NX-1", now=now)
    una = hire(north, "una", "Una Umber", Role.FRONT_DESK, password=password, now=now)
    for name in SUCCESSORS:
        hire(north, name.split()[0].lower(), name, Role.FRONT_DESK, password=password, now=now)
    north.certify(una, "REMS-0533", now=now)


def open_south(organisation: Organisation, ada: User, timeline: Timeline, *, password: str, now: datetime) -> None:
    south = open_clinic(organisation, SOUTH, administrator=ada, now=now, address="40 Finch Road, Wrenfield")
    sol = hire(south, "sol", "Sol Saffron", Role.FRONT_DESK, password=password, now=now)
    south.certify(sol, "REMS-0612", now=now)
    south.set_policy(now=now, reason=OPENED)
    why = "Training records incomplete at the REMS's audit."
    timeline.at(now + timedelta(days=20), lambda at: south.suspend(why, now=at))


def open_harbourlight(*, password: str, now: datetime) -> None:
    organisation = Organisation.objects.create(name="Harbourlight Group")
    said = {"username": "otto", "password": password, "printed_name": "Otto Osprey", "credential": "RN"}
    otto = add_person(**said, by=None, now=now)
    clinic = open_clinic(organisation, HARBOUR, administrator=otto, now=now, address="1 Quay Road, Ternport")
    grant_role(person=otto, facility=clinic.facility, role=Role.NURSE, by=None, now=now)
    clinic = Clinic.of(clinic.facility)
    clinic.designate(hire(clinic, "rhea", "Rhea Quill", Role.FRONT_DESK, password=password, now=now), now=now)
    hire(clinic, "odile", "Odile Oriel", Role.PRESCRIBER, password=password, now=now, credential="MD")
    clinic.set_policy(now=now, reason=OPENED)
    clinic.check_oximeter("HL-1", now=now)


def day_at_north(scenes: Scenes) -> None:
    """The Authorized Representative left ten minutes ago: one patient goes on being watched, one was cleared before
    and no device may follow. On a later day the REMS had confirmed whoever came last."""
    clinic = scenes.clinic
    representatives = AuthorizedRepresentative.objects.filter(facility=clinic.facility, program_code=PROGRAM)
    last = representatives.order_by("-occurred_at", "-id").first()
    if last is not None and representatives.count() > 1:
        # Never of a day before whoever it confirms came: a day that is made in the night begins on the one before.
        heard = max(scenes.registered, last.occurred_at + timedelta(minutes=1))
        scenes.timeline.at(heard, lambda at: clinic.confirm(last, f"REMS-0533-{last.pk.hex[-4:]}", now=at))
    scenes.today(DORA, -30, "1", escort="Dirk Daphne").prepare().clear().dose().watch({20: reading(131, 82, **DROWSY)})
    scenes.today(LARS, 6, "2", escort="Lena Lupine").prepare().clear().verified(-6)
    left = scenes.base - timedelta(minutes=10)
    scenes.timeline.at(left, lambda at: clinic.designate(_successor(representatives.count()), now=at))


def _successor(number: int) -> User:
    return User.objects.get(printed_name=SUCCESSORS[number % len(SUCCESSORS)])


def day_at_harbourlight(scenes: Scenes) -> None:
    """Their patient waits, and nobody here clears that."""
    visit = scenes.today(OTIS, 23, "1").check_in()
    visit.ask_intake(CHECK_IN + 5)

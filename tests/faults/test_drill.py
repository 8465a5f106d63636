"""The drill, beside people at work; and what a seal kept elsewhere says of a record restored to an earlier moment."""

import re
import subprocess
from pathlib import Path

import pytest

from clinic.embedded_postgres import EmbeddedPostgres
from clinic.postgres_host import binaries
from clinic.seal import new_key
from tests.faults.book import balance
from tests.faults.people import Person, at_work, cancellations, pressures
from tests.faults.place import Place

pytestmark = pytest.mark.slow


def test_it_restores_verifies_and_compares_what_is_being_written(place: Place) -> None:
    people = [
        Person(place.port, "nora", pressures(place.watched)),
        Person(place.port, "fred", cancellations(place.booked)),
    ]
    with at_work(*people) as book:
        said = place.manage_by("manage.py", "drill").stdout
        people[0].answered_again()
    balance(place, book)
    assert "rows in" in said
    assert "are the same" in said


def test_a_record_restored_to_an_earlier_moment_is_short_by_what_the_seal_names(place: Place, tmp_path: Path) -> None:
    private, public = new_key()
    place.variables["SEALING_KEY"] = private
    owner = place.database.addresses().owner
    dump, sealed = tmp_path / "vigil.dump", tmp_path / "seal.json"
    subprocess.run([str(binaries() / "pg_dump"), "--format=custom", f"--file={dump}", f"--dbname={owner}"], check=True)
    person = Person(place.port, "nora", pressures(place.watched))
    with at_work(person) as book:
        pass
    place.alarms.terminate()
    place.alarms.wait()
    place.manage_by("manage.py", "seal_audit", str(sealed))
    after = place.ask("SELECT max(last_sequence) FROM clinic_auditchain")[0][0]

    with EmbeddedPostgres(tmp_path / "earlier") as earlier:
        addresses = earlier.addresses()
        restore = [str(binaries() / "pg_restore"), "--schema=public", "--no-owner", "--no-privileges"]
        subprocess.run([*restore, "--exit-on-error", f"--dbname={addresses.owner}", str(dump)], check=True)
        place.variables |= {"DATABASE_URL": addresses.application, "DATABASE_OWNER_URL": addresses.owner}
        place.manage_by("manage.py", "prepare_database", "--verbosity=0")
        place.manage_by("manage.py", "verify_audit")
        said = place.manage_by(
            "manage.py", "verify_audit", f"--seal={sealed}", f"--public-key={public}", expected=1
        ).stderr
    assert f"sealed up to event {after} was cut off" in said
    (found,) = re.findall(r"(\d+) events are missing after (\d+)", said)
    missing, last = map(int, found)
    assert missing + last == after
    assert missing >= len(book), "with what the alarm command wrote meanwhile"

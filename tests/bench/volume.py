"""Is a page as fast with the country's sessions behind it? Each, at a tenth of the registry (or all of it) to the same
at 1,000 sessions: two clinics' machines with made-up registries, asked in turn. ``make bench VOLUME=tenth``."""

import json
import os
import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import django

PATIENTS = {"tenth": 5_848, "full": 58_483}  # of 58,483, who had 1,486,213 sessions
FEW = 40  # with some 1,000 sessions
ROUNDS, WARM, FLAT = 100, 8, 1.2
SEED = "4711"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    django.setup()

    from django.conf import settings

    from sessions_app.demo.seed import PASSWORD
    from tests.bench.asking import Tab
    from tests.bench.run import timed
    from tests.faults.place import Place

    class Registry(Place):
        def open(self, *asked: str) -> None:
            (patients,) = asked
            self.database.start()
            yesterday = str((datetime.now(UTC) - timedelta(days=1)).date())
            self.variables = {"DATABASE_OWNER_URL": self.database.addresses().owner}
            command = ("manage.py", "simulate", "--patients", patients, "--seed", SEED, "--until", yesterday)
            sys.stdout.write(self.manage_by(*command).stdout.splitlines()[-1] + "\n")
            self.variables = {}
            self.serve()

        def addresses_of_pages(self) -> dict[str, str]:
            """Of the first clinic: its longest course, and the last session of it that was discharged."""
            ((patient, session),) = self.ask(
                "SELECT s.patient_id, max(s.id::text) FROM sessions_app_dosingsession s JOIN clinic_facility f"
                " ON f.id = s.facility_id WHERE f.name = 'Alder clinic 1' AND s.state = 'DISCHARGED'"
                " GROUP BY s.patient_id ORDER BY count(*) DESC LIMIT 1"
            )
            return {
                "the board": "/",
                "a session": f"/dosing-sessions/{session}/",
                "a patient": f"/patients/{patient}/",
                "the patients": "/patients/",
                "the forms": "/filings/",
                "the numbers": "/insight/",
            }

    asked = PATIENTS.get(sys.argv[1]) or int(sys.argv[1])
    with ExitStack() as stack:
        places = []
        for patients in (FEW, asked):
            home = stack.enter_context(TemporaryDirectory(prefix="vigil-volume-"))
            places.append(place := Registry(Path(home) / "home"))
            stack.callback(place.close)
            place.open(str(patients))
        pages, tabs = [place.addresses_of_pages() for place in places], [Tab(place.port) for place in places]
        for tab in tabs:
            tab.get("/accounts/login/", {})
            tab.post("/accounts/login/", {"login": "nora", "password": PASSWORD}, {})
        ratios = []
        for name in pages[0]:
            took: list[list[float]] = [[], []]
            for turn in range(WARM + ROUNDS):
                for number in (0, 1):
                    seconds = timed(partial(tabs[number].get, pages[number][name], {}))
                    took[number] += [seconds] if turn >= WARM else []
            for what, of in (("p50", median), ("p99", lambda some: quantiles(some, n=100)[-1])):
                few, many = (of(some) * 1000 for some in took)
                ratios.append({"name": f"{name}, {what}, flat", "ratio": round(many / few, 3), "target": FLAT})
                sys.stdout.write(f"{name:14} {what} {few:8.1f} ms {many:8.1f} ms {many / few:6.2f}\n")
                sys.stdout.flush()
    out = settings.BASE_DIR / "build" / "bench-volume.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps({"ratios": ratios}, indent=2) + "\n")


if __name__ == "__main__":
    main()

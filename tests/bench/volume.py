"""Is a page as fast with the country's sessions behind it? Each, with many sessions to the same with 1,000, on two
machines asked in turn; and the national table of the many to one statement by hand over the same rows."""

import contextlib
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from sessions_app.demo.seed import PASSWORD
from tests.bench.asking import Tab
from tests.bench.registry import Registry
from tests.bench.timing import timed

PATIENTS = {"tenth": 5_848, "full": 58_483}  # of 58,483, who had 1,486,213 sessions
FEW, MANY = 40, 200  # with some 1,000 and 5,000 sessions
ROUNDS, WARM, FLAT, BY_HAND = 60, 8, 1.2, 1.2


def signed_in(place: Registry) -> Tab:
    tab = Tab(place.port)
    tab.get("/accounts/login/", {})
    tab.post("/accounts/login/", {"login": "nora", "password": PASSWORD}, {})
    return tab


def measured(asked: str, say: Any) -> list[dict[str, Any]]:
    """``asked``: tenth, full, how many patients, or nothing for 200."""
    many = PATIENTS.get(asked) or int(asked or MANY)
    with ExitStack() as stack:
        places = []
        for patients in (FEW, many):
            home = stack.enter_context(TemporaryDirectory(prefix="vigil-volume-"))
            places.append(place := Registry(Path(home) / "home"))
            stack.callback(place.close)
            place.open(str(patients))
            say(place.filled + "\n")
        pages, tabs = [place.addresses_of_pages() for place in places], [signed_in(place) for place in places]
        ratios = [ratio for name in pages[0] for ratio in _flat(name, pages, tabs, say)]
        return [*ratios, _by_hand(places[1], tabs[1], pages[1]["the national table"], say)]


def _flat(name: str, pages: list[dict[str, str]], tabs: list[Tab], say: Any) -> list[dict[str, Any]]:
    took: list[list[float]] = [[], []]
    for turn in range(WARM + ROUNDS):
        for number in (0, 1):
            seconds = timed(partial(tabs[number].get, pages[number][name], {}))
            took[number] += [seconds] if turn >= WARM else []
    found = []
    for what, of in (("p50", median), ("p99", lambda some: quantiles(some, n=100)[-1])):
        few, many = (of(some) * 1000 for some in took)
        said = {"few_ms": round(few, 2), "many_ms": round(many, 2)}
        found.append({"name": f"{name}, {what}, flat", "ratio": round(many / few, 3), "target": FLAT, **said})
        say(f"{found[-1]['name']:34} {many / few:6.2f} {FLAT:6.1f} {few:8.1f} ms {many:8.1f} ms\n")
    return found


def _by_hand(place: Registry, tab: Tab, page: str, say: Any) -> dict[str, Any]:
    took: dict[str, list[float]] = {"page": [], "by_hand": []}
    with contextlib.closing(place.database.connect_as_superuser("vigil")) as connection:
        cursor = connection.cursor()
        for turn in range(WARM + ROUNDS // 2):
            seconds = {
                "page": timed(partial(tab.get, page, {})),
                "by_hand": timed(partial(place.count_by_hand, cursor)),
            }
            for what in took if turn >= WARM else ():
                took[what].append(seconds[what])
    shown, by_hand = median(took["page"]) * 1000, median(took["by_hand"]) * 1000
    name, ratio = "the national table, to SQL by hand", shown / by_hand
    say(f"{name:34} {ratio:6.2f} {BY_HAND:6.1f} {by_hand:8.1f} ms {shown:8.1f} ms\n")
    said = {"page_ms": round(shown, 2), "by_hand_ms": round(by_hand, 2)}
    return {"name": name, "ratio": round(ratio, 3), "target": BY_HAND, **said}

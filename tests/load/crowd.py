"""Everybody's tablets, in a process of their own: each screen asks every five seconds, each session is charted every
quarter of an hour, times ``pace``. An answer is timed from the moment it was due to be asked, whatever held it up.

Reads what to ask from its input, prints what it found."""

import asyncio
import json
import random
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from statistics import mean, quantiles
from typing import Any
from uuid import uuid4

import aiohttp

POLL_SECONDS, CHECK_SECONDS = 5.0, 900.0
TOKEN = "0123456789abcdefghijklmnopqrstuv"  # whatever the browser says twice
OPENED_AT_ONCE = 8
TIMEOUT = aiohttp.ClientTimeout(total=60)


@dataclass
class Heard:
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    by_clinic: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: Counter[str] = field(default_factory=Counter)
    due: int = 0
    processor_before: float = 0.0


@dataclass
class Crowd:
    port: int
    well: dict[str, str]
    clinics: list[dict[str, Any]]
    pace: float
    seconds: float
    warm_seconds: float
    heard: Heard = field(default_factory=Heard)

    async def gather(self) -> None:
        """Every screen is opened first, a few at a time, and asks for a while before anything is counted."""
        self.begun, self.door = asyncio.Barrier(len(self.clinics)), asyncio.Semaphore(OPENED_AT_ONCE)
        await asyncio.gather(*(self.clinic(number, clinic) for number, clinic in enumerate(self.clinics)))

    async def clinic(self, number: int, clinic: dict[str, Any]) -> None:
        """A tablet for each chair, one of which shows the floor."""
        cookies = {"Cookie": f"vigil_session_{self.port}={clinic['sign_in']}; csrftoken={TOKEN}"}
        connector = aiohttp.TCPConnector(limit=len(clinic["watched"]))
        base = f"http://127.0.0.1:{self.port}"
        async with aiohttp.ClientSession(base, connector=connector, headers=cookies, timeout=TIMEOUT) as browser:
            paths = ["/", *(f"/dosing-sessions/{key}/" for key in clinic["watched"][1:])]
            versions = [await self.opened(browser, path) for path in paths]
            if await self.begun.wait() == 0:
                asyncio.get_running_loop().call_later(self.warm_seconds, self.count)
            self.opened_at = time.perf_counter()
            self.begins = self.opened_at + self.warm_seconds
            self.ends = self.begins + self.seconds
            await asyncio.gather(
                *(self.screen(number, browser, *each) for each in zip(paths, versions, strict=True)),
                *(self.charting(number, browser, key) for key in clinic["watched"]),
            )

    def count(self) -> None:
        """From here on, and whoever reads this counts from here too; so does what this process itself takes."""
        self.heard.processor_before = time.process_time()
        sys.stdout.write("begun\n")
        sys.stdout.flush()

    async def opened(self, browser: aiohttp.ClientSession, path: str) -> str:
        async with self.door, browser.get(path, headers={"X-Requested-With": "refresh"}) as answer:
            answer.raise_for_status()
            return answer.headers["ETag"]

    async def screen(self, number: int, browser: aiohttp.ClientSession, path: str, version: str) -> None:
        async for due in self.moments(POLL_SECONDS / self.pace):
            asked = {"X-Requested-With": "refresh", "If-None-Match": version}
            answer = await self.ask(number, browser, "GET", path, due, headers=asked)
            version = answer.headers.get("ETag", version) if answer else version

    async def charting(self, number: int, browser: aiohttp.ClientSession, key: str) -> None:
        path = f"/dosing-sessions/{key}/"
        async for due in self.moments(CHECK_SECONDS / self.pace):
            fields = {**self.well, "entry_id": str(uuid4()), "csrfmiddlewaretoken": TOKEN}
            saved = await self.ask(number, browser, "POST", f"{path}record-check/", due, data=fields)
            if saved:
                await self.ask(number, browser, "GET", path, time.perf_counter())

    async def moments(self, every: float) -> Any:
        due = self.opened_at + random.random() * every
        while due < self.ends:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            self.heard.due += due >= self.begins
            yield due
            due += every

    async def ask(
        self, number: int, browser: aiohttp.ClientSession, method: str, path: str, due: float, **said: Any
    ) -> aiohttp.ClientResponse | None:
        try:
            async with browser.request(method, path, allow_redirects=False, **said) as answer:
                await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            self.heard.wrong[type(error).__name__] += 1
            return None
        kind = {("GET", 304): "unchanged", ("GET", 200): "changed", ("POST", 302): "charted"}.get(
            (method, answer.status)
        )
        if kind is None:
            self.heard.wrong[f"{method} {answer.status}"] += 1
            return None
        if due < self.begins:
            return answer
        took = time.perf_counter() - due
        self.heard.took[kind].append(took)
        self.heard.by_clinic[number].append(took)
        return answer


def said(heard: Heard) -> dict[str, Any]:
    def spread(took: list[float]) -> dict[str, float]:
        cuts = quantiles(took, n=100) if len(took) > 1 else [*took] * 99
        return {"many": len(took), "p50": cuts[49] * 1000, "p99": cuts[98] * 1000}

    means = sorted(mean(took) for took in heard.by_clinic.values())
    answered = [each for took in heard.took.values() for each in took]
    return {
        "due": heard.due,
        "all": spread(answered),
        **{kind: spread(took) for kind, took in sorted(heard.took.items())},
        "wrong": dict(heard.wrong),
        "generator": time.process_time() - heard.processor_before,
        # One where every clinic waits as long as every other (Jain's index).
        "fairness": sum(means) ** 2 / (len(means) * sum(each * each for each in means)),
        "worst clinic": means[-1] / means[len(means) // 2],
    }


def main() -> None:
    crowd = Crowd(**json.load(sys.stdin))
    asyncio.run(crowd.gather())
    json.dump(said(crowd.heard), sys.stdout)


if __name__ == "__main__":
    main()

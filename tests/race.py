"""Several people at once, each with a database connection of their own."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier
from time import sleep
from typing import Any

from django.db import connection, connections

from tests.by_hand import fetch

PATIENCE = 120  # seconds, for what hangs: a lock is waited for at most 5, and a busy machine is no failure


def _alone(call: Callable[[], Any], barrier: Barrier | None, *, then_close: bool = True) -> Any:
    try:
        connection.ensure_connection()
        if barrier is not None:
            barrier.wait(PATIENCE)
        return call()
    finally:
        if then_close:
            connections.close_all()


def race(*calls: Callable[[], Any]) -> list[Any]:
    """All at the same moment; what each returned, or the exception it met."""
    with Runners(len(calls)) as runners:
        return runners.race(*calls)


class Runners:
    """People who meet again and again, each keeping a connection for as many rounds as there are."""

    def __init__(self, count: int) -> None:
        self._count, self._pool = count, ThreadPoolExecutor(count)

    def race(self, *calls: Callable[[], Any]) -> list[Any]:
        barrier = Barrier(len(calls))
        futures = [self._pool.submit(_alone, call, barrier, then_close=False) for call in calls]
        return [_outcome(future) for future in futures]

    def __enter__(self) -> "Runners":
        return self

    def __exit__(self, *_: object) -> None:
        """Each goes home once: as many at the same moment as there are."""
        leaving = Barrier(self._count)
        for done in [self._pool.submit(_alone, lambda: None, leaving) for _person in range(self._count)]:
            _outcome(done)
        self._pool.shutdown()


def _outcome(future: "Future[Any]") -> Any:
    try:
        return future.result(PATIENCE)
    except Exception as error:
        return error


class Waiting:
    """Somebody whose call, in another connection, stands before a lock that is held here. Begin it while holding
    the lock; ask for the ``result`` after letting go."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._future = self._pool.submit(_alone, call, None)
        while not self._future.done() and not _somebody_waits():
            sleep(0.005)

    def result(self) -> Any:
        outcome = _outcome(self._future)
        self._pool.shutdown()
        return outcome


def _somebody_waits() -> bool:
    found = fetch("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')")
    return bool(found[0][0])

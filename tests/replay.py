"""Factories that walk once. What a factory wrote is written again in one go, for whoever asks for the same on the same
database; docs/decisions/0028 says why that is exact."""

import inspect
import io
import os
import pickle
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, is_dataclass
from functools import wraps
from itertools import count
from typing import Any, TypeVar
from unittest import mock

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import Model
from django.utils.translation import get_language

Made = TypeVar("Made")
Path = tuple[str, ...]

READS = ("SELECT", "PREPARE", "EXECUTE", "SET ", "SHOW", "EXPLAIN", "RELEASE", "LOCK")
# What signing in writes, what is counted of it, and what is kept of the sessions; no factory reads any of it.
SIGN_IN = re.compile(
    r"(WITH moved AS \(\s*)?(INSERT INTO|UPDATE|DELETE FROM) "
    r'"(clinic_signin|vigil_cache|sessions_app_(sessionline|stockday|linesuntil))"'
    r'|UPDATE "clinic_user" SET "last_login"'
)
EMPTY = 0
# Every factory walks, each time: VIGIL_TRUE_WALKS=1 before pytest.
TRUE_WALKS = bool(os.environ.get("VIGIL_TRUE_WALKS"))


class Ledger:
    """What stands in this process's test database: the number of the tape played last, None for anything else."""

    def __init__(self) -> None:
        self.tapes: dict[tuple[int, str, str], Tape] = {}
        self._numbers = count(EMPTY + 1)
        self._recordings: list[list[str]] = []
        self._replaying = False
        self.thread = threading.current_thread()
        self.emptied()

    def emptied(self) -> None:
        self.now: int | None = EMPTY
        self._committed: int | None = EMPTY
        self._savepoints: list[tuple[str, int | None, list[str], int]] = []

    def lose(self) -> None:
        """Somebody else writes; nothing is known until the database is emptied."""
        self.now = self._committed = None
        self._savepoints = [(name, None, *rest) for name, _, *rest in self._savepoints]  # type: ignore[misc]

    # --- what the connections say ------------------------------------------------------------------------

    def heard(self, spoken: str, on: BaseDatabaseWrapper) -> None:
        spoken = spoken.lstrip()
        if spoken.startswith(("SAVEPOINT", "ROLLBACK TO")):
            if _of_the_test():
                self._at_savepoint(spoken)
        elif spoken[:10].upper().startswith(READS):
            pass
        elif not _of_the_test():
            if not SIGN_IN.match(spoken):
                self.lose()
        else:
            if self._recordings:
                self._recordings[-1].append(spoken)
            if not self._replaying and not SIGN_IN.match(spoken):
                self.now = None
                if not on.in_atomic_block:
                    self._committed = None

    def _at_savepoint(self, spoken: str) -> None:
        name = spoken.rpartition(" ")[2]
        if spoken.startswith("SAVEPOINT"):
            recording = self._recordings[-1] if self._recordings else []
            self._savepoints.append((name, self.now, recording, len(recording)))
            return
        while self._savepoints:
            found, self.now, recording, length = self._savepoints[-1]
            if found == name:
                del recording[length:]
                return
            self._savepoints.pop()
        self.lose()

    def committed(self) -> None:
        self._committed, self._savepoints = self.now, []

    def rolled_back(self) -> None:
        self.now, self._savepoints = self._committed, []

    # --- tapes ---------------------------------------------------------------------------------------------

    def record(self, factory: Callable[..., Any], given: inspect.BoundArguments) -> "Tape":
        """Walk with copies of what was given, and take it back."""
        given = inspect.BoundArguments(given.signature, pickle.loads(pickle.dumps(given.arguments)))  # type: ignore[arg-type]
        spoken: list[str] = []
        self._recordings.append(spoken)
        with transaction.atomic():
            try:
                made = factory(*given.args, **given.kwargs)
            finally:
                self._recordings.pop()
            tape = Tape(next(self._numbers), tuple(spoken), _packed(made, given.arguments))
            transaction.set_rollback(True)
        assert not any(" RETURNING " in each for each in spoken), "a number given by the database is another next time"
        return tape

    def play(self, tape: "Tape", given: inspect.BoundArguments) -> Any:
        before = self.now
        with transaction.atomic():
            self._replaying = True
            try:
                with connection.cursor() as cursor:
                    cursor.execute(";\n".join(tape.spoken) or "SELECT 1")
            finally:
                self._replaying = False
            if self.now == before:  # nobody else wrote meanwhile
                self.now = tape.number
        return _unpacked(tape.made, given.arguments)


@dataclass(frozen=True)
class Tape:
    number: int
    spoken: tuple[str, ...]
    made: bytes


LEDGER = Ledger()


def replayed(factory: Callable[..., Made]) -> Callable[..., Made]:
    """Its result is always that of a replay, the first time too: nothing depends on which test came first."""
    signature = inspect.signature(factory)

    @wraps(factory)
    def make(*args: Any, **kwargs: Any) -> Made:
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        asked = repr(((get_language() or "")[:2], _said(given.arguments)))
        if TRUE_WALKS or LEDGER.now is None or " at 0x" in asked:
            return factory(*args, **kwargs)
        key = (LEDGER.now, factory.__qualname__, asked)
        if key not in LEDGER.tapes:
            try:
                tape = LEDGER.record(factory, given)
            except Exception:  # as far as it goes, it goes without a tape
                return factory(*args, **kwargs)
            if LEDGER.now is None:  # somebody else wrote meanwhile: it fits no state that is known
                return factory(*args, **kwargs)
            LEDGER.tapes[key] = tape
        made: Made = LEDGER.play(LEDGER.tapes[key], given)
        return made

    return make


def _said(given: Any) -> Any:
    """Everything a factory is told, by value."""
    if isinstance(given, Model):
        names = [field.attname for field in given._meta.concrete_fields if field.attname != "last_login"]
        return type(given).__name__, [given.__dict__.get(name) for name in names]
    if is_dataclass(given):
        return type(given).__name__, [_said(getattr(given, field.name)) for field in fields(given)]
    if isinstance(given, dict):
        return {name: _said(value) for name, value in given.items()}
    if isinstance(given, list | tuple | set | frozenset):
        return type(given).__name__, [_said(value) for value in given]
    return given


def _things(given: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """The rows a factory was given, and those in its cast: the result names these, not copies of them."""
    for name, value in given.items():
        inside: dict[str, Any] = value if isinstance(value, dict) else {}
        if is_dataclass(value):
            inside = {field.name: getattr(value, field.name) for field in fields(value)}
        rows = {part: thing for part, thing in inside.items() if isinstance(thing, Model)}
        if isinstance(value, Model) or (rows and is_dataclass(value)):
            yield (name,), value
        yield from (((name, part), thing) for part, thing in rows.items())


def _packed(made: Any, given: dict[str, Any]) -> bytes:
    paths = {id(thing): path for path, thing in _things(given)}
    packed = io.BytesIO()
    pickler = pickle.Pickler(packed)
    pickler.persistent_id = lambda thing: paths.get(id(thing))  # type: ignore[method-assign]
    pickler.dump(made)
    return packed.getvalue()


def _unpacked(packed: bytes, given: dict[str, Any]) -> Any:
    things = dict(_things(given))
    unpickler = pickle.Unpickler(io.BytesIO(packed))
    unpickler.persistent_load = things.__getitem__  # type: ignore[method-assign]
    return unpickler.load()


# --- listening -------------------------------------------------------------------------------------------------


def _of_the_test() -> bool:
    return threading.current_thread() is LEDGER.thread


def _listen(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    result = execute(sql, params, many, context)
    spoken = context["cursor"].cursor.query
    LEDGER.heard(spoken.decode() if spoken else str(sql), context["connection"])
    if many:
        LEDGER.lose()  # only the last of them was heard
    return result


def _opened(sender: Any, connection: BaseDatabaseWrapper, **_: Any) -> None:
    if _listen not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _listen)


@contextmanager
def listening() -> Iterator[None]:
    """From an empty database on."""

    def then(method: Callable[..., Any], tell: Callable[[], None]) -> Callable[..., Any]:
        @wraps(method)
        def told(self: BaseDatabaseWrapper) -> None:
            method(self)
            if _of_the_test():
                tell()

        return told

    connection_created.connect(_opened)
    with ExitStack() as patched:
        for name, tell in (
            ("commit", LEDGER.committed),
            ("rollback", LEDGER.rolled_back),
            ("close", LEDGER.rolled_back),
        ):
            method = then(getattr(BaseDatabaseWrapper, name), tell)
            patched.enter_context(mock.patch.object(BaseDatabaseWrapper, name, method))
        LEDGER.thread = threading.current_thread()
        LEDGER.emptied()
        yield
    connection_created.disconnect(_opened)

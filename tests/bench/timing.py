"""How long something took."""

import time
from collections.abc import Callable
from typing import Any


def timed(do: Callable[[], Any]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began

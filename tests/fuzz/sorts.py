"""How many of each sort of request are asked: in every run, and the long way."""

import os
from collections.abc import Callable, Iterator

from tests.fuzz import cases

SEED = int(os.environ.get("VIGIL_FUZZ_SEED", "6"))
Sorts = dict[str, tuple[Callable[..., Iterator[cases.Case]], int, int]]
BARE: Sorts = {
    "methods": (cases.methods, 45, 4_000),
    "elsewhere": (cases.elsewhere, 30, 2_000),
    "queries": (cases.queries, 25, 1_500),
    "posts": (cases.posts, 25, 1_500),
    "paths": (cases.paths, 25, 1_500),
    "headers": (cases.headers, 40, 2_500),
}
FILLED: Sorts = {
    "fields": (cases.fields, 35, 5_000),
    "foreign": (cases.foreign, 20, 1_000),
    "shapes": (cases.shapes, 15, 1_500),
    "attached": (cases.attached, 8, 200),
    "waited": (cases.waited, 20, 1_000),
}

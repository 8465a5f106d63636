"""How many of each sort of request are asked: in every run, and the long way."""

import os
from collections.abc import Callable, Iterator

from tests.fuzz import cases

SEED = int(os.environ.get("VIGIL_FUZZ_SEED", "6"))
Sorts = dict[str, tuple[Callable[..., Iterator[cases.Case]], int, int]]
BARE: Sorts = {
    "methods": (cases.methods, 30, 4_000),
    "elsewhere": (cases.elsewhere, 20, 2_000),
    "queries": (cases.queries, 20, 1_500),
    "posts": (cases.posts, 20, 1_500),
    "paths": (cases.paths, 25, 1_500),
    "headers": (cases.headers, 30, 2_500),
}
FILLED: Sorts = {
    "fields": (cases.fields, 24, 5_000),
    "foreign": (cases.foreign, 12, 1_000),
    "shapes": (cases.shapes, 15, 1_500),
    "attached": (cases.attached, 5, 200),
    "waited": (cases.waited, 20, 1_000),
}

"""The settings of a clinic's server, and one answer more: how many statements a request took, to whoever asks."""

from clinic.settings import *  # noqa: F403
from clinic.settings import MIDDLEWARE as OF_A_CLINIC

MIDDLEWARE = ["tests.bench.counting.count_when_asked", *OF_A_CLINIC]

"""Numbers a programme states and a facility may tighten, never loosen (gate.md, principle 6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from clinic.rules.refusals import Refusal, field_refusal


class Tighten(StrEnum):
    """The direction in which a number gets stricter."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class Number:
    """One programme number: its own value, the bound a policy may tighten it to, its unit and its source.

    ``source`` is ``P`` (primary text), ``S`` (secondary), ``G`` (general knowledge) or ``D`` (our own design),
    and is shown wherever the number is.
    """

    name: str
    value: int
    bound: int
    tighten: Tighten
    unit: str
    source: str

    def admits(self, value: int) -> bool:
        """Whether a policy may use ``value``: from the programme's own number up to the bound."""
        low, high = sorted((self.value, self.bound))
        return low <= value <= high


def policy_refusals(numbers: Mapping[str, Number], overrides: Mapping[str, int]) -> tuple[Refusal, ...]:
    """Why these overrides cannot be a facility's policy; empty means they can be saved."""
    refusals = []
    for name, value in overrides.items():
        number = numbers.get(name)
        if number is None:
            refusals.append(field_refusal(name, "unknown_number"))
        elif not number.admits(value):
            refusals.append(
                field_refusal(
                    name, "outside_bounds", value=value, own=number.value, bound=number.bound, unit=number.unit
                )
            )
    return tuple(refusals)


def numbers_in_force(numbers: Mapping[str, Number], overrides: Mapping[str, int]) -> dict[str, int]:
    """The value of every number under a policy. Overrides outside the bounds are an error of the caller."""
    if policy_refusals(numbers, overrides):
        raise ValueError("a policy outside the programme's bounds cannot be in force")
    return {name: overrides.get(name, number.value) for name, number in numbers.items()}

"""The parameters of a packaged module, and what each may be, as a component says it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bitwright.errors import ConfigError
from bitwright.ipxact.model import Choice, Enumeration, HdlParameter, Parameter, Value

_LISTED = re.compile(r"(\w+)=(\d+(?:,\d+)*)", re.ASCII)
_RANGE = re.compile(r"(\w+)=(\d+)\.\.(\d+)", re.ASCII)
Values = Sequence[tuple[str, int]]  # names and values, in the order of the module


@dataclass(frozen=True, slots=True)
class Limit:
    """What a parameter may be."""

    values: tuple[int, ...] = ()  # those allowed; () is any from low to high
    low: int | None = None
    high: int | None = None

    def __contains__(self, value: int) -> bool:
        if self.values:
            return value in self.values
        above = self.low is None or value >= self.low
        return above and (self.high is None or value <= self.high)

    def __str__(self) -> str:
        return ", ".join(map(str, self.values)) or f"{self.low} to {self.high}"


Limits = Mapping[str, Limit]


def limits(ranges: Iterable[str]) -> dict[str, Limit]:
    """What parameters may be: Rows=4,8,16 or MaxBurst=1..256. ConfigError for another form."""
    found = {}
    for text in ranges:
        if match := _RANGE.fullmatch(text):
            found[match[1]] = Limit(low=int(match[2]), high=int(match[3]))
        elif match := _LISTED.fullmatch(text):
            found[match[1]] = Limit(tuple(map(int, match[2].split(","))))
        else:
            raise ConfigError(f"range {text!r}: expected NAME=LOW..HIGH or NAME=VALUE,VALUE,...")
    return found


def faults(values: Values, limits: Limits) -> Iterator[str]:
    """Ranges of parameters that are not there, and values outside of theirs."""
    known = dict(values)
    for name, limit in limits.items():
        if name not in known:
            yield f"range of {name}: the module has no such parameter ({', '.join(known)})"
        elif known[name] not in limit:
            yield f"{name}: expected {limit}, found {known[name]}"


def of_module(values: Values) -> tuple[HdlParameter, ...]:
    """The parameters of the top module; they take what the user sets."""
    return tuple(
        HdlParameter(
            name,
            Value(str(value), "long", "generated", f"MODELPARAM_VALUE.{name}"),
            display=name,
            type="integer",
        )
        for name, value in values
    )


def of_user(values: Values, limits: Limits, instance: str) -> tuple[Parameter, ...]:
    """The parameters that a user of the IP sees, the name of the instance last.

    instance: what an instance is called if nobody says otherwise
    """
    named = Value(instance, "", "user", "PARAM_VALUE.Component_Name", order="1")
    shown = (_shown(name, value, place, limits) for place, (name, value) in enumerate(values, 2))
    return (*shown, Parameter("Component_Name", named))


def choices(values: Values, limits: Limits) -> tuple[Choice, ...]:
    """The lists that parameters are chosen from."""
    return tuple(
        Choice(_choice(name), tuple(Enumeration(str(value)) for value in limits[name].values))
        for name, _ in values
        if name in limits and limits[name].values
    )


def _choice(name: str) -> str:
    return f"choice_list_{name}"


def _shown(name: str, value: int, place: int, limits: Limits) -> Parameter:
    limit = limits.get(name, Limit())
    ranged = limit.low is not None or limit.high is not None
    said = Value(
        str(value),
        "long",
        "user",
        f"PARAM_VALUE.{name}",
        choice=_choice(name) if limit.values else "",
        order=str(place),
        minimum="" if limit.low is None else str(limit.low),
        maximum="" if limit.high is None else str(limit.high),
        range_type="long" if ranged else "",
    )
    return Parameter(name, said, display=name)

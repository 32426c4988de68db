"""How functions use what they are given: what is read, what is written, and by which process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bitwright.hls.source import Access, Call, Function, Source, Span, Variable

READ, WRITE = "read", "write"
_MODES: Mapping[str, frozenset[str]] = {
    READ: frozenset({READ}),
    WRITE: frozenset({WRITE}),
    "update": frozenset({READ, WRITE}),
    "look": frozenset(),
}
COPIES = ("memcpy", "memmove", "memset")  # write their first argument, read the second


@dataclass(frozen=True, slots=True)
class Use:
    """One process of a DATAFLOW region that uses a variable."""

    process: str  # the function called, or the loop
    span: Span
    effects: frozenset[str]  # of READ and WRITE


@dataclass(slots=True)
class Effects:
    """Answers about one source; what was found out is kept."""

    source: Source
    known: dict[tuple[Function, Variable], frozenset[str]] = field(default_factory=dict)

    def of(self, function: Function, variable: Variable) -> frozenset[str]:
        """What a function, and all it calls, does to a parameter or a local of its own."""
        key = (function, variable)
        if key not in self.known:
            self.known[key] = frozenset()  # of a call within a call of itself nothing is new
            found = [
                effect
                for access in function.accesses
                if access.variable is variable
                for effect in self.effect(function, access)
            ]
            self.known[key] = frozenset(found)
        return self.known[key]

    def effect(self, function: Function, access: Access) -> frozenset[str]:
        """What one mention of a variable does to it."""
        if access.mode in _MODES:
            return _MODES[access.mode]
        whole = len(access.indices) < len(access.variable.dims)
        for call, place in passed(function, access):
            callees = self.source.called(call)
            if callees:
                return frozenset().union(*(self.of(f, f.parameters[place]) for f in callees))
            if call.name in COPIES:
                return _MODES[WRITE if place == 0 else READ]
        unknown = whole or access.variable.passed == "pointer" or access.variable.stream
        return _MODES["update" if unknown else READ]

    def uses(self, region: Function, variable: Variable) -> tuple[Use, ...]:
        """Each process of a region that uses a variable, in the order of the file."""
        found: dict[Span, Use] = {}
        for access in region.accesses:
            if access.variable is not variable or not (effects := self.effect(region, access)):
                continue
            name, span = _process(region, access)
            before = found[span].effects if span in found else frozenset()
            found[span] = Use(name, span, before | effects)
        return tuple(found.values())


def passed(function: Function, access: Access) -> Iterator[tuple[Call, int]]:
    """The call that an access is an argument of, with its place among the arguments."""
    for call in function.calls:
        for place, argument in enumerate(call.arguments):
            if argument.base and argument.span.holds(access.span) and not call.receiver:
                yield call, place


def _process(region: Function, access: Access) -> tuple[str, Span]:
    loops = region.around(access.loop)
    if loops:
        return f"loop {loops[-1].label}" if loops[-1].label else "a loop", loops[-1].span
    for call in region.calls:
        if call.span.holds(access.span):
            return call.name, call.span
    return "the body", access.span

"""What functions do to what they are given, as far as that is known: reads, writes, or perhaps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bitwright.hls.lint.program import Program
from bitwright.hls.source import Access, Call, Function, Variable

READ, WRITE, PERHAPS = "read", "write", "perhaps"  # perhaps: what is done is not seen here
Does = frozenset[str]
_BOTH: Does = frozenset({READ, WRITE})
_MODES: Mapping[str, Does] = {
    "read": frozenset({READ}),
    "write": frozenset({WRITE}),
    "look": frozenset(),
}
_COPIES = ("memcpy", "memmove", "memset")  # write their first argument, read the second
_NUMBER = re.compile(  # a type that a conversion or a function of mathematics takes by value
    r"(?:std::)?(?:(?:un)?signed|u?int\d*(?:_t)?|char|short|long|bool|float|double|half|ap_u?\w+<)"
)
_UNSEEN: Does = frozenset({PERHAPS})


@dataclass(slots=True)
class Effects:
    """Answers about one program; what was found out is kept."""

    program: Program
    known: dict[tuple[Function, Variable], Does] = field(default_factory=dict)

    def of(self, function: Function, variable: Variable) -> Does:
        """What a function, and all it calls, does to a parameter or a local of its own."""
        key = (function, variable)
        if key not in self.known:
            self.known[key] = frozenset()  # of a call within a call of itself nothing is new
            mine = (a for a in function.accesses if a.variable == variable)
            found = (self.effect(function, access) for access in mine)
            self.known[key] = frozenset().union(*found)
        return self.known[key]

    def effect(self, function: Function, access: Access) -> Does:
        """What one mention of a variable does to it."""
        variable = access.variable
        if access.mode == "update":  # of a stream: by a method that is not known
            return _UNSEEN if variable.stream else _BOTH
        if access.mode in _MODES:
            return _MODES[access.mode]
        element = 0 < len(variable.dims) <= len(access.indices) and not variable.stream
        for call, place in _passed(function, access):
            callees = self.program.called(call)
            if callees:
                return self._joined(callees, place, element)
            if call.name in _COPIES and not call.receiver:
                return _MODES["write" if place == 0 else "read"]
        return _MODES["read"] if element and _NUMBER.match(variable.type) else _UNSEEN

    def _joined(self, callees: tuple[Function, ...], place: int, element: bool) -> Does:
        """What all functions that a call may mean agree on."""
        every = set()
        for callee in callees:
            parameter = callee.parameters[place]
            copied = element and parameter.passed == "value" and not parameter.dims
            only = copied or (parameter.const and not parameter.stream)
            every.add(_MODES["read"] if only else self.of(callee, parameter))
        return every.pop() if len(every) == 1 else _UNSEEN


def _passed(function: Function, access: Access) -> Iterator[tuple[Call, int]]:
    """The calls that an access is an argument of, innermost first, with its place there."""
    found = [
        (call, place)
        for call in function.calls
        for place, argument in enumerate(call.arguments)
        if argument.span.holds(access.span)
    ]
    yield from sorted(found, key=lambda pair: pair[0].span.end - pair[0].span.start)

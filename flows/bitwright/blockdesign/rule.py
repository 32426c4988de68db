"""One rule of a catalogue file: what it says, how often it holds, and for which names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product

from bitwright.blockdesign import expression
from bitwright.blockdesign.expression import ExpressionError, Names, Value

MOST = 4096  # times that a rule may repeat, whatever a parameter says


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    line: int
    texts: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    each: tuple[tuple[str, str, str], ...] = ()  # name, first, last

    def over(self, names: Names) -> Iterator[Names]:
        """The names once per value of `each`, where `when` holds."""
        ranges = []
        for name, first, last in self.each:
            low, high = whole(first, names), whole(last, names)
            ranges.append([(name, value) for value in range(low, min(high, low + MOST) + 1)])
        for values in islice(product(*ranges), MOST):
            here = {**names, **dict(values)}
            if "when" not in self.texts or self.number("when", here):
                yield here

    def text(self, key: str, names: Names, default: str = "") -> str:
        text = self.texts.get(key, default)
        filled = expression.fill(text, names)
        if not text.startswith("="):
            return filled
        return str(expression.evaluate(filled[1:], names))

    def number(self, key: str, names: Names) -> Value | None:
        """None where it is not said, or is said to be unknown ('?')."""
        text = self.texts.get(key, "?")
        if text == "?":
            return None
        return expression.evaluate(expression.fill(text, names), names)

    def whole(self, key: str, names: Names, default: int | None = None) -> int | None:
        found = self.number(key, names) if key in self.texts else default
        return int(found) if isinstance(found, int | float) else None

    def real(self, key: str, names: Names) -> float | None:
        found = self.number(key, names)
        return float(found) if isinstance(found, int | float) else None


def whole(text: str, names: Names) -> int:
    """The whole number that an expression gives; ExpressionError if it gives text."""
    found = expression.evaluate(expression.fill(text, names), names)
    if not isinstance(found, int | float):
        raise ExpressionError(f"{text!r} gives {found!r}, not a number")
    return int(found)

"""An IP as its file describes it, and what an instance of it looks like with its parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TypeVar

from bitwright.blockdesign import expression
from bitwright.blockdesign.expression import ExpressionError, Names, Value
from bitwright.blockdesign.ip import Instance, Interface, Parameter, Pin, Segment, Space, Window
from bitwright.blockdesign.rule import Rule, whole

T = TypeVar("T")
Members = Callable[[str, str, Names, Interface], Mapping[str, Pin]]


@dataclass(frozen=True, slots=True)
class Ip:
    """An IP before anything is known of an instance's parameters."""

    type: str
    where: str
    versions: tuple[str, ...] = ()
    doc: str = ""
    whole: bool = True
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    routes: tuple[tuple[str, tuple[str, ...]], ...] = ()  # patterns of slaves and of masters
    derived: Mapping[str, str] = field(default_factory=dict)  # expressions, in order
    twins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # type -> its versions

    def instance(
        self, given: Mapping[str, str], members: Members, *, version: str = ""
    ) -> Instance:
        """The IP with these parameters.

        given: texts by name. A value that the file does not allow counts as not given: what is
        wrong with it is for the checks to say, and a picture of the rest can still be drawn.
        """
        parameters = self.parameters()
        names = self.names(parameters, given, version)
        interfaces, pins = self._outside(names, members)
        spaces = (_matched(space, interfaces) for _, space in self._made("spaces", names, _space))
        segments = (segment for _, segment in self._made("segments", names, _segment))
        return Instance(
            type=self.type,
            pins=pins,
            interfaces=interfaces,
            spaces={one.name: one for one in spaces if one.interfaces},
            segments={one.name: one for one in segments if one.interface in interfaces},
            parameters=parameters,
            routes=self._routes(interfaces),
            whole=self.whole,
            versions=self.versions,
            doc=self.doc,
        )

    def _outside(
        self, names: Names, members: Members
    ) -> tuple[dict[str, Interface], dict[str, Pin]]:
        """Interfaces and pins, the wires of interfaces among them."""
        interfaces = dict(self._made("interfaces", names, _interface))
        pins = dict(self._made("pins", names, _pin))
        for rule, here, name in self._named("interfaces", names):
            if "members" in rule.texts:
                wires = rule.texts.get("wires", "{signal}")
                made = members(rule.text("members", here), wires, here, interfaces[name])
                interfaces[name] = replace(interfaces[name], pins=(*interfaces[name].pins, *made))
                pins = {**made, **pins}  # what the file says of a pin itself counts
        there = {
            name: replace(one, pins=tuple(pin for pin in one.pins if pin in pins))
            for name, one in interfaces.items()
        }
        return there, pins

    def names(
        self, parameters: Mapping[str, Parameter], given: Mapping[str, str], version: str = ""
    ) -> dict[str, Value]:
        """What expressions may name: parameters, the version and what is derived from them."""
        names = _values(parameters, given)
        newest = self.versions[-1] if self.versions else "0"
        names["VERSION"] = expression.value(version or newest)
        for name, text in self.derived.items():
            names[name] = expression.evaluate(text, names)
        return names

    def parameters(self) -> dict[str, Parameter]:
        return dict(self._made("parameters", {}, _parameter))

    def _named(self, section: str, names: Names) -> Iterator[tuple[Rule, Names, str]]:
        for rule in self.rules.get(section, ()):
            try:
                for here in rule.over(names):
                    yield rule, here, expression.fill(rule.name, here)
            except ExpressionError as error:
                raise ExpressionError(f"{self.where}:{rule.line}: {rule.name}: {error}") from None

    def _made(
        self, section: str, names: Names, make: Callable[[str, Rule, Names], T]
    ) -> Iterator[tuple[str, T]]:
        for rule, here, name in self._named(section, names):
            yield name, make(name, rule, here)

    def _routes(self, interfaces: Mapping[str, Interface]) -> dict[str, tuple[str, ...]]:
        routes: dict[str, tuple[str, ...]] = {}
        for slave, masters in self.routes:
            behind = tuple(name for name in interfaces if _matches(name, masters))
            for name in interfaces:
                if fnmatchcase(name, slave) and behind:
                    routes[name] = (*routes.get(name, ()), *behind)
        return routes


def _values(parameters: Mapping[str, Parameter], given: Mapping[str, str]) -> dict[str, Value]:
    """What expressions may name: every parameter, as given or else its default.

    Vivado does not mind the case of a parameter's name, so neither does this.
    """
    spelled = {name.lower(): name for name in parameters}
    names = {name: expression.value(one.default) for name, one in parameters.items()}
    for name, text in given.items():
        known = spelled.get(name.lower())
        if known is not None and allowed(parameters[known], text):
            names[known] = expression.value(text)
    return names


def allowed(parameter: Parameter, text: str) -> bool:
    """Whether the catalogue allows this value; what is not listed or limited may be anything."""
    found = expression.value(text)
    if parameter.low is not None or parameter.high is not None:
        if not isinstance(found, int | float):
            return False
        below = parameter.low is not None and found < parameter.low
        return not below and (parameter.high is None or found <= parameter.high)
    values = [expression.value(one) for one in parameter.values]
    return not values or found in values or text.lower() in (v.lower() for v in parameter.values)


def _pin(name: str, rule: Rule, names: Names) -> Pin:
    return Pin(
        name=name,
        direction=rule.text("direction", names),
        kind=rule.text("kind", names),
        width=rule.whole("width", names, 1),
        polarity=rule.text("polarity", names),
        clock=rule.text("clock", names),
        needed=bool(rule.number("needed", names)),
        mhz=rule.real("mhz", names),
        limit_mhz=rule.real("limit_mhz", names),
    )


def _interface(name: str, rule: Rule, names: Names) -> Interface:
    vlnv = rule.text("type", names, "aximm")
    return Interface(
        name=name,
        mode=rule.text("mode", names),
        vlnv=vlnv if ":" in vlnv else f"xilinx.com:interface:{vlnv}_rtl:1.0",
        protocol=rule.text("protocol", names),
        data_width=rule.whole("data_width", names),
        addr_width=rule.whole("addr_width", names),
        clock=rule.text("clock", names),
        reset=rule.text("reset", names),
        needed=bool(rule.number("needed", names)),
        pins=tuple(expression.fill(pin, names) for pin in rule.lists.get("pins", ())),
    )


def _space(name: str, rule: Rule, names: Names) -> Space:
    interfaces = tuple(expression.fill(one, names) for one in rule.lists.get("interfaces", ()))
    windows = tuple(_window(text, names) for text in rule.lists.get("windows", ()))
    return Space(name, interfaces, rule.whole("addr_width", names, 32) or 32, windows)


def _window(text: str, names: Names) -> Window:
    words = text.split()
    if len(words) != 3:
        raise ExpressionError(f"window {text!r}; expected interface, first byte and bytes")
    return Window(words[0], whole(words[1], names), whole(words[2], names))


def _segment(name: str, rule: Rule, names: Names) -> Segment:
    return Segment(
        name=name,
        interface=rule.text("interface", names),
        range=rule.whole("range", names),
        offset=rule.whole("offset", names),
        kind=rule.text("kind", names, "register"),
    )


def _parameter(name: str, rule: Rule, names: Names) -> Parameter:
    return Parameter(
        name=name,
        default=rule.texts.get("default", ""),
        values=rule.lists.get("values", ()),
        low=rule.real("low", names),
        high=rule.real("high", names),
        doc=rule.texts.get("doc", ""),
    )


def _matched(space: Space, interfaces: Iterable[str]) -> Space:
    found = tuple(name for name in interfaces if _matches(name, space.interfaces))
    windows = tuple(window for window in space.windows if window.interface in found)
    return replace(space, interfaces=found, windows=windows)


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)

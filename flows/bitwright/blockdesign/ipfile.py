"""One file of the IP catalogue: bd/catalogue/<ip>.yml becomes an Ip, and an Ip an Instance.

    type: xilinx.com:ip:smartconnect
    versions: ["1.0"]                   # known, oldest first
    whole: false                        # parameters that are not listed exist
    parameters:
      NUM_MI: {default: 1, low: 1, high: 64}
    pins:
      aclk: {direction: in, kind: clk, needed: true}
      "aclk{i}": {each: {i: [1, NUM_CLKS - 1]}, direction: in, kind: clk}
      aresetn: {direction: in, kind: rst, polarity: low, when: HAS_ARESETN}
    interfaces:
      "M{i:02}_AXI": {each: {i: [0, NUM_MI - 1]}, mode: Master}
    spaces:                             # a window: interface, first byte, bytes
      Data: {interfaces: ["M_AXI_GP*"], windows: ["M_AXI_GP0 0x40000000 1G"]}
    segments: {S_AXI/Reg: {interface: S_AXI, range: 64K}}
    routes: {"S*_AXI": ["M*_AXI"]}
    derived: {WIDE: DATA_WIDTH > 64}    # names for expressions that say something often
    twins: {"xilinx.com:inline_hdl:ilconcat": ["1.0"]}  # types that look the same, their versions

A rule of pins, interfaces, spaces, segments or parameters is there once, or once for `each` value
that a name takes, and only `when` an expression holds. What is a number is an expression over the
parameters (`expression.py`); what is text is meant as it stands, with {names} filled in, unless it
begins with `=`: then it is an expression that gives the text. VERSION is the version of the cell,
the newest known where it says none. Interfaces of spaces and routes are patterns, matched against
those that the instance has. `members` of an interface names what it is made of, a file of
bd/catalogue/interfaces (`members.py`), and `wires` how these pins are called:
"M_AXI_{SIGNAL}", or {signal} for small letters. A segment's range is what it takes at least if it
holds registers, and what there is if it is memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from itertools import islice, product
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from bitwright import yamlfile
from bitwright.blockdesign import expression
from bitwright.blockdesign.expression import ExpressionError, Names, Value
from bitwright.blockdesign.ip import Instance, Interface, Parameter, Pin, Segment, Space, Window
from bitwright.schema import check_keys
from bitwright.yamlfile import Faults, Node, Scalar, Sequence, Table, describe

MOST = 4096  # times that a rule may repeat, whatever a parameter says
COMMON = ("when", "each")
SECTIONS = MappingProxyType(
    {
        "parameters": ("default", "values", "low", "high", "doc"),
        "pins": ("direction", "kind", "width", "polarity", "clock", "needed", "mhz", "limit_mhz"),
        "interfaces": (
            *("mode", "type", "protocol", "data_width", "addr_width", "clock", "reset"),
            *("needed", "members", "wires", "pins"),
        ),
        "spaces": ("interfaces", "addr_width", "windows"),
        "segments": ("interface", "range", "offset", "kind"),
    }
)
TOP = ("type", "versions", "twins", "doc", "whole", "derived", *SECTIONS, "routes")
CHOICES = MappingProxyType(
    {
        "direction": ("in", "out", "inout"),
        "kind": ("", "clk", "rst", "intr", "data", "ce", "register", "memory"),
        "mode": ("Master", "Slave", "MirroredMaster", "MirroredSlave", "Monitor"),
        "polarity": ("", "low", "high"),
        "protocol": ("", "AXI4", "AXI3", "AXI4LITE"),
    }
)
NUMBERS = frozenset({"width", "mhz", "limit_mhz", "data_width", "addr_width", "range", "offset"})
LISTS = frozenset({"values", "interfaces", "pins", "windows"})

T = TypeVar("T")
Members = Callable[[str, str, Names, Interface], Mapping[str, Pin]]


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
            low, high = _whole(first, names), _whole(last, names)
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


@dataclass(frozen=True, slots=True)
class Ip:
    """An IP as its file describes it, before anything is known of an instance's parameters."""

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
        interfaces = dict(self._made("interfaces", names, _interface))
        pins = dict(self._made("pins", names, _pin))
        for rule, here, name in self._named("interfaces", names):
            if "members" in rule.texts:
                wires = rule.texts.get("wires", "{signal}")
                made = members(rule.text("members", here), wires, here, interfaces[name])
                interfaces[name] = replace(interfaces[name], pins=(*interfaces[name].pins, *made))
                pins = {**made, **pins}  # what the file says of a pin itself counts
        interfaces = {
            name: replace(one, pins=tuple(pin for pin in one.pins if pin in pins))
            for name, one in interfaces.items()
        }
        patterns = tuple(interfaces)
        spaces = {
            name: _matched(space, patterns) for name, space in self._made("spaces", names, _space)
        }
        segments = {
            name: segment
            for name, segment in self._made("segments", names, _segment)
            if segment.interface in interfaces
        }
        return Instance(
            type=self.type,
            pins=pins,
            interfaces=interfaces,
            spaces={name: one for name, one in spaces.items() if one.interfaces},
            segments=segments,
            parameters=parameters,
            routes=self._routes(interfaces),
            whole=self.whole,
            versions=self.versions,
            doc=self.doc,
        )

    def names(
        self, parameters: Mapping[str, Parameter], given: Mapping[str, str], version: str = ""
    ) -> dict[str, Value]:
        """What expressions may name: parameters, the version and what is derived from them."""
        names = _names(parameters, given)
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


def _names(parameters: Mapping[str, Parameter], given: Mapping[str, str]) -> dict[str, Value]:
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
    return Window(words[0], _whole(words[1], names), _whole(words[2], names))


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


def _whole(text: str, names: Names) -> int:
    found = expression.evaluate(expression.fill(text, names), names)
    if not isinstance(found, int | float):
        raise ExpressionError(f"{text!r} gives {found!r}, not a number")
    return int(found)


# ------------------------------------------------------------------------------------- reading


def load(path: Path, where: str, members: Members) -> Ip:
    """Read one file of the catalogue; ConfigError with every fault of it, one line each."""
    return of_table(yamlfile.load(path, where), where, members)


def of_table(root: Table, where: str, members: Members) -> Ip:
    """The IP that a file's tree describes; it is tried out with every parameter at its default."""
    faults = Faults(where)
    check_keys(root, "", TOP, faults, optional=set(TOP) - {"type"})
    ip = Ip(
        type=_text(root, "type"),
        where=where,
        versions=_list(root.items.get("versions"), "versions", faults),
        doc=_text(root, "doc"),
        whole=expression.value(_text(root, "whole") or "true") == 1,
        rules={key: _rules(root.items.get(key), key, faults) for key in SECTIONS},
        routes=_lists(root.items.get("routes"), "routes", faults),
        derived=_texts(root.items.get("derived"), "derived", faults),
        twins=dict(_lists(root.items.get("twins"), "twins", faults)),
    )
    if ip.type.count(":") != 2:
        faults.add(root.line, f"type: {ip.type!r}; expected vendor:library:name")
    faults.check()
    _try_out(ip, faults, members)
    faults.check()
    return ip


def _try_out(ip: Ip, faults: Faults, members: Members) -> None:
    """Expressions, names and choices of all rules that are there by default, and of the others."""
    try:
        names = ip.names(ip.parameters(), {})
    except ExpressionError as error:
        faults.add(1, f"derived: {error}")
        return
    for key in SECTIONS:
        for rule in ip.rules[key]:
            try:
                _try_rule(rule, names, faults)
            except ExpressionError as error:
                faults.add(rule.line, f"{rule.name}: {error}")
    faults.check()
    try:
        made = ip.instance({}, members)
    except ExpressionError as error:
        faults.add(1, str(error))
        return
    for name, interface in made.interfaces.items():
        for pin in filter(None, (interface.clock, interface.reset)):
            if pin not in made.pins:
                faults.add(1, f"interface {name}: no pin {pin!r}")


def _try_rule(rule: Rule, names: Names, faults: Faults) -> None:
    here = dict(names)
    for name, first, _ in rule.each:
        here[name] = _whole(first, here)
    expression.fill(rule.name, here)
    for key in rule.texts:
        if key in NUMBERS or key in ("when", "needed", "low", "high"):
            rule.number(key, here)
        elif key not in ("default", "doc", "wires"):
            text = rule.text(key, here)
            if key in CHOICES and text not in CHOICES[key]:
                expected = ", ".join(filter(None, CHOICES[key]))
                faults.add(rule.line, f"{rule.name}: {key} {text!r}; expected one of {expected}")


def _rules(node: Node | None, section: str, faults: Faults) -> tuple[Rule, ...]:
    if node is None:
        return ()
    if not isinstance(node, Table):
        faults.add(node.line, f"{section}: expected a mapping, found {describe(node)}")
        return ()
    return tuple(
        rule
        for name, entry in node.items.items()
        if (rule := _rule(name, node.lines[name], entry, section, faults)) is not None
    )


def _rule(name: str, line: int, node: Node, section: str, faults: Faults) -> Rule | None:
    if not isinstance(node, Table):
        faults.add(line, f"{name}: expected a mapping, found {describe(node)}")
        return None
    keys = (*SECTIONS[section], *COMMON)
    check_keys(node, name, keys, faults, optional=keys)
    texts = {
        key: item.text
        for key, item in node.items.items()
        if key not in LISTS and isinstance(item, Scalar)
    }
    lists = {key: _list(node.items[key], key, faults) for key in LISTS & set(node.items)}
    for key, item in node.items.items():
        if key not in texts and key not in lists and key != "each":
            faults.add(item.line, f"{name}: {key}: expected one value, found {describe(item)}")
    return Rule(name, line, texts, lists, _each(node.items.get("each"), name, faults))


def _each(node: Node | None, name: str, faults: Faults) -> tuple[tuple[str, str, str], ...]:
    if node is None:
        return ()
    if isinstance(node, Table):
        ranges = [(key, _list(item, "each", faults)) for key, item in node.items.items()]
        if all(len(ends) == 2 for _, ends in ranges):
            return tuple((key, first, last) for key, (first, last) in ranges)
    faults.add(node.line, f"{name}: each: expected {{name: [first, last]}}")
    return ()


def _lists(node: Node | None, key: str, faults: Faults) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """A mapping of names to lists."""
    if node is None:
        return ()
    if not isinstance(node, Table):
        faults.add(node.line, f"{key}: expected a mapping, found {describe(node)}")
        return ()
    return tuple((name, _list(item, name, faults)) for name, item in node.items.items())


def _texts(node: Node | None, key: str, faults: Faults) -> dict[str, str]:
    """A mapping of names to single values."""
    if node is None:
        return {}
    if not isinstance(node, Table):
        faults.add(node.line, f"{key}: expected a mapping, found {describe(node)}")
        return {}
    for name, item in node.items.items():
        if not isinstance(item, Scalar):
            faults.add(item.line, f"{name}: expected one value, found {describe(item)}")
    return {name: one.text for name, one in node.items.items() if isinstance(one, Scalar)}


def _text(table: Table, key: str) -> str:
    node = table.items.get(key)
    return node.text if isinstance(node, Scalar) else ""


def _list(node: Node | None, key: str, faults: Faults) -> tuple[str, ...]:
    if node is None:
        return ()
    if isinstance(node, Sequence):
        texts = [item.text for item in node.items if isinstance(item, Scalar)]
        if len(texts) == len(node.items):
            return tuple(texts)
    faults.add(node.line, f"{key}: expected a list of values, found {describe(node)}")
    return ()

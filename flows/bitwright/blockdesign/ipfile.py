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

from pathlib import Path
from types import MappingProxyType

from bitwright import yamlfile
from bitwright.blockdesign import expression
from bitwright.blockdesign.expression import ExpressionError, Names
from bitwright.blockdesign.rule import Rule, whole
from bitwright.blockdesign.template import Ip, Members
from bitwright.schema import check_keys
from bitwright.yamlfile import Faults, Node, Scalar, Sequence, Table, describe

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
        here[name] = whole(first, here)
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

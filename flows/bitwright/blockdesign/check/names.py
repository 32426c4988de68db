"""Names, types and parameters of what stands in a design."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bitwright.blockdesign.check.finding import Fault
from bitwright.blockdesign.check.scene import Scene
from bitwright.blockdesign.ip import Instance, Parameter
from bitwright.blockdesign.model import BlockDesign, Cell, InterfacePort, Net, Port, parent
from bitwright.blockdesign.template import allowed
from bitwright.schema import nearest
from bitwright.yamlfile import shown

# UG895 and UG973, Vivado Naming Conventions: letters, digits and _, a letter first.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
KEYWORDS = frozenset(  # IEEE 1364-2001: the wrapper that Vivado writes would not be Verilog
    """
    always and assign automatic begin buf bufif0 bufif1 case casex casez cell cmos config deassign
    default defparam design disable edge else end endcase endconfig endfunction endgenerate
    endmodule endprimitive endspecify endtable endtask event for force forever fork function
    generate genvar highz0 highz1 if ifnone incdir include initial inout input instance integer
    join large liblist library localparam macromodule medium module nand negedge nmos nor
    noshowcancelled not notif0 notif1 or output parameter pmos posedge primitive pull0 pull1
    pulldown pullup pulsestyle_ondetect pulsestyle_onevent rcmos real realtime reg release repeat
    rnmos rpmos rtran rtranif0 rtranif1 scalared showcancelled signed small specify specparam
    strong0 strong1 supply0 supply1 table task time tran tranif0 tranif1 tri tri0 tri1 triand trior
    trireg unsigned use vectored wait wand weak0 weak1 while wire wor xnor xor
    """.split()  # noqa: SIM905
)
DIGITS = re.compile(r"[0-9]")
NEAREST, NARROW = 5, 60  # names that are told where one is wrong, and their columns together
# What Vivado keeps for itself in any IP's parameters.
COMMON = re.compile(r"(?i)Component_Name|USE_BOARD_FLOW|EDK_\w+|.*BOARD_INTERFACE|.*\..*")

Thing = Cell | Port | InterfacePort


def unknown_type(scene: Scene) -> Iterator[Fault]:
    for cell in scene.design.cells:
        looks = scene.instance(cell.path)
        if looks is not None and not looks.known and cell.kind in ("ip", "inline_hdl", "platform"):
            hint = nearest(cell.type, scene.types, 0.85)
            yield Fault(
                cell.place,
                f"cell {cell.path}: no {cell.type} in the catalogue{hint}",
                "the name of an IP in bd/catalogue/",
                "none, so its pins and interfaces are taken as the nets use them",
                "python -m bitwright.blockdesign catalogue component.xml > bd/catalogue/NAME.yml",
            )


def unknown_version(scene: Scene) -> Iterator[Fault]:
    for cell, looks in scene.leaves:
        if cell.version and looks.versions and cell.version not in looks.versions:
            yield Fault(
                cell.place,
                f"cell {cell.path}: {cell.type} has no version {shown(cell.version)}",
                f"one of {', '.join(looks.versions)}",
                cell.version,
                "leave the version out: the one that Vivado has is taken",
            )


def unknown_parameter(scene: Scene) -> Iterator[Fault]:
    """Of an IP that is not listed whole, a name that is one letter away from a listed one."""
    for cell, looks in scene.leaves:
        known = {name.lower() for name in looks.parameters}
        names = [name for name, _ in cell.parameters if name.lower() not in known]
        names = [name for name in names if not COMMON.fullmatch(name)]
        many = scene.may_have_more(cell.path)  # hundreds, with names that are much alike
        meant = {} if many or not names else _without_a_letter(looks.parameters)
        for name in names:
            near = {one for rest in _shorter(name) for one in meant.get(rest, ())}
            slips = [one for one in looks.parameters if one in near and _slip(name, one)]
            if not looks.whole and not slips:
                continue
            yield Fault(
                cell.place,
                f"cell {cell.path}: {cell.type} has no parameter"
                f" {shown(name)}{nearest(name, slips or looks.parameters)}",
                _nearest_few(name, list(looks.parameters) if looks.whole else slips),
                name,
                "mend the name; Vivado would pass over it with a CRITICAL WARNING (BD 41-1276)",
            )


def _nearest_few(name: str, known: Sequence[str]) -> str:
    """What is expected where a name is none of those known."""
    if not known:
        return "none at all"
    near = difflib.get_close_matches(name, known, NEAREST, cutoff=0)
    while len(", ".join(near)) > NARROW and len(near) > 1:
        near.pop()
    rest = f" (the nearest of {len(known)})" if len(known) > len(near) else ""
    return f"one of {', '.join(near)}{rest}"


def _without_a_letter(names: Iterable[str]) -> Mapping[str, list[str]]:
    """Names by what they are without any one letter: two that are a slip apart share one."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        for rest in _shorter(name):
            found[rest].append(name)
    return found


def _shorter(name: str) -> set[str]:
    """A name in small letters, and the same without each one of them."""
    small = name.lower()
    return {small, *(small[:at] + small[at + 1 :] for at in range(len(small)))}


def _slip(name: str, meant: str) -> bool:
    """Whether a name is another with one letter too many, too few, wrong, or two swapped.

    A digit is no slip: S00_HAS_REGSLICE and S01_HAS_REGSLICE are two names.
    """
    one, other = sorted((name.lower(), meant.lower()), key=len)
    if len(other) - len(one) > 1 or DIGITS.sub("", one) == DIGITS.sub("", other):
        return False
    same = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    rest, wrong = one[same:], other[same:]
    if len(one) < len(other):
        return rest == wrong[1:]
    return rest[1:] == wrong[1:] or (rest[:2] == wrong[1::-1] and rest[2:] == wrong[2:])


def bad_value(scene: Scene) -> Iterator[Fault]:
    for cell, looks in scene.leaves:
        for parameter, value in _listed(looks, cell):
            if (expected := _refused(parameter, value)) is None:
                continue
            yield Fault(
                cell.place,
                f"cell {cell.path}: parameter {parameter.name} cannot be {shown(value)}",
                expected,
                shown(value),
                f"set {parameter.name} to {expected}",
            )


def misset(scene: Scene, path: str) -> bool:
    """Whether a parameter of the cell has a value that counts for nothing, so its looks are off."""
    if path not in scene.misset:
        looks, cell = scene.instance(path), scene.cells.get(path)
        given = _listed(looks, cell) if looks is not None and cell is not None else ()
        scene.misset[path] = any(not allowed(one, value) for one, value in given)
    return scene.misset[path]


def _listed(looks: Instance, cell: Cell) -> Iterator[tuple[Parameter, str]]:
    """Parameters of a cell that the catalogue lists, in whatever case, and their values."""
    known = {name.lower(): one for name, one in looks.parameters.items()}
    for name, value in cell.parameters:
        parameter = looks.parameters.get(name) or known.get(name.lower())
        if parameter is not None:
            yield parameter, value


def _refused(parameter: Parameter, value: str) -> str | None:
    """What was expected in place of a value; None if it may stand."""
    if allowed(parameter, value):
        return None
    if parameter.low is None and parameter.high is None:
        return f"one of {', '.join(parameter.values)}"
    low = parameter.low if parameter.low is not None else float("-inf")
    high = parameter.high if parameter.high is not None else float("inf")
    return f"a number from {low:.12g} to {high:.12g}"


def bad_name(scene: Scene) -> Iterator[Fault]:
    design = scene.design
    for what, things in _named(design):
        for thing in things:
            yield from _name_faults(what, thing)
    if not NAME.fullmatch(design.name):
        place = design.cells[0].place if design.cells else scene.place("")
        yield Fault(
            place,
            f"design {shown(design.name)}: Vivado refuses the name",
            "letters, digits and _, a letter first",
            shown(design.name),
            "call the design otherwise",
        )


def _named(design: BlockDesign) -> tuple[tuple[str, Iterable[Thing]], ...]:
    """All that has a name, by what it is for people."""
    return ("cell", design.cells), ("port", (*design.ports, *design.interface_ports))


def _name_faults(what: str, thing: Thing) -> Iterator[Fault]:
    name = thing.path.rpartition("/")[2]
    if not NAME.fullmatch(name):
        found, expected = shown(name), "letters, digits and _, a letter first"
    elif name in KEYWORDS:
        found, expected = f"{name}, a word of Verilog", "no word of Verilog"
    else:
        return
    yield Fault(
        thing.place,
        f"{what} {shown(thing.path)}: Vivado refuses the name",
        expected,
        found,
        f"call the {what} otherwise",
    )


def duplicate_name(scene: Scene) -> Iterator[Fault]:
    for what, things in _named(scene.design):
        by_name: defaultdict[str, list[Thing]] = defaultdict(list)
        for thing in things:
            by_name[thing.path].append(thing)
        for path, same in by_name.items():
            for thing in same[1:]:
                yield Fault(
                    thing.place,
                    f"{what} {path} is there twice",
                    "one of that name",
                    f"another at {same[0].place}",
                    f"call one of them otherwise, or drop a {what}",
                )
    for cell in scene.design.cells:
        yield from _twice_set(cell)


def _twice_set(cell: Cell) -> Iterator[Fault]:
    names = [name.lower() for name, _ in cell.parameters]
    for name, value in cell.parameters:
        if names.count(name.lower()) > 1:
            yield Fault(
                cell.place,
                f"cell {cell.path}: parameter {name} is set twice",
                "one value",
                shown(value),
                "drop one of them",
            )


def duplicate_net(scene: Scene) -> Iterator[Fault]:
    seen: dict[str, Net] = {}
    for net in (*scene.design.nets, *scene.design.interface_nets):
        other = seen.setdefault(net.name, net)
        if net.name and other is not net:
            yield Fault(
                net.place,
                f"net {net.name} is there twice",
                "one net of that name",
                f"another at {other.place}; Vivado would make one net of the two",
                "call one of them otherwise, or join them",
            )


def no_hierarchy(scene: Scene) -> Iterator[Fault]:
    design = scene.design
    things: tuple[Cell | Port | InterfacePort, ...]
    things = (*design.cells, *design.ports, *design.interface_ports)
    for thing in things:
        above = parent(thing.path)
        if scene.is_hierarchy(above):
            continue
        found = f"a cell of kind {scene.cells[above].kind}" if above in scene.cells else "nothing"
        yield Fault(
            thing.place,
            f"{thing.path}: {above} is no hierarchy",
            f"a cell {above} of kind hier",
            found,
            f"add {above}, or move {thing.path}",
        )

"""What changed from one block design to another, whatever file each came from.

    found = diff(before, after)             # found.changes is empty when they say the same
    found = diff(before, after, built=True) # one of them is a .hwh: only what both can say

Connections are compared by what they join; names of nets do not count. Changes are in the order of
their weight: cells, ports, addresses, interfaces, wires, parameters; what is gone comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bitwright.blockdesign.draw.text import natural
from bitwright.blockdesign.flat import flat
from bitwright.blockdesign.model import (
    Address,
    BlockDesign,
    Cell,
    InterfacePort,
    Net,
    Pairs,
    Port,
    parent,
)
from bitwright.blockdesign.units import hexadecimal, size

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
KINDS = ("cell", "port", "address", "interface", "wire", "parameter")
SIGNS = (REMOVED, CHANGED, ADDED)  # in the order of their weight


@dataclass(frozen=True, slots=True)
class Change:
    kind: str  # one of KINDS
    sign: str  # added | removed | changed
    subject: str  # path of the cell or port, space and segment, or ends of a net
    text: str  # what, for people
    before: Any = None  # Cell, Port, InterfacePort, Address or Net
    after: Any = None
    because: str = ""  # the cell whose own change brings it about


@dataclass(frozen=True, slots=True)
class Difference:
    before: BlockDesign  # as compared
    after: BlockDesign
    changes: tuple[Change, ...]
    left_out: tuple[str, ...] = ()  # what was not compared


def diff(before: BlockDesign, after: BlockDesign, *, built: bool = False) -> Difference:
    """Everything that differs.

    built: one of them is what Vivado wrote of a built design (.hwh). It has no pins of hierarchies
    and many parameters that nobody set, so hierarchies are looked through and a parameter counts
    only where both have it.
    """
    left_out: list[str] = []
    if built:
        before, after = flat(before), flat(after)
        alone = _alone(before, after)
        left_out += ["pins of hierarchies", "what is excluded from a space"]
        left_out += [f"{alone} parameters that one side alone lists"] if alone else []
    changes = [
        *_cells(before, after, built),
        *_ports(before, after, built),
        *_addresses(before, after),
        *_nets("interface", before.interface_nets, after.interface_nets),
        *_nets("wire", before.nets, after.nets),
    ]
    found = _explained(changes)
    return Difference(before, after, tuple(sorted(found, key=_weight)), tuple(left_out))


def _weight(change: Change) -> tuple[object, ...]:
    order = (KINDS.index(change.kind), SIGNS.index(change.sign))
    return (*order, natural(change.subject), change.text)


def _explained(changes: Sequence[Change]) -> Iterable[Change]:
    """Which changes come from a cell that came, went or is another IP now."""
    moved = {
        change.subject
        for change in changes
        if change.kind == "cell" and change.sign in (ADDED, REMOVED)
    }
    retyped = {one.subject for one in changes if one.kind == "cell" and one.sign == CHANGED}
    for change in changes:
        whole = change.kind in ("address", "interface") and change.sign in (ADDED, REMOVED)
        owners = [path for path in _owners(change) if path in moved] if whole else []
        if change.kind == "port" and parent(change.subject) in moved:
            owners = [parent(change.subject)]
        if change.kind == "parameter" and change.subject in retyped:
            owners = [change.subject]
        yield replace(change, because=owners[0]) if owners else change


def _owners(change: Change) -> Iterable[str]:
    """The cells that an address or a net is about."""
    one = change.after or change.before
    if isinstance(one, Net):
        yield from sorted(map(parent, one.ends), key=natural)
    elif isinstance(one, Address):
        for path in (one.segment, one.space):
            while path := parent(path):
                yield path


# --------------------------------------------------------------------------------- cells and ports


def _cells(before: BlockDesign, after: BlockDesign, built: bool) -> Iterable[Change]:
    old = {cell.path: cell for cell in before.cells}
    new = {cell.path: cell for cell in after.cells}
    for path in sorted({*old, *new}, key=natural):
        a, b = old.get(path), new.get(path)
        if a is None or b is None:
            one = a or b
            assert one is not None
            yield Change("cell", REMOVED if a else ADDED, path, _what(one), a, b)
            continue
        if not _same_type(a, b, built):
            yield Change("cell", CHANGED, path, f"{_what(a)} → {_what(b)}", a, b)
        yield from _parameters(path, a.parameters, b.parameters, built, a, b)


def _same_type(a: Cell, b: Cell, built: bool) -> bool:
    """Versions count where both say one; in what was built a module has no kind of its own."""
    versions = not (a.version and b.version) or a.version == b.version
    if built:
        return versions and a.type == b.type
    return versions and (a.kind, a.type) == (b.kind, b.type)


def _what(cell: Cell) -> str:
    return cell.vlnv if cell.kind == "ip" else f"{cell.kind} {cell.vlnv}".rstrip()


def _parameters(
    path: str, old: Pairs, new: Pairs, built: bool, a: object, b: object
) -> Iterable[Change]:
    before, after = dict(old), dict(new)
    names = {*before} & {*after} if built else {*before, *after}
    for name in sorted(names, key=natural):
        was, now = before.get(name), after.get(name)
        if was == now or (built and _same_value(was, now)):
            continue
        sign = ADDED if was is None else REMOVED if now is None else CHANGED
        values = " → ".join(value or "''" for value in (was, now) if value is not None)
        yield Change("parameter", sign, path, f"{name} {values}", a, b)


def _same_value(one: str | None, other: str | None) -> bool:
    """Whether two texts are one number: 250, 250.0 and 0xFA; or one truth: true and 1."""
    return one is not None and other is not None and _value(one) == _value(other)


def _value(text: str) -> object:
    plain = {"true": "1", "false": "0"}.get(text.strip().lower(), text.strip())
    try:
        return float(int(plain, 16)) if plain.lower().startswith("0x") else float(plain)
    except ValueError:
        return plain


def _alone(before: BlockDesign, after: BlockDesign) -> int:
    """How many parameters of cells that both have are named by one of them alone."""
    new = {cell.path: {name for name, _ in cell.parameters} for cell in after.cells}
    old = {cell.path: {name for name, _ in cell.parameters} for cell in before.cells}
    return sum(len(old[path] ^ new[path]) for path in old.keys() & new.keys())


def _ports(before: BlockDesign, after: BlockDesign, built: bool) -> Iterable[Change]:
    old: dict[str, Port | InterfacePort] = {}
    new: dict[str, Port | InterfacePort] = {}
    for design, found in ((before, old), (after, new)):
        found |= {port.path: port for port in design.ports}
        found |= {port.path: port for port in design.interface_ports}
    for path in sorted({*old, *new}, key=natural):
        a, b = old.get(path), new.get(path)
        if a is None or b is None:
            one = a or b
            assert one is not None
            yield Change("port", REMOVED if a else ADDED, path, _port(one, built), a, b)
            continue
        if _port(a, built) != _port(b, built):
            text = f"{_port(a, built)} → {_port(b, built)}"
            yield Change("port", CHANGED, path, text, a, b)
        yield from _parameters(path, a.parameters, b.parameters, built, a, b)


def _port(port: Port | InterfacePort, built: bool) -> str:
    if isinstance(port, InterfacePort):
        return f"{port.mode} {port.vlnv}"
    kind = "" if built else f" {port.kind}".rstrip()
    bits = "" if port.left is None else f" [{port.left}:{port.right}]"
    return f"{port.direction}{kind}{bits}"


# ------------------------------------------------------------------------------------ addresses


def _addresses(before: BlockDesign, after: BlockDesign) -> Iterable[Change]:
    old, new = _by_segment(before), _by_segment(after)
    for key in sorted({*old, *new}):
        gone = [one for one in old.get(key, []) if one not in new.get(key, [])]
        come = [one for one in new.get(key, []) if one not in old.get(key, [])]
        subject = f"{key[0]} {key[1]}"
        for a, b in zip(gone, come, strict=False):
            yield Change("address", CHANGED, subject, f"{_at(a)} → {_at(b)}", a, b)
        for a in gone[len(come) :]:
            yield Change("address", REMOVED, subject, _at(a), a, None)
        for b in come[len(gone) :]:
            yield Change("address", ADDED, subject, _at(b), None, b)


def _by_segment(design: BlockDesign) -> dict[tuple[str, str], list[Address]]:
    found: dict[tuple[str, str], list[Address]] = {}
    for one in sorted(design.addresses, key=lambda a: (a.offset or 0, a.range or 0, a.excluded)):
        found.setdefault((one.space, one.segment), []).append(one)
    return found


def _at(one: Address) -> str:
    where = "no offset" if one.offset is None else hexadecimal(one.offset)
    wide = "" if one.range is None else f" · {size(one.range)}"
    return f"{'excluded ' if one.excluded else ''}{where}{wide}"


# ---------------------------------------------------------------------------------- connections


def _nets(kind: str, before: Sequence[Net], after: Sequence[Net]) -> Iterable[Change]:
    """Nets are the same when they join the same; else each is held against the most alike."""
    old, new = _unlike(before, after)
    for a, b in _most_alike(old, new):
        gone, come = sorted({*a.ends} - {*b.ends}), sorted({*b.ends} - {*a.ends})
        stays = sorted({*a.ends} & {*b.ends}, key=natural)
        moves = [f"−{end}" for end in gone] + [f"+{end}" for end in come]
        yield Change(kind, CHANGED, _joins(stays), " ".join(moves), a, b)
        old.remove(a)
        new.remove(b)
    yield from (Change(kind, REMOVED, _joins(net.ends), net.name, net, None) for net in old)
    yield from (Change(kind, ADDED, _joins(net.ends), net.name, None, net) for net in new)


def _joins(ends: Sequence[str]) -> str:
    return " – ".join(ends[:3]) + (f" and {len(ends) - 3} more" if len(ends) > 3 else "")


def _unlike(before: Sequence[Net], after: Sequence[Net]) -> tuple[list[Net], list[Net]]:
    """Nets without those that are in both, however often each is."""
    new = list(after)
    by_ends: dict[tuple[str, ...], list[Net]] = {}
    for net in new:
        by_ends.setdefault(net.ends, []).append(net)
    old = []
    for net in before:
        if by_ends.get(net.ends):
            new.remove(by_ends[net.ends].pop())
        else:
            old.append(net)
    return old, new


def _most_alike(old: Sequence[Net], new: Sequence[Net]) -> list[tuple[Net, Net]]:
    """Pairs that share ends, those that share most first; each net once."""
    shared: list[tuple[float, int, int]] = []
    for i, a in enumerate(old):
        for j, b in enumerate(new):
            both = len({*a.ends} & {*b.ends})
            if both:
                shared.append((-both / len({*a.ends, *b.ends}), i, j))
    pairs, used_old, used_new = [], set[int](), set[int]()
    for _, i, j in sorted(shared):
        if i not in used_old and j not in used_new:
            used_old.add(i)
            used_new.add(j)
            pairs.append((old[i], new[j]))
    return pairs

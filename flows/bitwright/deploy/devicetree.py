"""A device-tree overlay as text (.dts) and as the blob that a kernel loads (.dtbo), from one tree.

Cells are 32 bits, big-endian. A reference to a label of the board's own tree (`&gic`) is left open
in the blob and listed under __fixups__, as `dtc -@` does. Source: Devicetree Specification v0.4,
chapter 5 (blob, version 17), and the kernel's Documentation/devicetree/overlay-notes.rst.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MAGIC, VERSION, COMPATIBLE = 0xD00DFEED, 17, 16
BEGIN, END, PROPERTY, LAST = 1, 2, 3, 9
OPEN = 0xFFFFFFFF  # where a reference will be put


@dataclass(frozen=True, slots=True)
class Label:
    """A node of the tree that the overlay is laid over."""

    name: str


Value = str | tuple["int | Label", ...]  # a string, or cells; () is a property without a value


@dataclass(frozen=True, slots=True)
class Node:
    """Properties and nodes below, in order."""

    properties: Mapping[str, Value] = field(default_factory=dict)
    nodes: Mapping[str, Node] = field(default_factory=dict)


def overlay(fragments: Mapping[str, Node]) -> Node:
    """What is laid over each of the labelled nodes, as a tree of fragments."""
    return Node(
        nodes={
            f"fragment@{number}": Node({"target": (Label(label),)}, {"__overlay__": node})
            for number, (label, node) in enumerate(fragments.items())
        }
    )


# --- text ---------------------------------------------------------------------------------------


def to_dts(tree: Node) -> str:
    """The source of an overlay."""
    return "\n".join(["/dts-v1/;", "/plugin/;", "", "/ {", *_lines(tree), "};", ""])


def _lines(node: Node, depth: int = 1) -> Iterator[str]:
    tabs = "\t" * depth
    for name, value in node.properties.items():
        yield f"{tabs}{name}{_shown(value)};"
    for name, below in node.nodes.items():
        yield f"{tabs}{name} {{"
        yield from _lines(below, depth + 1)
        yield f"{tabs}}};"


def _shown(value: Value) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f' = "{escaped}"'
    cells = [f"&{cell.name}" if isinstance(cell, Label) else f"{cell:#x}" for cell in value]
    return f" = <{' '.join(cells)}>" if cells else ""


# --- blob ---------------------------------------------------------------------------------------


def to_dtb(tree: Node) -> bytes:
    """The blob of an overlay."""
    fixups: dict[str, str] = {}
    for label, place in _references(tree, ""):
        fixups[label] = f"{fixups[label]}\0{place}" if label in fixups else place
    whole = Node(tree.properties, {**tree.nodes, "__fixups__": Node(fixups)})
    names: dict[str, int] = {}
    body = _structure("", whole, names) + struct.pack(">I", LAST)
    strings = b"".join(name.encode() + b"\0" for name in names)
    reserved = bytes(16)  # no memory is
    at_reserved = 40
    at_body = at_reserved + len(reserved)
    at_strings = at_body + len(body)
    size = at_strings + len(strings)
    head = (MAGIC, size, at_body, at_strings, at_reserved, VERSION, COMPATIBLE, 0)
    return struct.pack(">10I", *head, len(strings), len(body)) + reserved + body + strings


def _references(node: Node, path: str) -> Iterator[tuple[str, str]]:
    """(label, path:property:byte) of each reference."""
    for name, value in node.properties.items():
        for index, cell in enumerate(value):
            if isinstance(cell, Label):
                yield cell.name, f"{path or '/'}:{name}:{4 * index}"
    for name, below in node.nodes.items():
        yield from _references(below, f"{path}/{name}")


def _structure(name: str, node: Node, names: dict[str, int]) -> bytes:
    parts = [struct.pack(">I", BEGIN), _padded(name.encode() + b"\0")]
    for key, value in node.properties.items():
        if key not in names:
            names[key] = sum(len(known.encode()) + 1 for known in names)
        data = _data(value)
        parts += [struct.pack(">III", PROPERTY, len(data), names[key]), _padded(data)]
    parts += [_structure(below, each, names) for below, each in node.nodes.items()]
    return b"".join([*parts, struct.pack(">I", END)])


def _data(value: Value) -> bytes:
    if isinstance(value, str):
        return value.encode() + b"\0"
    cells = [OPEN if isinstance(cell, Label) else cell for cell in value]
    return struct.pack(f">{len(cells)}I", *cells)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)

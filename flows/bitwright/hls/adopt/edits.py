"""The edits that turn a source into one with AXI ports: bytes taken out and bytes put in.

Nothing else of the file is touched: comments, formatting and line ends stay as they are.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bitwright.errors import ConfigError
from bitwright.hls.adopt.interface import Design, Port, mode
from bitwright.hls.source import Function, Pragma, Source, Span, Variable

INDENT = "  "
_REST_IS_COMMENT = re.compile(rb"[ \t]*(/\*([^*\r\n]|\*(?!/))*\*/[ \t]*)*(//[^\r\n]*)?(?=\r?\n|\Z)")


@dataclass(frozen=True, slots=True)
class Edit:
    """The bytes from start to end become text."""

    start: int
    end: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Counts:
    """array_partition pragmas by what their variable is; the ones marked * are taken out."""

    interface: int = 0  # * an argument of the top
    local: int = 0  # a local of the top
    bound_interface: int = 0  # * a node's parameter, bound to an argument of the top
    bound_local: int = 0  # a node's parameter, bound to a local of the top
    node_local: int = 0  # a local of a node

    @property
    def removed(self) -> int:
        return self.interface + self.bound_interface

    @property
    def kept(self) -> int:
        return self.local + self.bound_local + self.node_local


@dataclass(frozen=True, slots=True)
class Partition:
    """An array_partition pragma, and what it partitions."""

    pragma: Pragma
    kind: str  # a field of Counts

    @property
    def removed(self) -> bool:
        return self.kind in ("interface", "bound_interface")


def partitions(design: Design) -> tuple[Partition, ...]:
    """Every array_partition pragma of the source, in the order of the file.

    Raises ConfigError where a parameter is bound to an argument of the top at one call and to a
    local at another: the pragma would have to go and to stay.
    """
    found, faults = [], []
    for function in design.source.functions:
        for pragma in function.pragmas_of("array_partition"):
            name = pragma.variable.partition("[")[0]
            variable = function.lookup(name, pragma.span)
            kind = _kind(design, function, variable)
            if not kind:
                where = f"{design.source.where}:{pragma.line}"
                faults.append(f"{where}: {name}: at one call of {function.name} it is {_both}")
            found.append(Partition(pragma, kind))
    if faults:
        raise ConfigError(
            "\n".join([*faults, "  next      make two functions of it, one for each"])
        )
    return tuple(sorted(found, key=lambda p: p.pragma.span.start))


_both = "an argument of the top, which loses the pragma, and at another a local, which needs it"


def _kind(design: Design, function: Function, variable: Variable | None) -> str:
    """Which field of Counts a pragma belongs to; "" for both at once."""
    if variable is None or not variable.parameter:
        return "local" if function is design.top else "node_local"
    if function is design.top:
        return "interface" if design.port(variable) in design.memories else "local"
    to_port = {port is not None for port in design.ports_of(function, variable)}
    if len(to_port) > 1:
        return ""
    return "bound_interface" if to_port == {True} else "bound_local"


def count(found: Iterable[Partition]) -> Counts:
    kinds = [partition.kind for partition in found]
    return Counts(**{kind: kinds.count(kind) for kind in Counts.__slots__})


def interface(design: Design) -> Iterator[str]:
    """The INTERFACE pragmas that the top lacks, in the order of its arguments."""
    there = {(mode(p), p.options.get("port", "")) for p in design.top.pragmas_of("interface")}
    for port in design.ports:
        if port.bundle and port.pragma is None:
            yield _master(port)
        elif not port.bundle and ("s_axilite", port.name) not in there:
            yield f"mode=s_axilite port={port.name}"
    for protocol in ("s_axilite", "ap_ctrl_hs"):
        if (protocol, "return") not in there:
            yield f"mode={protocol} port=return"


def _master(port: Port) -> str:
    return (
        f"mode=m_axi offset=slave port={port.name} bundle={port.bundle}"
        f" max_widen_bitwidth={port.width} depth={port.elements}"
    )


def edits(design: Design) -> list[Edit]:
    """What is to be changed, in the order of the file."""
    source = design.source
    gone = [_removal(source, p.pragma.span) for p in partitions(design) if p.removed]
    texts = [f"#pragma HLS interface {text}" for text in interface(design)]
    return sorted([*_insertion(source, design.top, texts), *gone], key=lambda edit: edit.start)


def _removal(source: Source, span: Span) -> Edit:
    """A pragma goes with its line, unless a comment shares the line."""
    data = source.data
    start = data.rfind(b"\n", 0, span.start) + 1
    end = data.find(b"\n", span.end)
    end = len(data) if end < 0 else end + 1
    if (data[start : span.start] + data[span.end : end]).strip():
        return Edit(span.start, span.end, b"")
    return Edit(start, end, b"")


def _insertion(source: Source, top: Function, texts: list[str]) -> Iterator[Edit]:
    """New lines behind the top's opening brace, or behind the comment that follows it there."""
    if not texts:
        return
    brace = top.body.start + 1
    newline = line_end(source.data, brace)
    lines = b"".join(newline + f"{INDENT}{text}".encode() for text in texts)
    rest = _REST_IS_COMMENT.match(source.data, brace)
    if rest:
        yield Edit(rest.end(), rest.end(), lines)
    else:
        yield Edit(brace, brace, lines + newline)


def line_end(data: bytes, near: int) -> bytes:
    """How the lines of a file end: the line at a place, else the one before."""
    at = data.find(b"\n", near)
    at = at if at >= 0 else data.rfind(b"\n")
    return b"\r\n" if at > 0 and data[at - 1 : at] == b"\r" else b"\n"


def apply(data: bytes, changes: Iterable[Edit]) -> bytes:
    parts, at = [], 0
    for edit in changes:
        parts += [data[at : edit.start], edit.text]
        at = edit.end
    return b"".join([*parts, data[at:]])


def diff(before: bytes, after: bytes, name: str) -> Iterator[str]:
    """The unified diff, a line at a time; nothing where both are equal."""
    old, new = before.decode().split("\n"), after.decode().split("\n")
    names = (f"a/{name}", f"b/{name}")
    for line in difflib.unified_diff(old, new, *names, n=1, lineterm=""):
        yield line.removesuffix("\r")

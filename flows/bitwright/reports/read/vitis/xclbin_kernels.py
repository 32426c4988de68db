"""The kernels of an xclbin, as `xclbinutil --info` prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bitwright.reports.read.vitis.xclbin_parts import Group, Part

MEMORY = re.compile(r"(\S+) \((\S+)\)")


@dataclass(frozen=True, slots=True)
class Port:
    """A port of a kernel."""

    name: str
    mode: str  # master, slave, read_only, write_only
    range_bytes: int | None
    data_width_bits: int
    type: str  # addressable, stream


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of an instance: where it is set, and what its pointer reaches."""

    name: str
    register_offset: int | None
    port: str
    memories: tuple[str, ...]  # names; none for a scalar


@dataclass(frozen=True, slots=True)
class Instance:
    """A compute unit of a kernel."""

    name: str
    base_address: int | None  # None in software emulation
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument of the signature."""

    name: str
    type: str  # unsigned int const *


@dataclass(frozen=True, slots=True)
class Kernel:
    """A kernel: its signature, its ports and its instances."""

    name: str
    signature: str  # matvec (void* x, int rows)
    arguments: tuple[Parameter, ...]
    ports: tuple[Port, ...]
    instances: tuple[Instance, ...]


def kernels_of(parts: Sequence[Part], whole: bool) -> Iterator[Kernel]:
    """Every kernel: a part; its definition, ports and instances are parts that follow it.

    whole: the report is; then each instance has the arguments of the signature
    """
    starts = [at for at, part in enumerate(parts) if part.title == "Kernel"]
    for start, end in zip(starts, [*starts[1:], len(parts)], strict=False):
        below = {part.title: part for part in parts[start + 1 : end]}
        ports = tuple(_port(group) for group in below["Ports"].groups) if "Ports" in below else ()
        units = [part for part in parts[start + 1 : end] if part.title == "Instance"]
        instances = tuple(_instance(unit) for unit in units)
        name = parts[start].name
        signature = below["Definition"].fields.get("Signature", "") if "Definition" in below else ""
        arguments = tuple(_parameters(signature, name))
        names = [one.name for one in arguments]
        for unit, instance in zip(units, instances, strict=True):
            if whole and [one.name for one in instance.arguments] != names:
                unit.refuse(f"the arguments of '{signature}'")
        yield Kernel(name, signature, arguments, ports, instances)


def _parameters(signature: str, kernel: str) -> Iterator[Parameter]:
    """`matvec (stream<a<2, 3>>* x, int rows)`: split at the commas that are in no brackets."""
    text = signature.removeprefix(f"{kernel} (").removesuffix(")")
    depth, start = 0, 0
    for at, mark in enumerate(f"{text},"):
        depth += (mark in "<([{") - (mark in ">)]}")
        if mark == "," and depth == 0:
            kind, _, name = text[start:at].strip().rpartition(" ")
            if name:
                yield Parameter(name, kind)
            start = at + 1


def _port(group: Group) -> Port:
    return Port(
        group.get("Port"),
        group.get("Mode"),
        group.open_number("Range (bytes)"),
        group.number("Data Width"),
        group.get("Port Type"),
    )


def _instance(part: Part) -> Instance:
    """The first group is the instance itself, each other one an argument."""
    address = None
    arguments = []
    for group in part.groups:
        if "Argument" in group:
            arguments.append(_argument(group))
        else:
            address = group.open_number("Base Address")
    return Instance(part.name, address, tuple(arguments))


def _argument(group: Group) -> Argument:
    memories = []
    for text in group.all("Memory"):
        found = MEMORY.fullmatch(text)
        if found:
            memories.append(found[1])
        elif text != "<not applicable>":
            group.refuse("'Memory: bank0 (MEM_DDR4)'")
    name, port = group.get("Argument"), group.get("Port")
    return Argument(name, group.open_number("Register Offset"), port, tuple(memories))


def unplaced(kernels: Sequence[Kernel]) -> dict[str, str]:
    return {
        f"kernels[{at}].instances[{number}].base_address": "--: this instance is not placed"
        for at, kernel in enumerate(kernels)
        for number, instance in enumerate(kernel.instances)
        if instance.base_address is None
    }

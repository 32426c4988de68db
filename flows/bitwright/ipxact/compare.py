"""What two components say differently, in meaning: order, dates, checksums and ids do not count.

    python -m bitwright.ipxact.compare ip/component.xml ../../package/matmul/component.xml

Exit status 0: a block design sees the same in both; what is told is of no consequence for it. 3: an
interface, a port, an address or the name of the top differs. 1: one cannot be read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bitwright.errors import BitwrightError
from bitwright.ipxact.model import (
    AddressBlock,
    BusInterface,
    Choice,
    Component,
    FileSet,
    Parameter,
    Port,
    Register,
    Value,
    by_name,
    number,
)
from bitwright.ipxact.read import load
from bitwright.told import tell

DIFFERENT = 3  # exit status
# What tools add by themselves or take from the design around: no package has to say it.
_DERIVED = frozenset({"FREQ_HZ", "PHASE", "CLK_DOMAIN", "INSERT_VIP", "FREQ_TOLERANCE_HZ"})
_WIZARD = "WIZ_"  # how the wizard that made a core counted its registers


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a component says."""

    about: str  # interface m_axi_gmem: mode
    text: str
    matters: bool = True  # a block design with one core would be another with the other


@dataclass(frozen=True, slots=True)
class Difference:
    about: str
    one: str  # what the first component says; "" for nothing
    other: str
    matters: bool

    def __str__(self) -> str:
        return f"{self.about}: {self.one or 'nothing'} | {self.other or 'nothing'}"


def compare(one: Component, other: Component) -> tuple[Difference, ...]:
    """What differs, that which matters first, then by what it is about."""
    left, right = ({fact.about: fact for fact in facts(each)} for each in (one, other))
    found = []
    for about in left.keys() | right.keys():
        here, there = left.get(about), right.get(about)
        texts = (here.text if here else "", there.text if there else "")
        if texts[0] != texts[1]:
            said = here or there
            assert said is not None
            found.append(Difference(about, *texts, said.matters))
    return tuple(sorted(found, key=lambda each: (not each.matters, each.about)))


def facts(component: Component) -> Iterator[Fact]:
    """Everything that a component says and that is not only for its packager."""
    yield Fact("name", str(component.vlnv))
    for interface in component.bus_interfaces:
        yield from _interface(interface)
    for port in component.ports:
        yield Fact(f"port {port.name}", _port(port))
    for space in component.address_spaces:
        yield Fact(f"address space {space.name}", f"{_number(space.range)} bytes")
        yield Fact(f"address space {space.name}: width", _number(space.width), False)
    for map in component.memory_maps:
        for block in map.blocks:
            yield from _block(f"{map.name}/{block.name}", block)
    choices = by_name(component.choices)
    for generic in component.model_parameters:
        yield Fact(f"HDL parameter {generic.name}", generic.value.text)
    for parameter in component.parameters:
        if parameter.name != "Component_Name":
            yield from _parameter(parameter, choices)
    yield from _files(component)
    for name in ("revision", "sdx_kernel", "sdx_kernel_type", "display"):
        if text := getattr(component.core, name):
            yield Fact(name.replace("_", " "), text, name.startswith("sdx"))


def _interface(interface: BusInterface) -> Iterator[Fact]:
    about = f"interface {interface.name}"
    yield Fact(about, f"{interface.bus_type} {interface.mode}")
    for one in interface.port_maps:
        yield Fact(f"{about}: {one.logical}", one.physical)
    for name, text in (
        ("memory map", interface.memory_map),
        ("address space", interface.address_space),
        ("leads to", " ".join(sorted(interface.bridges))),
    ):
        if text:
            yield Fact(f"{about}: {name}", text)
    for parameter in interface.parameters:
        if parameter.name not in _DERIVED and not parameter.name.startswith(_WIZARD):
            text = parameter.value.text
            if parameter.name == "ASSOCIATED_BUSIF":
                text = ":".join(sorted(text.split(":")))
            matters = parameter.name.startswith("ASSOCIATED") or parameter.name == "POLARITY"
            yield Fact(f"{about}: {parameter.name}", text, matters)


def _port(port: Port) -> str:
    vector = ""
    if port.range is not None:
        vector = f" [{_number(port.range.left)}:{_number(port.range.right)}]"
    return f"{port.direction}{vector}"


def _block(about: str, block: AddressBlock) -> Iterator[Fact]:
    about = f"segment {about}"
    yield Fact(about, f"{_number(block.range)} bytes at {_number(block.base)}")
    yield Fact(f"{about}: width", _number(block.width), False)
    yield Fact(f"{about}: usage", f"{block.usage} {block.access}".strip(), False)
    for register in block.registers:
        yield from _register(f"{about}/{register.name}", register)


def _register(about: str, register: Register) -> Iterator[Fact]:
    offset = number(register.offset)
    yield Fact(about, f"{_number(register.size)} bits at {offset} {register.access}", False)
    for parameter in register.parameters:
        yield Fact(f"{about}: {parameter.name}", parameter.value.text, False)
    for field in register.fields:
        words = (field.access, field.written, field.read)
        where = f"{_number(field.width)} bits at {number(field.offset)}"
        yield Fact(f"{about}.{field.name}", " ".join([where, *filter(None, words)]), False)


def _parameter(parameter: Parameter, choices: dict[str, Choice]) -> Iterator[Fact]:
    about, value = f"parameter {parameter.name}", parameter.value
    yield Fact(about, value.text)
    if value.choice in choices:
        allowed = ", ".join(one.text for one in choices[value.choice].values)
        yield Fact(f"{about}: allowed", allowed, False)
    elif value.minimum or value.maximum:
        yield Fact(f"{about}: allowed", f"{value.minimum} to {value.maximum}", False)


def _files(component: Component) -> Iterator[Fact]:
    """The files of synthesis and simulation, without their folders: an import moves them."""
    sets = by_name(component.file_sets)
    for view in component.views:
        use = view.environment.rpartition(":")[2]
        if use in ("synthesis", "simulation"):
            yield Fact(f"{use}: top", view.model)
            for name in view.file_sets:
                yield from _file_set(use, sets.get(name, FileSet(name)))


def _file_set(use: str, found: FileSet) -> Iterator[Fact]:
    for file in found.files:
        yield Fact(f"{use}: {Path(file.name).name}", " ".join(sorted(file.types)), False)
    for core in found.sub_cores:
        yield Fact(f"{use}: {core.vlnv}", core.mode, False)


def _number(value: Value) -> str:
    """A number as a number, whichever way it is written; another text as it stands."""
    found = number(value.text)
    return value.text if found is None else str(found)


def main(argv: Sequence[str]) -> int:
    """Print what differs between two files."""
    try:
        found = compare(*(load(Path(name)) for name in argv[:2]))
    except BitwrightError as error:
        tell(str(error))
        return 1
    for difference in found:
        print(f"{'differs' if difference.matters else 'aside'}  {difference}")
    worst = sum(difference.matters for difference in found)
    print(f"{len(found)} differences between {argv[0]} and {argv[1]}, {worst} of consequence")
    return DIFFERENT if worst else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

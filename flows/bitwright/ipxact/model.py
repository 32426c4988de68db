"""An IP-XACT component as values: what a component.xml says, without its syntax.

Texts are as they stand in the file: a number may be `32`, `0x20` or `16E`, and the value of a
`Value` with a dependency is the one at the default parameters. Order is that of the file, for a
generator of interfaces numbers them by it. An empty text is something that is not said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar


@dataclass(frozen=True, slots=True)
class Vlnv:
    vendor: str
    library: str
    name: str
    version: str

    @classmethod
    def of(cls, text: str) -> Vlnv:
        """Of vendor:library:name:version. ValueError for anything else."""
        vendor, library, name, version = text.split(":")
        return cls(vendor, library, name, version)

    @property
    def type(self) -> str:
        """vendor:library:name, as a block design names an IP without its version."""
        return f"{self.vendor}:{self.library}:{self.name}"

    def __str__(self) -> str:
        return f"{self.type}:{self.version}"


@dataclass(frozen=True, slots=True)
class Value:
    """A value, and how it comes about."""

    text: str
    format: str = ""  # long | float | bool | bitString | string
    resolve: str = ""  # immediate | user | generated | dependent
    id: str = ""  # MODELPARAM_VALUE.Rows: what dependencies call it
    dependency: str = ""  # (spirit:decode(id('MODELPARAM_VALUE.Width')) - 1)
    choice: str = ""  # the Choice it is one of
    order: str = ""  # of the GUI's entries
    group: str = ""  # of the GUI's tabs
    minimum: str = ""
    maximum: str = ""
    range_type: str = ""  # long | float
    bits: str = ""  # of a bitString


@dataclass(frozen=True, slots=True)
class Enabled:
    """Whether a port, interface or parameter is there; AMD's extension."""

    text: str = ""  # true | false
    presence: str = ""  # optional | required
    resolve: str = ""
    id: str = ""
    dependency: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    value: Value
    display: str = ""
    doc: str = ""
    enabled: Enabled | None = None


@dataclass(frozen=True, slots=True)
class HdlParameter(Parameter):
    """A parameter or generic of the top module."""

    type: str = ""  # integer | string | boolean | std_logic_vector(7 downto 0)


@dataclass(frozen=True, slots=True)
class Range:
    """Bits of a vector, 31 and 0 of [31:0]."""

    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class PortMap:
    logical: str  # AWADDR
    physical: str  # s_axi_control_awaddr
    logical_range: Range | None = None
    physical_range: Range | None = None


@dataclass(frozen=True, slots=True)
class BusInterface:
    name: str
    bus_type: Vlnv  # xilinx.com:interface:aximm:1.0
    abstraction: Vlnv  # xilinx.com:interface:aximm_rtl:1.0
    mode: str  # one of layout.MODES: master, slave, mirroredMaster, ...
    memory_map: str = ""  # that a slave shows
    address_space: str = ""  # that a master sees
    bridges: tuple[str, ...] = ()  # the masters that a slave leads to
    port_maps: tuple[PortMap, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    display: str = ""
    doc: str = ""
    required: str = ""  # true: must be connected
    enabled: Enabled | None = None

    def parameter(self, name: str, default: str = "") -> str:
        """The text of one of its parameters."""
        return {each.name: each.value.text for each in self.parameters}.get(name, default)


@dataclass(frozen=True, slots=True)
class AddressSpace:
    name: str
    range: Value  # bytes; 4G, 16E
    width: Value  # bits
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    offset: str  # of the lowest bit
    width: Value  # bits
    doc: str = ""
    access: str = ""
    written: str = ""  # modifiedWriteValue: oneToToggle, modify, ...
    read: str = ""  # readAction: clear, modify, ...
    minimum: str = ""  # writeValueConstraint
    maximum: str = ""
    testable: str = ""
    constraint: str = ""  # testConstraint of testable


@dataclass(frozen=True, slots=True)
class Register:
    name: str
    offset: str  # bytes from the block's base
    size: Value  # bits
    display: str = ""
    doc: str = ""
    access: str = ""
    reset: Value | None = None
    fields: tuple[Field, ...] = ()
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class AddressBlock:
    name: str
    base: Value
    range: Value  # bytes
    width: Value  # bits
    usage: str = ""  # register | memory | reserved
    access: str = ""
    parameters: tuple[Parameter, ...] = ()
    registers: tuple[Register, ...] = ()


@dataclass(frozen=True, slots=True)
class MemoryMap:
    name: str
    blocks: tuple[AddressBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    name: str  # xilinx_anylanguagesynthesis
    display: str = ""
    environment: str = ""  # :vivado.xilinx.com:synthesis
    language: str = ""
    model: str = ""  # the top module
    file_sets: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class PortType:
    """What a port is called in the language of some views."""

    name: str  # wire | std_logic_vector
    views: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Port:
    name: str
    direction: str  # in | out | inout
    range: Range | None = None  # None for a single wire
    types: tuple[PortType, ...] = ()
    default: Value | None = None  # of an input that nothing drives
    enabled: Enabled | None = None

    @property
    def width(self) -> int | None:
        """Bits, at the default parameters; None where the file has no numbers."""
        if self.range is None:
            return 1
        ends = [number(end.text) for end in (self.range.left, self.range.right)]
        if ends[0] is None or ends[1] is None:
            return None
        return abs(ends[0] - ends[1]) + 1


@dataclass(frozen=True, slots=True)
class Enumeration:
    text: str
    label: str = ""  # what people see


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    values: tuple[Enumeration, ...]


@dataclass(frozen=True, slots=True)
class File:
    name: str  # from the folder of component.xml
    types: tuple[str, ...] = ()  # of IEEE 1685: verilogSource, tclSource, ...
    user_types: tuple[str, ...] = ()  # further: CHECKSUM_..., XGUI_VERSION_2, USED_IN_synthesis
    include: str = ""  # true: it is included by others
    library: str = ""  # that it is compiled into


@dataclass(frozen=True, slots=True)
class SubCore:
    """Another core that a file set stands for."""

    vlnv: Vlnv
    mode: str  # create_mode | copy_mode | ref_mode


@dataclass(frozen=True, slots=True)
class FileSet:
    name: str
    files: tuple[File, ...] = ()
    sub_cores: tuple[SubCore, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    name: str  # zynquplus
    life_cycle: str  # Production | Pre-Production | Beta


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Checksum:
    scope: str
    value: str


@dataclass(frozen=True, slots=True)
class Core:
    """What AMD's extensions say of a component as a whole."""

    display: str = ""
    revision: str = ""
    created: str = ""  # 2024-12-10T01:33:28Z
    source: str = ""  # package_project | HLS | sysgen
    vendor_display: str = ""
    vendor_url: str = ""
    families: tuple[Family, ...] = ()
    taxonomies: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()
    upgrades: tuple[str, ...] = ()  # VLNVs that it can replace
    sdx_kernel: str = ""  # true: v++ may link it
    sdx_kernel_type: str = ""  # rtl | hls
    tool_version: str = ""  # of the Vivado that packaged it
    checksums: tuple[Checksum, ...] = ()


@dataclass(frozen=True, slots=True)
class Component:
    """A whole component.xml."""

    vlnv: Vlnv
    bus_interfaces: tuple[BusInterface, ...] = ()
    address_spaces: tuple[AddressSpace, ...] = ()
    memory_maps: tuple[MemoryMap, ...] = ()
    views: tuple[View, ...] = ()
    ports: tuple[Port, ...] = ()
    model_parameters: tuple[HdlParameter, ...] = ()  # of the top module
    choices: tuple[Choice, ...] = ()
    file_sets: tuple[FileSet, ...] = ()
    doc: str = ""
    parameters: tuple[Parameter, ...] = ()  # that a user of the IP sees
    core: Core = Core()


class _Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=_Named)


def by_name(items: Iterable[N]) -> dict[str, N]:
    """The items by name; of two with one name the first."""
    found: dict[str, N] = {}
    for item in items:
        found.setdefault(item.name, item)
    return found


SCALE = {suffix: 1 << 10 * power for power, suffix in enumerate("KMGTPE", 1)}


def number(text: str) -> int | None:
    """The whole number a text stands for: 4096, 0x1000, 4K, 16E; None for anything else."""
    text = text.strip().replace("_", "")
    scale = SCALE.get(text[-1:].upper(), 0) if not text.lower().startswith("0x") else 0
    digits = text[:-1] if scale else text
    if not digits.isascii() or len(digits) > 40:
        return None
    try:
        return int(digits, 16 if digits.lower().startswith(("0x", "-0x")) else 10) * (scale or 1)
    except ValueError:
        return None

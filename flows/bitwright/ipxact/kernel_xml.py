"""What XRT and v++ are told of a kernel: kernel.xml, version 1.6.

Source: UG1393, "RTL Kernel XML File": addressQualifier 1 is a pointer into memory, 0 a scalar;
sizes and offsets are bytes; ids count the arguments in order. Control takes at most 64 KiB.
"""

from __future__ import annotations

from collections.abc import Iterator

from bitwright.blockdesign.kernelcell import CONTROL
from bitwright.errors import ConfigError
from bitwright.ipxact.write import MARKS, escaped
from bitwright.kernel import FORMATS, Argument, Kernel

LARGEST = 1 << 16  # bytes of control registers
TYPES = {  # of one element, as C calls it
    **{"int8": "char", "uint8": "unsigned char", "int16": "short", "uint16": "unsigned short"},
    **{"int32": "int", "uint32": "unsigned int", "int64": "long", "uint64": "unsigned long"},
    **{"fp16": "half", "fp32": "float"},
}


def render(kernel: Kernel) -> str:
    """The text of kernel.xml. ConfigError if its registers take more than v++ allows."""
    size = 1 << kernel.control_addr_width
    if size > LARGEST:
        raise ConfigError(
            f"{kernel.vlnv}: its control registers take {size} bytes\n"
            f"  expected  at most {LARGEST} for a kernel under XRT\n"
            f"  next      control: {{addr_width: 16}} or less in its kernel.yml"
        )
    vlnv = escaped(kernel.vlnv, MARKS)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<root versionMajor="1" versionMinor="6">',
        f'  <kernel name="{kernel.name}" language="ip_c" vlnv="{vlnv}" attributes=""'
        ' preferredWorkGroupSizeMultiple="0" workGroupSize="1" interrupt="true"'
        ' hwControlProtocol="ap_ctrl_hs">',
        "    <ports>",
        *(f"      {port}" for port in _ports(kernel, size)),
        "    </ports>",
        "    <args>",
        *(f"      {_argument(kernel, place, one)}" for place, one in enumerate(kernel.arguments)),
        "    </args>",
        "  </kernel>",
        "</root>",
    ]
    return "\n".join(lines) + "\n"


def _ports(kernel: Kernel, size: int) -> Iterator[str]:
    ports = [(CONTROL, "slave", size, 32)]
    for bundle in kernel.bundles:
        reach = (1 << bundle.addr_width) - 1
        ports.append((f"m_axi_{bundle.name}", "master", reach, bundle.data_width))
    for name, mode, reach, width in ports:
        yield (
            f'<port name="{name}" mode="{mode}" range="0x{reach:X}" dataWidth="{width}"'
            ' portType="addressable" base="0x0"/>'
        )


def _argument(kernel: Kernel, place: int, argument: Argument) -> str:
    memory = argument.kind == "memory"
    port = f"m_axi_{argument.bundle}" if memory else CONTROL
    register = kernel.register(argument.name)
    size = register.width // 8
    kind = TYPES.get(argument.format, "void" if memory else "unsigned int")
    return (
        f'<arg name="{argument.name}" addressQualifier="{int(memory)}" id="{place}" port="{port}"'
        f' size="0x{size:X}" offset="0x{register.offset:X}" hostOffset="0x0"'
        f' hostSize="0x{_host_size(argument, size):X}" type="{kind}{"*" if memory else ""}"/>'
    )


def _host_size(argument: Argument, size: int) -> int:
    """Bytes that a host gives: all of a pointer, of a scalar those that its format has."""
    return size if argument.kind == "memory" else max(1, FORMATS[argument.format] // 8)

"""A kernel's signature and the ports of its RTL -> the Component of its package.

What stands in kernel.yml and what the RTL has are compared on the way: a package whose register map
or ports were another kernel's would only show in hardware. Names that people know from kernels of
Vitis HLS are kept where the register is the same (CTRL, GIER, IP_IER, IP_ISR), so that a driver
that reads them from a .hwh finds them in a kernel of either kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from bitwright.blockdesign.kernelcell import CONTROL
from bitwright.errors import ConfigError
from bitwright.hls.export import CREATED, REVISION  # a time would make every package another one
from bitwright.ipxact import agree, infer, parameters, wrapper
from bitwright.ipxact.model import (
    AddressBlock,
    AddressSpace,
    BusInterface,
    Component,
    Core,
    Family,
    Field,
    File,
    FileSet,
    MemoryMap,
    Parameter,
    Port,
    PortType,
    Range,
    Register,
    Value,
    View,
    Vlnv,
)
from bitwright.ipxact.parameters import Limits
from bitwright.ipxact.rtl import Module, Wire
from bitwright.kernel import ARGUMENTS_FROM, Bundle, Kernel
from bitwright.kernel import Field as KernelField
from bitwright.kernel import Register as KernelRegister

BLOCK = "reg0"  # of the memory map of s_axi_control, as Vivado's packager names it
FAMILIES = (  # of the parts that this project's targets have, and their relatives
    *("zynq", "zynquplus", "artix7", "kintex7", "virtex7"),
    *("kintexuplus", "virtexuplus", "virtexuplusHBM"),
)
VIEWS = (  # as package_project makes them for sources of several languages
    ("xilinx_anylanguagesynthesis", "Synthesis", ":vivado.xilinx.com:synthesis"),
    ("xilinx_anylanguagebehavioralsimulation", "Simulation", ":vivado.xilinx.com:simulation"),
)
_ABI: Mapping[str, tuple[str, Mapping[str, str]]] = MappingProxyType(  # ours -> those of Vitis HLS
    {
        "ctrl": (
            "CTRL",
            {
                **{name: f"AP_{name.upper()}" for name in ("start", "done", "idle", "ready")},
                "auto_restart": "AUTO_RESTART",
            },
        ),
        "gie": ("GIER", {"enable": "Enable"}),
        "ier": ("IP_IER", {"done": "CHAN0_INT_EN", "ready": "CHAN1_INT_EN"}),
        "isr": ("IP_ISR", {"done": "CHAN0_INT_ST", "ready": "CHAN1_INT_ST"}),
    }
)
_EFFECTS: Mapping[tuple[str, str], Mapping[str, str]] = MappingProxyType(  # registers.py has them
    {
        ("ctrl", "start"): {"written": "oneToSet"},
        ("ctrl", "done"): {"access": "read-only", "read": "clear"},
        ("ctrl", "idle"): {"access": "read-only"},
        ("ctrl", "ready"): {"access": "read-only", "read": "clear"},
        ("isr", "done"): {"written": "oneToToggle"},
        ("isr", "ready"): {"written": "oneToToggle"},
    }
)


def component(
    kernel: Kernel,
    module: Module,
    files: Iterable[File],
    *,
    limits: Limits = MappingProxyType({}),
    xrt: bool = False,
) -> Component:
    """The package of a kernel.

    module: the kernel's own top, which `wrapper.render` puts a Verilog module around
    files: all of them, that one too, in the order to compile them
    limits: of parameters, by name; parameters are shown to whoever uses the IP
    xrt: for v++, which takes no parameters and wants to be told that it is a kernel
    Raises ConfigError, every difference named, if the RTL is not what the signature says.
    """
    made = ports(module)
    interfaces = infer.interfaces(made)
    check(kernel, interfaces, module, limits)
    shown = () if xrt else module.parameters
    return Component(
        vlnv=Vlnv.of(kernel.vlnv),
        bus_interfaces=tuple(_known(one, module) for one in interfaces),
        address_spaces=tuple(map(_space, kernel.bundles)),
        memory_maps=(MemoryMap(CONTROL, (_block(kernel),)),),
        views=tuple(view(*named, wrapper.name(module.name)) for named in VIEWS),
        ports=made,
        model_parameters=parameters.of_module(shown),
        choices=parameters.choices(shown, limits),
        file_sets=tuple(FileSet(f"{name}_view_fileset", tuple(files)) for name, _, _ in VIEWS),
        doc=kernel.doc,
        parameters=parameters.of_user(shown, limits, _instance(kernel)),
        core=_core(kernel, xrt),
    )


def _core(kernel: Kernel, xrt: bool) -> Core:
    return Core(
        display=kernel.name,
        revision=REVISION,
        created=CREATED,
        families=tuple(Family(name, "Production") for name in FAMILIES),
        taxonomies=("/KernelIP",) if xrt else ("/UserIP",),
        sdx_kernel="true" if xrt else "",
        sdx_kernel_type="rtl" if xrt else "",
    )


def _instance(kernel: Kernel) -> str:
    """matmul_v1_0, as Vivado calls what belongs to a version of an IP."""
    version = kernel.vlnv.split(":")[3].split(".")
    return f"{kernel.name}_v{'_'.join([*version, '0'][:2])}"


def check(
    kernel: Kernel, interfaces: Iterable[BusInterface], module: Module, limits: Limits
) -> None:
    """Raise ConfigError, every difference named, unless the module is the kernel's."""
    faults = [*agree.faults(kernel, interfaces, ports(module))]
    faults += parameters.faults(module.parameters, limits)
    if faults:
        raise ConfigError(
            "\n".join(f"{kernel.vlnv}: {fault}" for fault in faults)
            + "\n  expected  the ports that its kernel.yml says, parameters within their ranges\n"
            "  next      mend the RTL's top, kernel.yml or the ranges of its target package"
        )


def ports(module: Module) -> tuple[Port, ...]:
    """A module's ports as a component has them."""
    return tuple(map(_port, module.ports))


def _port(wire: Wire) -> Port:
    views = tuple(name for name, _, _ in VIEWS)
    vector = None
    if wire.left is not None and wire.right is not None:
        vector = Range(Value(str(wire.left), "long"), Value(str(wire.right), "long"))
    return Port(wire.name, wire.direction, vector, (PortType("wire", views),))


def _known(interface: BusInterface, module: Module) -> BusInterface:
    """The interface with what it refers to, and what an interconnect can make use of."""
    if interface.name == CONTROL:
        return replace(interface, memory_map=CONTROL)
    if interface.bus_type.name != "aximm":
        return interface
    made = replace(interface, address_space=interface.name)
    return infer.with_parameters(made, **master_parameters(module))


def master_parameters(module: Module) -> dict[str, str]:
    """What is known of the bursts of a kernel's masters: whole beats always (DESIGN.md), the rest
    from the parameters of the RTL."""
    values = dict(module.parameters)
    found = {"SUPPORTS_NARROW_BURST": "0"}
    if "MaxBurst" in values:
        found["MAX_BURST_LENGTH"] = str(values["MaxBurst"])
    if "Outstanding" in values:
        found["NUM_READ_OUTSTANDING"] = found["NUM_WRITE_OUTSTANDING"] = str(values["Outstanding"])
    return found


def _space(bundle: Bundle) -> AddressSpace:
    """What a master sees, named as its interface: that is how Vivado's packager names it."""
    width = bundle.addr_width
    size = "16E" if width == 64 else str(1 << width)
    return AddressSpace(f"m_axi_{bundle.name}", Value(size), Value(str(width), "long"))


def _block(kernel: Kernel) -> AddressBlock:
    return AddressBlock(
        BLOCK,
        base=Value("0", "long"),
        range=Value(str(1 << kernel.control_addr_width), "long"),
        width=Value("32", "long"),
        usage="register",
        access="read-write",
        registers=tuple(_register(kernel, one) for one in kernel.registers),
    )


def register_name(register: KernelRegister) -> str:
    """What packages call a register."""
    return _ABI[register.name][0] if _is_abi(register) else register.name


def master_of(kernel: Kernel, register: KernelRegister) -> str:
    """The AXI master that a pointer's register belongs to; "" for any other register."""
    found = {one.name: one for one in kernel.arguments}.get(register.name)
    return f"m_axi_{found.bundle}" if found is not None and found.bundle else ""


def _is_abi(register: KernelRegister) -> bool:
    return register.offset < ARGUMENTS_FROM


def _register(kernel: Kernel, register: KernelRegister) -> Register:
    name = register_name(register)
    master = master_of(kernel, register)
    key = f"REGPARAM_VALUE.{CONTROL}.{BLOCK}.{name}.ASSOCIATED_BUSIF".upper()
    return Register(
        name,
        offset=f"0x{register.offset:X}",
        size=Value(str(register.width), "long"),
        display=name,
        doc=register.doc,
        access="read-write" if register.writable else "read-only",
        fields=tuple(_field(register, one) for one in register.fields),
        parameters=(Parameter("ASSOCIATED_BUSIF", Value(master, id=key)),) if master else (),
    )


def _field(register: KernelRegister, field: KernelField) -> Field:
    names = _ABI[register.name][1] if _is_abi(register) else {}
    effects = _EFFECTS.get((register.name, field.name), {}) if _is_abi(register) else {}
    return Field(
        names.get(field.name, field.name),
        offset=str(field.lsb),
        width=Value(str(field.width), "long"),
        access=effects.get("access", "read-write" if register.writable else "read-only"),
        written=effects.get("written", ""),
        read=effects.get("read", ""),
    )


def view(name: str, display: str, environment: str, top: str) -> View:
    return View(name, display, environment, "Verilog", top, (f"{name}_view_fileset",))

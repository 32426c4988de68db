"""The same package made by Vivado: what its packager is told, in the words of ipx::.

    package_ip(component, part=..., xrt=...)   package_ip.tcl: sources -> folder ip and <name>.zip
    package_xo(name)                           package_xo.tcl: folder ip -> <name>.xo, for v++

Sources: UG1118 and UG835 (ipx:: commands and properties), UG1393 (RTL kernels), the scripts that
Vitis' own RTL Kernel Wizard leaves. No packager has confirmed these scripts yet; a model of it in
tests/ipxact runs them and arrives at the component.xml that write.py writes.

To be confirmed by the first v++ that links such a kernel:
- xpm_libraries: the kernel check of some versions wants all three named (IP_Flow 19-5630), whether
  the kernel uses them or not; the wizard's scripts name them always.
- `package_xo -ctrl_protocol` beside `-kernel_xml`, whose hwControlProtocol says the same.
- FREQ_HZ taken from the clocks: checks before 2021 wanted it there (IP_Flow 19-5629); ipi_drc says
  to the newer ones that a platform sets it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bitwright.ipxact.model import BusInterface, Component, Parameter, by_name
from bitwright.templates import render

FOLDER = Path(__file__).parent
STAGES = ("project", "package", "check")  # that package_ip.tcl announces
XO_STAGES = ("xo",)


def archive(name: str) -> str:
    """The file that holds the packaged IP, as ipx::archive_core writes it."""
    return f"{name}.zip"


def package_ip(component: Component, *, part: str, xrt: bool) -> str:
    """The script that packages a core; its files are those of the component."""
    files = component.file_sets[0].files
    families = [word for one in component.core.families for word in (one.name, one.life_cycle)]
    return render(
        FOLDER / "package_ip.tcl.j2",
        component=component,
        part=part,
        xrt=xrt,
        top=component.views[0].model,
        archive=archive(component.vlnv.name),
        files=[file.name for file in files],
        includes=[file.name for file in files if file.include],
        families=[] if xrt else families,
        clocks=[_clock(one) for one in component.bus_interfaces if _is(one, "clock")],
        masters=list(_masters(component)),
        parameters=list(_parameters(component)),
    )


def package_xo(name: str) -> str:
    """The script that makes an .xo of what package_ip.tcl left."""
    return render(FOLDER / "package_xo.tcl.j2", name=name)


def _is(interface: BusInterface, kind: str) -> bool:
    return interface.bus_type.name == kind


def _clock(interface: BusInterface) -> tuple[str, str, list[str]]:
    buses = interface.parameter("ASSOCIATED_BUSIF")
    return (
        interface.name,
        interface.parameter("ASSOCIATED_RESET"),
        buses.split(":") if buses else [],
    )


def _masters(component: Component) -> list[tuple[Any, str, tuple[Parameter, ...]]]:
    spaces = by_name(component.address_spaces)
    return [
        (spaces[one.address_space], one.name, one.parameters)
        for one in component.bus_interfaces
        if one.address_space
    ]


def _parameters(component: Component) -> list[tuple[Parameter, list[str]]]:
    """Those of the top module, each with the values allowed if they are listed."""
    choices = by_name(component.choices)
    inside = {one.name for one in component.model_parameters}
    found = []
    for one in component.parameters:
        if one.name in inside:
            listed = choices[one.value.choice].values if one.value.choice else ()
            found.append((one, [value.text for value in listed]))
    return found

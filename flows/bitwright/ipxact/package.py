"""What the step `package-<kernel>` runs: the folder that Vivado takes as a packaged IP.

    python -m bitwright.ipxact.package package.json

component.xml here is this project's own: no packager of Vivado has run. The scripts beside it make
the same package with Vivado (package_ip.tcl) and, for XRT, a kernel object (package_xo.tcl).
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bitwright import kernel as signature
from bitwright.errors import BitwrightError, ConfigError
from bitwright.ipxact import kernel_xml, of_kernel, rtl, tcl, wrapper, write
from bitwright.ipxact.model import Component, File
from bitwright.ipxact.parameters import limits
from bitwright.kernel import Kernel
from bitwright.told import tell

REQUEST = "package.json"
COMPONENT, IP_SCRIPT = "component.xml", "package_ip.tcl"
KERNEL_XML, XO_SCRIPT = "kernel.xml", "package_xo.tcl"  # for XRT alone
HDL = "hdl"  # folder of the sources in the package
TYPES = ("systemVerilogSource", "verilogSource")  # that Verilator reads


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the core. Paths start from the step's folder."""

    path: str
    type: str  # one of TYPES
    include: bool = False  # others include it

    @property
    def place(self) -> str:
        """Where it stands in the package."""
        return f"{HDL}/{Path(self.path).name}"


@dataclass(frozen=True, slots=True)
class Request:
    """What is packaged, and for whom."""

    signature: str  # kernel.yml
    format: str  # the number format to read it for; "" where it names none
    top: str  # the SystemVerilog module
    part: str  # that Vivado opens its project for
    sources: tuple[Source, ...]  # in the order to compile them
    parameters: tuple[tuple[str, int], ...] = ()  # of the top, that the design decides
    ranges: tuple[str, ...] = ()  # Rows=4,8,16 or ABufBytes=1024..524288
    xrt: bool = False

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Request:
        """The Request that to_json was given. Raises KeyError, TypeError or ValueError."""
        body: dict[str, Any] = json.loads(text)
        body["sources"] = tuple(Source(**each) for each in body["sources"])
        body["parameters"] = tuple((name, value) for name, value in body["parameters"])
        body["ranges"] = tuple(body["ranges"])
        return cls(**body)


def outputs(request: Request) -> tuple[str, ...]:
    """The files of the package, from its folder, component.xml last."""
    places = [source.place for source in request.sources]
    twice = sorted({place for place in places if places.count(place) > 1})
    if twice:
        raise ConfigError(
            f"{request.top}: two of its files are called {Path(twice[0]).name}\n"
            "  expected  names that differ, for a package has its sources in one folder"
        )
    top = f"{HDL}/{wrapper.name(request.top)}.v"
    more = (KERNEL_XML, XO_SCRIPT) if request.xrt else ()
    return (*places, top, IP_SCRIPT, *more, COMPONENT)


def package(request: Request, folder: Path) -> Component:
    """Write the package into a folder. Raises BitwrightError; nothing of it is left then."""
    kernel = signature.load(folder / request.signature, request.signature, form=request.format)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        laid = Path(scratch)
        component = _lay_out(request, kernel, folder, laid)
        shutil.rmtree(folder / HDL, ignore_errors=True)  # of an earlier run that make keeps
        for path in laid.iterdir():
            path.replace(folder / path.name)
    return component


def _lay_out(request: Request, kernel: Kernel, folder: Path, laid: Path) -> Component:
    """The whole package, in a folder of its own; elaborated from there, so that it is complete."""
    (laid / HDL).mkdir()
    for source in request.sources:
        shutil.copyfile(folder / source.path, laid / source.place)
    compiled = [laid / each.place for each in request.sources if not each.include]
    given = dict(request.parameters)
    module = _elaborated(compiled, request.top, given, laid)
    top = f"{HDL}/{wrapper.name(request.top)}.v"
    files = (*(_file(each) for each in request.sources), File(top, ("verilogSource",)))
    component = of_kernel.component(
        kernel, module, files, limits=limits(request.ranges), xrt=request.xrt
    )
    texts = {
        top: wrapper.render(module, component.bus_interfaces, fixed=request.xrt),
        IP_SCRIPT: tcl.package_ip(component, part=request.part, xrt=request.xrt),
        COMPONENT: write.write(component),
    }
    if request.xrt:
        texts |= {KERNEL_XML: kernel_xml.render(kernel), XO_SCRIPT: tcl.package_xo(kernel.name)}
    for name, text in texts.items():
        (laid / name).write_text(text, encoding="utf-8")
    around = _elaborated([*compiled, laid / top], wrapper.name(request.top), {}, laid)
    if around.ports != module.ports:
        raise BitwrightError(f"{top}: its ports are not those of {request.top}: our fault")
    return component


def _elaborated(
    files: Sequence[Path], top: str, parameters: Mapping[str, int], laid: Path
) -> rtl.Module:
    with tempfile.TemporaryDirectory() as scratch:
        return rtl.elaborate(
            files, top, parameters=parameters, includes=[laid / HDL], folder=Path(scratch)
        )


def _file(source: Source) -> File:
    return File(source.place, (source.type,), include="true" if source.include else "")


def main(argv: Sequence[str]) -> int:
    """Package what the request names, and say what that is."""
    folder = Path()
    try:
        request = Request.from_json(Path(argv[0]).read_text(encoding="utf-8"))
        component = package(request, folder)
    except BitwrightError as error:
        tell(str(error))
        return 1
    interfaces = ", ".join(one.name for one in component.bus_interfaces)
    registers = sum(len(block.registers) for one in component.memory_maps for block in one.blocks)
    print(f"{component.vlnv}: {interfaces}; {registers} registers")
    print(f"{COMPONENT} is bitwright's own: no packager of Vivado has run; {IP_SCRIPT} is for it")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The step `deploy`: a folder with all that a board needs, from a finished build.

Its texts are decided here, while planning; bitwright.deploy.collect copies and makes the rest.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bitwright.blockdesign import elaborate
from bitwright.blockdesign.model import BlockDesign
from bitwright.deploy import describe, kria, texts
from bitwright.deploy.collect import DRIVER, REQUEST, SUMS
from bitwright.deploy.devicetree import to_dtb, to_dts
from bitwright.deploy.place import Layout, layout
from bitwright.deploy.texts import FIRMWARE, How
from bitwright.design import Design, KernelSpec
from bitwright.engine import Step, Tool
from bitwright.modules import module_files

NAME = "deploy"
CODE = "bitwright.deploy.collect"
KINDS = {  # what of a build a host wants, by how it is reached; the bitstream first
    "pynq": ("bit", "hwh"),
    "kria": ("bit", "hwh"),
    "xdma": ("bit",),
    "xrt": ("xclbin",),
}
TOOLS = ("numpy", "jinja2")


@dataclass(frozen=True, slots=True)
class _Package:
    """What is deployed, while it is put together."""

    design: Design
    block_design: BlockDesign
    layout: Layout
    means: How


def step(design: Design, bitstream: Step, tools: Iterable[Tool]) -> Step:
    """The folder `deploy` of a build, after its bitstream.

    Raises ConfigError if the block design of the target is wrong.
    """
    whole = elaborate.of(design)
    found = layout(whole, elaborate.kernels(design))
    package = _Package(design, whole, found, texts.how(design.target.host, design.config))
    folder = design.build / NAME
    written = _texts(package)
    copies = _copies(design, bitstream, folder)
    driver = tuple(f"accelerator/{path.name}" for path in sorted(DRIVER.glob("*.py")))
    cases = [_case(spec, folder) for spec in design.kernels]
    firmware = _firmware(package) if design.target.host == "kria" else {}
    made = [each["out"] for each in cases] + [firmware[key] for key in ("bin", "dtbo") if firmware]
    outputs = sorted((*written, *copies, *driver, *made))
    request = {
        "copies": copies,
        "driver": driver,
        "vectors": cases,
        "model": asdict(design.model),
        "firmware": firmware,
        "all": outputs,
    }
    sources = [Path(os.path.normpath(folder / source)) for source in copies.values()]
    signatures = [Path(os.path.normpath(folder / each["signature"])) for each in cases]
    return Step(
        name=NAME,
        title=f"what {design.target.board} needs, in one folder",
        dir=folder,
        reads=(*sources, *signatures, *_code()),
        writes=tuple(folder / name for name in (*outputs, SUMS)),
        command=("python", "-m", CODE, REQUEST),
        scripts=tuple(sorted({**written, REQUEST: json.dumps(request, indent=1) + "\n"}.items())),
        tools=tuple(tools),
        after=(bitstream.name,),
    )


def _code() -> tuple[Path, ...]:
    """The modules that run, and those that are deployed."""
    deployed = sorted(Path(os.path.relpath(path)) for path in DRIVER.glob("*.py"))
    return tuple(dict.fromkeys((*module_files(CODE), *deployed)))


def _copies(design: Design, bitstream: Step, folder: Path) -> dict[str, str]:
    """Name here -> where it comes from, from this folder; all with the name of the config."""
    by_kind = {path.suffix[1:]: path for path in bitstream.writes}
    return {
        f"{design.config}.{kind}": os.path.relpath(by_kind[kind], folder)
        for kind in KINDS[design.target.host]
    }


def _texts(package: _Package) -> dict[str, str]:
    """Every text of the folder, by name."""
    design, means = package.design, package.means
    said = describe.accelerator(
        config=design.config,
        target=design.target.name,
        host=means.host,
        bitstream=_bitstream(design),
        control=package.layout.control,
        memory=package.layout.memory,
        kernels={each.cell: (each.kernel, each.base) for each in package.layout.kernels},
    )
    found = {
        "accelerator.json": json.dumps(said, indent=1) + "\n",
        "README.md": texts.readme(
            design.config, design.target.board, means, package.layout.kernels
        ),
    }
    if means.host == "xdma":
        found["program.tcl"] = texts.program_tcl(_bitstream(design), design.target.part)
    if design.target.host == "kria":
        found[f"{FIRMWARE}/shell.json"] = kria.SHELL
        found[f"{FIRMWARE}/{design.config}.dts"] = to_dts(_overlay(package))
    return found


def _bitstream(design: Design) -> str:
    return f"{design.config}.{KINDS[design.target.host][0]}"


def _overlay(package: _Package) -> Any:
    (processor,) = (c for c in package.block_design.cells if c.type.endswith(":zynq_ultra_ps_e"))
    design = package.design
    return kria.tree(design.config, processor, design.clock_mhz, package.layout.kernels)


def _firmware(package: _Package) -> Mapping[str, str]:
    config = package.design.config
    return {
        "bit": f"{config}.bit",
        "bin": f"{FIRMWARE}/{config}.bit.bin",
        "dtbo": f"{FIRMWARE}/{config}.dtbo",
        "blob": to_dtb(_overlay(package)).hex(),
    }


def _case(spec: KernelSpec, folder: Path) -> dict[str, Any]:
    """How the vectors of a kernel are made."""
    signature = elaborate.KERNEL_FOLDERS[spec.build] / spec.name / "kernel.yml"
    return {
        **asdict(spec),
        "form": spec.format if spec.build == "hls" else "",
        "signature": os.path.relpath(signature, folder),
        "out": f"vectors/{spec.name}.npz",
    }

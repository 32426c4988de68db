"""The scripts of a build run one by one with the stand-in, without the engine around them."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from bitwright import design as designs
from bitwright.blockdesign import catalogue, elaborate, tcl, xdc
from bitwright.blockdesign.model import BlockDesign
from bitwright.vivado import scripts
from bitwright.vivado.scripts import Build

from tests.standins import packaged
from tests.standins.install import Standins

ROOT = Path(__file__).parents[2]
STEPS = {
    "preflight": scripts.preflight,
    "block_design": scripts.block_design,
    "ip_synth": scripts.ip_synth,
    "synthesize": scripts.synthesize,
    "implement": scripts.implement,
    "bitstream": scripts.bitstream,
}
PROJECT_OF = {
    "ip_synth": "block_design",
    "synthesize": "ip_synth",
    "bitstream": "block_design",
}


@dataclass(slots=True)
class Scripted:
    """One build; the working directory is the project's root."""

    folder: Path
    standins: Standins
    config: str
    target: str
    model: BlockDesign = field(init=False)
    build: Build = field(init=False)

    def __post_init__(self) -> None:
        design = designs.load(self.config, target=self.target, root=Path())
        self.model = elaborate.of(design)
        kernels = dict(elaborate.kernels(design))
        self.build = Build(
            name=self.config,
            part=design.target.part,
            design=self.model.name,
            design_tcl=tcl.render(
                self.model, catalogue=catalogue.load().of_kernels(kernels.values())
            ),
            constraints=xdc.render(design),
            implementation=design.implementation,
        )
        for name, made in STEPS.items():
            (self.folder / name).mkdir(parents=True)
            for file, text in made(self.build).items():
                (self.folder / name / file).write_text(text)
        for name, kernel in kernels.items():
            place = self.folder / "block_design" / scripts.IPS / name
            place.mkdir(parents=True)
            (place / "component.xml").write_text(packaged.component_xml(kernel))

    def run(self, step: str) -> subprocess.CompletedProcess[str]:
        """One step, after what it needs was brought into its folder."""
        place = self.folder / step
        if step in PROJECT_OF:
            shutil.copytree(self.folder / PROJECT_OF[step] / "design", place / "design")
            (place / "ip_cache").mkdir()
        if step == "bitstream":
            (place / "usercode.tcl").write_text("set usercode 0x0123abcd\n")
        return source(self.standins, place, f"{step}.tcl")


def source(standins: Standins, folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a folder as run.py does."""
    argv = [f"{standins.folder}/vivado", "-mode", "batch", "-nojournal", "-nolog", "-source"]
    return subprocess.run(
        [*argv, script], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )

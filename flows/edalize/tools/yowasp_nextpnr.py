"""Edalize tool `yowasp_nextpnr`: place and route for ECP5, with the nextpnr that pip installs."""

from __future__ import annotations

from typing import Any, ClassVar

from bitwright.errors import BitwrightError
from bitwright.steps import implement, recipe
from edalize.tools.stepped import Stepped


class Yowasp_nextpnr(Stepped):  # Edalize names it
    """nextpnr-ecp5 as WebAssembly, with reports and the placement beside the configuration."""

    description = "nextpnr-ecp5 from the YoWASP packages"

    TOOL_OPTIONS: ClassVar[dict[str, Any]] = {
        "device": {"type": "str", "desc": "Device: LFE5U-85F, or nextpnr's 85k"},
        "package": {"type": "str", "desc": "Package, CABGA381 if not given"},
        "speed": {"type": "str", "desc": "Speed grade 6, 7 or 8; 6 if not given"},
        "freq_mhz": {"type": "str", "desc": "Clock of nets that the LPF does not constrain"},
        "seed": {"type": "int", "desc": "Seed of the placer, 1 if not given"},
        "nextpnr_options": {
            "type": "str",
            "desc": "Additional options for nextpnr-ecp5",
            "list": True,
        },
    }

    def setup(self, edam: dict[str, Any]) -> None:
        """EDAM with a netlist in, a Step and EDAM with the routed configuration out."""
        super().setup(edam)
        kinds = ("jsonNetlist", "LPF")
        netlists, constraints = (
            [entry["name"] for entry in self.files if entry.get("file_type") == kind]
            for kind in kinds
        )
        if len(netlists) != 1:
            raise RuntimeError(f"yowasp_nextpnr needs one jsonNetlist, found {netlists or 'none'}")
        option = self.tool_options.get
        base = recipe.base_of(self.work_root)
        try:
            self.step = implement.step(
                implement.Part(
                    device=str(self._require_tool_option("device")),
                    package=str(option("package", "CABGA381")),
                    speed=str(option("speed", "6")),
                ),
                implement.Constraints(
                    netlist=netlists[0],
                    lpf=tuple(constraints),
                    freq_mhz=str(option("freq_mhz", "")),
                    seed=int(option("seed", 1)),
                    options=tuple(option("nextpnr_options", ())),
                ),
                recipe.installed("nextpnr-ecp5"),
                base=base,
            )
        except BitwrightError as error:
            raise RuntimeError(str(error)) from error
        self.commands = recipe.commands(self.step, base)
        target = f"{self.step.dir.name}/{implement.CONFIG}"
        self.commands.set_default_target(target)
        others = [entry for entry in self.files if entry.get("file_type") not in kinds]
        routed = {"name": target, "file_type": "nextpnrTrellisConfig"}
        self.edam = {**edam, "files": [*others, routed]}

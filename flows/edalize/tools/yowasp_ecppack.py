"""Edalize tool `yowasp_ecppack`: an ECP5 bitstream, unpacked again and compared."""

from __future__ import annotations

from typing import Any, ClassVar

from bitwright.steps import bitstream, recipe
from edalize.tools.stepped import Stepped


class Yowasp_ecppack(Stepped):  # Edalize names it
    """ecppack and ecpunpack as WebAssembly."""

    description = "ecppack from the YoWASP packages, checked with ecpunpack"

    TOOL_OPTIONS: ClassVar[dict[str, Any]] = {
        "compress": {"type": "bool", "desc": "Compress the bitstream (the default)"},
        "ecppack_options": {
            "type": "str",
            "desc": "Additional options for ecppack",
            "list": True,
        },
    }

    def setup(self, edam: dict[str, Any]) -> None:
        """EDAM with a routed configuration in, a Step and EDAM with the bitstream out."""
        super().setup(edam)
        kind = "nextpnrTrellisConfig"
        configs = [entry["name"] for entry in self.files if entry.get("file_type") == kind]
        if len(configs) != 1:
            raise RuntimeError(f"yowasp_ecppack needs one routed config, found {configs or 'none'}")
        base = recipe.base_of(self.work_root)
        self.step = bitstream.step(
            bitstream.Packing(
                config=configs[0],
                key=configs[0].rpartition("/")[0] + "/record.json",
                bit=f"{self.name}.bit",
                compress=bool(self.tool_options.get("compress", True)),
                options=tuple(self.tool_options.get("ecppack_options", ())),
            ),
            recipe.installed("ecppack", "ecpunpack"),
            base=base,
            code=recipe.code(self.work_root, *bitstream.CODE),
        )
        self.commands = recipe.commands(self.step, base)
        others = [entry for entry in self.files if entry.get("file_type") != kind]
        made = {"name": self.commands.default_target, "file_type": "bitstream"}
        self.edam = {**edam, "files": [*others, made]}

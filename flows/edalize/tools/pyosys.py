"""Edalize tool `pyosys`: SystemVerilog to an ECP5 netlist, with the Yosys that pip installs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from bitwright.steps import recipe, synthesize
from edalize.tools.stepped import Stepped


class Pyosys(Stepped):
    """Reads Verilog and SystemVerilog by read_slang; no Tcl, no yosys executable."""

    description = "Yosys as a Python package, SystemVerilog by slang, for Lattice ECP5"

    TOOL_OPTIONS: ClassVar[dict[str, Any]] = {
        "read_options": {
            "type": "str",
            "desc": "Additional options for read_slang",
            "list": True,
        },
        "synth_options": {
            "type": "str",
            "desc": "Additional options for synth_ecp5",
            "list": True,
        },
    }

    def setup(self, edam: dict[str, Any]) -> None:
        """EDAM in, a Step and EDAM with the netlist instead of the sources out."""
        super().setup(edam)
        files: list[str] = []
        includes: list[str] = []
        folders: list[str] = []
        others: list[dict[str, Any]] = []
        for entry in self.files:
            kind = entry.get("file_type", "")
            if kind.startswith("vhdlSource"):
                raise RuntimeError(f"pyosys reads no VHDL: {entry['name']}")
            if not kind.startswith(("verilogSource", "systemVerilogSource")):
                others.append(entry)
            elif "simulation" not in entry.get("tags", []):
                into = includes if self._add_include_dir(entry, folders) else files
                into.append(entry["name"])
        base = recipe.base_of(self.work_root)
        self.step = synthesize.step(
            synthesize.Sources(
                top=self.toplevel,
                files=tuple(files),
                includes=tuple(includes),
                include_dirs=tuple(folders),
                defines=tuple(
                    (name, self._param_value_str(value))
                    for name, value in sorted(self.vlogdefine.items())
                ),
                parameters=synthesize.settings(self.vlogparam),
                read_options=tuple(self.tool_options.get("read_options", ())),
                synth_options=tuple(self.tool_options.get("synth_options", ())),
            ),
            recipe.installed("pyosys"),
            base=base,
            code=recipe.code(self.work_root, *synthesize.CODE),
        )
        self.commands = recipe.commands(self.step, base)
        netlist = {"name": self.commands.default_target, "file_type": "jsonNetlist"}
        self.edam = {**edam, "files": [*others, netlist]}

    def write_config_files(self) -> None:
        """The scripts, for runners that do not write them."""
        recipe.write_scripts(self.step, Path(self.step.dir).parent, self.work_root)

"""Edalize tool `cocotb`: the Verilator tool, building the program that cocotb's tests drive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edalize.tools.verilator import Verilator
from edalize.utils import EdaCommands

PROGRAM = "Vtop"  # the name that cocotb's main() expects


class Cocotb(Verilator):  # type: ignore[misc]  # Edalize is untyped
    """As Edalize's, but with the paths written out and no command substitution left to a shell."""

    commands: EdaCommands

    def setup(self, edam: dict[str, Any]) -> None:
        from cocotb_tools import config

        main = Path(config.share_dir) / "lib" / "verilator" / "verilator.cpp"
        plain = {k: v for k, v in edam.get("flow_options", {}).items() if k != "cocotb_module"}
        super().setup({**edam, "flow_options": plain})
        self.edam["flow_options"] = edam.get("flow_options", {})
        libraries = config.libs_dir
        self.vc += [
            "--vpi",
            "--public-flat-rw",
            "--assert",
            f"--prefix {PROGRAM}",
            f'-LDFLAGS "-Wl,-rpath,{libraries} -L{libraries} -lcocotbvpi_verilator"',
            str(main),
        ]
        verilate: Any = self.commands.commands[0]
        compile_options = self.tool_options.get("make_options", [])
        self.toplevel = "top"  # what run() starts is V<toplevel>
        self.commands = EdaCommands()
        self.commands.add(verilate.commands[0], [f"{PROGRAM}.mk"], verilate.depends)
        self.commands.add(
            ["make", "-f", f"{PROGRAM}.mk", *compile_options], [PROGRAM], [f"{PROGRAM}.mk"]
        )
        self.commands.set_default_target(PROGRAM)

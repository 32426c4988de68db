"""Edalize tool `ip_package`: a kernel in RTL as an IP-XACT package, without any vendor tool."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, ClassVar

from bitwright.errors import BitwrightError
from bitwright.ipxact.package import Request
from bitwright.steps import package, recipe
from edalize.tools.stepped import Stepped


class Ip_package(Stepped):  # Edalize names it
    """component.xml, a Verilog wrapper and the scripts for Vivado's own packager."""

    description = "IP-XACT package of a kernel in RTL"

    TOOL_OPTIONS: ClassVar[dict[str, Any]] = {
        "part": {"type": "str", "desc": "Part that Vivado's packager opens its project for"},
        "number_format": {"type": "str", "desc": "The format to read kernel.yml for"},
        "ranges": {
            "type": "str",
            "desc": "What parameters may be: Rows=4,8,16 or Depth=1..256",
            "list": True,
        },
        "xrt": {"type": "bool", "desc": "A kernel for v++ too: kernel.xml, package_xo.tcl"},
    }

    def setup(self, edam: dict[str, Any]) -> None:
        """EDAM in, one Step and EDAM with the package out."""
        super().setup(edam)
        base = recipe.base_of(self.work_root)
        try:
            self.step = package.step(
                self._request(edam, base),
                recipe.installed(*package.TOOLS),
                base=base,
                kernel=self.toplevel,
                code=recipe.code(self.work_root, package.CODE),
            )
        except (BitwrightError, ValueError) as error:
            raise RuntimeError(str(error)) from error
        self.commands = recipe.commands(self.step, base)
        made = {"name": self.commands.default_target, "file_type": "ipxact"}
        self.edam = {**edam, "files": [made]}

    def _request(self, edam: dict[str, Any], base: Path) -> Request:
        folder = base / package.NAME / self.toplevel
        option = self.tool_options.get
        return Request(
            signature=os.path.relpath(base / self._signature(), folder),
            format=str(option("number_format", "")),
            top=self.toplevel,
            part=str(self._require_tool_option("part")),
            sources=package.sources(edam, base=base, folder=folder),
            parameters=tuple((name, int(value)) for name, value in sorted(self.vlogparam.items())),
            ranges=tuple(map(str, option("ranges", ()))),
            xrt=bool(option("xrt", False)),
        )

    def _signature(self) -> str:
        """The one kernel.yml among the files."""
        kind = package.SIGNATURE
        found = [entry["name"] for entry in self.files if entry.get("file_type") == kind]
        if len(found) != 1:
            there = ", ".join(found) or "none"
            raise ValueError(f"ip_package takes one file of type {kind}, found {there}")
        return str(found[0])

    def write_config_files(self) -> None:
        """The request, for runners that do not write it."""
        recipe.write_scripts(self.step, Path(self.step.dir).parents[1], self.work_root)

"""Puts stand-ins for the HLS tools into a folder of programs, and what they leave beside them."""

from __future__ import annotations

import json
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

STANDIN = Path(__file__).with_name("standin.py")
EVERYTHING = {
    "vitis-run": ["csim", "cosim", "impl", "package", "tcl"],
    "v++": ["hls"],
    "vitis_hls": ["tcl"],
}
COMPONENT = """<?xml version="1.0" encoding="UTF-8"?>
<spirit:component xmlns:spirit="http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009"
 xmlns:xilinx="http://www.xilinx.com">
  <spirit:vendor>{}</spirit:vendor>
  <spirit:library>{}</spirit:library>
  <spirit:name>{}</spirit:name>
  <spirit:version>{}</spirit:version>
  <spirit:vendorExtensions>
    <xilinx:coreExtensions>
      <xilinx:coreRevision>{revision}</xilinx:coreRevision>
      <xilinx:coreCreationDateTime>{date}</xilinx:coreCreationDateTime>
    </xilinx:coreExtensions>
  </spirit:vendorExtensions>
</spirit:component>
"""


@dataclass(frozen=True, slots=True)
class Tools:
    """A folder to put on PATH."""

    folder: Path

    def behave(self, can: dict[str, list[str]] | None = None, **more: object) -> None:
        """What they can do, and `fail`, `no_report`, `no_ip`: see standin.py."""
        document = {"can": EVERYTHING if can is None else can}
        document |= {name.replace("_", " "): value for name, value in more.items()}
        (self.folder / "behaviour.json").write_text(json.dumps(document))
        for name in EVERYTHING:
            program = self.folder / name
            program.unlink(missing_ok=True)
            if name in document["can"]:
                line = f'exec "{sys.executable}" "{self.folder}/standin.py" {name} "$@"'
                program.write_text(f"#!/bin/sh\n{line}\n")
                program.chmod(0o755)

    def calls(self) -> list[list[str]]:
        """The command lines that the stand-ins were given, probing apart."""
        path = self.folder / "calls.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def make(folder: Path, csynth_xml: str, vlnv: str, revision: str = "2114444965") -> Tools:
    """Stand-ins that can do everything and leave this report and an IP of this name."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "standin.py").write_bytes(STANDIN.read_bytes())
    (folder / "csynth.xml").write_text(csynth_xml)
    text = COMPONENT.format(*vlnv.split(":"), revision=revision, date="2026-11-20T14:00:00Z")
    for name, inside in (("ip.zip", ""), ("ip.xo", "ip_repo/kernel/")):
        with zipfile.ZipFile(folder / name, "w") as archive:
            archive.writestr(f"{inside}component.xml", text)
            archive.writestr(f"{inside}hdl/verilog/kernel.v", "module kernel; endmodule\n")
    tools = Tools(folder)
    tools.behave()
    return tools

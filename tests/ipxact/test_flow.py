"""The Edalize flow `ip_package` for a core of anyone: includes, parameters, and what it refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from bitwright.ipxact import read, rtl
from bitwright.ipxact.model import by_name
from edalize.flows.ip_package import Ip_package

KERNEL = """kernel: scale
vlnv: lab:rtl:scale:1.0
bundles: {gmem: {data_width: 64, addr_width: 64}}
arguments:
  - {name: x, kind: memory, direction: read, format: int8, shape: [4], layout: row_major,
     bundle: gmem, align: 8}
  - {name: factor, kind: scalar, format: int8}
"""
CORE = """CAPI=2:
name: lab:rtl:scale:1.0.0
filesets:
  rtl:
    files:
      - rtl/widths.svh: {is_include_file: true}
      - rtl/scale.sv
      - kernel.yml: {file_type: kernelSignature}
    file_type: systemVerilogSource
parameters:
  Lanes: {datatype: int, paramtype: vlogparam, default: 2}
targets:
  default: &default
    filesets: [rtl]
    toplevel: scale
    parameters: [Lanes]
    flow: ip_package
    flow_options: {part: xc7z020clg400-1, ranges: ["Lanes=1,2,4"]}
  xrt:
    <<: *default
    flow_options: {part: xcu280-fsvh2892-2L-e, xrt: true}
"""


@pytest.fixture
def core(tmp_path: Path, module: rtl.Module) -> Path:
    """A core whose top has the ports of a kernel, and the width of one from a file it includes."""
    ports = ",\n".join(
        f"  {'input' if wire.direction == 'in' else 'output'} logic "
        f"{wire.vector.replace('63', '`WORD-1')} {wire.name}"
        for wire in module.ports
    )
    head = '`include "widths.svh"\nmodule scale #(parameter int Lanes = 1) (\n'
    text = f"{head}{ports}\n);\nendmodule\n"
    for name, content in {
        "scale.core": CORE,
        "kernel.yml": KERNEL,
        "rtl/scale.sv": text,
        "rtl/widths.svh": "`define WORD 64\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def fusesoc(core: Path, *words: str) -> subprocess.CompletedProcess[str]:
    flows = Path(__file__).parents[2] / "flows"
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return subprocess.run(
        [Path(sys.executable).with_name("fusesoc"), "--cores-root", ".", "run", *words],
        cwd=core,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(flows)},
    )


def test_a_core_with_an_include_and_a_parameter_is_packaged(core: Path):
    done = fusesoc(core, "lab:rtl:scale", "--Lanes=4")
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = core.rglob("component.xml")
    component = read.load(path)
    files = {file.name: file.include for file in component.file_sets[0].files}
    assert files == {"hdl/widths.svh": "true", "hdl/scale.sv": "", "hdl/scale_top.v": ""}
    assert by_name(component.parameters)["Lanes"].value.text == "4"
    script = path.with_name("package_ip.tcl").read_text(encoding="utf-8")
    assert (
        "set_property file_type {Verilog Header} [get_files [file join $here hdl/widths.svh]]"
        in (script)
    )
    registers = component.memory_maps[0].blocks[0].registers
    assert [one.name for one in registers] == ["CTRL", "GIER", "IP_IER", "IP_ISR", "x", "factor"]


def test_a_core_for_xrt_gets_its_kernel_xml(core: Path):
    done = fusesoc(core, "--target", "xrt", "lab:rtl:scale")
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = core.rglob("kernel.xml")
    assert 'name="factor" addressQualifier="0" id="1" port="s_axi_control"' in path.read_text(
        "utf-8"
    )
    assert path.with_name("package_xo.tcl").is_file()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{file_type: kernelSignature}", "{file_type: user}", "takes one file of type kernelSig"),
        ("      - rtl/widths.svh: {is_include_file: true}\n", "", "widths.svh"),
        ("Lanes=1,2,4", "Lanes=1-4", "expected NAME=LOW"),
        ("part: xc7z020clg400-1, ", "", "part"),
    ],
)
def test_what_a_package_lacks_is_told(core: Path, old: str, new: str, told: str):
    path = core / "scale.core"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    done = fusesoc(core, "lab:rtl:scale")
    assert done.returncode != 0
    assert told in done.stdout + done.stderr
    assert list(core.rglob("component.xml")) == []


def test_options_of_one_flow_are_not_those_of_the_next():
    options = Ip_package.get_flow_options()
    options["part"] = "changed"
    assert "part" not in Ip_package.get_flow_options()

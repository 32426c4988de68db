"""kernel.yml and the FuseSoC core of an adopted source, as text."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bitwright.hls.adopt.interface import ALIGN_BYTES, Design, Port
from bitwright.hls.scripts import Project

SIGNATURE = "kernel.yml"
_NOTE = """\
# and the check of the tool's register map read it. A generated source does not tell what its
# arguments mean: shapes are those declared, elements lie row by row; whether a weight is [out, in],
# as PyTorch has it, or transposed is not known here.
"""
_WIDTHS = """\
# data_width is what the pragmas let the tool widen a port to. Where it leaves one narrower, the
# check of its report stops and shows both: write that width here, or adopt with it.
"""


def kernel_yml(design: Design, source: str) -> str:
    """The signature: the arguments in the source's order, under the source's names."""
    return "\n".join(_kernel_lines(design, source)) + "\n"


def _kernel_lines(design: Design, source: str) -> Iterator[str]:
    yield f"# The signature of {design.top.name} in {source}, adopted. Hosts, block designs"
    yield from _NOTE.splitlines()
    yield f"kernel: {design.top.name}"
    yield f"vlnv: {design.vlnv}"
    yield f"doc: {design.top.name} of {source}"
    yield ""
    yield from _WIDTHS.splitlines()
    yield "bundles:"
    for bundle in dict.fromkeys(port.bundle for port in design.memories):
        ports = [port for port in design.memories if port.bundle == bundle]
        names = ", ".join(port.name for port in ports)
        width = max(port.width for port in ports)
        yield f"  {bundle}: {{data_width: {width}, addr_width: 64}}  # {names}"
    yield ""
    yield "arguments:"
    for port in design.ports:
        yield from _argument(port)


def _argument(port: Port) -> Iterator[str]:
    declared = f"{port.variable.type} {port.name}" + "".join(f"[{n}]" for n in port.shape)
    if not port.bundle:
        yield f'  - {{name: {port.name}, kind: scalar, format: {port.format}, doc: "{declared}"}}'
        return
    shape = ", ".join(map(str, port.shape))
    yield f"  - {{name: {port.name}, kind: memory, direction: {port.direction},"
    yield f"     format: {port.format}, shape: [{shape}], layout: row_major, bundle: {port.bundle},"
    yield f'     align: {ALIGN_BYTES}, doc: "{declared}"}}'


def core(design: Design, project: Project) -> str:
    """The .core that builds the source as our own kernels are built: flow vitis_hls."""
    (source,), (bench,) = project.sources, project.testbench
    options = {  # all of them strings; quoted, for a library called `on` would be true
        "part": project.part,
        "clock_ns": project.clock_ns,
        "flow_target": project.flow_target,
        "export": project.export,
        "vendor": project.ip.vendor,
        "library": project.ip.library,
        "version": project.ip.version,
        "stages": list(project.stages),
        "settings": [f"{key}={value}" for key, value in project.settings],
    }
    lines = "\n".join(f"      {key}: {json.dumps(value)}" for key, value in options.items())
    data = "".join(f"      - {name}: {{file_type: data}}\n" for name in project.data)
    return f"""CAPI=2:
name: {design.vlnv}
description: {source}, adopted

filesets:
  kernel:
    files:
      - {source}: {{file_type: cppSource}}
      - {SIGNATURE}: {{file_type: hlsSignature}}
  bench:
    files:
      - {bench}: {{file_type: cppSource-testbench}}
{data}
  open:
    depend: [bitwright:hls:open]

targets:
  default: &default
    filesets: [kernel]
  sim:
    description: C simulation with the test bench (g++, open headers)
    flow: csim
    filesets: [open, kernel, bench]
    toplevel: "{design.top.name}"
  hls:
    <<: *default
    description: An IP from the C++ source (Vitis HLS)
    flow: vitis_hls
    flow_options:
{lines}
    filesets_append: [bench]
    toplevel: "{design.top.name}"
"""

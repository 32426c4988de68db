"""Edalize flow `vitis_hls`: from C++ to an IP or a Vitis kernel, with whichever tool is installed.

    targets:
      hls:
        flow: vitis_hls
        flow_options: {part: xcu280-fsvh2892-2L-e, clock_ns: "4", version: "1.0"}
        filesets: [kernel, bench]
        toplevel: ffn                # the function that becomes the kernel

Files: cppSource and cSource are the kernel's; those of type cppSource-testbench (or with the tag
`testbench`) the test bench's; files of type data are read by it, hlsSignature is a kernel.yml that
the register map must agree with. A header with is_include_file adds its folder, as ever.

Two steps: `project` lays out a folder that is complete, with hls_config.cfg and Tcl, and needs no
tool; `run` finds out which of v++, vitis-run and vitis_hls can do what is asked, and does it. With
flow option `run: none` the first alone. The build runner is our own unless another is named.
"""

from __future__ import annotations

from edalize.flows.chained import Chained


class Vitis_hls(Chained):  # Edalize names it
    """One tool that makes both steps."""

    TOOL = "vitis_hls"
    argtypes = ("vlogdefine",)  # macros of the C++ sources and of the test bench

"""Edalize flow `ip_package`: a kernel in RTL becomes an IP that Vivado's catalogue takes.

    targets:
      package:
        flow: ip_package
        flow_options: {part: xcu280-fsvh2892-2L-e, ranges: ["Rows=4,8,16", "Depth=1..64"]}
        filesets: [rtl, signature]       # signature: kernel.yml with file_type kernelSignature
        parameters: [Rows, Depth]
        toplevel: matmul                 # the SystemVerilog module; a Verilog one is put around it

The result is the folder package/<toplevel>: sources, component.xml and package_ip.tcl, by which
Vivado's own packager makes the same. With `xrt: true` kernel.xml and package_xo.tcl for v++ too.
The build runner is our own unless another is named.
"""

from __future__ import annotations

from edalize.flows.chained import Chained


class Ip_package(Chained):  # Edalize names it
    """One tool that makes one step."""

    TOOL = "ip_package"
    argtypes = ("vlogparam",)

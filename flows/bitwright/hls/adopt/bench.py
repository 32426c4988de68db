"""The test bench of an adopted source: arguments from files, results to files and compared."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2

from bitwright.hls.adopt.effects import READ, WRITE
from bitwright.hls.adopt.interface import Design, Port

_HEADERS = {"half": "hls_half.h", "ap_": "ap_int.h"}  # what begins the name of a type -> its header


def bench(design: Design, source: str) -> str:
    """C++ with a main(), for g++ and for Vitis HLS."""
    types = [port.variable.type for port in design.ports]
    headers = [h for begin, h in _HEADERS.items() if any(t.startswith(begin) for t in types)]
    return _template().render(
        top=design.top.name,
        source=source,
        headers=["cstdlib", *headers],
        linkage='extern "C" ' if design.top.c_linkage else "",
        ports=[_described(port) for port in design.ports],
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=False,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
    )
    return environment.get_template("bench.cpp.j2")


def _described(port: Port) -> dict[str, object]:
    dims = "".join(f"[{size}]" for size in port.shape)
    const = "const " if port.variable.const else ""
    if port.variable.passed == "reference" and dims:
        declared = f"{const}{port.variable.type} (&{port.name}){dims}"
    elif port.variable.passed == "reference":
        declared = f"{const}{port.variable.type}& {port.name}"
    else:
        declared = f"{const}{port.variable.type} {port.name}{dims}"
    return {
        "name": port.name,
        "type": port.variable.type,
        "declared": declared,
        "dims": dims,
        "first": "[0]" * len(port.shape),
        "elements": port.elements,
        "memory": bool(port.bundle),
        "read": READ in port.direction,
        "written": WRITE in port.direction,
    }

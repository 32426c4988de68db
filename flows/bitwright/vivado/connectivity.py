"""What v++ is told of kernels, memory and regions: the configuration file of a link.

The file knows no quotes. Every name in it is one of ours (letters, digits, _), which the readers of
configs and kernels have seen to. Source: UG1393 (v++ command, --connectivity options).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bitwright.blockdesign.linked import Link
from bitwright.implementation import DEFAULT, Implementation

# Stages of the implementation run inside v++ and what their directives are called there.
STEPS = {
    "opt": "OPT_DESIGN",
    "place": "PLACE_DESIGN",
    "phys_opt": "PHYS_OPT_DESIGN",
    "route": "ROUTE_DESIGN",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A compute unit: one instance of a kernel."""

    cell: str  # in the block design
    kernel: str
    slr: str = ""  # SLR1; "" leaves it to the tool

    @property
    def name(self) -> str:
        """How XRT and v++ call it, by their own custom."""
        return f"{self.cell}_1"


@dataclass(frozen=True, slots=True)
class Connectivity:
    """The units of a link and the memory that each of their masters sees."""

    units: Sequence[Unit]
    links: Sequence[Link]
    probes: Sequence[tuple[str, str]] = ()  # cell and interface that a System ILA watches


def render(connectivity: Connectivity, asked: Implementation) -> str:
    """The configuration file: [connectivity], [debug] where something is watched, [vivado]."""
    lines = ["# Rendered by bitwright.vivado.connectivity from the block design and the config."]
    return "\n".join([*lines, *_connectivity(connectivity), *_vivado(asked)]) + "\n"


def _connectivity(connectivity: Connectivity) -> Iterator[str]:
    units = {unit.cell: unit for unit in connectivity.units}
    yield "[connectivity]"
    for unit in connectivity.units:
        yield f"nk={unit.kernel}:1:{unit.name}"
    for link in connectivity.links:
        banks = f"{link.first}:{link.last}" if link.last > link.first else f"{link.first}"
        yield f"sp={units[link.cell].name}.{link.interface}:HBM[{banks}]"
    for unit in connectivity.units:
        if unit.slr:
            yield f"slr={unit.name}:{unit.slr}"
    if connectivity.probes:
        yield from ("", "[debug]")
    for cell, interface in connectivity.probes:
        yield f"chipscope={units[cell].name}:{interface}"


def _vivado(asked: Implementation) -> Iterator[str]:
    yield from ("", "[vivado]", f"param=general.maxThreads={asked.threads}")
    for stage, step in STEPS.items():
        if (directive := asked.directive(stage)) != DEFAULT:
            yield f"prop=run.impl_1.STEPS.{step}.ARGS.DIRECTIVE={directive}"
    if asked.directive("phys_opt") != DEFAULT:
        yield "prop=run.impl_1.STEPS.PHYS_OPT_DESIGN.IS_ENABLED=true"

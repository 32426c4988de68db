"""Design -> Steps for AMD's tools: packages of the kernels, then Vivado's project or v++'s link.

    vivado(design, tools, hls)   ... block_design ... implement, report, bitstream
    vitis(design, tools, hls)    ... link, report, bitstream

Pure: which tools are installed decides nothing but their versions in the keys. `hls` gives the
steps of one HLS kernel, the one that exports it last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from bitwright import yamlfile
from bitwright.blockdesign import catalogue, elaborate, linked, looks, onboard, probes, tcl, xdc
from bitwright.blockdesign.catalogue import Catalogue
from bitwright.blockdesign.check import whole
from bitwright.blockdesign.model import BlockDesign, Place, parent
from bitwright.design import Design, KernelSpec
from bitwright.engine import Step, Tool
from bitwright.errors import ConfigError
from bitwright.implementation import check_cells
from bitwright.schema import nearest
from bitwright.steps import package
from bitwright.steps.vitis import bitstream as xclbin
from bitwright.steps.vitis import link
from bitwright.steps.vitis import report as linked_report
from bitwright.steps.vivado import (
    bitstream,
    block_design,
    estimate,
    implement,
    ip_synth,
    preflight,
    report,
    synthesize,
)
from bitwright.steps.vivado.judged import About
from bitwright.vivado.connectivity import Connectivity, Unit
from bitwright.vivado.findings import Owners
from bitwright.vivado.scripts import Build
from bitwright.yamlfile import Node, Scalar, Sequence, Table

WAIVERS = Path("bd/waivers.yml")
Hls = Callable[[KernelSpec], list[Step]]


def vivado(design: Design, tools: Mapping[str, Tool], hls: Hls) -> tuple[Step, ...]:
    """The steps from a design to its .bit, .hwh and .xsa.

    Raises ConfigError: no block design, a kernel does not fit, a name in the config is none.
    """
    model, known = for_vivado(design)
    whole.require(design, model)
    build = Build(
        name=design.config,
        part=design.target.part,
        design=model.name,
        design_tcl=tcl.render(model, catalogue=known),
        constraints=xdc.render(design),
        implementation=design.implementation,
        version=tools["vivado"].version if "vivado" in tools else "",
    )
    used = [tools["vivado"]] if "vivado" in tools else []
    base = design.build
    first = preflight.step(build, used, base=base)
    made, packages = _packages(design, tools, hls, first.name)
    steps = [
        first,
        *made,
        block_design.step(build, packages, used, base=base),
        ip_synth.step(build, used, base=base),
        synthesize.step(build, used, base=base),
        estimate.step(build, design.demands, base=base),
        implement.step(build, used, base=base),
    ]
    last = bitstream.step(build, used, base=base)
    about = _about(design, (*steps, last))
    judged = report.step(about, owners(design, model), used, base=base)
    return (*steps, judged, replace(last, after=(*last.after, judged.name)))


def vitis(design: Design, tools: Mapping[str, Tool], hls: Hls) -> tuple[Step, ...]:
    """The steps from a design to its .xclbin. Raises ConfigError as vivado() does."""
    model = for_vitis(design)
    whole.require(design, model)
    base = design.build
    made, packages = _packages(design, tools, hls, "")
    used = [tools[name] for name in ("v++", "vivado") if name in tools]
    joined = link.step(
        link.Build(
            name=design.config,
            platform=design.target.platform,
            clock_mhz=design.clock_mhz,
            connectivity=connectivity(design, model),
            implementation=design.implementation,
        ),
        packages,
        used,
        base=base,
    )
    last = xclbin.step(design.config, used, base=base)
    judged = linked_report.step(_about(design, (*made, joined, last)), used, base=base)
    return (*made, joined, judged, replace(last, after=(*last.after, judged.name)))


def for_vivado(design: Design) -> tuple[BlockDesign, Catalogue]:
    """The block design that Vivado makes, with the probes of the config, and what its IPs are."""
    model = elaborate.of(design)
    _check(design, model)
    known = catalogue.load().of_kernels(dict(elaborate.kernels(design)).values())
    return _watched(design, model, known), known


def for_vitis(design: Design) -> BlockDesign:
    """The block design that v++ is told of. Raises ConfigError for what it cannot be told."""
    model = elaborate.of(design)
    _check(design, model)
    if design.implementation.pblocks:
        where = f"{design.source}:{_line(design, 'pblocks')}"
        raise ConfigError(f"{where}: pblocks: v++ takes none\n  next      slr: {{ffn: 1}}")
    return model


def asked(design: Design) -> BlockDesign:
    """The block design as the tool of its target is told of it; ConfigError as both of these."""
    if design.target.toolchain == "vivado":
        return for_vivado(design)[0]
    model = for_vitis(design)
    connectivity(design, model)
    return model


def _about(design: Design, steps: Iterable[Step]) -> About:
    """What the report of a build of these steps is on."""
    return About(
        config=design.config,
        target=design.target.name,
        part=design.target.part,
        clock_mhz=design.clock_mhz,
        steps=tuple(step.name for step in steps),
        demands=replace(design.demands, thresholds=()),  # those judge a diff, not a build
        implementation=design.implementation,
    )


def connectivity(design: Design, model: BlockDesign) -> Connectivity:
    """What v++ is told of a block design; a region that the config names counts more than its."""
    regions = dict(linked.regions(model))
    regions |= {cell: f"SLR{region}" for cell, region in design.implementation.slr}
    units = tuple(
        Unit(cell, kernel.name, regions.get(cell, "")) for cell, kernel in elaborate.kernels(design)
    )
    return Connectivity(units, linked.links(model), tuple(_units_watched(design, model)))


def _units_watched(design: Design, model: BlockDesign) -> Iterator[tuple[str, str]]:
    """Cell and interface of each probe: under XRT of a kernel, for v++ can watch no other."""
    joined = {end for net in model.interface_nets for end in net.ends}
    known = {end for end in joined if parent(end) in {spec.name for spec in design.kernels}}
    for probe in design.implementation.probes:
        if probe not in known:
            raise ConfigError(
                f"{design.source}:{_line(design, 'probes')}: probes: {probe!r} is no interface of"
                f" a kernel{nearest(probe, known)}\n  expected  one of {', '.join(sorted(known))}"
            )
        yield parent(probe), probe.rpartition("/")[2]


def owners(design: Design, model: BlockDesign) -> Owners:
    """Whose the cells are: those of types that bd/waivers.yml lists are the vendor's."""
    tree = yamlfile.load(WAIVERS, str(WAIVERS))
    listed = {name: node.text for name, node in tree.items.items() if isinstance(node, Scalar)}
    vendor = {cell.path: listed[cell.type] for cell in model.cells if cell.type in listed}
    return Owners(f"{model.name}_i", vendor, design.implementation.waivers)


def _packages(
    design: Design, tools: Mapping[str, Tool], hls: Hls, after: str
) -> tuple[list[Step], list[tuple[str, Step]]]:
    """The steps that package every kernel, and each kernel with the one that has its package.

    after: a step that ends before any tool of the vendor runs; "" for none
    """
    made = list(package.steps(design, tools, vendor=True))
    found = {spec.name: package.result(made, spec.name) for spec in design.rtl}
    for spec in design.hls:
        steps = hls(spec)
        made += steps
        found[spec.name] = steps[-1]
    late = {step.name for step in found.values()}  # those that run a tool of the vendor
    if after:
        made = [replace(s, after=(*s.after, after)) if s.name in late else s for s in made]
    return made, [(spec.name, found[spec.name]) for spec in design.kernels]


def _check(design: Design, model: BlockDesign) -> None:
    """Raise ConfigError for each name under `implementation` that the design has not."""
    faults: list[str] = []
    cells = [cell.path for cell in model.cells]
    check_cells(cells, design.implementation, lambda name: _where(design, name), faults)
    faults += _beyond_regions(design)
    if faults:
        raise ConfigError("\n".join(faults))


def _beyond_regions(design: Design) -> Iterator[str]:
    """Super logic regions that the device has not."""
    if not design.target.hardware:
        return
    hardware = onboard.hardware(design.target)
    placed = [(cell, f"SLR{number}") for cell, number in design.implementation.slr]
    placed += [(pblock.name, pblock.region) for pblock in design.implementation.pblocks]
    for name, region in placed:
        if region.startswith("SLR") and int(region[3:]) >= hardware.slrs:
            yield (
                f"{_where(design, name)}: implementation: {name}: no {region}; {hardware.where}"
                f" says slrs: {hardware.slrs}\n  expected  SLR0 to SLR{hardware.slrs - 1}"
            )


def _watched(design: Design, model: BlockDesign, known: Catalogue) -> BlockDesign:
    """The block design with an ILA on each interface that the config wants watched."""
    asked = design.implementation.probes
    if not asked:
        return model
    place = Place(str(design.source), _line(design, "probes"))
    return probes.watch(model, asked, looks.looks(model, known), place=place)


def _where(design: Design, name: str) -> str:
    """File and line at which a name stands under `implementation`; what a target says counts."""
    node = yamlfile.load(design.source, str(design.source)).items.get("implementation")
    own = node.items.get(design.target.name) if isinstance(node, Table) else None
    found = _stands(own, name) or _stands(node, name)
    return f"{design.source}:{found or 1}"


def _stands(node: Node | None, name: str) -> int:
    """The first line on which a key or a value is this; 0 for none."""
    if isinstance(node, Table):
        if name in node.lines:
            return node.lines[name]
        return next(filter(None, (_stands(one, name) for one in node.items.values())), 0)
    if isinstance(node, Sequence):
        return next(filter(None, (_stands(one, name) for one in node.items)), 0)
    return node.line if isinstance(node, Scalar) and node.text == name else 0


def _line(design: Design, key: str) -> int:
    """Where the config says something under `implementation`; 1 if it is hard to tell."""
    node = yamlfile.load(design.source, str(design.source)).items.get("implementation")
    for table in (node, node.items.get(design.target.name) if isinstance(node, Table) else None):
        if isinstance(table, Table) and key in table.lines:
            return table.lines[key]
    return 1

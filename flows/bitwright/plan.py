"""Design -> Steps: what a build, a simulation or a lint of one design consists of.

Pure: no tool runs, nothing outside configs/, cores/, ip/, bd/ and this package is read, and a plan
once made is kept under the hash of all that (remembered.py). FuseSoC turns the system's core into
EDAM, an Edalize flow of ours turns EDAM into Steps; the same flow, under plain `fusesoc run`, gives
the same commands.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitwright import remembered
from bitwright.design import Design, KernelSpec
from bitwright.engine import Step, Tool
from bitwright.errors import ConfigError

if TYPE_CHECKING:
    from bitwright.cores import Cores, Elaborated

PLUGINS = Path("flows/edalize")


def plan(design: Design, tools: Mapping[str, Tool]) -> tuple[Step, ...]:
    """The steps from a design to its bitstream, in order.

    tools: those installed, by name; what is missing shows when its step runs
    Raises ConfigError if the target's system or block design is not there or has faults.
    """
    return remembered.plan("build", design, tools, _build)


def plan_sim(design: Design, tools: Mapping[str, Tool]) -> tuple[Step, ...]:
    """The simulations of a design's kernels, of all they are made of, and of the whole system."""
    return remembered.plan("sim", design, tools, partial(_each, "sim"))


def plan_lint(design: Design, tools: Mapping[str, Tool]) -> tuple[Step, ...]:
    """The lint of every core that a design is made of, and of its HLS kernels."""
    return remembered.plan("lint", design, tools, _lint)


def plan_csim(design: Design, tools: Mapping[str, Tool], form: str = "") -> tuple[Step, ...]:
    """The C simulations of a design's HLS kernels: a step for each kernel and number format.

    form: one format alone; "" is each that the kernel's signature names and the model's sizes fit
    Raises ConfigError if that leaves nothing.
    """
    return remembered.plan(f"csim {form}", design, tools, partial(_csim, form))


def plan_hls(
    design: Design, tools: Mapping[str, Tool], stages: tuple[str, ...]
) -> tuple[Step, ...]:
    """The HLS of a design's kernels: C simulation in the config's format, then projects and runs.

    stages: csim, csynth, ... of the vendor's tools, in order
    Without one of those tools there are no runs: what cannot run stands in no plan.
    Raises ConfigError if the design has no kernel for HLS.
    """
    return remembered.plan(f"hls {stages}", design, tools, partial(_hls, stages))


def plan_package(design: Design, tools: Mapping[str, Tool]) -> tuple[Step, ...]:
    """The packages of a design's RTL kernels; Vivado's own of them too where it is installed.

    Raises ConfigError if no kernel of the design is in RTL.
    """
    return remembered.plan("package", design, tools, _package)


def _package(design: Design, tools: Mapping[str, Tool]) -> tuple[Step, ...]:
    from bitwright.steps import package

    if not design.rtl:
        raise ConfigError(
            f"{design.source}: no kernel of this config is built from rtl\n"
            "  next      ./doit hls exports the IPs of those in C++"
        )
    return package.steps(design, tools, vendor="vivado" in tools)


def _hls(stages: tuple[str, ...], design: Design, tools: Mapping[str, Tool]) -> tuple[Step, ...]:
    from bitwright.cores import Cores

    simulated = {step.name: step for step in _csim("", design, tools)}
    cores = Cores()
    steps: list[Step] = []
    for spec in design.hls:
        checked = simulated[f"csim-{spec.name}-{spec.format}"]
        steps += [checked, *_kernel(design, spec, cores, stages, tools, checked.name)]
    return tuple(steps)


def _kernel(
    design: Design,
    spec: KernelSpec,
    cores: Cores,
    stages: tuple[str, ...],
    tools: Mapping[str, Tool],
    checked: str,
    *,
    runs: bool = False,
) -> list[Step]:
    """The generated sources, the project and the run of one kernel; `checked` ends first.

    runs: plan the run although no tool for it is there
    """
    from bitwright.hls.probe import TOOLS
    from bitwright.steps import hls

    base = design.build / "hls" / spec.name
    values = {**asdict(design.model), **dict(spec.sizes), "format": spec.format}
    found = cores.elaborate(
        f"bitwright:hls:{spec.name}", "hls", work_root=base, name=spec.name, values=values
    )
    runs = runs or any(name in tools for name in TOOLS)
    options = hls.options(design, spec, stages, runs=runs)
    edam = {**found.edam, "flow_options": {**found.edam["flow_options"], **options}}
    steps = [_known(step, tools) for step in _flow(found.flow, edam, base)]
    if found.generations:
        made = _generate(found, tools, base)
        made = replace(made, name=f"generate-{spec.name}", title=f"top function of {spec.name}")
        steps = [made, replace(steps[0], after=(made.name,)), *steps[1:]]
    return [replace(steps[0], after=(checked,)), *steps[1:]] if checked else steps


def _lint(design: Design, tools: Mapping[str, Tool]) -> tuple[Step, ...]:
    from bitwright.steps import csim, hlslint

    used = [tools[name] for name in hlslint.TOOLS if name in tools]
    kernels = (
        hlslint.step(design, spec, csim.formats(spec, design.model) or [spec.format], used)
        for spec in design.hls
    )
    return (*_each("lint", design, tools), *kernels)


def _csim(form: str, design: Design, tools: Mapping[str, Tool]) -> tuple[Step, ...]:
    from bitwright.steps import csim

    used = [tools[name] for name in csim.TOOLS if name in tools]
    steps = tuple(
        csim.step(design, spec, each, used)
        for spec in design.hls
        for each in csim.formats(spec, design.model)
        if form in ("", each)
    )
    if not design.hls:
        raise ConfigError(
            f"{design.source}: no kernel of this config is built with hls\n"
            "  next      list mhsa or ffn under kernels, as configs/tiny.yml does"
        )
    if not steps:
        model = design.model
        raise ConfigError(
            f"{design.source}: rows of {form} weights are no whole beats of its kernels' ports\n"
            f"  expected  embed_dim and ff_dim that are multiples of {csim.per_beat(form)}\n"
            f"  found     embed_dim {model.embed_dim}, ff_dim {model.ff_dim}"
        )
    return steps


def _amd(design: Design, tools: Mapping[str, Tool]) -> tuple[Step, ...]:
    """A build with AMD's tools: whether they are installed changes no step but by their versions.

    HLS stands here without C simulation, as place and route stands without simulation of the RTL:
    ./doit csim and ./doit hls are for that.
    """
    from bitwright.cores import Cores
    from bitwright.steps import deploy
    from bitwright.vivado import plan as amd

    cores = Cores()
    makers = {"vivado": amd.vivado, "vitis": amd.vitis}

    def hls(spec: KernelSpec) -> list[Step]:
        return _kernel(design, spec, cores, ("csynth", "export"), tools, "", runs=True)

    steps = makers[design.target.toolchain](design, tools, hls)
    used = [tools[name] for name in deploy.TOOLS if name in tools]
    return (*steps, deploy.step(design, steps[-1], used))


def _build(design: Design, tools: Mapping[str, Tool]) -> tuple[Step, ...]:
    from bitwright.cores import Cores

    if design.target.toolchain != "open":
        return _amd(design, tools)
    base = design.build
    system = Cores().elaborate(
        design.target.system, "synth", work_root=base, name=design.config, values=_values(design)
    )
    edam = _options(design, system)
    steps = [_known(step, tools) for step in _flow(system.flow, edam, base)]
    if system.generations:
        steps = [_generate(system, tools, base), *steps]
        steps[1] = replace(steps[1], after=("generate",))
    return _judged(design, steps, tools)


def _values(design: Design) -> dict[str, Any]:
    """What a generator may want to know of a design, by the names that configs use."""
    values: dict[str, Any] = {"clock_mhz": design.clock_mhz}
    for kernel in design.rtl:
        values |= {**dict(kernel.sizes), "format": kernel.format}
    return values


def _options(design: Design, system: Elaborated) -> dict[str, Any]:
    """EDAM with what a design says in place of what the core says by default."""
    edam, target = system.edam, design.target
    options = {
        "device": target.part,
        "package": target.package,
        "speed": target.speed,
        "freq_mhz": f"{design.clock_mhz:g}",
        "seed": design.seed,
    }
    parameters = {
        name: {**edam["parameters"][name], "default": value}
        for name, value in _parameters(design, system).items()
    }
    return {
        **edam,
        "parameters": {**edam["parameters"], **parameters},
        "flow_options": {**edam["flow_options"], **options},
    }


def _parameters(design: Design, found: Elaborated) -> dict[str, Any]:
    """The parameters of a core that a design has values for: rows for Rows, and so on."""
    values = {_camel(name): value for name, value in _values(design).items()}
    return {name: values[name] for name in sorted(found.parameters & values.keys())}


def _camel(name: str) -> str:
    """a_kib -> AKib, as SystemVerilog parameters are written here."""
    return "".join(word.capitalize() for word in name.split("_"))


def _flow(name: str, edam: dict[str, Any], base: Path) -> Iterable[Step]:
    """The Steps of one of our Edalize flows. Raises ConfigError for a flow that has none."""
    from importlib import import_module

    try:
        flow = getattr(import_module(f"edalize.flows.{name}"), name.capitalize())(edam, str(base))
    except (ModuleNotFoundError, RuntimeError) as error:
        raise ConfigError(f"flow {name} of {edam['name']}: {error}") from error
    for command in flow.commands.commands:
        if hasattr(command, "step"):
            yield command.step
        elif any(command.commands) and any(word for line in command.commands for word in line):
            raise ConfigError(f"flow {name}: {command.targets} is no Step, so it cannot be planned")


def _known(step: Step, tools: Mapping[str, Tool]) -> Step:
    """The step with its tools as they were probed."""
    return replace(step, tools=tuple(tools.get(tool.name, tool) for tool in step.tools))


def _generate(system: Elaborated, tools: Mapping[str, Tool], base: Path) -> Step:
    from bitwright.steps import generate

    used = [tools[name] for name in generate.WHEELS if name in tools]
    return generate.step(system.generations, used, base=base)


def _judged(design: Design, steps: list[Step], tools: Mapping[str, Tool]) -> tuple[Step, ...]:
    """The steps with the report before the bitstream: a missed clock leaves no bitstream."""
    from bitwright.steps import report

    *before, last = steps
    target = design.target
    used = {tool.name: tool for step in steps for tool in step.tools}
    build = report.Build(
        config=design.config,
        target=target.name,
        part=f"{target.part}-{target.speed}{target.package}",
        clock_mhz=design.clock_mhz,
        steps=tuple(step.name for step in (*before, last)),
        demands=replace(design.demands, thresholds=()),  # those judge a diff, not a build
    )
    judged = report.step(build, list(used.values()), base=design.build)
    return (*before, judged, replace(last, after=(*last.after, judged.name)))


def _each(target: str, design: Design, tools: Mapping[str, Tool]) -> tuple[Step, ...]:
    """One step for each core of a design that has this target, leaves first."""
    from bitwright.cores import Cores

    cores = Cores()
    tops = [design.target.system] if design.target.system else []
    tops += [f"bitwright:rtl:{kernel.name}" for kernel in design.rtl]
    found = dict.fromkeys(vlnv for top in reversed(tops) for vlnv in _family(cores, top, target))
    return tuple(_run(design, cores, vlnv, target, tools) for vlnv in found)


def _family(cores: Cores, top: str, target: str) -> Iterable[str]:
    for vlnv in cores.depends(top, "default"):
        if target in cores.targets(vlnv):
            yield vlnv


def _run(design: Design, cores: Cores, vlnv: str, target: str, tools: Mapping[str, Tool]) -> Step:
    from bitwright.cores import code
    from bitwright.steps import simulate

    name = vlnv.split(":")[2]
    folder = design.build / target / name
    found = cores.elaborate(vlnv, target, work_root=folder, name=name, values=_values(design))
    tests = [file["name"] for file in found.edam["files"] if file["name"].endswith(".py")]
    plugins = sorted(PLUGINS.rglob("*.py"))
    users = [Path(os.path.normpath(folder / test)) for test in tests]
    users += [path for path in plugins if path.stem == found.flow]
    return simulate.step(
        found,
        vlnv,
        target,
        [tools[name] for name in sorted(tools) if name in simulate.TOOLS],
        folder=folder,
        code=(*plugins, *code(users)),
        parameters=_parameters(design, found),
    )

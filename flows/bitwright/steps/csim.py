"""The step that simulates one HLS kernel in one number format, and what its runs left."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from bitwright.design import HLS_BEAT_BITS, WEIGHT_BITS, Design, KernelSpec, Model
from bitwright.engine import Step, Tool, module_files
from bitwright.hls.simulate import PASSED, SHARED, Passed

CALL = "csim.json"
CODE = "bitwright.hls.simulate"
KERNELS = Path("ip")
TOOLS = ("g++", "hls4ml", "numpy", "jinja2")
PHASES = ((r"^(compiling and making vectors|running .*)", r"\1"),)
ERRORS = (r"^Error", r"\berror: ", r"^\w*Error: ", r"runtime error", r"ERROR: ")


def step(design: Design, spec: KernelSpec, form: str, tools: Iterable[Tool]) -> Step:
    """The simulation of a design's kernel in one of its formats."""
    folder = design.build / "csim" / f"{spec.name}-{form}"
    places = [KERNELS / spec.name, *(KERNELS / name for name in SHARED)]
    call = {
        "ip": os.path.relpath(KERNELS, folder),
        "kernel": spec.name,
        "format": form,
        "model": asdict(design.model),
        "sizes": dict(spec.sizes),
    }
    return Step(
        name=f"csim-{spec.name}-{form}",
        title=f"C simulation of {spec.name} in {form}",
        dir=folder,
        reads=(*_sources(places), *module_files(CODE)),
        writes=(folder / PASSED,),
        command=("python", "-m", CODE, CALL),
        scripts=((CALL, json.dumps(call, indent=1, sort_keys=True) + "\n"),),
        tools=tuple(tools),
        phases=PHASES,
        errors=ERRORS,
    )


def formats(spec: KernelSpec, model: Model) -> list[str]:
    """The number formats of a kernel's signature in which rows of weights are whole beats."""
    from bitwright import kernel

    path = KERNELS / spec.name / "kernel.yml"
    every = kernel.load(path, form=spec.format).formats
    sizes = (model.embed_dim, model.ff_dim)
    return [form for form in every if not any(size % per_beat(form) for size in sizes)]


def unfit(spec: KernelSpec, model: Model) -> list[str]:
    """The number formats of a kernel's signature that the model's sizes do not fit."""
    from bitwright import kernel

    fitting = formats(spec, model)
    every = kernel.load(KERNELS / spec.name / "kernel.yml", form=spec.format).formats
    return [form for form in every if form not in fitting]


def per_beat(form: str) -> int:
    """How many weights of a number format a beat of memory holds."""
    return HLS_BEAT_BITS // WEIGHT_BITS[form]


def _sources(folders: Iterable[Path]) -> list[Path]:
    """The signature and every header below these folders."""
    found = (path for folder in folders for path in sorted(folder.rglob("*")))
    return [path for path in found if path.suffix in (".h", ".hpp") or path.name == "kernel.yml"]


def passed(step: Step) -> Passed | None:
    """What this step's last run left, None if nothing."""
    path = step.dir / PASSED
    return Passed(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def summary(steps: Iterable[Step]) -> str:
    """`csim: 2 kernels in 3 formats, 66 cases, 132 with sanitizers: all passed`."""
    every = [found for step in steps if (found := passed(step)) is not None]
    if not every:
        return ""
    kernels, formats = {p.kernel for p in every}, {p.format for p in every}
    what = f"{_count(len(kernels), 'kernel')} in {_count(len(formats), 'format')}"
    cases = _count(sum(p.cases for p in every), "case")
    return f"csim: {what}, {cases}, {sum(p.sanitized for p in every)} with sanitizers: all passed"


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"

"""The two steps of a Vitis HLS kernel: its project laid out as a folder, and the tools run over it.

The first needs no tool and is worth having by itself; the second finds out at run time which of the
tools can do what is asked (hls/probe.py), for which one it was changes no result on purpose.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bitwright.design import Design, KernelSpec
from bitwright.engine import Judgement, Step, Tool
from bitwright.errors import ConfigError
from bitwright.hls.project import MANIFEST
from bitwright.hls.run import BAD, CSYNTH, ERROR, LIMITS, METRICS, REQUEST, VERDICT, WORK
from bitwright.hls.scripts import CONFIG, EXPORTS, IMPLEMENT, MARK, README, TCL, Project
from bitwright.kernel import load
from bitwright.limits import to_json
from bitwright.told import MORE

PROJECT, RUN = "project", "run"  # folders of the steps, below that of the flow
PROJECT_CODE, RUN_CODE = "bitwright.hls.project", "bitwright.hls.run"  # what they execute
PHASES = ((rf"^{MARK}(\w.*)", r"\1"),)
ERRORS = (f"^{ERROR.pattern}", rf"^{re.escape(MORE)}", r"^\w*Error: ")


@dataclass(frozen=True, slots=True)
class Content:
    """A project whose paths start from its folder, and the files that go there."""

    project: Project
    files: tuple[tuple[str, str], ...]  # (name in the project, name from the folder of the flow)


@dataclass(frozen=True, slots=True)
class Signature:
    """What the kernel must look like to its host, and the limits that it must keep."""

    file: str  # kernel.yml, from the folder of the flow
    format: str  # the number format to read it for; "" where it names none
    limits: str = "{}"  # demands of the config, as bitwright.limits.to_json has them


def options(
    design: Design, spec: KernelSpec, stages: Iterable[str], *, runs: bool
) -> dict[str, Any]:
    """The options of the flow `vitis_hls` that a design decides.

    runs: whether there is a tool; without one the project is laid out alone
    """
    path = Path("ip", spec.name, "kernel.yml")
    kernel = load(path, str(path), form=spec.format)
    vendor, library, name, version = kernel.vlnv.split(":")
    vitis = design.target.toolchain == "vitis"
    return {
        "part": design.target.part,
        "clock_ns": f"{1000 / design.clock_mhz:.3f}".rstrip("0").rstrip("."),
        "flow_target": "vitis" if vitis else "vivado",
        "export": "xo" if vitis else "ip_catalog",
        "stages": list(stages),
        **{"vendor": vendor, "library": library, "ip_name": name, "version": version},
        "display_name": name,
        "description": kernel.doc,
        "number_format": spec.format,
        "limits": json.dumps(to_json(design.demands.of_hls(spec.name)), sort_keys=True),
        "run": "all" if runs else "none",
    }


def place(name: str) -> str:
    """Where a file or folder of a flow stands in the project: its path without the way up.

    Raises ConfigError for an absolute path, which would be another one on another machine.
    """
    normal = os.path.normpath(name)
    if normal.startswith("/"):
        raise ConfigError(f"{name}: expected a path that starts from the core or the work root")
    return re.sub(r"^(\.\./)+", "", normal)


def placed(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """(place, name) of each file, once. Raises ConfigError when two files claim one place."""
    found: dict[str, str] = {}
    for name in names:
        where = place(name)
        if where in (MANIFEST, CONFIG, TCL, IMPLEMENT, README) or found.get(where, name) != name:
            other = found.get(where, "a script of the project")
            raise ConfigError(f"{name} and {other} would both be {where} in the HLS project")
        found[where] = name
    return tuple(found.items())


def project_step(content: Content, *, base: Path, kernel: str, code: Iterable[Path] = ()) -> Step:
    """The project's folder, `project` below base.

    base: the folder of the flow; code: the files of PROJECT_CODE
    """
    folder = base / PROJECT
    up = os.path.relpath(base, folder)
    files = {where: f"{up}/{name}" for where, name in content.files}
    manifest = {"files": files, "project": asdict(content.project)}
    last = [IMPLEMENT] if "impl" in content.project.stages else []
    names = [*files, README, CONFIG, TCL, *last]
    reads = [Path(os.path.relpath(base / name)) for _, name in content.files]
    return Step(
        name=f"project-{kernel}",
        title=f"Vitis HLS project of {kernel}",
        dir=folder,
        reads=(*reads, *code),
        writes=tuple(folder / name for name in names),
        command=("python", "-m", PROJECT_CODE, MANIFEST),
        scripts=((MANIFEST, _text(manifest)),),
    )


def run_step(
    laid: Step,
    project: Project,
    signature: Signature | None,
    tools: Iterable[Tool],
    *,
    base: Path,
    kernel: str,
    code: Iterable[Path] = (),
) -> Step:
    """The run over a project that `laid` lays out, in the folder `run` below base.

    signature: None for a core without one: then no register map is compared, nothing is measured
    base: the folder of the flow; code: the files of RUN_CODE
    """
    folder = base / RUN
    reads, scripts = [*_run(laid), *code], {REQUEST: _request(laid, project, signature, base)}
    if signature is not None:
        reads.append(Path(os.path.relpath(base / signature.file)))
        scripts[LIMITS] = json.loads(signature.limits)
    return Step(
        name=f"hls-{kernel}",
        title=f"Vitis HLS of {kernel}",
        dir=folder,
        reads=tuple(reads),
        writes=tuple(folder / name for name in kept(project, measured=signature is not None)),
        command=("python", "-m", RUN_CODE, REQUEST),
        scripts=tuple((name, _text(body)) for name, body in scripts.items()),
        tools=tuple(tools),
        after=(laid.name,),
        phases=PHASES,
        errors=ERRORS,
        judgement=Judgement(
            BAD,
            "no IP is kept",
            f"mend the kernel, its signature or its limits; {folder / WORK} has the reports",
        ),
    )


def _run(laid: Step) -> list[Path]:
    """The files of a project that a run takes: another wording of its README is no other run."""
    return [path for path in laid.writes if path.name != README]


def _request(
    laid: Step, project: Project, signature: Signature | None, base: Path
) -> dict[str, Any]:
    """What the run is told: hls.json, its paths from the run's folder."""
    up = os.path.relpath(base, base / RUN)
    request: dict[str, Any] = {
        "project": asdict(project),
        "from": f"{up}/{PROJECT}",
        "files": [str(path.relative_to(laid.dir)) for path in _run(laid)],
    }
    if signature is not None:
        request["signature"] = {"file": f"{up}/{signature.file}", "format": signature.format}
    return request


def kept(project: Project, *, measured: bool) -> tuple[str, ...]:
    """What a run leaves, the IP last; measured: whether it has a signature."""
    names = [CSYNTH, *([METRICS, VERDICT] if measured else [])]
    if "export" in project.stages:
        names.append(f"{project.ip.name}.{EXPORTS[project.export]}")
    return tuple(names)


def _text(body: Any) -> str:
    return json.dumps(body, indent=1) + "\n"

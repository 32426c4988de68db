"""Lint of one HLS kernel: its headers, the common ones, and the top of each number format.

python -m bitwright.steps.hlslint lint.json
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bitwright.design import Design, KernelSpec, Model
from bitwright.engine import Step, Tool, module_files
from bitwright.steps.simulate import PASSED, Passed

CALL = "lint.json"
CODE = "bitwright.steps.hlslint"
ROOM = Path("ip")
SHARED = "common/include"
TOOLS = ("jinja2", "tree-sitter", "tree-sitter-cpp")
ERRORS = (r": error ", r"^\w*Error: ")


def step(design: Design, spec: KernelSpec, forms: Iterable[str], tools: Iterable[Tool]) -> Step:
    """The lint of a design's kernel in these number formats."""
    folder = design.build / "lint" / spec.name
    call = {
        "root": os.path.relpath(".", folder),
        "kernel": spec.name,
        "formats": list(forms),
        "model": asdict(design.model),
        "sizes": dict(spec.sizes),
    }
    return Step(
        name=f"lint-{spec.name}",
        title=f"lint of {spec.name}",
        dir=folder,
        reads=(*_headers(spec.name), ROOM / spec.name / "kernel.yml", *module_files(CODE)),
        writes=(folder / PASSED,),
        command=("python", "-m", CODE, CALL),
        scripts=((CALL, json.dumps(call, indent=1, sort_keys=True) + "\n"),),
        tools=tuple(tools),
        errors=ERRORS,
    )


def _headers(kernel: str) -> list[Path]:
    """The headers of a kernel, and those that all kernels share."""
    return [path for name in (SHARED, kernel) for path in sorted((ROOM / name).rglob("*.hpp"))]


def main(argv: Sequence[str]) -> int:
    """Check what the call in this folder says; leave PASSED if there is no error."""
    from bitwright.errors import BitwrightError

    call = json.loads(Path(argv[0]).read_text(encoding="utf-8"))
    folder = Path.cwd()
    os.chdir(call["root"])  # findings name files as people do
    try:
        errors, warnings = _lint(call)
    except BitwrightError as error:
        print(error, file=sys.stderr)
        return 1
    if errors:
        return 1
    found = Passed(f"bitwright:hls:{call['kernel']}", "lint", None, warnings)
    (folder / PASSED).write_text(json.dumps(asdict(found)) + "\n", encoding="utf-8")
    return 0


def _lint(call: Mapping[str, Any]) -> tuple[int, int]:
    """Check the kernel in each format, each finding told once; how many errors and warnings."""
    from bitwright import kernel
    from bitwright.hls import top
    from bitwright.hls.lint import check
    from bitwright.hls.lint.program import from_texts
    from bitwright.hls.lint.rules import Finding

    name, sizes = call["kernel"], tuple(call["sizes"].items())
    model = Model(**call["model"])
    headers = {str(path): path.read_bytes() for path in _headers(name)}
    told: set[Finding] = set()
    for form in call["formats"]:
        signature = kernel.load(ROOM / name / "kernel.yml", form=form)
        rendered = top.render(signature, KernelSpec(name, "hls", form, sizes), model)
        tops = {
            file: text.encode() for file, text in rendered.items() if not file.endswith("_tb.cpp")
        }
        report = check(from_texts({**headers, **tops}, name))
        for found in report.findings:
            if found not in told:
                print(found, flush=True)
        told.update(report.findings)
        print(f"{name} in {form}: {report.verdict}", flush=True)
    errors = sum(found.severity == "error" for found in told)
    return errors, sum(found.severity == "warning" for found in told)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

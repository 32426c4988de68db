"""C simulation of one HLS kernel in one number format, against golden.

    python -m bitwright.hls.simulate csim.json

At the config's full size, then with sanitizers at small ones. It ends with 1 if anything differs;
what the kernel left then stands in the folder `failed`. The plan imports this module for its names:
what makes vectors, and NumPy with it, is imported where it is used.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bitwright.design import Model
from bitwright.errors import BitwrightError, ToolError
from bitwright.step import FAILED

if TYPE_CHECKING:
    from bitwright.hls.csim import Job, Result

PASSED = "passed.json"
SHARED = ("common/include", "common/tb", "open/include")  # folders of headers, below ip/
UNTOLD = ("family", "layers")  # of a model; a kernel does not see them


@dataclass(frozen=True, slots=True)
class Passed:
    """What a run that passed leaves in its file."""

    kernel: str
    format: str
    cases: int
    elements: int  # compared with golden, at full size
    error: float  # of fp16, at full size; else 0
    bound: float
    sanitized: int  # cases run with sanitizers


def main(argv: Sequence[str]) -> int:
    """Simulate what the call in this folder says; leave PASSED if all is as golden says."""
    from bitwright.hls.csim import Job

    call = json.loads(Path(argv[0]).read_text(encoding="utf-8"))
    ip = Path(call["ip"])
    sizes = tuple(call["sizes"].items())
    job = Job(ip / call["kernel"], call["format"], Model(**call["model"]), sizes)
    try:
        found = _simulate(job, [ip / call["kernel"], *(ip / name for name in SHARED)])
    except BitwrightError as error:
        print(error, file=sys.stderr)
        return 1
    if found is None:
        _set_aside(job)
        return 1
    Path(PASSED).write_text(json.dumps(asdict(found)) + "\n", encoding="utf-8")
    return 0


def _simulate(job: Job, includes: Sequence[Path]) -> Passed | None:
    """All sizes, compiled while vectors are made; None at the first that differs."""
    from concurrent.futures import ThreadPoolExecutor

    from bitwright.hls import csim

    jobs = {".": job, **{name: csim.small(job, name) for name in csim.SMALL}}
    for name, each in jobs.items():
        Path(name).mkdir(exist_ok=True)
        csim.render(each, Path(name))
    print("compiling and making vectors", flush=True)
    with ThreadPoolExecutor(max_workers=2) as pool:
        builds = [pool.submit(_compile, f"{job.folder.name}_tb", Path(), includes, csim.TB)]
        builds += [
            pool.submit(_compile, job.folder.name, Path(name), includes, _options(name))
            for name in jobs
        ]
        for name, each in jobs.items():
            csim.make_vectors(each, Path(name), exact=name != ".")
        for build in builds:
            build.result()
    results = []
    for name, each in jobs.items():
        results.append(_run(each, Path(name)))
        if not results[-1].passed:
            return None
    full, *small = results
    sanitized = sum(result.cases for result in small)
    return Passed(
        job.folder.name, job.format, full.cases, full.elements, full.error, full.bound, sanitized
    )


def _options(name: str) -> Sequence[str]:
    from bitwright.hls import csim

    return csim.FAST if name == "." else csim.SANITIZED


def _compile(source: str, folder: Path, includes: Sequence[Path], options: Sequence[str]) -> None:
    from bitwright.hls import csim

    near = [".", *(os.path.relpath(path, folder) for path in includes)]
    _call(csim.compiler(f"{source}.cpp", near, options), folder)


def _run(job: Job, folder: Path) -> Result:
    """Link the kernel of this size with the test bench, which is the same for all, and run it."""
    from bitwright.hls import csim

    name = job.folder.name
    bench = os.path.relpath(f"{name}_tb.o", folder)
    _call(csim.linker([f"{name}.o", bench], _options(str(folder))), folder)
    size = "at the config's size" if folder == Path() else f"with sanitizers, {folder}"
    print(f"running {size}", flush=True)
    result = csim.run(job, folder)
    if not result.passed:
        sizes = {**asdict(job.model), **dict(job.sizes)}
        told = ", ".join(f"{key} {value}" for key, value in sizes.items() if key not in UNTOLD)
        print(f"Error: so it is {size}: {told}", flush=True)
    return result


def _call(command: Sequence[str], folder: Path) -> None:
    """Print what a command says; if it fails that is in the ToolError, so that of several that fail
    alike one is told. Paths start from the root: all that climb do so up to it."""
    done = subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    said = re.sub(r"(?<![\w./-])(?:\.\./)+", "", done.stdout.decode(errors="replace"))
    if done.returncode:
        status = f"Error: {command[0]} ended with exit status {done.returncode} in {folder}"
        raise ToolError(f"{said}{status}")
    print(said, end="", flush=True)


def _set_aside(job: Job) -> None:
    """What a kernel left where it differs, and what was expected, to the folder that tells so."""
    for end in ("found", "expected"):
        for path in sorted(Path().rglob(f"*_{end}.bin")):
            target = Path(FAILED, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
    root = os.path.relpath(Path(), job.folder.parent.parent)
    element = "float16" if job.format == "fp16" else "int8"
    rows = "float32" if job.format == "fp16" else element
    for line in (  # each an error, so that the front tells it too
        f"failed cases are in {root}/{FAILED}",
        f"there CASE_ARGUMENT_found.bin is all that the kernel left: {element}, row-major",
        f"and CASE_ARGUMENT_expected.bin the rows that it had to write: {rows}",
    ):
        print(f"Error: {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""C simulation of an HLS kernel at one size: compile with g++ and open headers, run, compare.

A kernel is simulated at the sizes of a config, and with sanitizers (address, undefined) at small
ones, where every buffer is exactly as large as the signature says.

    render(job, folder), make_vectors(job, folder)
    compiler("ffn.cpp", includes), linker(["ffn.o", "ffn_tb.o"])  # commands
    run(job, folder).passed
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bitwright import kernel as signature
from bitwright.design import KernelSpec, Model
from bitwright.errors import ToolError
from bitwright.hls import top, vectors
from bitwright.kernel import Kernel

FLAGS = ("-std=c++17", "-Wall", "-Wextra", "-Wno-unknown-pragmas", "-Wno-unused-label")
QUIET = ("-Wno-uninitialized", "-Wno-maybe-uninitialized")  # false alarms within ap_private.h
FAST = ("-O2",)
TB = ("-O1",)  # never sanitized: what it lends the kernel lies on the heap, which is watched anyway
SANITIZED = (
    "-O1",
    "-g",
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
    "-fno-sanitize=shift-base",  # ap_private.h shifts negative numbers left, as C++20 lets it
)
SMALL: Mapping[str, tuple[Model, Mapping[str, int]]] = {  # sanitized: folder -> sizes
    "several_tiles": (
        Model("gpt2", 1, embed_dim=128, heads=2, ff_dim=64, seq_len=7),
        {"token_tile": 2, "lanes": 2, "context": 9},
    ),
    "wide_tile": (
        Model("gpt2", 1, embed_dim=64, heads=4, ff_dim=192, seq_len=3),
        {"token_tile": 8, "lanes": 4, "context": 3},
    ),
}
COMPARED = re.compile(
    r"^(?P<case>\w+): (?P<output>\w+): (?P<elements>\d+) elements"
    r"(?: equal|, greatest error (?P<error>\S+) of (?P<bound>\S+) at .*)$",
    re.MULTILINE,
)
PROGRAM = "csim"
CASES = re.compile(r"^\w+: (?P<failed>\d+) of (?P<cases>\d+) cases failed$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Job:
    """One kernel in one number format at one set of sizes."""

    folder: Path  # ip/<kernel>
    format: str
    model: Model
    sizes: tuple[tuple[str, int], ...]  # of the kernel's entry: token_tile, lanes, ...

    @property
    def kernel(self) -> Kernel:
        """The signature; ConfigError if its file is wrong."""
        return signature.load(self.folder / "kernel.yml", form=self.format)

    @property
    def spec(self) -> KernelSpec:
        return KernelSpec(self.folder.name, "hls", self.format, self.sizes)


@dataclass(frozen=True, slots=True)
class Result:
    """What a test bench said."""

    passed: bool
    cases: int
    elements: int  # compared with golden
    error: float  # of fp16 the greatest in the case of full size, by its share of the bound; else 0
    bound: float  # what was allowed there


def render(job: Job, folder: Path) -> None:
    """The rendered files, into a folder that exists."""
    for name, text in top.render(job.kernel, job.spec, job.model).items():
        (folder / name).write_text(text, encoding="utf-8")


def make_vectors(job: Job, folder: Path, *, exact: bool = False) -> None:
    """The vectors, likewise; exact: for buffers that a sanitizer guards."""
    kernel = job.kernel
    depths = top.depths(kernel, top.dimensions(kernel, job.spec, job.model))
    every = vectors.cases(kernel, job.spec, job.model)
    vectors.write(every, kernel, folder, {} if exact else depths)


def small(job: Job, name: str) -> Job:
    """The same kernel at one of the small sizes."""
    model, sizes = SMALL[name]
    return replace(job, model=model, sizes=tuple((key, sizes[key]) for key, _ in job.sizes))


def compiler(source: str, includes: Iterable[str], options: Sequence[str] = FAST) -> list[str]:
    """The command that compiles one source to the object of its name."""
    folders = [f"-I{path}" for path in includes]
    command = ["g++", *FLAGS, *QUIET, *options, *folders, "-isystem", ap_types()]
    return [*command, "-c", source, "-o", f"{Path(source).stem}.o"]


def linker(objects: Iterable[str], options: Sequence[str] = FAST) -> list[str]:
    """The command that makes PROGRAM of objects; of code that several hold the first's counts."""
    return ["g++", *options, *objects, "-o", PROGRAM]


def ap_types() -> str:
    """The folder of ap_int.h and ap_fixed.h. Raises ToolError if the wheel is missing."""
    spec = importlib.util.find_spec("hls4ml")
    for place in (spec and spec.submodule_search_locations) or ():
        folder = Path(place, "templates", "vivado", "ap_types")
        if (folder / "ap_int.h").is_file():
            return str(folder)
    raise ToolError(
        "ap_int.h is missing: no hls4ml beside this Python\n  next      ./doit doctor says more"
    )


def run(job: Job, folder: Path) -> Result:
    """Run a compiled test bench and print what it says."""
    environment = {**os.environ, "UBSAN_OPTIONS": "print_stacktrace=1"}
    done = subprocess.run(
        [f"./{PROGRAM}"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    said = done.stdout.decode(errors="replace")
    print(said, end="" if said.endswith("\n") else "\n", flush=True)
    if done.returncode not in (0, 1):
        print(f"Error: the test bench ended with status {done.returncode}", flush=True)
    return read(said, done.returncode)


def read(said: str, status: int) -> Result:
    """What a test bench printed, as numbers; it passed if it ended well and said that it did."""
    compared = [match.groupdict() for match in COMPARED.finditer(said)]
    total = CASES.search(said)
    full = [c for c in compared if c["case"] == vectors.FULL and c["error"] is not None]
    errors = [(float(c["error"]), float(c["bound"])) for c in full]
    error, bound = max(errors, key=lambda pair: pair[0] / pair[1], default=(0.0, 0.0))
    return Result(
        passed=status == 0 and total is not None and total["failed"] == "0",
        cases=int(total["cases"]) if total else 0,
        elements=sum(int(c["elements"]) for c in compared),
        error=error,
        bound=bound,
    )

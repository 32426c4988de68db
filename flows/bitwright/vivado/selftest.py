"""`doit vivado-selftest`: whether Vivado is what this project believes, for whoever has one.

It makes every IP of the catalogue and compares it with the YAML, validates and generates the block
designs, builds the smallest of them to a bitstream, and packs logs, reports and differences into
one archive to be sent back. The block design of XRT cards is not among them: v++ links it, for
hours; ./doit bitstream target=u280-xrt tries that.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bitwright import design as designs
from bitwright import engine, plan
from bitwright.blockdesign import catalogue, elaborate
from bitwright.design import Design
from bitwright.engine import Step, Tool
from bitwright.errors import BitwrightError, Stopped
from bitwright.step import Event
from bitwright.vivado import looks, run, scripts, scrub
from bitwright.vivado.looks import Case
from bitwright.vivado.request import Request

CONFIG = Path(__file__).with_suffix(".yml")
FOLDER = Path("build/selftest-vivado")  # from the root, as all below
SMALLEST = "pynq-z2"  # is built to the end
TARGETS = (SMALLEST, "zcu104", "u280")  # are validated and generated
GENERATED = "block_design"  # the last step of a design that is not built to the end
DUMP, SUMMARY = "dump.tsv", "summary.json"
KEPT = (".log", ".rpt", ".json", ".tsv", ".tcl", ".xdc", ".hwh", ".csv", ".txt", ".xml", ".yml")
LARGEST = 8 << 20  # bytes of a file that is sent; of a longer one the last so many are

Say = Callable[[str], None]


@dataclass(slots=True)
class Findings:
    """What came out. An empty list of lines is as believed."""

    version: str
    cells: dict[str, list[str]] = field(default_factory=dict)  # case -> differences
    builds: dict[str, str] = field(default_factory=dict)  # target -> "" or why it failed
    problems: list[str] = field(default_factory=list)  # of the runs that asked for the cells

    @property
    def good(self) -> bool:
        bad = any(self.cells.values()) or any(self.builds.values())
        return not (bad or self.problems)

    def lines(self) -> list[str]:
        """For people."""
        rows = [*looks.summary(self.cells), *self.problems]
        for target, fault in self.builds.items():
            what = "built to a bitstream" if target == SMALLEST else "validated and generated"
            rows.append(f"{target}: {fault or what}")
        return rows

    def to_json(self) -> str:
        body = {
            "schema": 1,
            "vivado": self.version,
            "differences": self.cells,
            "builds": self.builds,
            "problems": self.problems,
        }
        return json.dumps(body, indent=1) + "\n"


def selftest(
    tools: Mapping[str, Tool], say: Say, *, targets: Sequence[str] = TARGETS
) -> tuple[Findings, Path]:
    """Ask, compare, generate, build; what came out, and the archive to send back.

    The working directory is the root. Raises Stopped when it was interrupted.
    """
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    config = FOLDER / "selftest.yml"
    shutil.copyfile(CONFIG, config)
    found = Findings(tools["vivado"].version)
    loaded = [_load(config, target) for target in targets]
    ask(loaded, found, say)
    for design in loaded:
        last = None if design.target.name == SMALLEST else GENERATED
        found.builds[design.target.name] = build(design, tools, last, say)
    (FOLDER / SUMMARY).write_text(found.to_json(), encoding="utf-8")
    archive = FOLDER / f"bitwright-vivado-selftest-{found.version}.zip"
    pack([FOLDER, *(design.build for design in loaded)], archive, Path())
    return found, archive


def _load(config: Path, target: str) -> Design:
    return designs.load(str(config), target=target, root=Path())


# --- cells ----------------------------------------------------------------------------------------


def ask(loaded: Iterable[Design], found: Findings, say: Say) -> None:
    """Make the cells, part by part, and note where they are not what the catalogue says."""
    known = catalogue.load()
    models = [(d.target.name, d.target.part, elaborate.of(d)) for d in loaded]
    asked = looks.cases(known, models)
    for part in dict.fromkeys(case.part for case in asked):
        cases = [case for case in asked if case.part == part]
        say(f"{len(cases)} cells on {part}")
        folder = FOLDER / "cells" / part
        text, problem = dump(cases, part, folder)
        if problem:
            found.problems.append(f"cells on {part}: {problem}")
        said = looks.parse(text)
        for case in cases:
            lines = list(looks.differences(case, known, said.get(case.name)))
            found.cells[case.name] = lines
            for line in lines:
                say(f"  {line}")


def dump(cases: Sequence[Case], part: str, folder: Path) -> tuple[str, str]:
    """What Vivado says of the cells, as far as it came, and what went wrong with the run."""
    folder.mkdir(parents=True)
    script = scripts.render("selftest.tcl.j2", {"part": part, "cases": cases})
    (folder / "selftest.tcl").write_text(script, encoding="utf-8")
    request = Request("vivado", "selftest.tcl", expects=(DUMP,), stages=("project", "cells"))
    problem = ""
    try:
        run.run(request, folder)
    except Stopped:
        raise
    except BitwrightError as error:  # of a cell that cannot be made too: it is said, and goes on
        problem = str(error).partition("\n")[0]
    path = folder / DUMP
    return (path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""), problem


# --- designs --------------------------------------------------------------------------------------


def build(design: Design, tools: Mapping[str, Tool], last: str | None, say: Say) -> str:
    """Run the steps of a design, up to one of them or all; why it failed, or ""."""
    name = design.target.name
    try:
        steps = plan.plan(design, tools)
        with engine.lock(design.build, say):
            for step in _until(steps, last):
                shutil.rmtree(step.dir, ignore_errors=True)  # what was done before proves nothing
                say(f"{name}: {step.title or step.name}")
                engine.build(step, cache=None, events=_quiet)
    except Stopped:
        raise
    except BitwrightError as error:
        say(f"{name}: {error}")
        return str(error)
    return ""


def _until(steps: Iterable[Step], last: str | None) -> Iterator[Step]:
    for step in steps:
        yield step
        if step.name == last:
            return


def _quiet(event: Event) -> None:
    """What a step prints stands in its log."""


# --- the archive ----------------------------------------------------------------------------------


def pack(folders: Iterable[Path], archive: Path, root: Path) -> None:
    """Logs, reports and scripts of these folders, without names of people, machines and homes."""
    told = scrub.names(root)
    with zipfile.ZipFile(archive, "w") as packed:
        for folder in folders:
            for path in sorted(folder.rglob("*")):
                if path.suffix in KEPT and path.is_file() and not path.is_symlink():
                    name = zipfile.ZipInfo(scrub.scrub(path.as_posix(), told))
                    text = scrub.scrub(_text(path), told)
                    packed.writestr(name, text, zipfile.ZIP_DEFLATED)


def _text(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LARGEST))
        return file.read().decode("utf-8", "replace")

"""Run Vitis HLS over a project and keep what counts: the IP, csynth.xml, the metrics.

    python -m bitwright.hls.run hls.json

The tools lay out their folders in several ways and some of them end with status 0 after an error.
So what is kept is found by what it is, and nothing is kept unless every stage is known to have run.
Exit status 0: all is well; 3: the kernel is not what its signature says, or breaks a limit of the
config, so no implementation started; 1: anything else.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bitwright.errors import BitwrightError, ToolError
from bitwright.hls import locate
from bitwright.hls.probe import Call, ask, calls
from bitwright.hls.project import from_json
from bitwright.hls.scripts import DONE, MARK, PINNED, Project
from bitwright.told import tell
from bitwright.vivado.call import on_this_machine

REQUEST, LIMITS = "hls.json", "limits.json"  # what the step writes before the run
CSYNTH, METRICS, VERDICT = "csynth.xml", "metrics.json", "verdict.json"  # kept, besides the IP
FAILED = "failed"  # folder of metrics and verdict of a kernel that breaks a limit
WORK, LOG = "work", "hls.log"  # the tools' own folder; all that they print
BAD = 3  # exit status: another register map than the signature's, or a limit is broken
ERROR = re.compile(r"\s*(?:\[ERROR\]\s*)?ERROR\b[: ]")  # how a line begins that tells of one
SHOWN = 5  # error lines of a tool that are told again at the end


# --- one call of a tool ---------------------------------------------------------------------------


@dataclass(slots=True)
class Watch:
    """Follows what a tool prints: which stage it is in, what it calls errors, whether it ended."""

    stage: str
    errors: list[tuple[str, str]] = field(default_factory=list)  # (stage, line)
    done: bool = False

    def __call__(self, line: str) -> None:
        if line.startswith(MARK):
            said = line.removeprefix(MARK).strip()
            if said == DONE:
                self.done = True
            elif said == PINNED:
                self.errors = [(stage, line) for stage, line in self.errors if stage != "export"]
            else:
                self.stage = said
        elif ERROR.match(line):
            self.errors.append((self.stage, line.strip()))

    @property
    def guilty(self) -> str:
        """The stage of the first error; without one, where the tool was last."""
        return self.errors[0][0] if self.errors else self.stage


def perform(call: Call, folder: Path, log: Path) -> None:
    """Run one call in a folder; what it prints is printed, and appended to the log.

    Raises ToolError naming the stage if it ended badly, told of an error, or stopped half-way.
    """
    print(f"{MARK}{call.stages[0]}", flush=True)
    watch = Watch(call.stages[0])
    status = _run(call.argv, folder, log, watch)
    tool = call.argv[0]
    if status:
        name = f"signal {-status}" if status < 0 else f"exit status {status}"
        problem = f"{tool} ended with {name}"
    elif watch.errors:
        problem = f"{tool} ended with exit status 0, but told of errors"
    elif call.argv[-1].endswith(".tcl") and not watch.done:
        problem = f"{tool} ended with exit status 0, but not at the end of {call.argv[-1]}"
    else:
        return
    told = [line for _, line in watch.errors[:SHOWN]]
    raise ToolError("\n".join([f"{watch.guilty}: {problem}", *told]))


def _run(argv: Sequence[str], folder: Path, log: Path, watch: Watch) -> int:
    """The exit status; however this ends, nothing of the tool is left alive."""
    made = on_this_machine(argv[0], argv[1:], folder)
    if made is None:
        raise ToolError(f"{argv[0]} is not installed any more")
    with (
        log.open("ab") as kept,
        subprocess.Popen(
            made.argv,
            cwd=folder,
            env=made.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            for line in process.stdout:
                kept.write(line)
                sys.stdout.buffer.write(line)
                sys.stdout.buffer.flush()
                watch(line.decode("utf-8", "replace").rstrip("\r\n"))
            return process.wait()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


# --- the whole run --------------------------------------------------------------------------------


def run(request: Mapping[str, Any], folder: Path) -> int:
    """Run the stages of a project in a folder; the exit status. Raises BitwrightError."""
    project = from_json(request["project"])
    planned = calls(project, ask())
    work = folder / WORK
    _copy(request, folder, work)
    outputs: dict[str, bytes] = {}
    for call in planned:
        perform(call, work, folder / LOG)
        if "csynth" in call.stages:
            report = locate.csynth(work)
            outputs[CSYNTH] = report.read_bytes()
            if "signature" in request and not _accepted(request, folder, report, outputs):
                return BAD
        if "export" in call.stages:
            outputs |= _exported(project, work)
    for name, data in outputs.items():  # all is well, and only now is there anything to find
        (folder / name).write_bytes(data)
    print(f"{MARK}{DONE}")
    return 0


def _copy(request: Mapping[str, Any], folder: Path, work: Path) -> None:
    """The project, where the tools may write into it."""
    for name in request["files"]:
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / request["from"] / name, work / name)


def _accepted(
    request: Mapping[str, Any], folder: Path, report: Path, outputs: dict[str, bytes]
) -> bool:
    """Compare the register map, measure, judge; False, and why is told, if it is another map than
    the signature's or a limit is broken.

    Raises ReportError if the report cannot be read, or a limit cannot be judged.
    """
    from bitwright.hls.interface import Differs, check
    from bitwright.hls.results import judge, metrics, to_json
    from bitwright.hls.summary import summary
    from bitwright.kernel import load
    from bitwright.limits import NOTHING, from_json
    from bitwright.reports.judge import to_json as verdict_json
    from bitwright.reports.verdict import broken

    signature = request["signature"]
    kernel = load(folder / signature["file"], form=signature["format"])
    text, log = (path.read_text("utf-8", "replace") for path in (report, folder / LOG))
    try:
        check(text, kernel, origin=report)
    except Differs as error:
        tell(str(error))
        return False
    numbers = metrics(text, log, kernel, origin=report, root=(folder / WORK).absolute())
    limits = json.loads((folder / LIMITS).read_text(encoding="utf-8"))
    verdict = judge(numbers, from_json(limits) if limits else NOTHING, log.splitlines())
    print(summary(numbers, verdict), flush=True)
    made = {METRICS: to_json(numbers).encode(), VERDICT: verdict_json(verdict).encode()}
    outputs |= made
    if not verdict.ok:
        (folder / FAILED).mkdir(exist_ok=True)
        for name, data in made.items():  # for a look; nobody takes them for those of a good kernel
            (folder / FAILED / name).write_bytes(data)
        tell(broken(verdict))
    return verdict.ok


def _exported(project: Project, work: Path) -> dict[str, bytes]:
    """The exported IP under its name, with nothing in it that tells when or where it was made."""
    from bitwright.hls.export import canonical

    made = locate.exported(work, project.ip, project.export)
    out = work / f"canonical{made.suffix}"
    sha = canonical(made, out, root=work.absolute(), vlnv=project.ip.vlnv)
    print(f"exported {project.ip.vlnv}, SHA-256 {sha}", flush=True)
    return {f"{project.ip.name}{made.suffix}": out.read_bytes()}


def main(argv: Sequence[str]) -> int:
    """Run what the request in this folder says; what goes wrong is told in lines of errors."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        return run(json.loads(Path(argv[0]).read_text(encoding="utf-8")), Path())
    except BitwrightError as error:
        tell(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

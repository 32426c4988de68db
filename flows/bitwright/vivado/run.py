"""Run one of AMD's tools as vivado.json says, watch it, and judge how it ended.

    python -m bitwright.vivado.run vivado.json

These tools end with status 0 after errors, leave half a checkpoint when they are killed, and wait
for licences or give up on them. So a run is good only if its script reached its end, every stage
was announced, no line told of an error, and every file expected is there and whole. What its
warnings mean for a build is judged later (rules.py). Exit status 0: all is well; 3: a gate found
the design bad; 1: anything else. Nothing of the tool is alive afterwards.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bitwright import run as guarded
from bitwright.errors import BitwrightError, ToolError
from bitwright.run import Outcome
from bitwright.told import tell
from bitwright.vivado import transcript, whole
from bitwright.vivado.call import Call, on_this_machine
from bitwright.vivado.canonical import canonical
from bitwright.vivado.machine import load
from bitwright.vivado.messages import Messages
from bitwright.vivado.request import (
    BAD,
    DONE,
    JUDGE,
    MARK,
    MESSAGES,
    Gate,
    Request,
    Resume,
    Retries,
)

GRACE_S = 1.0  # between SIGTERM and SIGKILL: less than the engine gives this process
SHOWN = 8  # error lines of a tool that are told again at the end
RUN_LOGS = "*.runs/*/runme.log"  # what the runs of a project print, below the step's folder
GET = "install AMD Vivado or Vitis, or name its folder in machine.yml (./doit doctor says how)"

Pause = Callable[[float], None]


class Refused(Exception):
    """A gate found the design bad; its reasons."""


# --- one attempt ----------------------------------------------------------------------------------


@dataclass(slots=True)
class Watch:
    """Follows what a tool prints: stages, gates, messages, whether its script reached its end.

    said: where it is kept for a run that goes on from a checkpoint; resumed: this is such a run
    """

    request: Request
    folder: Path
    messages: Messages
    said: Path | None = None
    resumed: bool = False
    stages: list[str] = field(default_factory=list)
    done: bool = False

    def __call__(self, line: str) -> None:
        """Take one line, and show it. Raises Refused, ToolError: the tool is to be ended."""
        print(line, flush=True)
        if not line.startswith(MARK):
            # A script that goes on opens its checkpoint before its first stage, as was done before.
            if self.messages.add(line, again=self.resumed and not self.stages):
                self._keep(line)
            return
        self._keep(line)
        said = line.removeprefix(MARK).strip()
        if said == DONE:
            self.done = True
        elif said.startswith(JUDGE):
            for gate in self.request.gates:
                if gate.name == said.removeprefix(JUDGE):
                    _pass(gate, self.folder)
        else:
            self.stages.append(said)

    def _keep(self, line: str) -> None:
        if self.said:
            transcript.add(self.said, line)

    @property
    def place(self) -> str:
        """Where the tool was last, for a message."""
        return f" in stage {self.stages[-1]}" if self.stages else ""


def _pass(gate: Gate, folder: Path) -> None:
    """Let a gate judge. Raises Refused with what it says, ToolError if it cannot judge."""
    done = subprocess.run(
        [sys.executable, "-s", "-P", "-m", gate.module, *gate.arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    said = done.stdout.strip()
    if done.returncode == BAD:
        raise Refused(said or f"gate {gate.name}: bad")
    if said:
        print(said, flush=True)
    if done.returncode:
        raise ToolError(f"gate {gate.name} ended with exit status {done.returncode}")


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one run of the tool went."""

    outcome: Outcome
    watch: Watch
    resumed: Resume | None
    fault: str  # why it cannot be taken; "" if nothing is wrong

    @property
    def unlicensed(self) -> str:
        """What told that there was no licence, if that is why it failed."""
        return self.watch.messages.unlicensed if self.fault else ""


def attempt(request: Request, folder: Path, number: int) -> Attempt:
    """Run the tool once. Raises Refused when a gate does, ToolError when there is no tool."""
    said = transcript.path(request, folder)
    resumed = _resumed(request, folder, said)
    name = f"bitwright-{os.getpid()}-{number}"
    made = on_this_machine(request.tool, _arguments(request, resumed), folder, name=name)
    if made is None:
        raise ToolError(
            f"{request.tool} is not installed\n"
            f"  expected  it on PATH, below XILINX_VIVADO, XILINX_VITIS or XILINX_HLS, in a usual\n"
            f"            place such as /tools/Xilinx, or in a folder that machine.yml names\n"
            f"  next      {GET}"
        )
    if resumed:
        print(f"goes on at {resumed.stage}, from {resumed.checkpoint}", flush=True)
    print(f"runs: {shlex.join(made.argv)}", flush=True)
    watch = _watch(request, folder, said, resumed)
    ended = False
    try:
        outcome = _guarded(made, folder, folder / log(request.tool), watch)
        ended = outcome.status == 0
    finally:
        if not ended:
            _stop(made.stop)
    if outcome.status:
        _read_runs(folder, watch.messages)
    return Attempt(outcome, watch, resumed, _fault(request, outcome, watch, resumed, folder))


def _resumed(request: Request, folder: Path, said: Path | None) -> Resume | None:
    """The latest place to go on from: its checkpoint is whole, and no error was told before it."""
    for resume in request.resume:
        if said and not whole.fault(folder / resume.checkpoint) and transcript.sound(said, resume):
            return resume
    return None


def _watch(request: Request, folder: Path, said: Path | None, resumed: Resume | None) -> Watch:
    """What follows a run; of one that goes on it knows what was said before."""
    messages = Messages(str(folder.absolute()))
    if said:
        lines = transcript.before(said, resumed)
        for line in lines:
            messages.add(line)
        messages.unlicensed = ""
        transcript.begin(said, lines)
    return Watch(request, folder, messages, said, bool(resumed))


def log(tool: str) -> str:
    """The file in the step's folder that holds what the tool printed: vivado.log."""
    return f"{tool.replace('+', 'p')}.log"


def _arguments(request: Request, resumed: Resume | None) -> list[str]:
    script = resumed.script if resumed else request.script
    if not script:
        return list(request.arguments)
    words = ["-mode", "batch", "-nojournal", "-nolog", "-source", script]
    return [*words, *(["-tclargs", *request.arguments] if request.arguments else [])]


def _guarded(made: Call, folder: Path, log: Path, watch: Watch) -> Outcome:
    """Run a command under the engine's guard: however this ends, nothing of it is left alive."""
    program = shutil.which(made.argv[0], path=made.env.get("PATH", os.defpath))
    if program is None:
        raise ToolError(f"{made.argv[0]} is not installed\n  next      {GET}")
    return guarded.run(
        made.argv,
        program=str(Path(program).absolute()),
        cwd=folder,
        env={"BITWRIGHT_KEY": f"pid {os.getpid()}", **made.env},
        log=log,
        outputs=(),
        aside=folder / "aside",
        on_line=watch,
        grace_s=GRACE_S,
    )


def _stop(argv: Sequence[str]) -> None:
    """End what a wrapper started elsewhere, as machine.yml says; it may have ended by itself."""
    if argv:
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=30,
                check=False,
            )


def _read_runs(folder: Path, messages: Messages) -> None:
    """The errors of runs that the tool started beside itself, which their own logs hold."""
    for path in sorted(folder.rglob(RUN_LOGS)):
        with suppress(OSError), path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                messages.add(line.rstrip("\r\n"))


def _fault(
    request: Request, outcome: Outcome, watch: Watch, resumed: Resume | None, folder: Path
) -> str:
    """Why a run cannot be taken for a good one; "" if nothing is wrong."""
    tool = request.tool
    if outcome.cause == "exec":
        return f"{tool} could not be started: {outcome.detail}: {os.strerror(outcome.errno)}"
    if outcome.cause:
        return f"{tool} was ended ({outcome.cause} {outcome.detail})".replace(" )", ")")
    if outcome.status:
        killed = outcome.status < 0
        how = f"signal {-outcome.status}" if killed else f"exit status {outcome.status}"
        return f"{tool} ended with {how}{watch.place}"
    if watch.messages.errors():
        return f"{tool} ended with exit status 0, but told of errors{watch.place}"
    if request.script and not watch.done:
        return f"{tool} ended with exit status 0, but not at the end of its script{watch.place}"
    stages = list(request.stages)
    if resumed and resumed.stage in stages:
        stages = stages[stages.index(resumed.stage) :]
    if missing := [stage for stage in stages if stage not in watch.stages]:
        return f"{tool} ended well, but never came to {', '.join(missing)}"
    faults = {name: whole.fault(folder / name) for name in request.expects}
    bad = [f"{name} {fault}" for name, fault in faults.items() if fault]
    return f"{tool} reported success, but {', '.join(bad)}" if bad else ""


# --- the whole run --------------------------------------------------------------------------------


def run(
    request: Request,
    folder: Path,
    pause: Pause = time.sleep,
    prepare: Callable[[], None] = lambda: None,
) -> int:
    """Do what a request asks for in a folder; the exit status.

    pause: waits so many seconds before the next attempt to get a licence
    prepare: brings into the folder what the tool works on, before each attempt
    Raises ToolError when the tool cannot be run or failed.
    """
    before = set(folder.iterdir()) | {folder / _first(r.checkpoint) for r in request.resume}
    before |= {said} if (said := transcript.path(request, folder)) else set()
    retries = _retries(request)
    for number, seconds in enumerate((*retries.pauses(), None), 1):
        prepare()
        try:
            made = attempt(request, folder, number)
        except Refused as refused:
            tell(str(refused))
            return BAD
        if not made.unlicensed or seconds is None:
            break
        told = f"attempt {number} of {retries.attempts}; the next in {seconds:g} s"
        print(f"no licence: {made.unlicensed}\n{told}", flush=True)
        _clear(folder, before)
        pause(seconds)
    if made.fault:
        raise ToolError("\n".join([made.fault, *_telling(made, retries)]))
    _kept(request, made.watch, folder)
    return 0


def _retries(request: Request) -> Retries:
    """As the request says, or the machine file, which knows how long licences are held here."""
    here, asked = load(), request.retries
    wait = here.licence_wait_s or asked.first_s
    return Retries(here.licence_attempts or asked.attempts, wait, max(wait, asked.longest_s))


def _first(name: str) -> str:
    """The entry of the folder that a file is in, or is."""
    return Path(name).parts[0]


def _clear(folder: Path, before: set[Path]) -> None:
    """Remove what an attempt left, so that the next begins as it did; its log stands in ours."""
    for path in folder.iterdir():
        if path in before:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _telling(made: Attempt, retries: Retries) -> list[str]:
    """The lines to tell of a failure: the tool's own errors, and what to do about a licence."""
    errors = made.watch.messages.errors()
    lines = [str(message) for message in errors[:SHOWN]]
    if len(errors) > SHOWN:
        lines.append(f"and {len(errors) - SHOWN} more")
    if made.unlicensed:
        lines += [] if made.unlicensed in lines else [made.unlicensed]
        lines.append(f"after {retries.attempts} attempts; is XILINXD_LICENSE_FILE right?")
    return lines


def _kept(request: Request, watch: Watch, folder: Path) -> None:
    """Write down the messages of a run that went well, then make its files canonical."""
    text = json.dumps(watch.messages.to_json(), indent=1, sort_keys=True) + "\n"
    (folder / MESSAGES).write_text(text, encoding="utf-8")
    for line in watch.messages.critical():
        print(line, flush=True)
    for name in request.canonical:
        canonical(folder / name)


def main(argv: Sequence[str], prepare: Callable[[], None] = lambda: None) -> int:
    """Run what the request in this folder says; what goes wrong is told in lines of errors."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        request = Request.from_json(Path(argv[0]).read_bytes())
        return run(request, Path(), prepare=prepare)
    except (BitwrightError, OSError) as error:
        tell(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

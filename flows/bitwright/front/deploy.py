"""`deploy` and `program`: the folder for a board, and a bitstream into the board that it is for."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bitwright.errors import ConfigError, ToolError
from bitwright.front import tasks
from bitwright.front.session import current
from bitwright.front.show import say
from bitwright.yamlfile import shown

if TYPE_CHECKING:
    from bitwright.engine import Step
    from bitwright.front.session import Session

STEP = "deploy"  # of builds for AMD's boards; the open ones are loaded as they are
SSH = re.compile(r"[A-Za-z0-9_][\w.-]*(@[A-Za-z0-9_][\w.-]*)?\Z")  # no word that is an option
CARD = re.compile(r"([0-9a-fA-F]{4}:)?[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\.[0-7]\Z")


def task() -> tasks.Task:
    """The step, or why this target has none."""
    session = current()
    if session.steps and STEP not in session.steps:
        return tasks.action(_none)
    return tasks.step(STEP)


def program_task() -> tasks.Task:
    """What is loaded is built before."""
    deployed = STEP in current().steps
    return tasks.action(program, STEP if deployed else "bitstream")


def _none(session: Session) -> None:
    assert session.design is not None
    target, config = session.design.target.name, session.line.values["config"]
    raise ConfigError(
        f"target {target}: no folder is needed to run it; its board is loaded over USB\n"
        f"  next      ./doit program config={config} target={target}"
    )


def finish(session: Session, step: Step, manifest: Path) -> None:
    """Put the build's manifest into the folder and say what to do with it."""
    from bitwright.deploy.texts import how

    assert session.design is not None
    design = session.design
    shutil.copyfile(manifest, step.dir / manifest.name)
    names = sorted(path.name for path in step.writes if path.parent == step.dir)
    say(f"deployed     {step.dir}: {', '.join(names)}")
    say(f"next         cd {step.dir}; README.md explains:")
    for line in how(design.target.host, design.config).commands:
        say(f"             {line}")


# --- loading ------------------------------------------------------------------------------------


def program(session: Session) -> None:
    """Load the bitstream into the board. Raises ConfigError without an address that is needed,
    ToolError when the loader is missing or fails.
    """
    assert session.design is not None
    host = session.design.target.host
    make = {"": _usb, "xdma": _jtag, "xrt": _card, "pynq": _ssh, "kria": _ssh}[host]
    for command, folder in make(session):
        say(shlex.join(command))
        status = _run(command, folder)
        if status:
            loader = Path(command[0]).name
            raise ToolError(f"{loader} ended with exit status {status}\n  next      {_NEXT[host]}")


_NEXT = {
    "": "is the board plugged in, and may you open its USB device?",
    "xdma": "is the card's USB cable plugged in, and does a hw_server run on this machine?",
    "xrt": "xbutil examine shows the cards; at= takes one of its device numbers",
    "pynq": "is the board on the network, and does ssh let you in without a password?",
    "kria": "is the board on the network, and does ssh let you in without a password?",
}
Commands = list[tuple[list[str], Path]]  # and the folder that each runs in


def _run(command: Sequence[str], folder: Path) -> int:
    try:
        return subprocess.run(command, cwd=folder, check=False).returncode
    except FileNotFoundError as error:
        raise ToolError(f"{command[0]} is not installed") from error


def _usb(session: Session) -> Commands:
    assert session.design is not None
    (bit,) = (p for p in session.steps["bitstream"].writes if p.suffix == ".bit")
    loader, board = session.tools["openFPGALoader"].path, session.design.target.board.lower()
    return [([loader, "--board", board, str(bit)], Path())]


def _jtag(session: Session) -> Commands:
    from bitwright.vivado.call import on_this_machine

    folder = session.steps[STEP].dir
    words = ("-mode", "batch", "-nojournal", "-nolog", "-source", "program.tcl")
    call = on_this_machine("vivado", words, folder)
    if call is None:
        raise ToolError(
            "vivado is not installed; it loads bitstreams over JTAG\n"
            "  next      install Vivado or Vivado Lab; if it is not found: machine.yml, see"
            " machine.yml.example"
        )
    return [(list(call.argv), folder)]


def _card(session: Session) -> Commands:
    at = _at(session, CARD, "at=0000:65:00.1, a card as xbutil examine shows it")
    assert session.design is not None
    xclbin = f"{session.design.config}.xclbin"
    return [(["xbutil", "program", "--device", at, "--user", xclbin], session.steps[STEP].dir)]


def _ssh(session: Session) -> Commands:
    """The commands of the folder's README, with the board's name in place of BOARD."""
    from bitwright.deploy.texts import how

    at = _at(session, SSH, "at=xilinx@192.168.2.99, the board as ssh knows it")
    assert session.design is not None
    lines = how(session.design.target.host, session.design.config).commands
    folder = session.steps[STEP].dir
    return [([_there(word, at) for word in shlex.split(line)], folder) for line in lines]


def _there(word: str, at: str) -> str:
    if word == "BOARD":
        return at
    return f"{at}:{word.removeprefix('BOARD:')}" if word.startswith("BOARD:") else word


def _at(session: Session, pattern: re.Pattern[str], expected: str) -> str:
    """Where the board is, as the command line says."""
    at = session.line.values.get("at", "")
    if not pattern.match(at):
        found = shown(at) if at else "nothing"
        raise ConfigError(f"command line: at: expected {expected}; found {found}")
    return at

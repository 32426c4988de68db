"""How the stand-ins fail when a test tells them to, by `behaviour.json` in their folder.

    fail      command -> what it does there: crash, kill, error, lie (an ERROR line, then on), leave
              (exit status 0 in the middle), hang, stubborn (hang, deaf to SIGTERM, with a daemon)
    times     command -> only so many times; without it always
    licence   so many long commands get none; -1: none ever does
    half      how the file's name ends of which only half is written, before the tool is killed
    missed    setup, hold, pulse -> a slack in ns
    drc, unrouted, cdc    so many errors
    critical  texts of critical warnings
    version   that it says it is

What hangs says so, with the ids of its processes, to a FIFO `hold` in that folder, if one is there.
"""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any, NoReturn

from bitwright.blockdesign.interpreter import CommandError

LICENSED = ("synth_design", "opt_design", "ip_synth_design", "v++")
NONE = "[Common 17-345] A valid license was not found for feature 'Synthesis' and/or device"


class Faults:
    """What behaviour.json says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = folder / "behaviour.json"
        self.told: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}

    def say(self, name: str, default: Any) -> Any:
        return self.told.get(name, default)

    def ran(self, command: str) -> None:
        self._append("ran", command)

    def called(self, argv: list[str]) -> None:
        self._append("calls.jsonl", json.dumps(argv))

    def _append(self, name: str, line: str) -> None:
        with (self.folder / name).open("a") as file:
            file.write(f"{line}\n")

    def _count(self, name: str, most: int) -> bool:
        """Whether this may happen once more: it is counted in a file, over all runs."""
        if most < 0:
            return True
        path = self.folder / f"count.{name}"
        done = path.stat().st_size if path.exists() else 0
        if done < most:
            self._append(path.name, "")
        return done < most

    def act(self, command: str) -> None:
        """Fail as told at this command, or return."""
        if command in LICENSED and self._count("licence", self.say("licence", 0)):
            print(f"ERROR: {NONE} 'standin'", flush=True)
            raise CommandError(f"{NONE} 'standin'")
        what = self.say("fail", {}).get(command)
        if what is None or not self._count(command, self.say("times", {}).get(command, -1)):
            return
        print(f"the stand-in will now {what} in {command}", flush=True)
        if what == "crash":
            signal.signal(signal.SIGABRT, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGABRT)
        elif what == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif what == "error":
            raise CommandError(f"[Standin 1-1] {command} was told to fail")
        elif what == "lie":
            print(f"ERROR: [Standin 1-2] {command} went wrong, but nobody looks", flush=True)
        elif what == "leave":
            os._exit(0)
        elif what in ("hang", "stubborn"):
            self._hang(what == "stubborn")
        else:
            raise ValueError(f"behaviour.json: no fault {what!r}")

    def _hang(self, stubborn: bool) -> NoReturn:
        pids = [os.getpid()]
        if stubborn:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            pids.append(_daemon())
        hold = self.folder / "hold"
        if hold.exists():
            hold.open("w").write("".join(f"{pid}\n" for pid in pids))
        while True:
            signal.pause()

    def half(self, path: Path) -> None:
        """Leave half of a file, and die; once."""
        ending = self.say("half", "")
        if ending and path.name.endswith(ending) and self._count("half", 1):
            data = path.read_bytes()
            path.write_bytes(data[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)


def _daemon() -> int:
    """A process that forked twice and has its own session: its id."""
    ready, told = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        os.write(told, b"%d" % os.getpid())
        os.close(told)
        while True:
            signal.pause()
    os.wait()
    return int(os.read(ready, 20))

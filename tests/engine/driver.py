"""Builds as doit does: lock, steps in order or in threads, stop() on SIGINT and SIGTERM.

driver.py [-n2] [seed=N] [bare] [stubborn]: in the current directory, steps synthesize, implement_a,
implement_b (both read synthesize) and bitstream. Prints what happens, a line each.
While a FIFO `hold` exists, both implement steps write the ids of their processes to it and hang.
bare: without signal handlers; stubborn: the tools ignore SIGTERM.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from bitwright import engine
from bitwright.engine import Event, Step
from bitwright.errors import BitwrightError

BUILD = Path("build/tiny/board")
TOOL = """
import os, signal, sys
if os.path.exists("../../../../hold"):
    open("out", "w").write("half of the out")
    if "stubborn" in sys.argv:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ready, told = os.pipe()
    if os.fork() == 0:          # a daemon: forks twice, its own session, its parent gone
        os.setsid()
        if os.fork():
            os._exit(0)
        os.write(told, b"%d" % os.getpid())
        os.close(told)
        while True: signal.pause()
    os.wait()
    daemon = int(os.read(ready, 20))
    with open("../../../../hold", "w") as hold:
        hold.write(f"{os.getpid()}\\n{daemon}\\n")
    while True: signal.pause()
open("out", "w").write(open("../synthesize/out").read() + "seed " + sys.argv[1])
"""


def steps(seed: str, *extra: str) -> list[Step]:
    """Synthesize, two implementations that may run at once, bitstream."""
    made = {name: BUILD / name / "out" for name in ("synthesize", "implement_a", "implement_b")}
    first = Step(
        name="synthesize",
        dir=BUILD / "synthesize",
        reads=(Path("top.sv"),),
        writes=(made["synthesize"],),
        command=("cp", "../../../../top.sv", "out"),
    )
    middle = [
        Step(
            name=name,
            dir=BUILD / name,
            reads=(made["synthesize"],),
            writes=(made[name],),
            command=("python", "-c", TOOL, seed, *extra),
            settings=(("seed", seed),),
        )
        for name in ("implement_a", "implement_b")
    ]
    last = Step(
        name="bitstream",
        dir=BUILD / "bitstream",
        reads=(made["implement_a"], made["implement_b"]),
        writes=(BUILD / "bitstream" / "out",),
        command=("sh", "-c", "cat ../implement_a/out ../implement_b/out > out"),
    )
    return [first, *middle, last]


def show(event: Event) -> None:
    """Print one event."""
    if event.kind not in ("line", "phase"):
        print(event.kind, event.step.name, event.text, flush=True)


def one(step: Step, failures: list[BitwrightError]) -> None:
    """Build one step as a task does."""
    try:
        engine.build(step, cache=None, events=show)
    except BitwrightError as error:
        failures.append(error)


def build(plan: list[Step], *, threads: bool) -> int:
    """Build all steps; the exit status."""
    failures: list[BitwrightError] = []
    waves = [plan[:1], plan[1:3], plan[3:]] if threads else [[step] for step in plan]
    for wave in waves:
        workers = [threading.Thread(target=one, args=(step, failures)) for step in wave[1:]]
        for worker in workers:
            worker.start()
        one(wave[0], failures)
        for worker in workers:
            worker.join()
        if failures:
            print(*failures, sep="\n", flush=True)
            return 1
    return 0


def main() -> int:
    """Read the arguments, hold the lock, build."""
    words = sys.argv[1:]
    seed = next((word[5:] for word in words if word.startswith("seed=")), "1")
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup ignores it
    if "bare" not in words:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: engine.stop())
    with engine.lock(BUILD, lambda text: print(text, flush=True)):
        print("process", os.getpid(), flush=True)
        status = build(steps(seed, *(["stubborn"] * ("stubborn" in words))), threads="-n2" in words)
        if status == 0:
            print("made", (BUILD / "bitstream" / "out").read_text().split()[-1], flush=True)
        return status


if __name__ == "__main__":
    sys.exit(main())

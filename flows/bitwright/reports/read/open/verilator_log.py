"""What Verilator printed: warnings and errors by name, each with where it stands.

%Warning-WIDTHTRUNC: rtl/abs.sv:5:34: Operator ASSIGNDLY expects 4 bits on the Assign RHS, ...
%Error: Exiting due to 1 warning(s)
- Verilator: Walltime 0.022 s (elab=0.000, cvt=0.002, bld=0.000); cpu 0.005 s on 1 threads; ...
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bitwright.reports.read.kind import Kind
from bitwright.reports.read.log import NUMBER, Lines, Log, Tally, log_of

MESSAGE = re.compile(r"%(Warning|Error)(?:-(\w+))?: (.*)")
EXIT = re.compile(r"Exiting due to (?:(\d{1,9}) (warning|error)|too many)")
TIME = re.compile(rf"- Verilator: Walltime {NUMBER} s .*cpu {NUMBER} s .*alloc\w*ed {NUMBER} MB$")
VERSION = re.compile(r"- V e r .*Verilator (\d+\.\d+)|\.\.\. .*verilator\.org/\S+\?v=([1-9][\d.]+)")
ANY = re.compile("")  # what a simulation printed may follow
CLAIM = re.compile(r"^(?:%(?:Warning|Error)(?:-\w+)?: |- V e r i l a t i o n |- Verilator: )", re.M)


def parse_verilator_log(lines: Iterable[str], *, origin: Path) -> Log:
    """Sum up what Verilator 4 and 5 printed; `lines` with their newlines, other tools' among them.

    Seconds and MB are those of all its runs together, MB their largest. Complete if Verilator,
    after its last message, said why it exits or how long it took.
    """
    scan = _Scan()
    log = Lines(lines, ANY)
    for line in log:
        if line[0] in "%-.":
            scan.read(log.number, line)
    return log_of(
        log,
        scan.tally,
        incomplete=scan.incomplete(log),
        version=scan.version,
        cpu_s=scan.cpu_s,
        elapsed_s=scan.elapsed_s,
        memory_mb=scan.memory_mb,
    )


@dataclass(slots=True)
class _Scan:
    """What is known so far."""

    version: str | None = None
    cpu_s: float | None = None
    elapsed_s: float | None = None
    memory_mb: float | None = None
    ended: bool = False
    lacking: str = ""  # messages that Verilator counted, and that do not stand here
    run: dict[str, int] = field(default_factory=dict)  # messages of the run so far, by severity
    tally: Tally = field(default_factory=Tally)

    def read(self, number: int, line: str) -> None:
        if message := MESSAGE.match(line):
            severity, id, text = message.groups()
            if exit := EXIT.match(text):
                self._exit(number, exit)
            else:
                self.tally.add(severity, id, number, text)
                self.run[severity.lower()] = self.run.get(severity.lower(), 0) + 1
                self.ended = False
        elif time := TIME.match(line):
            self.elapsed_s = round((self.elapsed_s or 0) + float(time[1]), 3)
            self.cpu_s = round((self.cpu_s or 0) + float(time[2]), 3)
            self.memory_mb = max(self.memory_mb or 0, float(time[3]))
            self.ended, self.run = True, {}
        elif version := VERSION.match(line):
            self.version = version[1] or version[2]

    def _exit(self, number: int, exit: re.Match[str]) -> None:
        here = self.run.get(exit[2], 0)
        if exit[1] and int(exit[1]) > here:
            self.lacking = f"line {number}: {exit[1]} {exit[2]}s are told of, {here} stand here"
        self.ended, self.run = True, {}

    def incomplete(self, log: Lines) -> str:
        if log.torn:
            return f"line {log.number + 1}: the log breaks off within it"
        if not self.ended:
            return f"line {log.number}: no 'Exiting due to' or 'Verilator: Walltime' at the end"
        return self.lacking


KIND = Kind(
    "verilator_log",
    "Verilator",
    lambda head: bool(CLAIM.search(head)),
    parse_verilator_log,
    streamed=True,
)

"""What Yosys printed: its warnings, the steps of the script, the time and memory it took.

2. Executing SYNTH_LATTICE pass.
rtl/abs.sv:5: Warning: Replacing memory \\x with list of registers.
End of script. Logfile hash: 0b5c2b2a3e, CPU: user 4.94s system 0.13s, MEM: 115.36 MB peak
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from bitwright.reports.read.kind import Kind
from bitwright.reports.read.log import NUMBER, Lines, Log, Phase, Phases, Tally, log_of

MESSAGE = re.compile(  # slang writes FILE:LINE:COLUMN before, and [-Wname] behind
    r"(?:(\S+:\d+(?::\d+)?): )?([Ww]arning|ERROR|[Ee]rror): (.*?)(?: \[-W([\w-]+)\])?$"
)
STEP = re.compile(r"(\d+)\. Executing (.*\S)")
END = re.compile(
    rf"End of script\. Logfile hash: (\w+),.*CPU: user {NUMBER}s system {NUMBER}s"
    rf"(?:, MEM: {NUMBER} MB peak)?"
)
VERSION = re.compile(r"\|? ?Yosys (\d+\.\d+\S*) \((?:git|pyosys\))")
LAST = re.compile(r"Time spent: |End of script\.$|(?:\S+:\d+: )?ERROR: ")
FIRST = re.compile(
    r"^ \|  yosys -- Yosys Open SYnthesis Suite|^\d+\. Executing [A-Za-z0-9_ -]+ "
    r"(?:frontend|pass|backend)\b|^Yosys \d+\.\d+\S* \((?:git|pyosys\))",
    re.MULTILINE,
)


def parse_yosys_log(lines: Iterable[str], *, origin: Path) -> Log:
    """Sum up a log of Yosys 0.9 to 0.70; `lines` with their newlines.

    Phases are the steps of the script, without times; the last has the log's hash as checksum.
    Complete if Yosys says where its time went, as it does last, or ends with an error. Inside a
    Python process (pyosys) it says neither its version nor its end; our own scripts print both.
    """
    log, tally, phases = Lines(lines, LAST), Tally(), Phases()
    version = end = None
    for line in log:
        if "arning: " in line or "rror: " in line or "ERROR: " in line:
            if message := MESSAGE.match(line):
                place, severity, text, id = message.groups()
                text = f"{place}: {text}" if place else text
                tally.add(severity, id, log.number, text)
        elif step := STEP.match(line):
            phases.add(Phase(f"{step[1]}. {step[2]}", log.number))
        elif line[0] in "|Y" and (found := VERSION.match(line)):
            version = found[1]
        elif line[0] == "E" and (found := END.match(line)):
            end = found
            phases.add(Phase("End of script", log.number, checksum=end[1]))
    incomplete = log.incomplete("'End of script' and 'Time spent'")
    done = None if incomplete else end
    return log_of(
        log,
        tally,
        phases,
        incomplete=incomplete,
        version=version,
        cpu_s=round(float(done[2]) + float(done[3]), 3) if done else None,
        memory_mb=float(done[4]) if done and done[4] else None,
    )


KIND = Kind(
    "yosys_log", "Yosys", lambda head: bool(FIRST.search(head)), parse_yosys_log, streamed=True
)

"""What nextpnr printed while it placed and routed.

Info: Max frequency for clock 'clk': 62.52 MHz (PASS at 50.00 MHz)
Info: SA placement time 111.09s
Info: Program finished normally.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from bitwright.reports.read.kind import Kind
from bitwright.reports.read.log import NUMBER, Lines, Log, Phase, Phases, Tally, log_of

MESSAGE = re.compile(r"(Info|Warning|ERROR): *(.*)")
TIMED = re.compile(r"(?!at iteration)(?:of which )?(.*?)[: ]+(?:[Tt]ime[: ]+)?" + NUMBER + r" ?s$")
CHECKED = re.compile(r"Checksum: (0x[0-9a-f]+)$")
LAST = re.compile(r"Info: Program finished normally\.$|ERROR: |\d+ warnings?, \d+ errors?$")
FIRST = re.compile(
    r"^Info: (?:constraining clock net '|constrained '|Logic utilisation before packing"
    r"|Packing [\w ]+\.\.|Importing module |Device utilisation|Checksum: 0x|Annotating ports)",
    re.MULTILINE,
)


def parse_nextpnr_log(lines: Iterable[str], *, origin: Path) -> Log:
    """Sum up a log of nextpnr 0.4 to 0.11; `lines` with their newlines.

    nextpnr's messages have no ids; what it says as Info is counted only. It prints neither its
    version nor the part. Complete if it says that it finished, or ends with an error.
    """
    log, tally, phases = Lines(lines, LAST), Tally(), Phases()
    for line in log:
        message = MESSAGE.match(line)
        if not message:
            continue
        severity, text = message.groups()
        if severity != "Info":
            tally.add(severity, None, log.number, text)
            continue
        tally.counts[severity] += 1
        if text.endswith("s") and (timed := TIMED.match(text)):
            phases.add(Phase(timed[1].strip(), log.number, elapsed_s=float(timed[2])))
        elif checked := CHECKED.match(text):
            phases.add(Phase("Checksum", log.number, checksum=checked[1]))
    return log_of(log, tally, phases, incomplete=log.incomplete("'Program finished normally'"))


KIND = Kind(
    "nextpnr_log",
    "nextpnr",
    lambda head: bool(FIRST.search(head)),
    parse_nextpnr_log,
    streamed=True,
)

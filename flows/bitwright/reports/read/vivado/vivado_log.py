"""vivado.log, runme.log, .vds and .vdi: what a run of Vivado printed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from bitwright.reports.read.amd_log import Dialect, parse_amd_log
from bitwright.reports.read.kind import Kind
from bitwright.reports.read.log import Log
from bitwright.reports.read.log_kind import writer

VIVADO = Dialect(
    banner=re.compile(r"(?:#|\*{6}) Vivado v(?P<version>\d{4}\.\d\S*)"),
    exits=frozenset({"Vivado"}),
    nested=True,
    last=re.compile(r"INFO: \[Common 17-206\] Exiting Vivado at .*\.\.\.$"),
    leave="'Exiting Vivado'",
)


def parse_vivado_log(lines: Iterable[str], *, origin: Path) -> Log:
    """Sum up a log of Vivado, 2016.3 to 2025.2; `lines` with their newlines.

    Seconds and MB as printed. Without the line by which Vivado takes its leave after as many
    runs as began, the log is incomplete: the tool was killed, or runs still.
    """
    return parse_amd_log(lines, VIVADO)


KIND = Kind(
    "vivado_log", "Vivado", lambda head: writer(head) == "vivado", parse_vivado_log, streamed=True
)

"""v++ logs, and the logs of its steps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from bitwright.reports.read.amd_log import Dialect, parse_amd_log
from bitwright.reports.read.kind import Kind
from bitwright.reports.read.log import Log
from bitwright.reports.read.log_kind import writer

VPP = Dialect(
    banner=re.compile(r"\*{6} (?:v\+\+|vpl) v(?P<version>\d{4}\.\d\S*)"),
    exits=frozenset(),
    nested=False,
    last=re.compile(
        r"INFO: \[v\+\+ 60-(?:791\] Total elapsed time: .*s|1653\] Closing dispatch client\.)$"
    ),
    leave="'Total elapsed time'",
)


def parse_vpp_log(lines: Iterable[str], *, origin: Path) -> Log:
    """Sum up a log of v++ (2020.2): messages, and the steps with their times of day."""
    return parse_amd_log(lines, VPP)


KIND = Kind("vpp_log", "v++", lambda head: writer(head) == "vpp", parse_vpp_log, streamed=True)

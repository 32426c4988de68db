"""vivado_hls.log, vitis_hls.log, logs of vitis-run and of cosim: what Vitis HLS printed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from bitwright.reports.read.amd_log import Dialect, parse_amd_log
from bitwright.reports.read.kind import Kind
from bitwright.reports.read.log import Log
from bitwright.reports.read.log_kind import writer

HLS = Dialect(
    banner=re.compile(
        r"(?:\*{6} (?:Vivado\(TM\)|Vitis) HLS - .* v|\*{4} HLS Build v|\*{6} vitis-run v|Version )"
        r"(?P<version>\d{4}\.\d\S*)"
    ),
    exits=frozenset({"vivado_hls", "vitis_hls", "vitis-run"}),
    nested=False,
    last=re.compile(
        r"INFO: \[(?:Common 17-206\] Exiting (?:vivado_hls|vitis_hls) at .*\.\.\.$"
        r"|HLS 200-112\] Total .*[MG]B\.$|vitis-run 60-(?:791|1662)\] .*[.s]$)"
        r'|"hls_proc .*\$argv"$'
    ),
    leave="total time and 'Exiting vitis_hls'",
)


def parse_hls_log(lines: Iterable[str], *, origin: Path) -> Log:
    """Sum up a log of Vivado HLS or Vitis HLS, 2016.4 to 2025.1; `lines` with their newlines.

    Seconds and MB as printed (1 GB is 1024 of its MB); processor time is user and system together.
    A log that ends neither with the run's total time or leave nor with a Tcl trace is incomplete.
    """
    return parse_amd_log(lines, HLS)


KIND = Kind(
    "hls_log", "Vitis HLS", lambda head: writer(head) == "hls", parse_hls_log, streamed=True
)

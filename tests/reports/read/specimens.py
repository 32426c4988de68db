"""The project's own reports, and what has to be known of each kind to hold all readers to one law.

A new kind needs a line in FILES; a log, or a report that may end early, lines below it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path, PurePosixPath

from bitwright.reports.read.kind import Kind
from bitwright.reports.read.recognise import kinds

SPECIMENS = Path(__file__).parents[2] / "specimens"

# The names of each kind's specimens, in whatever tool's folder they stand.
FILES = {
    "bitwright_metrics": "metrics.json",
    "bus_skew": "bus_skew*.rpt",
    "cdc": "cdc*.rpt",
    "clock_interaction": "clock_interaction.rpt",
    "clock_utilization": "clock_utilization.rpt",
    "control_sets": "control_sets.rpt",
    "cosim": "*_cosim.rpt",
    "cosim_latency": "lat.rpt",
    "cosim_transactions": "result.transaction.rpt",
    "csynth_design_size": "csynth_design_size.*",
    "csynth_rpt": "*_csynth.rpt",
    "csynth_summary": "csynth.rpt",
    "csynth_xml": "*csynth.xml",
    "drc": "drc.rpt",
    "export_impl": "*export*.*",
    "hls_log": "*_hls.log",
    "io": "io.rpt",
    "kernel_utilization": "kernel_utilization.rpt",
    "methodology": "methodology*.rpt",
    "nextpnr_log": "implement.log",
    "nextpnr_report": "report_*.json",
    "power": "power*.rpt",
    "qor": "design_analysis*.rpt qor_*.rpt",
    "route_status": "route_status*.rpt",
    "run_summary": "*.run_summary",
    "system_estimate": "system_estimate.xtxt",
    "timing_paths": "timing_paths*.rpt",
    "timing_summary": "timing_summary*.rpt",
    "utilization": "utilization.rpt utilization_[sv]*.rpt",
    "utilization_hierarchy": "utilization_hierarchy.rpt",
    "verilator_log": "lint.log build.log",
    "vivado_log": "runme.log vivado.log",
    "vpp_log": "v++_link.log",
    "vpp_steps": "*.steps.log",
    "vpp_summary": "*.link_summary *.compile_summary",
    "xclbin_info": "*.xclbin.info",
    "yosys_log": "synth.log",
    "yosys_stat": "stat.json",
}

# What a build's steps hand to one another, and sources: nothing that a person reads for numbers.
NO_REPORTS = {
    "nextpnr-0.11/placement.json",
    "yosys-0.70/hierarchy.json",
}

# What a log sums up while it is read: smaller in a part of it. Besides these, its `counts`.
COUNTED = {
    "hls_log": {"count", "lines", "memory_mb"},
    "nextpnr_log": {"lines"},
    "verilator_log": {"count", "lines"},
    "vivado_log": {"count", "lines", "memory_mb", "stopped"},
    "vpp_log": {"count", "lines", "memory_mb"},
    "yosys_log": {"count", "lines"},
}

# Lines after which the tool itself may end, or end no more: a report cut there need not look cut.
ENDS = {
    "cosim_latency": ('$AVER_THROUGHPUT = "0"',),  # the last line there is in 2018
    "hls_log": ("peak allocated memory: 1.027 GB.",),
    "verilator_log": ("alloced 22.840 MB",),
    "vpp_log": ("Total elapsed time: 0h 19m 31s",),
}


@cache
def specimens() -> tuple[str, ...]:
    """Every report among the specimens, by its path there."""
    files = (path for path in SPECIMENS.rglob("*") if path.is_file())
    names = (path.relative_to(SPECIMENS).as_posix() for path in files)
    others = ("toy/", "bd/")  # a design and block designs
    reports = (n for n in names if "/" in n and not n.startswith(others) and n not in NO_REPORTS)
    return tuple(sorted(reports))


@cache
def specimen(name: str) -> bytes:
    return (SPECIMENS / name).read_bytes()


def text_of(name: str) -> str:
    return specimen(name).decode()


def kind_names(name: str) -> list[str]:
    """The kinds whose FILES this specimen is among; it should be one."""
    path = PurePosixPath(name)
    return [kind for kind, files in FILES.items() if any(path.match(f) for f in files.split())]


def kind_of(name: str) -> Kind:
    """The kind of a specimen."""
    (only,) = kind_names(name)
    return next(kind for kind in kinds() if kind.name == only)

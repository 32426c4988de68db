"""All of the corpus is read, or refused for the right reason; the table stands in the summary."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.reports.read import corpus

# Reports that somebody damaged on purpose, by the last part of their names, and what must be found.
REFUSED = {
    "invalid-timing1.rpt": "no 'Design Timing Summary' table",  # its head is another report's
    "invalid-timing2.rpt": "not as known among the paths",  # begins in the middle of a path
    "invalid-timing3.rpt": "not as known among the paths",
    "correct-util1.rpt": "contradicts itself",  # 1 of 1470 is not 0.01 %, and of two times 0
    "correct-util1-2.rpt": "contradicts itself",
    "partial-util1.rpt": "contradicts itself",
    "partial-util2.rpt": "contradicts itself",  # 2 of 3600 is not 0.00 %
}

# Folders of the corpus by what their files are; where a folder holds several kinds, all of them.
KINDS = {
    "cosim": {"cosim", "cosim_latency", "cosim_transactions", "hls_log"},
    "csynth_rpt": {"csynth_rpt", "csynth_summary"},
    "export_impl": {"export_impl", "utilization"},  # export_syn.rpt of 2025 is Vivado's
    "hls_compile": {"csynth_summary", "vpp_summary"},
    "util_hier": {"kernel_utilization", "utilization", "utilization_hierarchy"},
    "vpp_log": {"vpp_log", "vpp_steps"},
}


@pytest.fixture(scope="module")
def outcomes() -> dict[Path, corpus.Outcome]:
    """What became of every report; kept for the summary."""
    if not corpus.index():
        pytest.skip(corpus.ABSENT)
    for entry in corpus.index():
        corpus.OUTCOMES[entry.path] = corpus.outcome(entry)
    return corpus.OUTCOMES


def test_exactly_the_damaged_reports_are_refused_each_for_its_damage(outcomes):
    refused = {path.name: outcome for path, outcome in outcomes.items() if outcome.how == "refused"}
    assert {name.partition("examples-")[2] or name for name in refused} == set(REFUSED)
    for name, outcome in refused.items():
        assert outcome.entry.damaged, f"{name}: {outcome.why}"
        assert REFUSED[name.partition("examples-")[2]] in outcome.why


def test_only_logs_that_just_stop_are_incomplete(outcomes):
    cut = [outcome for outcome in outcomes.values() if outcome.how == "incomplete"]
    assert {outcome.kind for outcome in cut} == {"hls_log", "vivado_log"}
    assert len(cut) == 9
    for outcome in cut:  # none of them says that its tool came to an end
        last = outcome.entry.path.read_bytes().rstrip().splitlines()[-1]
        own = b"Exiting Vivado" if outcome.kind == "vivado_log" else b"Exiting vi"
        assert own not in last, outcome.entry.path


def test_every_report_is_of_the_kind_its_collector_saw(outcomes):
    wrong = [
        f"{path.name}: {outcome.kind}"
        for path, outcome in outcomes.items()
        if outcome.kind and outcome.kind not in KINDS.get(outcome.entry.kind, {outcome.entry.kind})
    ]
    assert wrong == []


# Where a reader rightly says something else than the collector, by the end of the name: it noted
# the part of a board file's warning, another spelling, a version of a path or one less exact.
OTHER = {
    "HLS-vivado.log": ("2021.1", "xc7z020clg400-1"),
    "code-from-paper-6-vivado.log": ("2023.2", None),
    "CSP_Layer1Layer2-vitis_hls.log": ("2022.1.2", "xc7z020-clg400-1"),
    "Project_L4-vivado.log": ("2022.1.2", "xc7z020clg400-1"),
    "hls-vivado.log": ("2025.1.1", None),
    "lab3-vivado.log": ("2024.2.2", None),
    "ESE5320-Final-Project__vitis_hls.log": (None, "xczu3eg-sbva484-1-i"),
    "HLS-vivado_hls.log": (None, "xc7z020clg400-2"),
    "link.steps.log": (None, None),
    "kernel.steps.log": (None, None),
    "v++_kernel.log": ("2020.2", None),  # a platform is no part
    "link-v++.log": ("2020.2", None),
    "caloclusternet.hlscompile_summary": (None, None),  # commented out in a config
    "demo__ours_1-a.hlscompile_summary": (None, None),
}


@pytest.mark.parametrize(
    ("kind", "field"),
    [("system_estimate", "modules"), ("vpp_summary", "state"), ("xclbin_info", "kernels")],
)
def test_no_report_is_read_without_what_it_is_for(kind, field):
    for entry, _, reading in corpus.readings(kind):
        assert getattr(reading, field), entry.path


@pytest.mark.parametrize("kind", ["hls_log", "vivado_log"])
def test_every_log_has_the_counts_its_collector_found_with_grep(kind):
    for entry, text, log in corpus.readings(kind):
        found = [log.counts.get(name, 0) for name in ("WARNING", "CRITICAL WARNING", "ERROR")]
        assert "W{}-CW{}-E{}".format(*found) in entry.notes, entry.path
        # on a console, a message may follow the prompt; nothing else is before one
        lines = re.findall(r"(?m)^(?:.*\x1b\[12C)?INFO:", text)
        assert log.counts.get("INFO", 0) == len(lines), entry.path


def test_version_and_part_are_those_that_the_collector_saw(outcomes):
    for path, outcome in outcomes.items():
        entry, report = outcome.entry, outcome.report
        if report is None:
            continue
        other = next((seen for end, seen in OTHER.items() if path.name.endswith(end)), None)
        said = (report.reading.version, report.reading.part)
        if other:
            assert said == other, path
            continue
        version = entry.version if not entry.version.endswith("?") else ""
        assert (version or said[0], entry.part or said[1]) == said, path

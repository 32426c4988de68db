"""All of the corpus is read, or refused for the right reason; the table stands in the summary."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.recognise import read

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
        corpus.OUTCOMES[entry.path] = _outcome(entry)
    return corpus.OUTCOMES


def _outcome(entry: corpus.Entry) -> corpus.Outcome:
    try:
        report = read(entry.path)
    except ReportError as error:
        return corpus.Outcome(entry, "", error.problem, "refused")
    incomplete = report.reading.incomplete
    return corpus.Outcome(
        entry, report.kind.name, incomplete, "incomplete" if incomplete else "read"
    )


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

"""A refusal says what to do next in words that lead somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.document import read_json, refuse


def refused(origin: Path) -> ReportError:
    with pytest.raises(ReportError) as error:
        refuse(origin, "it ends", expected="more", found="nothing")
    return error.value


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The log of the step `implement`; the step `report` is the working directory."""
    for name in ("implement", "report"):
        (tmp_path / "build/tiny/board" / name).mkdir(parents=True)
    path = tmp_path / "build/tiny/board/implement/implement.log"
    path.touch()
    monkeypatch.chdir(tmp_path / "build/tiny/board/report")
    return path


def test_a_report_of_a_step_leads_to_the_log_of_that_step(log: Path):
    told = refused(log.with_name("timing.rpt"))
    assert told.next == f"read {log}, then build that step again"
    assert refused(Path("../implement/timing.rpt")).next.startswith(
        "read ../implement/implement.log,"
    )


def test_the_line_of_a_report_is_no_part_of_its_name(log: Path):
    told = refused(Path(f"{log.with_name('timing.rpt')}:70"))
    assert told.line == 70
    assert told.next.startswith(f"read {log},")


def test_a_file_of_the_working_directory_has_its_log_there_too(
    log: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(log.parent)
    assert refused(Path("timing.rpt")).next == "read implement.log, then build that step again"


@pytest.mark.parametrize(
    "name", ["../out/hier.rpt", "-", "a.zip!b/c.rpt:7", "/nowhere/x.rpt", "x" * 5000 + "/a.rpt"]
)
def test_a_file_that_no_step_here_made_sends_nobody_to_a_log_or_a_step(log: Path, name: str):
    next = refused(Path(name)).next
    assert "log" not in next and "step" not in next
    assert next.startswith("see whether the file is whole")


def test_a_document_that_ends_early_is_told_of_in_the_same_words():
    with pytest.raises(ReportError) as error:
        read_json('{"a": 1', origin=Path("/nowhere/a.json"))
    assert error.value.next == refused(Path("/nowhere/a.json")).next

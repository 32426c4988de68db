"""For every reader's tests; the laws that hold for all of them stand in test_robustness."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.reports.read import corpus as real
from tests.reports.read.specimens import text_of


@pytest.fixture
def specimen() -> Callable[[str], str]:
    """specimen('vivado-2022.2/power.rpt'): the text of one of the project's own reports."""
    return text_of


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of what became of the corpus, whenever test_corpus ran."""
    if real.OUTCOMES:
        terminalreporter.section("real reports")
        for line in real.table():
            terminalreporter.line(line)

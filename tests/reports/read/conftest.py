"""For every reader's tests; the corpus and the law of truncation are modules beside this one:
`from tests.reports.read.corpus import corpus`, `from tests.reports.read.truncation import ...`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reports.read import corpus as real

SPECIMENS = Path(__file__).parents[2] / "specimens"


@pytest.fixture(name="corpus")
def _corpus() -> Callable[[str], list[Path]]:
    """corpus('power'): the real reports of a kind; skips the test where there are none."""
    return real.corpus


@pytest.fixture
def specimen() -> Callable[[str], str]:
    """specimen('vivado-2022.2/power.rpt'): the text of one of the project's own reports."""
    return lambda name: (SPECIMENS / name).read_text(encoding="utf-8")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of what became of the corpus, whenever test_corpus ran."""
    if real.OUTCOMES:
        terminalreporter.section("real reports")
        for line in real.table():
            terminalreporter.line(line)

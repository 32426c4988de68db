"""The corpus: real reports, beside the repository or in BITWRIGHT_CORPUS; not everywhere."""

from __future__ import annotations

import csv
import os
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.recognise import Report, read
from bitwright.reports.read.source import text_of

ROOT = Path(__file__).parents[3]
FOLDER = Path(os.environ.get("BITWRIGHT_CORPUS") or ROOT.parent / "shared" / "corpus" / "reports")
ABSENT = f"no real reports in {FOLDER}; set BITWRIGHT_CORPUS to a folder with an INDEX.tsv"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of INDEX.tsv: what the collector of a report noted about it, by eye or by grep."""

    path: Path
    kind: str  # the collector's word, and the folder's name
    version: str  # 2022.2; empty where not known, '2018.3?' where guessed
    part: str
    notes: tuple[str, ...]
    repository: str  # it is from
    original: str  # its path there

    @property
    def damaged(self) -> bool:
        """Whether somebody cut or changed this report on purpose, to test a reader with it."""
        return any(note.startswith("test-fixture") for note in self.notes)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one report."""

    entry: Entry
    report: Report | None  # None where it was refused
    refused: str = ""  # and why

    @property
    def kind(self) -> str:
        return self.report.kind.name if self.report else ""

    @property
    def why(self) -> str:
        """It was refused, or is incomplete."""
        return self.report.reading.incomplete if self.report else self.refused

    @property
    def how(self) -> str:
        """One of HOW."""
        return "refused" if not self.report else "incomplete" if self.why else "read"


HOW = ("read", "incomplete", "refused")
OUTCOMES: dict[Path, Outcome] = {}  # filled by test_corpus, shown in pytest's summary


def table() -> list[str]:
    """The lines of the table of OUTCOMES: kind x count x what became of them."""
    kinds = Counter((o.entry.kind, o.kind or "-") for o in OUTCOMES.values())
    found = Counter((o.entry.kind, o.kind or "-", o.how) for o in OUTCOMES.values())
    lines = [f"{'folder':20} {'kind':22} {'count':>5}" + "".join(f" {how:>10}" for how in HOW)]
    for (folder, kind), count in sorted(kinds.items()):
        cells = "".join(f" {found[folder, kind, how] or '.':>10}" for how in HOW)
        lines.append(f"{folder:20} {kind:22} {count:5}{cells}")
    totals = Counter(outcome.how for outcome in OUTCOMES.values())
    lines.append(f"{'':20} {'':22} {len(OUTCOMES):5}" + "".join(f" {totals[h]:>10}" for h in HOW))
    lines += [
        f"{outcome.how}: {path.parent.name}/{path.name}: {outcome.why}"
        for path, outcome in sorted(OUTCOMES.items())
        if outcome.how != "read"
    ]
    return lines


@cache
def index() -> tuple[Entry, ...]:
    """Every report of the corpus; empty where there is none."""
    table = FOLDER / "INDEX.tsv"
    if not table.is_file():
        return ()
    with table.open(encoding="utf-8", newline="") as stream:
        return tuple(
            Entry(
                FOLDER / row["path"],
                row["kind"],
                row["tool_version"],
                row["part"],
                tuple(row["note"].split(",")),
                row["source_repo"],
                row["path_in_repo"],
            )
            for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        )


def entries(kind: str) -> list[Entry]:
    """The corpus's entries of one kind (its folder there); skips the test where there is none."""
    if not index():
        pytest.skip(ABSENT)
    found = [entry for entry in index() if entry.kind == kind]
    assert found, f"no {kind} in {FOLDER}/INDEX.tsv"
    return found


@cache
def outcome(entry: Entry) -> Outcome:
    """What becomes of a report; read once, whichever tests ask."""
    try:
        return Outcome(entry, read(entry.path))
    except ReportError as error:
        return Outcome(entry, None, error.problem)


def readings(kind: str, folder: str = "") -> list[tuple[Entry, str, Any]]:
    """The text and the reading of each of the corpus's reports of one of our kinds, which may stand
    in a folder of another name; skips the test where there is no corpus. What is refused, and what
    rightly, test_corpus says."""
    outcomes = map(outcome, entries(folder or kind))
    found = [
        (it.entry, text_of(it.entry.path.read_bytes()), it.report.reading)
        for it in outcomes
        if it.report and it.kind == kind
    ]
    assert found, f"no report in {folder or kind} is read as {kind}"
    return found

"""The corpus: real reports, beside the repository or in BITWRIGHT_CORPUS; not everywhere."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

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

    @property
    def damaged(self) -> bool:
        """Whether somebody cut or changed this report on purpose, to test a reader with it."""
        return any(note.startswith("test-fixture") for note in self.notes)


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


def corpus(kind: str) -> list[Path]:
    """The files of `entries(kind)`."""
    return [entry.path for entry in entries(kind)]

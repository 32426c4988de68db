"""The benchmark of the readers prints what it says, and its ratios hold at a small size too."""

from __future__ import annotations

from itertools import pairwise

import pytest

from benchmarks import reports


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A made-up timing summary of some 0.3 MB, and one of four times that."""
    folder = tmp_path_factory.mktemp("reports")
    return list(reports.made(folder, (("small.rpt", 9), ("larger.rpt", 36))))


def test_timing_summaries_are_read_a_hundred_times_as_fast_as_edalize_does(small):
    pytest.importorskip("pandas", reason="Edalize's reader needs pandas, which is not installed")
    speed = reports.measure(small[0])
    assert speed.bytes > 200_000
    assert speed.tables > 100 * speed.edalize
    assert speed.everything > 15 * speed.edalize


def test_the_tables_alone_do_not_wait_for_the_paths(small):
    speed = reports.measure(small[1], alone=True)
    assert speed.tables > 10 * speed.everything


def test_time_grows_with_the_size_and_not_with_its_square(small):
    for less, more in pairwise(reports.measure(path, alone=True) for path in small):
        assert more.everything > less.everything / 2


def test_every_row_has_its_numbers(small):
    row = reports.measure(small[0], runs=1, alone=True)
    head, line = reports.table([row])
    assert head.split()[:4] == ["file", "MB", "paths", "stages"]
    assert line.split()[:4] == ["small.rpt", f"{row.bytes / 1e6:.2f}", "59", str(row.stages)]

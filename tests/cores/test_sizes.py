"""Arrays of other sizes than the board's: the same cocotb tests, and what is refused."""

from __future__ import annotations

import re

import pytest

SMALL = ("--Rows=4", "--Cols=4", "--ABufBytes=8192", "--BBufBytes=8192", "--MaxBurst=4")


def passed(text: str) -> int:
    """How many cocotb tests passed; 0 if any failed."""
    found = re.search(r"TESTS=\d+ PASS=(\d+) FAIL=0", text)
    return int(found[1]) if found else 0


@pytest.mark.parametrize(("rows", "cols"), [(3, 5), (1, 1)])
def test_an_array_of_any_size_gives_every_sum_in_its_cycle(rows, cols, fusesoc, tmp_path):
    ran = fusesoc(tmp_path, "sim", "bitwright:rtl:systolic", f"--Rows={rows}", f"--Cols={cols}")
    assert ran.status == 0, ran.text[-8000:]
    assert passed(ran.text) >= 15


def test_a_small_engine_cuts_products_into_blocks_and_stays_exact(fusesoc, tmp_path):
    ran = fusesoc(tmp_path, "sim", "bitwright:rtl:matmul", *SMALL)
    assert ran.status == 0, ran.text[-8000:]
    assert passed(ran.text) >= 34


@pytest.mark.parametrize(
    ("core", "parameter", "why"),
    [
        ("systolic", "--Rows=0", "Rows = 0, Cols = 8; both are at least 1"),
        ("matmul", "--Rows=6", "Rows = 6; the panel buffers feed 4, 8 or 16 rows"),
        ("matmul", "--Cols=32", "Cols = 32; the panel buffers feed 4, 8 or 16 columns"),
        ("matmul", "--ABufBytes=100", "ABufBytes = 100; 8 to 65536 words of 8 bytes"),
        ("matmul", "--MaxBurst=0", "MaxBurst = 0; an AXI4 INCR burst has 1 to 256 beats"),
    ],
)
def test_impossible_parameters_are_refused_at_elaboration(core, parameter, why, fusesoc, tmp_path):
    ran = fusesoc(tmp_path, "sim", f"bitwright:rtl:{core}", parameter)
    assert ran.status != 0
    assert why in ran.text

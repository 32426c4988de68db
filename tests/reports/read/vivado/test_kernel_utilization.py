"""Kernel utilization: kernels and their compute units against the budget, all adding up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.vivado.kernel_utilization import (
    KernelUtilization,
    parse_kernel_utilization,
)

from tests.reports.read.corpus import readings

ORIGIN = Path("kernel_util.rpt")
SPECIMEN = "vivado-2024.1/kernel_utilization.rpt"


def read(text: str) -> KernelUtilization:
    return parse_kernel_utilization(text, origin=ORIGIN)


def test_kernels_stand_with_their_compute_units(specimen):
    found = read(specimen(SPECIMEN))
    assert [(one.name, [unit.name for unit in one.compute_units]) for one in found.kernels] == [
        ("matvec", ["matvec_1", "matvec_2"]),
        ("mover", ["mover_1"]),
    ]
    unit = found.kernels[0].compute_units[0]
    assert unit.ff is not None
    assert (unit.ff.used, unit.ff.percent) == (2000, 1.67)


def test_resources_are_what_is_used_of_the_budget_in_18_kbit(specimen):
    found = read(specimen(SPECIMEN)).resources
    assert (found.bram_18k.used, found.bram_18k.available) == (67, 424)
    assert (found.lut.used, found.lut.available, found.uram.used) == (2500, 60000, 12)


def test_platform_budget_and_rest_are_told_apart(specimen):
    found = read(specimen(SPECIMEN))
    shares = [one.dsp for one in (found.platform, found.budget, found.used, found.unused) if one]
    assert [share.used for share in shares if share] == [0, 360, 96, 264]


def test_part_is_known_however_many_kernels_the_command_lists(specimen):
    text = specimen(SPECIMEN).replace("-kernels {", "-kernels {" + " k:top_i/k/inst:k" * 4000)
    assert read(text).part == "xczu3eg"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (" 57500 [ 95.83%]", " 57501 [ 95.83%]", "LUT of 'User Budget' is not its parts' sum"),
        ("   500 [  0.83%]", "   501 [  0.83%]", "LUT of 'Used Resources' is not its parts' sum"),
        ("  1000 [  1.67%]", "  1001 [  1.67%]", "LUT of 'matvec' is not its parts' sum"),
        ("  2500 [  4.17%]", "  2500 [  4.27%]", "LUT of 'Used Resources' contradicts itself"),
        ("| Platform ", "| Plattform", "the first rows are not as known"),
    ],
)
def test_rows_that_contradict_each_other_are_refused(specimen, old, new, problem):
    text = specimen(SPECIMEN)
    assert old in text
    with pytest.raises(ReportError, match=problem):
        read(text.replace(old, new, 1))


def test_every_real_report_is_read_as_a_second_reading_by_pattern_reads_it():
    for _, text, found in readings("kernel_utilization", "util_hier"):
        head = next(line for line in text.splitlines() if line.startswith("| Name "))
        names = [name.strip() for name in head.split("|")]
        row = next(line for line in text.splitlines() if "   Used Resources" in line)
        numbers = [re.match(r"\s*(\d+)", cell) for cell in row.split("|")]
        for field, column in (("lut", "LUT"), ("ff", "REG"), ("dsp", "DSP")):
            match = numbers[names.index(column)]
            assert match is not None
            assert getattr(found.resources, field).used == int(match[1])
        kernels = re.findall(r"^\| (?!Platform|User|Name)(\w+) ", text, re.M)[-len(found.kernels) :]
        assert [one.name for one in found.kernels] == kernels

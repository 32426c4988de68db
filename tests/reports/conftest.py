"""The specimens, read once: a 2 x 2 array between two buffers (tests/specimens/toy.sv), placed and
routed on an LFE5U-85F at 50 MHz (met) and at 200 MHz (missed) by Yosys 0.70 and nextpnr 0.11."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bitwright.reports import metrics
from bitwright.reports.read.open import nextpnr, placement, yosys
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)  # a busy machine is no fault
settings.load_profile("unhurried")

SPECIMENS = Path(__file__).parents[1] / "specimens"
PART = "LFE5U-85F-6CABGA381"


def specimen(name: str) -> str:
    return (SPECIMENS / name).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def cells() -> tuple[placement.Cell, ...]:
    return placement.parse_placement(specimen("nextpnr-0.11/placement.json"), origin=Path("p"))


@pytest.fixture(scope="session")
def modules() -> dict[str, str]:
    text = specimen("yosys-0.70/hierarchy.json")
    return dict(placement.parse_hierarchy(text, origin=Path("h")))


@pytest.fixture(scope="session")
def netlist() -> yosys.Netlist:
    return yosys.parse_stat(specimen("yosys-0.70/stat.json"), origin=Path("s"))


@pytest.fixture(scope="session")
def measured(
    cells: tuple[placement.Cell, ...], modules: dict[str, str], netlist: yosys.Netlist
) -> Callable[[str], metrics.Metrics]:
    """measured('met') and measured('missed'): the whole specimen as Metrics."""

    def of(outcome: str) -> metrics.Metrics:
        name = f"nextpnr-0.11/report_{outcome}.json"
        routed = nextpnr.parse_report(specimen(name), origin=Path(name))
        asked = {"met": 50.0, "missed": 200.0}[outcome]
        tools = {"yosys": "0.70", "nextpnr-ecp5": "0.11"}
        subject = metrics.Subject("toy", "ulx3s-85f", PART, asked, "0badcafe", tools)
        return metrics.measure(subject, routed, netlist, cells, modules, origin=Path(name))

    return of

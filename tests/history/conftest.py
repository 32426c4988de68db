"""Entries, and the toy project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bitwright.reports.history import Entry, History, open

from tests.front.conftest import measured, toy

__all__ = ["measured", "toy"]


def body(wns_ns: float = 1.25, usercode: str = "0a1b2c3d", **more: object) -> dict[str, object]:
    """The shortest metrics.json there can be."""
    clock = {"name": "sys", "constraint_mhz": 50.0, "achieved_mhz": 60.0, "wns_ns": wns_ns}
    return {
        "schema": 1, "config": "tiny", "target": "ulx3s-85f", "clock_mhz": 50.0,
        "usercode": usercode, "tools": {"pyosys": "0.70"},
        "timing": {"met": wns_ns >= 0, "wns_ns": wns_ns, "clocks": [clock], "worst_paths": []},
        "utilization": {"lut": {"used": 100, "available": 1000}, "parts": [], "hierarchy": []},
    } | more  # fmt: skip


def entry(number: int = 1, **more: object) -> Entry:
    """A build; another number, another build."""
    values = {
        "config": "tiny", "target": "ulx3s-85f", "seed": number, "clock_mhz": 50.0, "variant": "",
        "usercode": f"{number:08x}", "commit": f"{number:08x}" * 5, "dirty": False,
        "ended": f"2026-01-01T00:00:{number % 60:02}Z", "ok": True,
        "measures": {"wns_ns": 1.25 + number, "lut": 100.0},
        "metrics": json.dumps(body(1.25 + number, f"{number:08x}")), "tools": {"pyosys": "0.70"},
    }  # fmt: skip
    return Entry(**(values | more))  # type: ignore[arg-type]


@pytest.fixture
def history(tmp_path: Path) -> History:
    return open(tmp_path / "history.db")

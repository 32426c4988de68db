"""metrics.json, which a build of this project writes: everything measured about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitwright.reports.measures import flatten
from bitwright.reports.read.document import read_json, refuse
from bitwright.reports.read.kind import Kind

SCHEMA = 1
BASELINE = {"measures", "noise"}  # keys that only a baseline has
CLAIM = re.compile(r'\s*\{\s*"schema":\s*\d+,\s*"config":.*?"usercode":', re.DOTALL)


@dataclass(frozen=True, slots=True)
class BuildMetrics:
    """The file as it stands; reports/metrics.py says what its parts mean."""

    version: str  # of the schema
    part: str
    config: str
    target: str
    clock_mhz: float
    usercode: str
    tools: Mapping[str, str]
    timing: Mapping[str, Any]
    utilization: Mapping[str, Any]
    netlist: Mapping[str, Any]
    missing: Mapping[str, str]
    incomplete: str


def parse_bitwright_metrics(text: str, *, origin: Path) -> BuildMetrics:
    """Read a metrics.json of schema 1. ReportError if a measure is not where it should be.

    A baseline begins alike, but is no report: its ReportError says so, and who reads it.
    """
    body = read_json(text, origin=origin)
    if BASELINE.issubset(body.table()):
        name, target = body["config"].text(), body["target"].text()
        refuse(
            origin,
            f"this is the baseline of {name} on {target}, not the report of a build",
            expected="metrics.json, which a build leaves in its folder report/",
            found="the numbers that ./doit baseline accepted",
            next=f"./doit diff config={name} target={target} compares a build with it",
        )
    if body["schema"].count() != SCHEMA:
        body["schema"].refuse(f"schema {SCHEMA}")
    try:
        flatten(body.table())
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        refuse(
            origin,
            "a measure is not where it should be",
            expected=f"the fields of schema {SCHEMA}, see reports/metrics.py",
            found=f"{type(error).__name__}: {error}"[:120],
            next="build it again",
        )
    return BuildMetrics(
        version=str(SCHEMA),
        part=body["part"].text(),
        config=body["config"].text(),
        target=body["target"].text(),
        clock_mhz=body["clock_mhz"].number(0),
        usercode=body["usercode"].text(),
        tools=body["tools"].table(),
        timing=body["timing"].table(),
        utilization=body["utilization"].table(),
        netlist=body["netlist"].table(),
        missing={},
        incomplete="",
    )


KIND = Kind(
    "bitwright_metrics", "bitwright", lambda head: bool(CLAIM.match(head)), parse_bitwright_metrics
)

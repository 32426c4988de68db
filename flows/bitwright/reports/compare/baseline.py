"""reports/baselines/<config>/<target>.json: the numbers that were accepted.

It holds no time, no path of a machine and no commit (its own history in git has those), so the same
build gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from bitwright.reports.compare.noise import Spread, spreads
from bitwright.reports.compare.snapshot import Instance, Snapshot, TimingPath
from bitwright.reports.read.document import read_json, refuse

FOLDER = Path("reports/baselines")
SCHEMA = 1


def path_of(config: str, target: str) -> Path:
    """Where the baseline of a config on a target is, relative to the project's root."""
    return FOLDER / config / f"{target}.json"


def accepted(build: Snapshot, members: Sequence[Snapshot] = ()) -> Snapshot:
    """A build as a baseline; members: the same design with other seeds, for the noise band.

    ValueError if the members are too few, or not builds of the same design.
    """
    for member in members:
        for name in ("config", "target", "part", "clock_mhz"):
            one, two = getattr(build, name), getattr(member, name)
            if one != two:
                raise ValueError(f"{member.label}: its {name} is {two}, not {one}")
    measured = spreads([member.measures for member in members]) if members else {}
    return replace(build, spreads=measured)


def render(baseline: Snapshot) -> str:
    """The text of a baseline's file."""
    body: dict[str, Any] = {
        "schema": SCHEMA,
        **{k: getattr(baseline, k) for k in ("config", "target", "part", "clock_mhz", "seed")},
        "usercode": baseline.usercode,
        "ok": baseline.ok,
        "broken": list(baseline.broken),
        "measures": dict(baseline.measures),
        "noise": {name: _noise(spread) for name, spread in baseline.spreads.items()},
        "paths": [asdict(path) for path in baseline.paths],
        "instances": {
            node.path: {"module": node.module, **node.area} for node in baseline.instances
        },
    }
    return _lines(body) + "\n"


def _noise(spread: Spread) -> dict[str, Any]:
    return {
        "n": spread.n,
        "mean": round(spread.mean, 6),
        "sd": round(spread.sd, 6),
        "min": min(spread.values),
        "max": max(spread.values),
        "values": list(spread.values),
    }


def _lines(body: Mapping[str, Any]) -> str:
    """JSON with one line for each metric, path and instance: git shows what changed."""
    parts = []
    for key, value in body.items():
        if isinstance(value, dict) and value:
            inner = [f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items()]
            parts.append(f" {json.dumps(key)}: {{\n" + ",\n".join(inner) + "\n }")
        elif isinstance(value, list) and value:
            inner = [f"  {json.dumps(v)}" for v in value]
            parts.append(f" {json.dumps(key)}: [\n" + ",\n".join(inner) + "\n ]")
        else:
            parts.append(f" {json.dumps(key)}: {json.dumps(value, allow_nan=False)}")
    return "{\n" + ",\n".join(parts) + "\n}"


def parse(text: str, *, origin: Path) -> Snapshot:
    """The baseline that `render` wrote. Raises ReportError."""
    body = read_json(text, origin=origin).table()
    try:
        if body["schema"] != SCHEMA:
            raise ValueError(f"schema {body['schema']}")
        return Snapshot(
            label=f"baseline {origin}",
            kind="build",
            measures={name: _number(value) for name, value in body["measures"].items()},
            **{k: body[k] for k in ("config", "target", "part", "seed", "usercode", "ok")},
            clock_mhz=float(body["clock_mhz"]),
            broken=tuple(body["broken"]),
            paths=tuple(TimingPath(**path) for path in body["paths"]),
            instances=tuple(_instance(path, node) for path, node in body["instances"].items()),
            spreads={
                name: Spread(tuple(map(_number, x["values"]))) for name, x in body["noise"].items()
            },
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        refuse(
            origin,
            "this baseline is not as known",
            expected=f"what ./doit baseline writes, schema {SCHEMA}",
            found=f"{type(error).__name__}: {error}"[:120],
            next=f"./doit baseline config={origin.parent.name} writes it anew",
        )


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is no number")
    number: float = value
    return number


def _instance(path: str, node: Mapping[str, Any]) -> Instance:
    return Instance(path, node["module"], {k: v for k, v in node.items() if k != "module"})

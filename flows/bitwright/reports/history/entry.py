"""One build as the history keeps it, and how that is read from a build's folder."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bitwright.errors import ReportError
from bitwright.reports.measures import flatten
from bitwright.reports.read.document import refuse

# What reading a document of another shape may run into.
STRANGE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
METRICS = "report/metrics.json"
FAILED = "report/failed/metrics.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """What one build measured, and what it was made of."""

    config: str
    target: str
    seed: int | None  # None: an imported report that does not say
    clock_mhz: float  # asked for
    variant: str  # of a sweep's member: seed-2; else empty
    usercode: str  # 8 hex digits: which place and route
    commit: str  # of git; empty where unknown
    dirty: bool  # sources had changed since that commit
    ended: str  # UTC, ISO 8601
    ok: bool  # the verdict
    measures: Mapping[str, float]  # by flat name, see measures.py; step.<name>.wall_s besides
    metrics: str  # the whole text of metrics.json
    tools: Mapping[str, str]  # name -> version

    @property
    def identity(self) -> str:
        """SHA-256 of what makes it this build and no other; when and where it ran is no part."""
        parts = [self.config, self.target, self.seed, self.clock_mhz, self.usercode, self.commit,
                 self.dirty, self.ok, self.metrics]  # fmt: skip
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def entry_of_build(
    folder: Path,
    *,
    seed: int | None,
    variant: str,
    git: Mapping[str, Any] | None,
    failed: bool = False,
) -> Entry | None:
    """The build that ends now in a folder, or None if it did not come to its report.

    git: {"commit", "dirty"} of its sources, None where unknown; failed: its report step did
    Raises ReportError if what lies there is damaged.
    """
    path = folder / (FAILED if failed else METRICS)
    if not path.is_file():
        return None
    return replace(_entry(path, folder, seed, variant, git), ended=_utc(time.time()))


def entry_of_metrics(path: Path) -> Entry:
    """An older metrics.json, with the manifest and the times of its build where they lie beside it.

    Raises ReportError if it cannot be read or is no metrics.json of this project.
    """
    report = path.parent.parent if path.parent.name == "failed" else path.parent
    folder = report.parent
    manifest = _json(folder / "manifest.json") if report.name == "report" else {}
    if manifest.get("usercode") != _json(path).get("usercode"):
        manifest = {}  # of another build
    seed, git = _origin(manifest)
    variant = folder.name if folder.parent.name == "variants" else ""
    return _entry(path, folder, seed, variant, git)


def _origin(manifest: Mapping[str, Any]) -> tuple[int | None, Mapping[str, Any] | None]:
    """Seed and commit of a manifest; None where it does not say."""
    seed = git = None
    with suppress(*STRANGE):
        seed = manifest["settings"]["seed"]
    with suppress(*STRANGE):
        found = manifest["git"]
        git = {"commit": _text("commit", found["commit"]), "dirty": bool(found["dirty"])}
    return (seed if type(seed) is int and 0 <= seed < 2**31 else None), git


def _entry(
    path: Path, folder: Path, seed: int | None, variant: str, git: Mapping[str, Any] | None
) -> Entry:
    try:
        text = path.read_text(encoding="utf-8")
        body = json.loads(text)
        measures = {name: _number(name, value) for name, value in flatten(body).items()}
        named = {name: _text(name, body[name]) for name in ("config", "target", "usercode")}
        versions = {name: _text(name, version) for name, version in body["tools"].items()}
        clock_mhz, met = float(measures["clock_mhz"]), bool(body["timing"]["met"])
    except OSError as error:
        raise ReportError(f"{path}: cannot be read: {error.strerror}") from error
    except STRANGE as error:
        refuse(
            path,
            "not the metrics of a build",
            expected="what the report step of this project writes",
            found=f"{type(error).__name__}: {error}",
        )
    steps, ended = _times(folder)
    return Entry(
        **named,
        seed=seed,
        clock_mhz=clock_mhz,
        variant=variant,
        commit=git["commit"] if git else "",
        dirty=bool(git and git["dirty"]),
        ended=ended or _utc(path.stat().st_mtime),
        ok=_verdict(path.with_name("verdict.json"), met),
        measures=measures | steps,
        metrics=text,
        tools=versions,
    )


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{name} is {value!r}, no number")
    number: float = value
    return number


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} is {value!r}, no text")
    value.encode()  # half of a surrogate pair cannot be kept
    return value


def _verdict(path: Path, met: bool) -> bool:
    """Whether the build was judged good; without a verdict, whether it met its clocks."""
    return bool(_json(path).get("ok", met))


def _times(folder: Path) -> tuple[dict[str, float], str]:
    """How long each step took and how much memory, in all and by step; when the last one ended."""
    found: dict[str, float] = {}
    last, total_s, peak_mib = "", 0.0, 0.0
    for path in sorted(folder.glob("*/times.json")):
        times = _json(path)
        with suppress(KeyError, TypeError, ValueError):
            wall_s, rss_mib = float(times["wall_s"]), float(times["peak_rss_mib"])
            last = max(last, str(times["ended"]))
            found[f"step.{path.parent.name}.wall_s"] = wall_s
            found[f"step.{path.parent.name}.peak_rss_mib"] = rss_mib
            total_s, peak_mib = total_s + wall_s, max(peak_mib, rss_mib)
    if found:
        found |= {"wall_s": round(total_s, 3), "peak_rss_mib": peak_mib}
    return found, last


def _utc(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _json(path: Path) -> dict[str, Any]:
    """A JSON object beside the metrics; empty if it is absent or damaged."""
    with suppress(OSError, ValueError):
        found = json.loads(path.read_bytes())
        return found if isinstance(found, dict) else {}
    return {}

"""What there is to show: each build in a folder of build/, and each that only the history knows."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bitwright.errors import ReportError, ToolError
from bitwright.record import RECORD
from bitwright.reports import history, measures
from bitwright.reports.read.document import read_json, refuse
from bitwright.reports.site.known import Body, checked

METRICS = ("report/metrics.json", "report/failed/metrics.json")  # the first that is there counts
VERDICT = "verdict.json"
STEPS = ("generate", "synthesize", "implement", "report", "bitstream")


@dataclass(frozen=True, slots=True)
class Build:
    """One build, as far as it is known."""

    id: str  # safe in a path and a URL; no two builds share one
    config: str
    target: str
    variant: str = ""  # member of a sweep: seed-2
    seed: int | None = None
    usercode: str = ""
    commit: str = ""  # SHA; empty where not known
    dirty: bool = False  # sources differed from that commit
    ended: str = ""  # UTC, ISO 8601; empty where not known
    failed: bool = False  # a step ended with an error, and there is nothing to judge
    ok: bool | None = None  # as judged; None where nothing was
    missed: tuple[str, ...] = ()  # metrics whose limits are broken, as far as is known
    measures: Mapping[str, float] = field(default_factory=dict)  # by flat name
    tools: Mapping[str, str] = field(default_factory=dict)
    metrics: str = ""  # the text of metrics.json
    folder: Path | None = None  # None: only the history has it
    problem: str = ""  # why its numbers cannot be shown

    @property
    def pair(self) -> tuple[str, str]:
        return self.config, self.target

    @property
    def name(self) -> str:
        return f"{self.config} on {self.target}"

    @property
    def pair_id(self) -> str:
        """The config and target, safe in a URL."""
        return f"{slug(self.config)}--{slug(self.target)}"

    @property
    def asked_mhz(self) -> float | None:
        return self.measures.get("clock_mhz")

    @property
    def body(self) -> Body:
        """metrics.json, parsed anew each time: hundreds of them would not fit into memory."""
        found: Body = json.loads(self.metrics)
        return found


@dataclass(frozen=True, slots=True)
class Found:
    """Everything there is to show; `builds` oldest first, `problems` one line and more each."""

    builds: tuple[Build, ...]
    problems: tuple[str, ...]

    def of(self, pair: tuple[str, str]) -> tuple[Build, ...]:
        return tuple(build for build in self.builds if build.pair == pair)


def gather(root: Path) -> Found:
    """Every build of a project. root: the project's folder. Raises nothing for a damaged file."""
    problems: list[str] = []
    folders = [_of_folder(folder, root, problems) for folder in _folders(root / "build")]
    past = list(_of_history(root / "build/history.db", problems))
    builds = sorted(_named(_merged(past, folders)), key=lambda build: (build.ended, build.id))
    return Found(tuple(builds), tuple(problems))


# --- folders --------------------------------------------------------------------------------------


def _folders(build: Path) -> Iterator[Path]:
    """build/<config>/<target> and .../variants/<slug> that hold a step of a build."""
    for base in sorted(path for path in build.glob("[!.]*/[!.]*") if path.is_dir()):
        for folder in (base, *sorted(base.glob("variants/*"))):
            if any((folder / step / "times.json").is_file() for step in STEPS) or any(
                (folder / name).is_file() for name in METRICS
            ):
                yield folder


def _of_folder(folder: Path, root: Path, problems: list[str]) -> Build:
    variant = folder.name if folder.parent.name == "variants" else ""
    base = folder.parents[1] if variant else folder
    build = Build("", base.parent.name, base.name, variant, folder=folder)
    for read in (_read_manifest, _read_timings, _read_metrics):
        try:
            build = read(build, folder, root)
        except ReportError as error:
            problems.append(str(error))
            build = replace(build, problem=build.problem or str(error))
    return build


def _read_manifest(build: Build, folder: Path, root: Path) -> Build:
    text = text_of(folder / "manifest.json", root)
    if text is None:
        return build
    document = read_json(text, origin=shown(folder / "manifest.json", root))
    git, seed = document["git"], document["settings"]["seed"].count()
    if git.value is None:
        return replace(build, seed=seed)
    return replace(build, seed=seed, commit=git["commit"].text(), dirty=bool(git["dirty"].value))


def _read_timings(build: Build, folder: Path, root: Path) -> Build:
    rows = timings(folder, root)
    found = {
        f"step.{name}.{key}": float(row[key])
        for name, row in rows.items()
        for key in ("wall_s", "peak_rss_mib")
    }
    if rows:
        found["wall_s"] = round(sum(row["wall_s"] for row in rows.values()), 3)
        found["peak_rss_mib"] = max(row["peak_rss_mib"] for row in rows.values())
    ended = max((row["ended"] for row in rows.values()), default="")
    return replace(build, measures={**build.measures, **found}, ended=ended)


def timings(folder: Path, root: Path) -> dict[str, dict[str, Any]]:
    """The rows of timings.json by step; empty where there is none. Raises ReportError."""
    path = folder / "timings.json"
    text = text_of(path, root)
    if text is None:
        return {}
    rows = {}
    for row in read_json(text, origin=shown(path, root))["steps"].items():
        rows[row["name"].text()] = {
            "wall_s": row["wall_s"].number(0),
            "peak_rss_mib": row["peak_rss_mib"].number(0),
            "cached": bool(row["cached"].value),
            "ended": row["ended"].text(),
        }
    return rows


def _read_metrics(build: Build, folder: Path, root: Path) -> Build:
    path = next((folder / name for name in METRICS if (folder / name).exists()), None)
    if path is None:
        return replace(build, failed=any(_ended_in_error(folder / step, step) for step in STEPS))
    text = text_of(path, root) or ""
    body = checked(text, shown(path, root))
    verdict = judged(path.parent, root)
    return replace(
        build,
        usercode=str(body["usercode"]),
        ok=bool(verdict["ok"] if verdict else body["timing"]["met"]),
        missed=_missed(verdict) if verdict else (),
        measures={**build.measures, **measures.flatten(body)},
        tools={str(name): str(version) for name, version in body["tools"].items()},
        metrics=text,
    )


def _ended_in_error(folder: Path, step: str) -> bool:
    """Whether the last run of a step says so in its log; one that ended well left a Record."""
    if (folder / RECORD).exists():
        return False
    try:
        with (folder / f"{step}.log").open(encoding="utf-8", errors="replace") as lines:
            return any(line.startswith("ERROR:") for line in lines)
    except OSError:
        return False


def _missed(verdict: Body) -> tuple[str, ...]:
    rows = [row for row in verdict["judged"] if not row["ok"] and row["waived"] is None]
    return tuple(dict.fromkeys(row["metric"] for row in rows))


def judged(report: Path, root: Path) -> Body | None:
    """verdict.json beside the metrics; None where there is none. Raises ReportError."""
    text = text_of(report / VERDICT, root)
    if text is None:
        return None
    document = read_json(text, origin=shown(report / VERDICT, root))
    for row in document["judged"].items():
        for name in ("metric", "source", "sign", "limit"):
            row[name].text()
        for name in ("value", "bound", "margin"):
            row[name].number()
        for name in ("ok", "waived", "until"):
            row[name]  # there, whatever it is
    document["ok"]
    found: Body = document.table()
    return found


def text_of(path: Path, root: Path) -> str | None:
    """A file's text; None where there is no such file. Raises ReportError if it is unreadable."""
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        refuse(shown(path, root), "cannot be read", expected="UTF-8 text", found=str(error))


def shown(path: Path, root: Path) -> Path:
    """A path as messages and pages name it: from the project's root."""
    return path.relative_to(root) if path.is_relative_to(root) else path


# --- history --------------------------------------------------------------------------------------


def _of_history(path: Path, problems: list[str]) -> Iterator[Build]:
    """What the history remembers, oldest first; a history that cannot be read is a problem."""
    try:
        entries = history.open(path).entries() if path.exists() else []
    except ToolError as error:
        problems.append(str(error))
        return
    for entry in entries:
        build = Build(
            "",
            entry.config,
            entry.target,
            entry.variant,
            seed=entry.seed,
            usercode=entry.usercode,
            commit=entry.commit,
            dirty=entry.dirty,
            ended=entry.ended,
            ok=entry.ok,
            measures=entry.measures,
            tools=entry.tools,
            metrics=entry.metrics,
        )
        try:
            checked(entry.metrics, Path(f"{path.name}: {build.name}, {entry.ended}"))
        except ReportError as error:
            problems.append(str(error))
            build = replace(build, metrics="", problem=str(error))
        yield build


def _merged(past: Iterable[Build], folders: Iterable[Build]) -> list[Build]:
    """All of them. A build whose folder is still there stands once, with what both know of it."""
    merged = list(past)
    for build in folders:
        same = [index for index, other in enumerate(merged) if _same(build, other)]
        if same:
            other = merged.pop(same[-1])
            build = replace(
                build,
                measures={**other.measures, **build.measures},
                commit=build.commit or other.commit,
                dirty=build.dirty or (not build.commit and other.dirty),
                seed=other.seed if build.seed is None else build.seed,
                ended=build.ended or other.ended,
            )
        merged.append(build)
    return merged


def _same(build: Build, other: Build) -> bool:
    """Whether what lies in a folder is what the history has; its commit may be unknown by now."""
    if other.folder is not None or not build.metrics or build.metrics != other.metrics:
        return False
    same = (build.pair, build.variant) == (other.pair, other.variant)
    return same and build.commit in ("", other.commit)


def _named(builds: Iterable[Build]) -> Iterator[Build]:
    """The builds with their ids: names, then for what only the history has, when and which."""
    taken: set[str] = set()
    for build in sorted(builds, key=lambda build: (build.folder is None, build.ended)):
        words = [build.config, build.target, build.variant]
        if build.folder is None:
            words += [re.sub(r"\D", "", build.ended), build.usercode]
        base = wanted = "--".join(slug(word) for word in words if word)
        count = 1
        while wanted in taken:
            count += 1
            wanted = f"{base}--{count}"
        taken.add(wanted)
        yield replace(build, id=wanted)


def slug(text: str) -> str:
    """A name as part of a file name: itself if it is safe, else what is safe of it and a digest."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip(".-")[:60]
    if safe == text and text:
        return text
    return f"{safe or 'x'}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"

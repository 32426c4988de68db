"""What a build was made of and what came out: manifest.json, and timings.json beside it.

The manifest is the same in two clones of one commit: it holds hashes and versions, no time and no
absolute path. Times and memory stand in timings.json, which nothing hashes. Both are written at the
end of a build, in process, and only where their bytes change.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitwright import engine, git
from bitwright.engine import Record, Step
from bitwright.record import digest, write_if_changed

if TYPE_CHECKING:
    from bitwright.design import Design

SCHEMA = 1
MANIFEST = "manifest.json"
TIMINGS = "timings.json"
MANIFESTS = "manifests"  # by USERCODE, so that yesterday's bitstream can still be told
TARGETS = Path("configs/targets")
NAMING = ("implement", "link")  # steps whose key names the hardware: of a plan, the one it has
USERCODE_DIGITS = 8  # of that key, in hex: the 32 bits of the USERCODE
# Of a Design: says why or where, not what; differs with what is installed.
NO_SETTING = frozenset({"choice", "source", "variant"})


def finalise(design: Design, steps: Sequence[Step]) -> bool:
    """Write both files of a build, given all its steps; the working directory is the root.

    A manifest describes a whole build: while a step has no Record of its present key, there is
    none, and one of an earlier build is removed. Returns whether there is one now.
    Raises OSError if a file cannot be written.
    """
    _write_timings(design.build, steps)
    path = design.build / MANIFEST
    records = {step.name: engine.record(step) for step in steps}
    complete = {
        step.name: record
        for step in steps
        if (record := records[step.name]) is not None and record.key == _key(step)
    }
    if len(complete) != len(steps):
        path.unlink(missing_ok=True)
        return False
    body = manifest(design, steps, complete)
    data = (json.dumps(body, indent=1, sort_keys=True) + "\n").encode()
    write_if_changed(path, data)
    if body["usercode"]:
        write_if_changed(design.build / MANIFESTS / f"{body['usercode']}.json", data)
    return True


def manifest(
    design: Design, steps: Sequence[Step], records: Mapping[str, Record]
) -> dict[str, Any]:
    """The content of manifest.json. records: of every step, by name."""
    sources = _sources(design, steps)
    naming = next((records[name] for name in NAMING if name in records), None)
    return {
        "schema": SCHEMA,
        "config": design.config,
        "target": design.target.name,
        "usercode": naming.key[:USERCODE_DIGITS] if naming else None,
        "git": git_state(Path(), sources),
        "settings": {k: v for k, v in _plain(asdict(design)).items() if k not in NO_SETTING},
        "tools": {name: v for record in records.values() for name, v in record.tools.items()},
        "sources": {path.as_posix(): digest(path) for path in sources},
        "steps": [_step(step, records[step.name]) for step in steps],
    }


def git_state(root: Path, sources: Sequence[Path]) -> dict[str, Any] | None:
    """{"commit": SHA, "dirty": whether any source differs from that commit}.

    None where the root is no git work tree of its own (a tarball), git is missing or refuses.
    Runs git once, without its optional locks; no setting of the repository starts a program.
    """
    if not (root / ".git").exists():
        return None
    words = ["-c", "core.quotePath=false", "status", "--porcelain=v2", "--branch", "-z"]
    words += ["--untracked-files=all", "--ignored=matching"]
    words += ["--", *(f":(top,literal){path.as_posix()}" for path in sources)]
    lines = [line for line in (git.output(*words, root=root) or "").split("\0") if line]
    oids = [line.split()[2] for line in lines if line.startswith("# branch.oid ")]
    if not oids or oids[0] == "(initial)":
        return None
    return {"commit": oids[0], "dirty": any(not line.startswith("#") for line in lines)}


def git_of(design: Design, steps: Sequence[Step]) -> dict[str, Any] | None:
    """The commit that a build is of, as git_state; from its manifest where there is one."""
    try:
        body = json.loads((design.build / MANIFEST).read_bytes())
        git: dict[str, Any] | None = body["git"]
    except (OSError, ValueError, KeyError, TypeError):
        return git_state(Path(), _sources(design, steps))
    return git


def _key(step: Step) -> str | None:
    try:
        return engine.key(step)
    except OSError:  # a file it reads is gone
        return None


def _write_timings(build: Path, steps: Sequence[Step]) -> None:
    """timings.json: for each step that ever ended well, how long and how much memory it took."""
    rows = []
    for step in steps:
        times = engine.times(step)
        if times is not None:
            rows.append(
                {
                    "name": step.name,
                    "wall_s": round(times.wall_s, 3),
                    "peak_rss_mib": round(times.peak_rss_mib, 1),
                    "cached": times.cached,
                    "ended": times.ended,
                }
            )
    if rows:
        text = json.dumps({"schema": SCHEMA, "steps": rows}, indent=1) + "\n"
        write_if_changed(build / TIMINGS, text.encode())


def _sources(design: Design, steps: Sequence[Step]) -> list[Path]:
    """What the build reads and did not make itself, with the config and the target it is of."""
    paths = {Path(os.path.normpath(path)) for step in steps for path in step.reads}
    for path in (design.source, TARGETS / f"{design.target.name}.yml"):
        if path.is_file() and not path.is_absolute():
            paths.add(path)
    return sorted(path for path in paths if design.build not in path.parents)


def _step(step: Step, record: Record) -> dict[str, Any]:
    outputs = {(step.dir / name).as_posix(): sha for name, sha in sorted(record.outputs.items())}
    return {"name": step.name, "key": record.key, "outputs": outputs}


def _plain(value: Any) -> Any:
    """Dataclass fields as JSON holds them."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)

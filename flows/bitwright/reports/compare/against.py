"""What a build is compared with: its baseline, a revision of git, a folder or a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bitwright import git
from bitwright.errors import ConfigError
from bitwright.reports.compare import baseline, command
from bitwright.reports.compare.noise import Band, between
from bitwright.reports.compare.snapshot import Snapshot, facts
from bitwright.yamlfile import shown

BASELINE = "baseline"
REVISION = re.compile(r"[A-Za-z0-9_@][A-Za-z0-9_./@{}~^+-]{0,199}\Z")


def find(
    text: str, *, config: str, target: str, asked: str, path: Path, history: Path | None = None
) -> Snapshot:
    """The snapshot that against= names; the working directory is the project's root.

    asked: the design as the command line names it, for hints
    path: what `text` is as a path; taken if something lies there
    history: the database of builds, asked for a build of the revision
    Raises ConfigError if there is nothing of that name, ReportError if it cannot be read.
    """
    file = baseline.path_of(config, target)
    if text == BASELINE:
        if not file.is_file():
            raise ConfigError(f"no baseline {file}\n  next      ./doit baseline {asked}")
        return Snapshot.of_baseline(file)
    if path.exists():
        return command.of(path)
    commit = _commit(text)
    if commit is None:
        raise ConfigError(
            f"against={text}: neither a path nor a revision of git\n"
            "  next      against=baseline, against=HEAD~1, or the folder of a build"
        )
    found = _of_revision(commit, config, target, history)
    if found is None:
        raise ConfigError(
            f"against={text}: commit {commit[:10]} has no {file}, and the history no build of it\n"
            "  next      build that revision, or compare with a folder"
        )
    return found


def noise(before: Snapshot) -> Mapping[str, Band] | None:
    """The noise bands about one build, by the seeds of the baseline of its config and target.

    None where `before` has seeds of its own, or there is no such baseline with some.
    """
    file = baseline.path_of(before.config, before.target)
    if before.kind != "build" or before.spreads or not file.is_file():
        return None
    known = Snapshot.of_baseline(file)
    alike = all(
        getattr(known, name) == getattr(before, name)
        for name in ("config", "target", "part", "clock_mhz")
    )
    if not alike or not known.spreads:
        return None
    return between(known.spreads, before.measures, facts(before.measures, before.measures))


def _of_revision(commit: str, config: str, target: str, history: Path | None) -> Snapshot | None:
    """The newest build of that commit, with the noise of its baseline; else that baseline."""
    file = baseline.path_of(config, target)
    text = git.output("show", f"{commit}:{file.as_posix()}")
    accepted = baseline.parse(text, origin=file) if text is not None else None
    built = _built(commit, config, target, history)
    if built is None:
        label = f"baseline as of {commit[:10]}"
        return replace(accepted, label=label, commit=commit) if accepted else None
    same = accepted is not None and accepted.usercode == built.usercode
    return replace(built, spreads=accepted.spreads) if accepted and same else built


def _built(commit: str, config: str, target: str, path: Path | None) -> Snapshot | None:
    """The newest build of a commit in the history, of the seed that is built by default."""
    if path is None or not path.is_file():
        return None
    from bitwright.reports import history

    entries = [
        entry
        for entry in history.open(path).entries(config, target)
        if entry.commit == commit and not entry.dirty and entry.seed in (1, None)
    ]
    if not entries:
        return None
    last = entries[-1]
    found = Snapshot.of_metrics(last.metrics, f"build of {commit[:10]}")
    return replace(found, commit=commit, seed=last.seed, ok=last.ok)


def _commit(revision: str) -> str | None:
    """The commit that a revision names, or None."""
    if not REVISION.match(revision):
        raise ConfigError(f"against: expected a path or a revision of git, found {shown(revision)}")
    out = git.output("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    return out.strip() if out else None

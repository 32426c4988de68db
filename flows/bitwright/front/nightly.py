"""`nightly`: build a matrix, compare with the baselines, one page about it.

Exit status 0: nothing failed, nothing got worse. 1: something did; the summary says what. 2: the
command line or the matrix is wrong, nothing was built. 128 + signal: interrupted.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bitwright.errors import ConfigError, ToolError
from bitwright.front import history, options
from bitwright.front.session import FAILED, Session
from bitwright.front.show import say
from bitwright.schema import Integer, OneOf
from bitwright.yamlfile import shown

if TYPE_CHECKING:
    from bitwright.nightly.judge import Night, Skipped
    from bitwright.sweep import Member, Outcome

FOLDER = Path("build/nightly")
SUMMARY = FOLDER / "summary.md"
JOBS = Integer(1, 1024)
MISSING = OneOf(("skip", "fail"))
PASSED = ("cache", "cache_gib")  # options that every build of the matrix gets


def task(session: Session) -> bool:
    """Build, compare, write build/nightly/summary.md; False if anything failed or got worse."""
    from bitwright.nightly import judge, matrix, summary
    from bitwright.record import write_atomic

    values = session.line.values
    missing = _choice(values, "missing", MISSING) or "skip"
    jobs = _choice(values, "jobs", JOBS)
    given = values.get("matrix")
    if given == "":
        raise ConfigError("command line: matrix: expected a file, found nothing")
    path = Path(options.from_caller(given)) if given else matrix.DEFAULT
    wanted = matrix.read_matrix(path, Path.cwd(), str(given or matrix.DEFAULT))
    SUMMARY.unlink(missing_ok=True)  # until there is one of this night
    members, skipped = _buildable(wanted.members)
    for each in skipped:
        say(f"not built  {each.member}: {each.reason}")
    outcomes = _sweep(session, members, jobs)
    night = judge.judge(outcomes, skipped, Path(), missing_fails=missing == "fail")
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_atomic(SUMMARY, summary.render(night, commit=_commit(members)).encode())
    _site()
    _tell(night)
    if not night.good:
        session.status = FAILED
    return True


def _choice(values: Mapping[str, str], name: str, reader: OneOf | Integer) -> str:
    text = values.get(name)
    if text is not None and reader.text(text) is None:
        raise ConfigError(f"command line: {name}: expected {reader}, found {shown(text)}")
    return text or ""


def _buildable(members: tuple[Member, ...]) -> tuple[list[Member], list[Skipped]]:
    """The members whose tools are here, and the others with what they lack."""
    from bitwright import toolchains
    from bitwright.design import read_target
    from bitwright.nightly.judge import Skipped

    here: list[Member] = []
    skipped: list[Skipped] = []
    reasons: dict[str, str] = {}
    for member in members:
        if member.target not in reasons:
            toolchain = read_target(member.target, Path.cwd()).toolchain
            lacking = ", ".join(toolchains.missing(toolchain))
            reasons[member.target] = f"lacks {lacking}" if lacking else ""
        if reason := reasons[member.target]:
            skipped.append(Skipped(member, reason))
        else:
            here.append(member)
    return here, skipped


def _sweep(session: Session, members: list[Member], jobs: str) -> list[Outcome]:
    from dataclasses import replace

    from bitwright import sweep
    from bitwright.front.sweepview import view

    passed = {name: session.line.values[name] for name in PASSED if name in session.line.values}
    passed["history"] = str(history.path(session.line.values).absolute())
    builds = [replace(member, options={**member.options, **passed}) for member in members]
    display = view(builds)
    session.running.add("sweep")  # a signal ends the builds, and then this run
    try:
        return sweep.run(builds, jobs=int(jobs) if jobs else None, on_event=display.event)
    finally:
        session.running.discard("sweep")
        display.close()


def _site() -> None:
    """Make the site anew. What it cannot read it says; the night is judged all the same."""
    from bitwright.front.site import SITE
    from bitwright.reports import site

    try:
        built = site.build(Path.cwd(), Path.cwd() / SITE)
    except OSError as error:
        raise ToolError(f"{error.filename or SITE}: {error.strerror}") from error
    for problem in built.problems:
        say(f"site  {problem}")


def _commit(members: list[Member]) -> str:
    """The commit that was built and whether the tree had changes, as the manifests say."""
    import json
    from contextlib import suppress

    from bitwright.manifest import MANIFEST

    for member in members:
        with suppress(OSError, ValueError, KeyError, TypeError):
            git = json.loads((member.folder / MANIFEST).read_bytes())["git"]
            return f"{git['commit'][:10]}{', sources changed since' if git['dirty'] else ''}"
    return ""


def _tell(night: Night) -> None:
    """What the summary says first, for a terminal or a log."""
    from bitwright.nightly import summary
    from bitwright.reports.compare.render import cells

    say(f"\nnightly: {summary.headline(night)}")
    for design, row in night.worse:
        metric, before, after, change, band, _ = cells(row)
        say(f"  {metric}  {before} -> {after}  {change}  band {band or '-'}  {design.name}")
    for outcome in night.failed:
        say(f"  {outcome.member} failed{' in ' * bool(outcome.failed)}{outcome.failed}")
    say(str(SUMMARY))

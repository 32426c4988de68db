"""`diff` and `baseline`: a build beside what was accepted, and accepting it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bitwright.errors import ConfigError, ReportError, ToolError
from bitwright.front import history, options
from bitwright.front.session import REFUSED, Session, config_path
from bitwright.front.show import say
from bitwright.schema import Integer, OneOf
from bitwright.yamlfile import shown

if TYPE_CHECKING:
    from bitwright.design import Design
    from bitwright.reports.compare import Snapshot


def diff(session: Session) -> bool:
    """Print what changed since the baseline, a revision or another build; False if for the worse.

    The exit status is 2 where nothing could be judged: no build, not the one that was asked for,
    one side cannot be read, or the two are not of a kind.
    """
    try:
        return _diff(session)
    except (ReportError, ToolError) as error:  # their status is 1, which says that it got worse
        raise ConfigError(str(error)) from error


def _diff(session: Session) -> bool:
    from bitwright.reports.compare import command, compare
    from bitwright.reports.compare.against import BASELINE, find, noise

    design = session.design
    assert design is not None
    values = session.line.values
    form = _choice("format", values.get("format", "table"), options.FORMAT)
    against = values.get("against", BASELINE)
    after = _built(session, "compare")
    before = find(
        against,
        config=design.config,
        target=design.target.name,
        asked=_asked(session, "config"),
        path=_inside(Path(options.from_caller(against))),
        history=history.path(values),
    )
    remarks = [f"what is built is not up to date: {reason}" for reason in _stale(session, after)]
    found = compare(
        before,
        after,
        noise=noise(before),
        thresholds=design.demands.thresholds,
        remarks=remarks[:1],
    )
    command.show(found, form)
    if command.status(found) == command.UNJUDGED:
        session.status = REFUSED
        return True
    return not found.worse


def _built(session: Session, purpose: str) -> Snapshot:
    """The build that was asked for; ConfigError if there is none, or another one is there.

    Sources that changed since are no reason: what was built of them can be judged.
    """
    from bitwright.reports.compare import Snapshot
    from bitwright.reports.compare.snapshot import FAILED, METRICS, REPORT

    design = session.design
    assert design is not None
    build = f"./doit bitstream {_asked(session, 'config', 'seed', 'clock_mhz', 'variant')}"
    if not any((design.build / place / METRICS).is_file() for place in (REPORT, FAILED)):
        raise ConfigError(
            f"there is no build to {purpose}: no {design.build / REPORT / METRICS}\n"
            f"  next      {build}"
        )
    found = Snapshot.of_build(design.build)
    for name, there, wanted in (
        ("seed", found.seed, design.seed),
        ("clock_mhz", found.clock_mhz, design.clock_mhz),
    ):
        known = there is not None
        if there != wanted and (known or name in session.line.values):
            has = f"{name}={there:.12g}" if known else f"no known {name}"
            there_is = f", or {has} for what is there" if known else ""
            raise ConfigError(
                f"nothing to {purpose}: what is built in {design.build} has {has},"
                f" not {name}={wanted:.12g}\n  next      {build}{there_is}"
            )
    return found


def _asked(session: Session, *names: str) -> str:
    """The design as the command line names it, for a hint: config= may be a path."""
    assert session.design is not None
    given = {**session.line.values, "target": session.design.target.name}
    found = [
        f"{name}={given[name]}" for name in (*names[:1], "target", *names[1:]) if name in given
    ]
    return " ".join(map(shlex.quote, found))


def _inside(path: Path) -> Path:
    """A path below the project's root as it is said from there."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _stale(session: Session, built: Snapshot) -> list[str]:
    """Why the numbers that lie there are not those of the sources as they are."""
    from bitwright import engine

    after = ("bitstream", "deploy")  # what comes after the numbers
    wanted = [step for name, step in session.steps.items() if name not in after]
    rows = [(step.name, reason) for step, reason in engine.outlook(wanted) if reason]
    if built.ok is False:  # a failed report step would run again, and fail again
        rows = [row for row in rows if row[0] != "report"]
    return [f"{name}: {reason}" for name, reason in rows]


def _choice(name: str, text: str, reader: OneOf | Integer) -> str:
    if reader.text(text) is None:
        raise ConfigError(f"command line: {name}: expected {reader}, found {shown(text)}")
    return text


# --- accepting ----------------------------------------------------------------------------------


def accept(session: Session) -> None:
    """Write the present numbers as the baseline; with seeds=N the spread over N seeds too.

    Raises ConfigError unless the build is up to date and its verdict good, or force=on.
    """
    from bitwright.record import write_if_changed
    from bitwright.reports.compare import baseline

    design = session.design
    assert design is not None
    values = session.line.values
    force = _choice("force", values.get("force", "off"), options.FORCE) == "on"
    seeds = int(_choice("seeds", values["seeds"], options.SEEDS)) if "seeds" in values else 0
    build = _built(session, "accept")
    if not force:
        _refuse_doubtful(session, build)
    build = replace(build, seed=design.seed)
    try:
        made = baseline.accepted(build, _members(session, design, seeds) if seeds else ())
    except ValueError as error:
        raise ReportError(f"these builds make no baseline: {error}") from error
    path = baseline.path_of(design.config, design.target.name)
    if not seeds:
        made = _keep_noise(made, path)
    path.parent.mkdir(parents=True, exist_ok=True)
    changed = write_if_changed(path, baseline.render(made).encode())
    _tell(made)
    say(f"{path}: {'written; commit it' if changed else 'as it was'}")


def _refuse_doubtful(session: Session, build: Snapshot) -> None:
    which = _asked(session, "config", "seed", "clock_mhz", "variant")
    if build.ok is False:
        broken = ", ".join(build.broken) or "a clock is missed"
        raise ConfigError(
            f"not accepted: the verdict on this build is bad ({broken})\n"
            f"  next      mend it, waive it in the config, or ./doit baseline {which} force=on"
        )
    stale = _stale(session, build)
    if stale:
        raise ConfigError(
            f"not accepted: what is built is not up to date ({stale[0]})\n"
            f"  next      ./doit bitstream {which}, then this again"
        )


def _keep_noise(made: Snapshot, path: Path) -> Snapshot:
    """The noise of the baseline so far, if it is of this very place and route."""
    from bitwright.reports.compare import Snapshot

    try:
        former = Snapshot.of_baseline(path) if path.is_file() else None
    except ReportError:
        return made  # damaged: it is about to be replaced
    if former is None or not former.spreads:
        return made
    if former.usercode == made.usercode and former.measures == made.measures:
        return replace(made, spreads=former.spreads)
    say("the noise band so far was measured on another netlist and is dropped; seeds=8 measures it")
    return made


def _members(session: Session, design: Design, seeds: int) -> Sequence[Snapshot]:
    """The design built with the seeds 1 to N. Raises ReportError where one left no numbers."""
    from bitwright import sweep
    from bitwright.reports.compare import Snapshot

    given = session.line.values
    passed = {name: given[name] for name in ("clock_mhz", "cache", "cache_gib") if name in given}
    config = config_path(given, session.commands)
    members = [
        sweep.Member(config, design.target.name, seed, passed) for seed in range(1, seeds + 1)
    ]
    session.running.add("sweep")
    try:
        outcomes = sweep.run(members, jobs=None, on_event=_progress)
    finally:
        session.running.discard("sweep")
    found = []
    for outcome in outcomes:
        try:
            found.append(Snapshot.of_build(outcome.folder))  # a missed clock has numbers too
        except ReportError as error:
            raise ReportError(f"seed {outcome.member.seed} left no numbers\n{error}") from error
    return found


def _progress(event: object) -> None:
    kind, outcome = getattr(event, "kind", ""), getattr(event, "outcome", None)
    if kind == "ended" and outcome is not None:
        state = "done" if outcome.status == 0 else f"failed, see {outcome.log}"
        say(f"seed {outcome.member.seed:<3} {state} in {outcome.wall_s:.0f} s")


def _tell(made: Snapshot) -> None:
    """The spread of what was measured with several seeds."""
    from bitwright.reports.compare.snapshot import facts
    from bitwright.reports.measures import measure_of

    if not made.spreads:
        say("one seed: no noise band, a diff judges by tolerance alone (seeds=8 measures one)")
        return
    known = facts(made.measures, made.measures)
    found = {name: band for name, band in made.bands().items() if name in known}
    width = max(map(len, found))
    say(f"{'measure':<{width}}  {'mean':>9}  {'sd':>7}  {'seen':>19}  noise band")
    for name, band in found.items():
        spread, measure = made.spreads[name], measure_of(name)
        digits = measure.digits if measure else 0
        if band.exact:
            say(
                f"{name:<{width}}  {band.mean:9.{digits}f}  {'-':>7}  {'-':>19}  no seed changes it"
            )
            continue
        seen = f"{min(spread.values):.{digits}f} to {max(spread.values):.{digits}f}"
        room = f"{band.low:.{digits}f} to {band.high:.{digits}f}"
        say(f"{name:<{width}}  {band.mean:9.{digits}f}  {band.sd:7.{digits}f}  {seen:>19}  {room}")

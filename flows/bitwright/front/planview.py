"""What `plan` shows: the steps of a build, the state of each, what each does and what it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bitwright.design import HLS_TOOLS
from bitwright.step import Step
from bitwright.steps import hls
from bitwright.vivado import locate, machine
from bitwright.vivado.request import REQUEST, Request

COLUMNS = 100  # of a line, where a step's state leaves room for its title
STATE = 36  # columns for the states; a longer one pushes its title to the right


def lines(rows: Iterable[tuple[Step, str | None]]) -> Iterator[str]:
    """One for each step and why it would run; None: it is up to date."""
    shown = [(step.name, _state(step, reason), reason, step.title) for step, reason in rows]
    longest = max((len(name) for name, *_ in shown), default=0)
    wide = max((len(state) for _, state, *_ in shown if len(state) <= STATE), default=0)
    for name, state, reason, title in shown:
        line = f"  {'✓' if reason is None else '→'} {name:<{longest}}  {state:<{wide}}"
        fits = title and len(line) + 2 + len(title) <= COLUMNS
        yield f"{line}  {title}" if fits else line.rstrip()


def _state(step: Step, reason: str | None) -> str:
    if reason is None:
        return "up to date"
    lacks = lacking(step)
    return f"{reason}; needs {lacks}" if lacks else reason


def lacking(step: Step) -> str:
    """The tool of AMD's that a step runs and this machine has not; "" if it can run."""
    if hls.RUN_CODE in step.command:
        return "" if any(map(_here, HLS_TOOLS)) else f"one of {', '.join(HLS_TOOLS)}"
    request = dict(step.scripts).get(REQUEST)
    tool = Request.from_json(request).tool if request else ""
    return "" if not tool or _here(tool) else tool


def _here(tool: str) -> bool:
    return locate.find(tool, machine.load()) is not None

"""What a step asks of a vendor's tool: `vivado.json`, rendered by a plan, obeyed by `run.py`.

A script tells where it is by lines of its own, which `run.py` and the engine's display read:

    puts {bitwright: place}          the stage `place` begins
    puts {bitwright: judge placed}   what the gate `placed` judges is written
    puts {bitwright: done}           the script has reached its end; without it the run is bad

Nothing here names a machine: where a tool is and how it is wrapped (`machine.py`) is in no key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from bitwright.errors import ConfigError

REQUEST = "vivado.json"  # what a step calls it
MESSAGES = "messages.json"  # left beside what it makes: warnings, critical or not, each once
MARK = "bitwright: "  # begins a line in which a script says where it is
DONE, JUDGE = "done", "judge "  # what it says besides the names of stages
BAD = 3  # exit status: a gate found the design bad (Step.judgement)
PHASES = (  # for Step.phases: our stages, and what Vivado tells of its own
    (rf"^{MARK}(?!{JUDGE}|{DONE}$)(\w.*)", r"\1"),
    (r"^Phase [\d.]+ (\w[^|:]*?)\s*(?:\||:|$)", r"\1"),
    (r"^Starting (\w[\w ]*?) Task\b", r"\1"),
    (
        r"^Start(?:ing)? ((?:RTL|Cross|Technology|Timing|Area|Final|Synthesis)[\w ]*?)(?: :|$)",
        r"\1",
    ),
)
ERRORS = (r"^(?:FATAL )?ERROR\b", r"^\[?ERROR\]?\b", r"^  \| ", r"^\w*Error: ")  # for Step.errors


@dataclass(frozen=True, slots=True)
class Resume:
    """Where a run that was killed may go on: the first whose checkpoint is whole is taken."""

    checkpoint: str  # file in the step's folder, left by a run of the same key (Step.keeps)
    script: str  # sourced in place of Request.script
    stage: str  # the first stage that this script announces; those before it count as run


@dataclass(frozen=True, slots=True)
class Gate:
    """A judge of what is written so far; the tool goes on meanwhile, and is ended if it is bad.

    module runs as `python -m module arguments...` in the step's folder: exit status 0 good, 3 bad
    (what it prints are the reasons), anything else is an error.
    """

    name: str  # as in the line `bitwright: judge <name>`
    module: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a run that found no licence is begun again, and the pauses between, doubling."""

    attempts: int = 6  # runs, the first one included
    first_s: float = 60.0
    longest_s: float = 1800.0

    def pauses(self) -> tuple[float, ...]:
        """Seconds before each further attempt."""
        return tuple(
            min(self.first_s * 2.0**n, self.longest_s) for n in range(max(self.attempts - 1, 0))
        )


@dataclass(frozen=True, slots=True)
class Request:
    """One run of one tool in a step's folder; every path is relative to that folder."""

    tool: str  # its program's name: vivado, v++, xclbinutil, vitis_hls, ...
    script: str = ""  # Tcl that vivado sources in batch mode; "" where arguments say all
    arguments: tuple[str, ...] = ()  # vivado: -tclargs; any other tool: its whole command line
    expects: tuple[str, ...] = ()  # files that must be there afterwards: not empty, zips whole
    stages: tuple[str, ...] = ()  # that the script announces, in order, every one
    resume: tuple[Resume, ...] = ()  # the latest stage first
    gates: tuple[Gate, ...] = ()
    retries: Retries = Retries()
    canonical: tuple[str, ...] = ()  # .bit, .hwh, .xsa: written again without times, if all is well

    def to_json(self) -> str:
        """The text of vivado.json: the same bytes for the same request."""
        return json.dumps(asdict(self), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Request:
        """The request that a text holds. Raises ConfigError saying what is wrong with it."""
        try:
            return _request(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ConfigError(
                f"{REQUEST}: {str(error)[:200]}\n"
                f"  expected  what bitwright.vivado.request.Request.to_json writes\n"
                f"  next      run the step again; the engine writes this file"
            ) from error


_PARTS: Mapping[str, type[Resume | Gate]] = {
    "resume": Resume,
    "gates": Gate,
}
_TEXTS = ("arguments", "expects", "stages", "canonical")


def _request(document: Any) -> Request:
    values = _known(Request, document)
    values |= {name: _texts(name, values[name]) for name in _TEXTS if name in values}
    for name, kind in _PARTS.items():
        if name in values:
            values[name] = tuple(_part(name, kind, item) for item in values[name])
    if "retries" in values:
        values["retries"] = _retries(values["retries"])
    for name in ("tool", "script"):
        if not isinstance(values.get(name, ""), str):
            raise TypeError(f"{name}: expected text")
    return Request(**values)


def _known(kind: Any, document: Any) -> dict[str, Any]:
    """The mapping, if all its keys are fields of the dataclass."""
    if not isinstance(document, dict):
        raise TypeError(f"expected an object, found {type(document).__name__}")
    unknown = sorted(document.keys() - {field.name for field in fields(kind)})
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}")
    return dict(document)


def _part(name: str, kind: Any, item: Any) -> Any:
    values = _known(kind, item)
    if "arguments" in values:
        values["arguments"] = _texts("arguments", values["arguments"])
    if any(not isinstance(value, str | tuple) for value in values.values()):
        raise TypeError(f"{name}: expected text")
    return kind(**values)


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError(f"{name}: expected a list of texts")
    return tuple(value)


def _retries(item: Any) -> Retries:
    values = _known(Retries, item)
    if any(
        isinstance(value, bool) or not isinstance(value, int | float) for value in values.values()
    ):
        raise TypeError("retries: expected numbers")
    return Retries(**values)

"""Steps as JSON and back."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bitwright.engine import Judgement, Step, Tool

PATHS = ("reads", "writes")
PAIRS = ("scripts", "settings", "env", "phases")
WORDS = ("command", "after", "errors", "keeps")


def to_json(step: Step) -> dict[str, Any]:
    """A Step as JSON can hold it."""
    found: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(step), default=str))
    return found


def from_json(data: Mapping[str, Any]) -> Step:
    """The Step that to_json was given. Raises KeyError, TypeError or ValueError if it is none."""
    values = dict(data)
    values["dir"] = Path(values["dir"])
    for name in PATHS:
        values[name] = tuple(map(Path, values[name]))
    for name in PAIRS:
        values[name] = tuple((first, second) for first, second in values[name])
    for name in WORDS:
        values[name] = tuple(values[name])
    values["tools"] = tuple(Tool(**tool) for tool in values["tools"])
    values["judgement"] = values["judgement"] and Judgement(**values["judgement"])
    return Step(**values)

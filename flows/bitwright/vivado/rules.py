"""What a config makes of the tools' messages, applied to what run.py wrote down (messages.json)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bitwright.vivado.messages import CRITICAL, Message
from bitwright.vivado.request import Rule


@dataclass(frozen=True, slots=True)
class Rules:
    """Messages that fail a build, and critical warnings that may stand."""

    promoted: tuple[Rule, ...] = ()
    waived: tuple[Rule, ...] = ()

    @classmethod
    def from_json(cls, body: Mapping[str, Sequence[Mapping[str, str]]]) -> Rules:
        """Raises KeyError or TypeError for anything but what the plan wrote."""
        return cls(*(tuple(Rule(**rule) for rule in body[kind]) for kind in ("promoted", "waived")))


def promoted(messages: Mapping[str, Any], rules: Rules, step: str) -> Iterator[str]:
    """Each message of a step that fails the build, with its reason; a waiver counts more."""
    for message, count in _messages(messages):
        raised = next((rule for rule in rules.promoted if message.meant(rule)), None)
        if raised and not any(message.meant(rule) for rule in rules.waived):
            times = f"{count} x " if count > 1 else ""
            yield f"{step}: {times}{message} (promoted: {raised.reason})"


def standing(messages: Mapping[str, Any], rules: Rules) -> Iterator[tuple[Message, int, str]]:
    """Each critical warning, how often, and why it is waived; "" if it is not."""
    for message, count in _messages(messages):
        if message.severity == CRITICAL:
            why = next((rule.reason for rule in rules.waived if message.meant(rule)), "")
            yield message, count, why


def _messages(body: Mapping[str, Any]) -> Iterator[tuple[Message, int]]:
    for row in body["messages"]:
        yield Message(row["severity"], row["id"], row["text"]), row["count"]

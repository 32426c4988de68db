"""What a config makes of the tools' messages, applied to what run.py wrote down (messages.json)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from bitwright.vivado.messages import CRITICAL, Message


@dataclass(frozen=True, slots=True)
class Rule:
    """What one message of a tool means for a build, and why."""

    id: str  # as between the brackets: Timing 38-282; may end in *: BD 41-*
    reason: str
    contains: str = ""  # the message is meant only if this stands in it

    def means(self, message: Message) -> bool:
        return fnmatchcase(message.id, self.id) and self.contains in message.text


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
        raised = next((rule for rule in rules.promoted if rule.means(message)), None)
        if raised and not any(rule.means(message) for rule in rules.waived):
            times = f"{count} x " if count > 1 else ""
            yield f"{step}: {times}{message} (promoted: {raised.reason})"


def standing(messages: Mapping[str, Any], rules: Rules) -> Iterator[tuple[Message, int, str]]:
    """Each critical warning, how often, and why it is waived; "" if it is not."""
    for message, count in _messages(messages):
        if message.severity == CRITICAL:
            why = next((rule.reason for rule in rules.waived if rule.means(message)), "")
            yield message, count, why


def _messages(body: Mapping[str, Any]) -> Iterator[tuple[Message, int]]:
    for row in body["messages"]:
        yield Message(row["severity"], row["id"], row["text"]), row["count"]

"""What a tool of AMD said: its errors and warnings, for rules.py to judge."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bitwright.reports.read.amd_log import MESSAGE

ERRORS = ("ERROR", "FATAL", "FATAL ERROR")
CRITICAL, WARNING = "CRITICAL WARNING", "WARNING"
LISTED = 5000  # different messages that are kept; a tool says a few hundred
LICENCE = ("Common 17-345", "Common 17-348")  # no licence was found; none could be had now
LICENSED = "Common 17-349"  # got a licence


@dataclass(frozen=True, slots=True)
class Message:
    """One message as printed, without the folder of the run in it."""

    severity: str
    id: str  # such as BD 41-1356; "" where the tool gives none
    text: str

    def __str__(self) -> str:
        return f"{self.severity}: {f'[{self.id}] ' * bool(self.id)}{self.text}"


@dataclass(slots=True)
class Messages:
    """Follows what a tool prints. folder: what is cut from its messages, so that they compare."""

    folder: str = ""
    counts: dict[Message, int] = field(default_factory=dict)
    unlicensed: str = ""  # the last message that no licence was there, and none came after it
    unlisted: int = 0

    def add(self, line: str, *, again: bool = False) -> bool:
        """Take one line, as printed, without its end; whether it is a message that counts.

        again: what was said before may be said once more here, and does not count once more
        """
        if not (found := MESSAGE.match(line)):
            return False
        severity, id, text = found[1], found[2] or "", found[3].strip()
        if id in LICENCE:
            self.unlicensed = line.strip()
        elif id == LICENSED:
            self.unlicensed = ""
        if severity not in (*ERRORS, CRITICAL, WARNING):
            return False
        if self.folder:
            text = text.replace(f"{self.folder}/", "").replace(self.folder, ".")
        message = Message(severity, id, text)
        if again and message in self.counts:
            return False
        if message in self.counts or len(self.counts) < LISTED:
            self.counts[message] = self.counts.get(message, 0) + 1
        else:
            self.unlisted += 1
        return True

    def errors(self) -> list[Message]:
        return [message for message in self.counts if message.severity in ERRORS]

    def critical(self) -> list[str]:
        """For people: each critical warning, and how often it came."""
        found = [(m, count) for m, count in self.counts.items() if m.severity == CRITICAL]
        rows = [f"  {f'{count} x ' * (count > 1)}{message}" for message, count in found]
        return [f"critical warnings: {len(rows)} different", *rows] if rows else []

    def to_json(self) -> dict[str, Any]:
        """For messages.json: all warnings, sorted, so that equal runs give equal bytes."""
        rows = [
            {"severity": m.severity, "id": m.id, "text": m.text, "count": count}
            for m, count in self.counts.items()
            if m.severity not in ERRORS
        ]
        ordered = sorted(rows, key=lambda row: (row["severity"], row["id"], row["text"]))
        return {"schema": 1, "messages": ordered}

"""What a tool of AMD said: its errors, its critical warnings, and what a build makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from bitwright.reports.read.amd_log import MESSAGE
from bitwright.vivado.request import Rule

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

    def meant(self, rule: Rule) -> bool:
        return fnmatchcase(self.id, rule.id) and rule.contains in self.text


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


@dataclass(frozen=True, slots=True)
class Judged:
    """Critical warnings, and warnings that were promoted, with what each means for the build."""

    standing: tuple[tuple[Message, int], ...]  # critical, neither promoted nor waived: listed
    promoted: tuple[tuple[Message, int, Rule], ...]  # fail the build
    waived: tuple[tuple[Message, int, Rule], ...]
    unused: tuple[Rule, ...]  # waivers that met no message: they may go
    warnings: tuple[tuple[Message, int], ...] = ()  # that no rule is about

    def lines(self) -> list[str]:
        """For people: what stands, what was waived and why, what waives nothing any more."""
        rows = [f"  {_times(count)}{message}" for message, count in self.standing]
        for message, count, rule in self.waived:
            rows += [f"  {_times(count)}{message}", f"      waived: {rule.reason}"]
        if rows:
            total = len(self.standing) + len(self.waived)
            rows.insert(0, f"critical warnings: {total} different, {len(self.waived)} waived")
        for rule in self.unused:
            what = f"{rule.id}{f' ({rule.contains})' * bool(rule.contains)}"
            rows.append(f"the waiver of {what} met no message; remove it: {rule.reason}")
        return rows

    def to_json(self) -> dict[str, Any]:
        """For messages.json: sorted, so that equal runs give equal bytes."""
        rows = [
            *(_row(message, count, "listed", "") for message, count in self.standing),
            *(
                _row(message, count, "promoted", rule.reason)
                for message, count, rule in self.promoted
            ),
            *(_row(message, count, "waived", rule.reason) for message, count, rule in self.waived),
            *(_row(message, count, "", "") for message, count in self.warnings),
        ]
        unused = [
            {"id": rule.id, "contains": rule.contains, "reason": rule.reason}
            for rule in self.unused
        ]
        return {
            "schema": 1,
            "messages": sorted(rows, key=lambda row: (row["severity"], row["id"], row["text"])),
            "unused_waivers": unused,
        }


def _times(count: int) -> str:
    return f"{count} x " if count > 1 else ""


def _row(message: Message, count: int, verdict: str, reason: str) -> dict[str, Any]:
    named = {"severity": message.severity, "id": message.id, "text": message.text}
    return {**named, "count": count, "verdict": verdict, "reason": reason}


def judge(messages: Messages, promoted: Sequence[Rule], waived: Sequence[Rule]) -> Judged:
    """What the rules of a build make of its messages; a waiver counts more than a promotion."""
    standing, bad, good, warnings = [], [], [], []
    used: set[Rule] = set()
    for message, count in messages.counts.items():
        if message.severity in ERRORS:
            continue
        raised = next((rule for rule in promoted if message.meant(rule)), None)
        if raised is None and message.severity != CRITICAL:
            warnings.append((message, count))
            continue
        let = next((rule for rule in waived if message.meant(rule)), None)
        if let is not None:
            used |= {rule for rule in waived if message.meant(rule)}
            good.append((message, count, let))
        elif raised is not None:
            bad.append((message, count, raised))
        else:
            standing.append((message, count))
    unused = tuple(rule for rule in waived if rule not in used)
    return Judged(tuple(standing), tuple(bad), tuple(good), unused, tuple(warnings))

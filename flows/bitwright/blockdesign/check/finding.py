"""What a rule says of a design: where, what, expected, found, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from bitwright.blockdesign.model import Place

ERROR, WARNING, NOTE = "error", "warning", "note"
SCRIPT = "script"  # what a script does that its design does not hold, as if a rule had found it
# Vivado itself only warns, and public designs were built with it; in a design of ours an error.
DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule found at one place; which rule, and how bad it is, the rule's entry says."""

    place: Place
    message: str  # with the names concerned
    expected: str = ""
    found: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    rule: str
    severity: str  # error | warning | note
    fault: Fault

    @property
    def place(self) -> Place:
        return self.fault.place

    def __str__(self) -> str:
        fault = self.fault
        lines = [f"{fault.place}: {self.severity}: {fault.message} [{self.rule}]"]
        said = (("expected", fault.expected), ("found", fault.found), ("next", fault.remedy))
        lines += [f"  {label:<9} {text}" for label, text in said if text]
        return "\n".join(lines)

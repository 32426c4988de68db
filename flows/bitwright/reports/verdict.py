"""A verdict as plain text, for logs and for the message of a build that breaks a limit."""

from __future__ import annotations

from bitwright.reports.judge import ASKED, FORBIDDEN, Verdict


def judged(verdict: Verdict) -> str:
    """The verdict, a limit a line, then what there is to say about waivers."""
    lines = []
    for each in verdict.judged:
        state = "ok" if each.ok else f"waived until {each.until}" if each.waived else "BROKEN"
        limit = f"{each.limit}, {each.held_to}" if each.limit == ASKED else each.limit
        lines.append(f"limit {each.metric} {limit}: {each.measured}, {state}")
    return "\n".join([*lines, *(f"note: {note}" for note in verdict.notes)])


def broken(verdict: Verdict) -> str:
    """What to tell about each limit of the config that does not hold."""
    lines = []
    for each in verdict.failed:
        if each.limit == FORBIDDEN:
            lines.append(f"ERROR: forbidden {each.metric}: {each.value:.0f} times, {each.source}")
        elif each.limit != ASKED:  # of those the message of missed clocks tells
            lines.append(
                f"ERROR: {each.metric} is {each.measured}; its limit is {each.limit}, "
                f"broken by {each.room.lstrip('-')}"
            )
    lines += [f"  note        {note}" for note in verdict.notes]
    return "\n".join(lines)

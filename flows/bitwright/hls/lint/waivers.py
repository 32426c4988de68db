"""Comments that allow a finding: `// bitwright-lint: allow RULE[, RULE] because REASON`.

One stands behind what it is about, or in the lines of comment right before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bitwright.hls.lint.rules import BY_NAME, Finding, finding
from bitwright.schema import nearest

_WAIVER = re.compile(r"//\s*bitwright-lint\b:?\s*(.*)")
_FORM = re.compile(r"allow\s+([\w-]+(?:\s*,\s*[\w-]+)*)\s+because\s+(\S.*)")


@dataclass(frozen=True, slots=True)
class Waiver:
    line: int  # of the comment
    about: int  # the line that it is about
    rules: tuple[str, ...]


def apply(texts: Mapping[str, str], findings: Iterable[Finding]) -> tuple[list[Finding], int]:
    """Findings that are not allowed, with those about the comments; how many were allowed.

    texts: file -> content, for every file that was checked
    """
    left, used, allowed = [], set(), 0
    waivers = {where: list(_read(text)) for where, text in texts.items()}
    for found in findings:
        by = [
            (found.where, waiver, found.rule)
            for waiver in waivers.get(found.where, ())
            if isinstance(waiver, Waiver)
            and waiver.about == found.line
            and found.rule in waiver.rules
        ]
        used.update(by)
        allowed += bool(by)
        left += [] if by else [found]
    for where, some in waivers.items():
        for waiver in some:
            if not isinstance(waiver, Waiver):
                left.append(finding(where, waiver[0], "bad-waiver", waiver[1]))
                continue
            for rule in waiver.rules:
                if (where, waiver, rule) not in used:
                    message = f"there is no {rule} in line {waiver.about}"
                    left.append(finding(where, waiver.line, "unused-waiver", message))
    return left, allowed


def _read(text: str) -> Iterator[Waiver | tuple[int, str]]:
    """Each comment as a waiver, or its line with what is wrong."""
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        comment = _WAIVER.search(line)
        if comment is None:
            continue
        form = _FORM.fullmatch(comment[1].strip())
        rules = tuple(re.split(r"\s*,\s*", form[1])) if form else ()
        wrong = [rule for rule in rules if rule not in BY_NAME]
        if form is None:
            yield number, f"{comment[1].strip()[:60]!r} is no waiver"
        elif wrong:
            yield number, f"there is no rule {wrong[0]!r}{nearest(wrong[0], BY_NAME)}"
        else:
            yield Waiver(number, _about(lines, number, line[: comment.start()]), rules)


def _about(lines: list[str], number: int, before: str) -> int:
    """The line itself if something stands before the comment, else the next that is no comment."""
    if before.strip():
        return number
    after = range(number + 1, len(lines) + 1)
    return next((n for n in after if not lines[n - 1].lstrip().startswith("//")), number)

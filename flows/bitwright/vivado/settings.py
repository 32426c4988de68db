"""settings64.sh without a shell: the environment that sourcing it would make, read from its text.

AMD's scripts export names and put folders before PATH and LD_LIBRARY_PATH, inside `if` blocks that
only ask whether a name is set, and source further scripts of the same kind. That much is read here;
any other line is left out, so no script of a machine is ever run to find a tool.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MAX_BYTES, MAX_FILES = 1 << 16, 32
EXPORT = re.compile(r"\s*export\s+([A-Za-z_]\w*)=(.*?)\s*;?\s*$")
SOURCE = re.compile(r"\s*(?:source|\.)\s+([^\s;&|]+)")
IF = re.compile(r'\s*if\s+\[\s+(-n|-z)\s+"?\$\{?(\w+)\}?"?\s+\]\s*;?\s*(then)?\s*$')
NAMED = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
UNSAFE = re.compile(r"[`;&|<>()\\]|\$\(")


def environment(script: Path, before: Mapping[str, str]) -> dict[str, str]:
    """What a settings64.sh would change: names and their new values.

    before: the environment that it starts from. A script that cannot be read changes nothing.
    """
    reader = _Reader(dict(before))
    reader.read(script)
    return {name: value for name, value in reader.values.items() if before.get(name) != value}


@dataclass(slots=True)
class _Reader:
    values: dict[str, str]
    seen: set[Path] = field(default_factory=set)

    def read(self, script: Path) -> None:
        """Follow one script; one that was read already, or a 33rd, is left out."""
        if script in self.seen or len(self.seen) == MAX_FILES:
            return
        self.seen.add(script)
        try:
            with script.open("rb") as file:
                text = file.read(MAX_BYTES).decode("utf-8", "replace")
        except (OSError, ValueError):
            return
        blocks: list[bool] = []  # of each open if: whether its present branch is taken
        taken: list[bool] = []  # and whether the first was
        for line in text.splitlines():
            word = line.split(maxsplit=1)[0].rstrip(";") if line.strip() else ""
            if word == "if":
                blocks.append(all(blocks) and self._holds(line))
                taken.append(blocks[-1])
            elif word in ("else", "elif") and blocks:
                blocks[-1] = word == "else" and not taken[-1]
            elif word == "fi" and blocks:
                blocks.pop()
                taken.pop()
            elif all(blocks):
                self._line(line, script)

    def _holds(self, line: str) -> bool:
        """Whether an if is one that asks for a name, and the name is so."""
        asked = IF.match(line)
        return asked is not None and bool(self.values.get(asked[2])) == (asked[1] == "-n")

    def _line(self, line: str, script: Path) -> None:
        if export := EXPORT.match(line):
            value = _bare(export[2])
            if value is not None:
                self.values[export[1]] = self._filled(value)
        elif source := SOURCE.match(line):
            name = _bare(source[1])
            if name is not None:
                self.read(Path(script.parent, self._filled(name)))

    def _filled(self, text: str) -> str:
        return NAMED.sub(lambda found: self.values.get(found[1] or found[2], ""), text)


def _bare(text: str) -> str | None:
    """A value without its quotes; None for what only a shell could make sense of."""
    if len(text) > 1 and text[0] == text[-1] and text[0] == '"':
        text = text[1:-1]
    elif re.search(r"[\s'\"*?~\[{](?<!\$\{)", text):
        return None
    return None if UNSAFE.search(text) or '"' in text or "'" in text else text

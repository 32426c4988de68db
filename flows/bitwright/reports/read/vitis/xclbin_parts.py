"""The layout of `xclbinutil --info`: titled parts, in them groups of 'Name: text' lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from bitwright.reports.read.document import refuse

RULE = "=" * 78
NAMED = re.compile(r"^(Kernel|Instance): +(\S+)$")
FIELD = re.compile(r"^   ([A-Z][A-Za-z ()]*): *(.*)$")
NUMBER = re.compile(r"0x[0-9a-fA-F]{1,16}|0|[1-9][0-9]{0,19}")
MHZ = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) MHz")
FURTHER = " " * 17  # a text that goes on in the next line
UNDERLINE = re.compile(r"^-{4,}$")


def refused(origin: Path, line: int, expected: str, found: str) -> NoReturn:
    where = Path(f"{origin}:{line}")
    refuse(where, "this xclbin's info is not as known", expected=expected, found=found)


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one thing, up to a blank line; a name may stand twice (Memory)."""

    line: int  # of its first, counted from 1
    fields: tuple[tuple[str, str], ...]
    origin: Path

    def refuse(self, expected: str) -> NoReturn:
        found = ", ".join(f"{name}: {text}" for name, text in self.fields)[:120]
        refused(self.origin, self.line, expected, found)

    def __contains__(self, name: str) -> bool:
        return any(name == other for other, _ in self.fields)

    def all(self, name: str) -> list[str]:
        return [text for other, text in self.fields if other == name]

    def get(self, name: str) -> str:
        """The text of a name that stands exactly once."""
        found = self.all(name)
        return found[0] if len(found) == 1 else self.refuse(f"'{name}:' once in these lines")

    def number(self, name: str) -> int:
        """0x1000, 32 bits."""
        found = self.open_number(name)
        return self.refuse(f"a number under '{name}'") if found is None else found

    def open_number(self, name: str) -> int | None:
        """None where the tool printed '--' or nothing."""
        text = self.get(name).removesuffix(" bits")
        if text in ("--", ""):
            return None
        if not NUMBER.fullmatch(text):
            self.refuse(f"a number under '{name}'")
        return int(text, 16 if text.startswith("0x") else 10)

    def mhz(self, *names: str) -> float | None:
        """A frequency under the first of these names that is printed."""
        text = next((text for name in names for text in self.all(name)), None)
        if text is None:
            return None
        found = MHZ.fullmatch(text)
        return float(found[1]) if found else self.refuse("a frequency in MHz")


@dataclass(frozen=True, slots=True)
class Part:
    """A part: its title, underlined, or 'Kernel: name'."""

    title: str  # xclbin Information, Kernel, Ports, Instance
    name: str  # of the kernel or instance, else empty
    groups: tuple[Group, ...]
    text: tuple[str, ...]  # lines that are no fields: '<empty>', key value pairs
    line: int  # of its title
    origin: Path

    def refuse(self, expected: str) -> NoReturn:
        names = [text for group in self.groups for _, text in group.fields]
        refused(self.origin, self.line, expected, ", ".join(names)[:120] or "nothing")

    @property
    def fields(self) -> dict[str, str]:
        """Every field of the part."""
        return {name: text for group in self.groups for name, text in group.fields}


def parts_of(lines: Sequence[str], *, origin: Path) -> Iterator[Part]:
    """Every part, top to bottom; what stands before the first has no title."""
    starts = [at for at in range(len(lines)) if _title(lines, at)]
    for at, end in zip([-1, *starts], [*starts, len(lines)], strict=True):
        title = lines[at].rstrip() if at >= 0 else ""
        named = NAMED.match(title)
        groups, text = _groups(lines, range(at + 1, end), origin)
        what, name = (named[1], named[2]) if named else (title, "")
        yield Part(what, name, groups, text, at + 1, origin)


def _title(lines: Sequence[str], at: int) -> bool:
    below = lines[at + 1] if at + 1 < len(lines) else ""
    underlined = lines[at][:1].isalpha() and bool(UNDERLINE.match(below.rstrip()))
    return underlined or bool(NAMED.match(lines[at].rstrip()))


def _groups(
    lines: Sequence[str], part: range, origin: Path
) -> tuple[tuple[Group, ...], tuple[str, ...]]:
    groups, other = [], []
    for start, paragraph in _paragraphs(lines, part):
        fields: list[tuple[str, str]] = []
        for line in paragraph:
            if found := FIELD.match(line):
                fields.append((found[1], found[2]))
            elif fields and line.startswith(FURTHER):
                fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
            elif line != RULE and not UNDERLINE.match(line):
                other.append(line.strip())
        if fields:
            groups.append(Group(start + 1, tuple(fields), origin))
    return tuple(groups), tuple(other)


def _paragraphs(lines: Sequence[str], part: range) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines without a blank one, and where each starts."""
    found: list[str] = []
    for at in part:
        if line := lines[at].rstrip():
            found.append(line)
        elif found:
            yield at - len(found), found
            found = []
    if found:
        yield part.stop - len(found), found

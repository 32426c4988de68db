"""Which files a source includes, found without running a tool: `include and #include, followed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

INCLUDE = re.compile(r'^[ \t]*[`#][ \t]*include[ \t]*(["<`A-Za-z_][^\n]*)', re.MULTILINE)
NAME = re.compile(r'"([^"\n]+)"|<([^>\n]+)>')


def included(files: Iterable[str], folders: Iterable[str]) -> dict[str, str]:
    """Every file that files include, directly or not, and the file that includes it.

    folders: where includes are looked for, after the folder of the file that includes
    A name found nowhere is left out: it is the tool's own, or behind an `ifdef that is not taken.
    """
    found: dict[str, str] = {}
    todo = list(dict.fromkeys(files))
    dirs = [Path(folder) for folder in folders]
    while todo:
        source = Path(todo.pop())
        for name in names(source):
            for folder in (source.parent, *dirs):
                path = folder / name
                if path.is_file():
                    if str(path) not in found:
                        found[str(path)] = str(source)
                        todo.append(str(path))
                    break
    return found


def names(source: Path) -> list[str]:
    """The names in a file's include lines; none if it cannot be read."""
    try:
        text = source.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    if "include" not in text:
        return []
    matches = (NAME.match(match[1]) for match in INCLUDE.finditer(text))
    return [match[1] or match[2] for match in matches if match]

"""What the hls.tcl beside a generated source says of the project: part, clock, settings.

Only words are read, nothing is run: the commands on the outermost level, where Stream-HLS's script
has all that it sets. What goes on inside `if` is which stage to run, asked of $argv, and vitis-run
passes no arguments; the rendered script runs its stages in a row instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.errors import ConfigError
from bitwright.hls.scripts import FLOW_TARGETS, GROUPS

NAME = "hls.tcl"
MAX_BYTES = 256 * 1024
_STAGES = frozenset(  # what the rendered script says in its own way
    """add_files close_project close_solution config_export cosim_design csim_design csynth_design
    else elseif exit export_design export_pinned get_clock_period if open_project proc puts
    set_top""".split()  # noqa: SIM905
)
_CLOSES = {"{": "}", '"': '"'}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a project came from; "" where nothing was said."""

    part: str = ""
    clock_ns: str = ""
    flow_target: str = ""
    settings: tuple[tuple[str, str], ...] = ()  # as scripts.Project has them
    remarks: tuple[str, ...] = ()  # file:line: a command that was not carried over


def find(source: Path) -> Path | None:
    """The script of a source: beside it, or beside its folder src/ as Stream-HLS has it."""
    for folder in (source.parent, source.parent.parent):
        if (folder / NAME).is_file():
            return folder / NAME
    return None


def read(path: Path) -> Origin:
    """Raises ConfigError for a script that cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = data.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{path}: larger than {MAX_BYTES // 1024} KiB; no HLS script is")
    return parse(text, str(path))


def parse(text: str, where: str) -> Origin:
    part = clock_ns = flow_target = ""
    settings: dict[str, str] = {}
    remarks = []
    for line, words in commands(text):
        name, options = words[0], _options(words[1:])
        if name == "set_part":
            part = words[1] if len(words) > 1 else ""
        elif name == "create_clock":
            clock_ns = _period_ns(options.get("period", ""))
        elif name == "open_solution":
            flow_target = options.get("flow_target", "")
        elif name.startswith("config_") and name.removeprefix("config_") in GROUPS:
            group = name.removeprefix("config_")
            settings |= {f"syn.{group}.{key}": value for key, value in options.items()}
        elif name not in _STAGES:
            remarks.append(f"{where}:{line}: `{name}` is not carried over")
    flow_target = flow_target if flow_target in FLOW_TARGETS else ""
    return Origin(part, clock_ns, flow_target, tuple(settings.items()), tuple(remarks))


def commands(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line and words of each command on the outermost level; braced words stay whole."""
    words: list[str] = []
    at, line, begin = 0, 1, 1
    while at <= len(text):
        char = text[at : at + 1]
        if char in ("\n", ";", ""):
            if words:
                yield begin, words
            words, at, line = [], at + 1, line + (char == "\n")
        elif char.isspace():
            at += 1
        elif char == "\\" and text[at + 1 : at + 2] in ("\n", "\r"):
            at = text.find("\n", at) + 1 or len(text)
            line += 1
        elif char == "#" and not words:
            end = text.find("\n", at)
            at = end if end >= 0 else len(text)
        else:
            begin = begin if words else line
            word, end = _word(text, at)
            words.append(word)
            line += text.count("\n", at, end)
            at = end


def _word(text: str, at: int) -> tuple[str, int]:
    """The word that starts at a place, without its braces or quotes, and where it ends."""
    opens = text[at]
    if opens not in _CLOSES:
        end = at
        while end < len(text) and not text[end].isspace() and text[end] != ";":
            end += 2 if text[end] == "\\" else 1
        return text[at:end], end
    depth, end = 1, at + 1
    while end < len(text) and depth:
        if text[end] == "\\":
            end += 1
        elif text[end] == _CLOSES[opens]:
            depth -= 1
        elif text[end] == opens:
            depth += 1
        end += 1
    return text[at + 1 : end if depth else end - 1], min(end, len(text))


def _options(words: list[str]) -> Mapping[str, str]:
    """`-name value`, `-name=value`, and `-name` alone, which is true."""
    found: dict[str, str] = {}
    last = ""
    for word in words:
        if word.startswith("-") and not word[1:2].isdigit():
            last, equals, value = word[1:].partition("=")
            found[last] = value if equals else "true"
            last = "" if equals else last
        elif last:
            found[last], last = word, ""
    return found


def _period_ns(text: str) -> str:
    """A period as create_clock takes it: ns where no unit is said; "" for another unit."""
    number = text.removesuffix("ns")
    return number if number.replace(".", "", 1).isdigit() else ""

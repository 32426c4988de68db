"""YAML with line numbers: a file becomes a tree of nodes, or one ConfigError naming file and line.

Only what a config needs is let in: one document of mappings, lists and scalars. Tags, anchors and
aliases, duplicate keys, deep nesting and large files are refused before they can do anything.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bitwright.errors import ConfigError

MAX_BYTES = 64 * 1024
MAX_DEPTH = 16
SHOWN = 60  # characters of a value repeated in a message


@dataclass(frozen=True, slots=True)
class Scalar:
    line: int
    text: str
    plain: bool  # written without quotes: may be a number, a boolean or null


@dataclass(frozen=True, slots=True)
class Sequence:
    line: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Table:
    line: int
    items: Mapping[str, Node]
    lines: Mapping[str, int]  # key -> the line it stands on


Node = Scalar | Sequence | Table


@dataclass(slots=True)
class Faults:
    """Everything wrong with one file, gathered in one pass and raised as one ConfigError."""

    where: str  # the file as the reader of a message knows it
    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, text: str) -> None:
        self.found.append((line, text))

    def lines(self) -> list[str]:
        """The faults as `file:line: text`, in the order of the file."""
        return [f"{self.where}:{line}: {text}" for line, text in sorted(self.found)]

    def check(self) -> None:
        """Raise ConfigError if anything was found."""
        if self.found:
            raise ConfigError("\n".join(self.lines()))


def shown(value: str) -> str:
    """A value as a message may repeat it: quoted, on one line, never long."""
    return repr(value if len(value) <= SHOWN else value[:SHOWN] + "...")


def quoted(text: str) -> str:
    """A text in double quotes and ASCII, as YAML reads it back, whatever it holds."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    code = ord(character)
    if character in '"\\':
        return "\\" + character
    if 0x20 <= code < 0x7F:
        return character
    width, mark = (2, "x") if code < 1 << 8 else (4, "u") if code < 1 << 16 else (8, "U")
    return f"\\{mark}{code:0{width}x}"


def describe(node: Node) -> str:
    """What stands at a node, for a message: a quoted scalar, 'a list' or 'a mapping'."""
    match node:
        case Scalar():
            return shown(node.text) if node.text or not node.plain else "nothing"
        case Sequence():
            return "a list"
        case Table():
            return "a mapping"


def load(path: Path, where: str, *, max_bytes: int = MAX_BYTES) -> Table:
    """Read the mapping that a YAML file holds.

    where: the file's name in messages
    Raises ConfigError (file and line in every line of it) for anything that is no plain mapping.
    """
    return parse(read(path, where, max_bytes), where)


def read(path: Path, where: str, max_bytes: int = MAX_BYTES) -> str:
    """The text of a regular UTF-8 file of bounded size; ConfigError otherwise."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ConfigError(f"{where}:1: expected a regular file")
        with path.open("rb") as file:
            raw = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError(f"{where}:1: cannot be read: {reason}") from None
    if len(raw) > max_bytes:
        raise ConfigError(f"{where}:1: too large; a config holds at most {max_bytes // 1024} KiB")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"0x{raw[error.start]:02x}"
        raise ConfigError(f"{where}:{line}: not UTF-8: byte {found} ({error.reason})") from None


def parse(text: str, where: str) -> Table:
    """The mapping a YAML text holds; ConfigError with `where` and line for anything else."""
    import yaml

    from bitwright import yamlwords

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    faults = Faults(where)
    try:
        root = _Builder(faults).build(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        raise ConfigError(f"{where}:{yamlwords.told(error, text)}") from None
    except yaml.reader.ReaderError as error:
        line = text.encode("utf-8", "replace")[: error.position].count(b"\n") + 1
        raise ConfigError(f"{where}:{line}: not YAML: {error.reason}") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{where}:1: not YAML: {' '.join(str(error).split())}") from None
    faults.check()
    if root is None or (isinstance(root, Scalar) and root.plain and not root.text):
        raise ConfigError(f"{where}:1: empty; expected a mapping of keys to values")
    if not isinstance(root, Table):
        line = root.line
        raise ConfigError(f"{where}:{line}: expected a mapping of keys, found {describe(root)}")
    return root


@dataclass(slots=True)
class _Open:
    """A collection whose end has not been seen."""

    line: int
    is_table: bool
    items: list[Node] = field(default_factory=list)
    table: dict[str, Node] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    key: Scalar | None = None


class _Builder:
    """Builds the tree from parser events, without recursion, refusing what a config never needs."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.documents = 0

    def build(self, events) -> Node | None:  # type: ignore[no-untyped-def]  # PyYAML is untyped
        import yaml

        for event in events:
            line = event.start_mark.line + 1
            match event:
                case yaml.DocumentStartEvent():
                    self.documents += 1
                    if self.documents > 1:
                        self._stop(line, "a second document ('---'); a config is one document")
                case yaml.AliasEvent():
                    self._stop(line, f"alias {shown(f'*{event.anchor}')}: write the value out")
                case yaml.ScalarEvent():
                    self._refuse_marks(event, line, event.implicit[0] or event.implicit[1])
                    self._place(Scalar(line, event.value, event.implicit[0]))
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    self._refuse_marks(event, line, event.implicit)
                    if len(self.stack) == MAX_DEPTH:
                        self._stop(line, f"nested deeper than {MAX_DEPTH} levels")
                    self.stack.append(_Open(line, isinstance(event, yaml.MappingStartEvent)))
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    done = self.stack.pop()
                    table = Table(done.line, done.table, done.lines)
                    self._place(table if done.is_table else Sequence(done.line, tuple(done.items)))
        return self.root

    def _stop(self, line: int, text: str) -> None:
        """Refuse at once: what follows cannot be understood, or is not worth the time."""
        self.faults.add(line, text)
        self.faults.check()

    def _refuse_marks(self, event, line: int, implicit: bool) -> None:  # type: ignore[no-untyped-def]
        if event.tag is not None and not implicit:
            self._stop(line, f"tag {shown(event.tag)}: tags are refused; write a plain value")
        if event.anchor is not None:
            self._stop(line, f"anchor {shown(f'&{event.anchor}')}: anchors are refused")

    def _place(self, node: Node) -> None:
        """Put a finished node where it belongs: in a list, as a key, as a value or as the root."""
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if not parent.is_table:
            parent.items.append(node)
        elif parent.key is None:
            if not isinstance(node, Scalar):
                self._stop(node.line, f"expected a key, found {describe(node)}")
            else:
                parent.key = node
        else:
            key, parent.key = parent.key, None
            if key.text in parent.table:
                first = parent.lines[key.text]
                self.faults.add(key.line, f"key {shown(key.text)} stands already on line {first}")
            else:
                parent.table[key.text] = node
                parent.lines[key.text] = key.line

"""What the commands of a script share: the designs, where it stands in them, what it has asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from tkinter import TclError

from bitwright.blockdesign.catalogue import Catalogue
from bitwright.blockdesign.interpreter.draft import Draft, Thing
from bitwright.blockdesign.interpreter.host import Host
from bitwright.blockdesign.interpreter.words import CommandError, Meant
from bitwright.blockdesign.ip import Instance
from bitwright.blockdesign.model import Cell, Place, pairs

NOTE, WARNING, ERROR = "note", "warning", "error"  # error: no Vivado would take the line
# How alike an option must be to one that there is to be taken for a slip of the pen.
SLIP = 0.75
PRESUMED = "design_1"  # as Vivado calls the first design of a project
Command = Callable[["Session", tuple[str, ...]], str]


@dataclass(frozen=True, slots=True)
class Note:
    """Something a script did that the model does not hold."""

    place: Place
    text: str
    severity: str = NOTE

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


class Session:
    """One project as far as its block designs go."""

    host: Host

    def __init__(self, catalogue: Catalogue | None, *, part: str, version: str, strict: bool):
        self.catalogue = catalogue
        self.part, self.version, self.strict = part, version, strict
        self.designs: dict[str, Draft] = {}
        self.current = ""  # name of the design
        self.level = ""  # path of the current instance
        self.project = ""  # name, once there is one
        self.others: dict[str, dict[str, str]] = {}  # properties of filesets, runs, projects
        self.closed = ""  # the design that was open last, if none is open
        self.notes: list[Note] = []
        self.errors: list[Note] = []  # messages of severity ERROR, caught or not
        self.missed: list[str] = []  # what was looked for and not found, for the next refusal
        self.automated = False  # whether there may be things that Vivado alone knows
        self.kinds: dict[str, str] = {}  # path of an object -> what it was last got as
        self._looks: dict[tuple[object, ...], Instance | None] = {}

    # --- designs ----------------------------------------------------------------------------------

    @property
    def design(self) -> Draft:
        """The current one.

        Where there is none, Vivado refuses, and so does a strict session. Otherwise the script is
        taken for one that others source after they have opened a design.
        """
        if self.current not in self.designs and not self.strict:
            self.note(f"no design is open; taken as the contents of one called {PRESUMED}")
            self.designs.setdefault(PRESUMED, Draft(PRESUMED))
            self.open(PRESUMED)
        if self.current not in self.designs:
            raise CommandError(
                "[BD 5-104] A block design must be open to run this command. "
                "Please create/open a block design."
            )
        return self.designs[self.current]

    def open(self, name: str) -> None:
        """Make a design the current one."""
        self.current = self.closed = name
        self.level = ""

    def variable(self, name: str) -> str:
        """A global variable of the script; "" if there is none."""
        try:
            return self.host.evaluate("set", f"::{name}")
        except TclError:
            return ""

    def note(self, text: str, severity: str = NOTE) -> None:
        self.notes.append(Note(self.host.place(), text, severity))

    @property
    def lax(self) -> Meant | None:
        """What `arguments` tells of unknown options; None where they are refused."""
        return None if self.strict else self._meant

    def _meant(self, command: str, option: str, known: Sequence[str]) -> str | None:
        near = next(iter(get_close_matches(option, known, n=1, cutoff=SLIP)), None)
        hint = f"; did you mean '-{near}'?" if near else ", skipped"
        self.note(f"{command}: unknown option -{option}{hint}", ERROR if near else NOTE)
        return near

    # --- paths ------------------------------------------------------------------------------------

    def path(self, text: str) -> str:
        """A path from the top, of one that starts at the current instance unless it says /."""
        if text.startswith("/"):
            return text.strip("/")
        text = text.removeprefix("./").strip("/")
        return f"{self.level}/{text}" if self.level and text else self.level or text

    def shown(self, paths: Iterable[str], kind: str) -> str:
        """A Tcl list of objects, as Vivado shows them: paths with a slash before."""
        objects = tuple(f"/{path}" for path in paths)
        for one in objects:
            self.kinds[one] = kind
        return objects[0] if len(objects) == 1 and _plain(objects[0]) else self.host.join(objects)

    def objects(self, texts: Sequence[str]) -> list[str]:
        """The objects that arguments name, lists of lists taken apart."""
        return [one for text in texts for one in self.host.split(text)]

    # --- cells ------------------------------------------------------------------------------------

    def looks(self, cell: Thing) -> Instance | None:
        """What the catalogue says of a cell; None of what is not in it."""
        if self.catalogue is None or cell.kind == "hier":
            return None
        said = pairs(cell.parameters)
        key = (cell.kind, cell.type, cell.version, said)
        if key not in self._looks:
            asked = Cell(cell.path, cell.kind, cell.type, cell.version, said)
            self._looks[key] = self.catalogue.instance(asked)
        return self._looks[key]


def _plain(text: str) -> bool:
    return not any(char in text for char in ' \t\n{}[]$"\\;')

"""A Vivado-Tcl interpreter over block-design models.

    interpreter = Interpreter(catalogue.load())
    interpreter.run(text, "design.tcl")     # TclFault: file:line and what is wrong there
    interpreter.design()                    # the model.BlockDesign that is open at the end
    read(Path("design.tcl"))                # the same of a script from elsewhere: by itself

Tcl is Tcl's own; block-design commands work on a model, commands around them give plausible
answers, and whatever is unknown is noted and does nothing, or is an error in a strict session.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from bitwright.errors import ToolError

if find_spec("_tkinter") is None:
    raise ToolError(
        "Tcl scripts are read by the Tcl in Python's tkinter, which this Python lacks\n"
        "  next      install it (python3-tk on Debian and Ubuntu), or use a Python that has it"
    )

from bitwright.blockdesign.catalogue import Catalogue
from bitwright.blockdesign.interpreter import addresses, build, look, project, properties
from bitwright.blockdesign.interpreter.host import Command, Host, TclFault, Watch
from bitwright.blockdesign.interpreter.isolated import Imported, imported, read
from bitwright.blockdesign.interpreter.machine import Machine
from bitwright.blockdesign.interpreter.session import ERROR, Note, Session
from bitwright.blockdesign.interpreter.words import Arguments, CommandError, arguments
from bitwright.blockdesign.model import BlockDesign
from bitwright.schema import nearest

__all__ = [
    "Arguments",
    "Command",
    "CommandError",
    "Imported",
    "Interpreter",
    "Note",
    "TclFault",
    "arguments",
    "imported",
    "read",
]

SECONDS = 60.0  # for all scripts of one interpreter
# How alike a command must be to one of ours to be taken for it misspelt, and Vivado's commands that
# are so alike, of the 1035 with a help text in 2024.
SLIP = 0.92
ALSO = frozenset(
    {
        *("disconnect_debug_port", "get_msg_config", "iphys_opt_design", "reimport_files"),
        *("reset_msg_config", "reset_runs", "ungroup_bd_cells"),
    }
)


class Interpreter:
    """One Vivado session, as far as block designs go.

    version: what `version -short` says; "" says what the script wants to hear.
    commands: added to those there are, or in their place; they get the words after their name and
    raise CommandError for what they refuse.
    files: a folder that scripts may source from, read and write to; None: no files at all.
    watch: told at every command of ours where the script is.
    strict: unknown commands, IPs, pins and parameters are errors, as in Vivado.
    """

    def __init__(
        self,
        catalogue: Catalogue | None,
        *,
        part: str = "",
        version: str = "2024.1",
        commands: Mapping[str, Command] | None = None,
        files: Path | None = None,
        strict: bool = False,
        seconds: float = SECONDS,
        watch: Watch | None = None,
    ) -> None:
        self._session = Session(catalogue, part=part, version=version, strict=strict)
        self._machine = Machine(self._session, files)
        ours: dict[str, Command] = {
            name: partial(command, self._session)
            for group in (look, build, properties, addresses, project)
            for name, command in group.COMMANDS.items()
        }
        known = {**ours, **self._machine.commands(), **(commands or {})}
        self._names = tuple(known)
        unknown = None if strict else self._unknown
        self._session.host = Host(known, unknown, seconds, watch)

    def set(self, name: str, value: str) -> None:
        """A global variable that a script expects to be set by the one that sources it."""
        self._session.host.evaluate("set", f"::{name}", value)

    def run(self, text: str, name: str) -> str:
        """Run a script, called `name` in messages; what it returned at file level.

        Raises TclFault, also for a message of severity ERROR that the script itself caught, as the
        scripts of write_bd_tcl do before they return.
        """
        before = len(self._session.errors)
        result = self._session.host.run(text, name)
        for error in self._session.errors[before:]:
            raise TclFault(error.place, error.text)
        return result

    def _unknown(self, words: tuple[str, ...]) -> str:
        name = words[0]
        hint = "" if name in ALSO else nearest(name, self._names, SLIP)
        if hint:
            self._session.note(f"{name}: no such command{hint}", ERROR)
        else:
            self._session.note(f"{name}: not known here, did nothing")
        return ""

    def design(self) -> BlockDesign:
        """The design that is open, or was last. Raises CommandError where there was none."""
        session = self._session
        name = session.current or session.closed
        if name not in session.designs:
            raise CommandError("the script made no block design")
        return session.designs[name].model()

    @property
    def designs(self) -> dict[str, BlockDesign]:
        """All of them, by name."""
        return {name: draft.model() for name, draft in self._session.designs.items()}

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the scripts did that the models do not hold, in order, each once."""
        guessed = (
            Note(
                one.place,
                f"{one.segment} in {one.space}: 0x{one.offset or 0:X} is the first free "
                "address; which one Vivado takes is not known",
            )
            for draft in self._session.designs.values()
            for one in draft.mappings
            if one.guessed
        )
        return tuple({str(note): note for note in (*self._session.notes, *guessed)}.values())

    @property
    def guessed(self) -> frozenset[tuple[str, str]]:
        """Space and segment of each address that the scripts left to Vivado."""
        drafts = self._session.designs.values()
        return frozenset(
            (one.space, one.segment) for draft in drafts for one in draft.mappings if one.guessed
        )

    @property
    def printed(self) -> tuple[str, ...]:
        """What the scripts wrote with puts."""
        return tuple(self._machine.printed)

"""A Tcl interpreter for scripts that nobody trusts: Tcl's own, of Python's tkinter, without a host.

The script runs in a safe child interpreter (`interp create -safe`), from which everything that
reaches the machine is hidden, and all of that is replaced by commands of ours. Where a command
stands in the script is asked of Tcl (`info frame`), which is why a script is run from a file.

A script that recurses, loops or counts too much is stopped by Tcl's own limits, which no `catch`
in it can undo. What a script may not do to memory, only the process it runs in can say: `isolated`.
"""

from __future__ import annotations

import re
import tempfile
import time
import tkinter
from collections.abc import Callable, Mapping
from pathlib import Path

from bitwright.blockdesign.interpreter.words import CommandError
from bitwright.blockdesign.model import Place
from bitwright.errors import ConfigError

Command = Callable[[tuple[str, ...]], str]
Watch = Callable[[Place], None]
DEPTH = 300  # of calls in calls; each takes stack of this process
_CHILD = "script"
# Left to the child by -safe, and no business of a script that describes a design.
_TAKEN = (
    *("after", "chan", "close", "eof", "fblocked", "fcopy", "fileevent", "flush", "gets"),
    *("interp", "pid", "puts", "read", "seek", "tell", "update", "vwait"),
)
_WHERE = """
proc ::where {names} {
    for {set k [interp eval script {info frame}]} {$k > 0} {incr k -1} {
        if {[catch {interp eval script [list info frame $k]} frame]} { continue }
        if {![catch {dict get $frame file} file] && [dict exists $names $file]} {
            return [list [dict get $names $file] [dict get $frame line]]
        }
    }
    return {}
}
proc ::dispatch {args} {
    lassign [::python {*}$args] code result
    return -code $code $result
}
"""


class TclFault(ConfigError):
    """A script that Tcl, or Vivado, would not run: file:line, and what is wrong there."""

    def __init__(self, place: Place, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place, self.problem = place, problem


class Host:
    """One interpreter; scripts run in it share its variables and procedures."""

    def __init__(
        self,
        commands: Mapping[str, Command],
        unknown: Command | None,
        seconds: float,
        watch: Watch | None = None,
    ):
        """unknown: called for commands that nobody has; None: Tcl's own error.
        seconds: for all scripts together. watch: told at each command of ours where it is."""
        self._tcl = tkinter.Tcl()
        self._tcl.wantobjects(False)  # type: ignore[no-untyped-call]  # every result is text
        self._commands = dict(commands)
        self._unknown = unknown
        self._until = time.monotonic() + seconds
        self._names: dict[str, str] = {}  # where a script's text was put -> what it is called
        self._texts: dict[str, list[str]] = {}  # name -> lines
        self._refused: tuple[str, Place] | None = None  # the last refusal of a command of ours
        self._crash: BaseException | None = None
        self._over: str | None = None  # why the script was ended
        self._watch = watch
        self._tcl.createcommand("::python", self._python)
        self._tcl.eval(_WHERE)
        self._tcl.call("interp", "create", "-safe", _CHILD)
        self._tcl.call("interp", "recursionlimit", _CHILD, DEPTH)
        self._furnish()

    def _furnish(self) -> None:
        for name in _TAKEN:
            self._tcl.call("interp", "hide", _CHILD, name)
        for name in self._commands:
            self._alias(name)
        if self._unknown is not None:
            self._alias("unknown")
        for name, value in (("argc", "0"), ("argv", ""), ("argv0", "vivado")):
            self.evaluate("set", f"::{name}", value)
        self.evaluate("array", "set", "::env", "HOME /work XILINX_VIVADO /vivado")

    def _alias(self, name: str) -> None:
        if "::" in name.lstrip(":"):
            space = name.rpartition("::")[0]
            self._tcl.call("interp", "eval", _CHILD, ("namespace", "eval", space, ""))
        self._tcl.call("interp", "alias", _CHILD, name, "", "::dispatch", name)

    # --- running ----------------------------------------------------------------------------------

    def run(self, text: str, name: str) -> str:
        """Run a script; what it returned at file level. Raises TclFault."""
        with tempfile.TemporaryDirectory(prefix="bitwright-tcl-") as folder:
            path = Path(folder) / "script.tcl"
            path.write_text(text, encoding="utf-8", errors="replace", newline="")
            self._names[str(path)] = name
            self._texts[name] = text.split("\n")
            self._refused = self._over = None
            try:
                self._limit_time()
                return str(
                    self._tcl.call(
                        *("interp", "invokehidden", _CHILD, "-global"),
                        *("source", "-encoding", "utf-8", str(path)),
                    )
                )
            except tkinter.TclError as error:
                return self._failed(str(error), name)
            finally:
                self._tcl.call("interp", "limit", _CHILD, "commands", "-value", "")
                del self._names[str(path)]
                if self._crash is not None:
                    crash, self._crash = self._crash, None
                    raise crash

    def source(self, text: str, name: str) -> str:
        """Run a script from within a script."""
        with tempfile.NamedTemporaryFile("w", suffix=".tcl", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            self._names[file.name] = name
            self._texts[name] = text.split("\n")
            try:
                return str(self._tcl.call("interp", "invokehidden", _CHILD, "source", file.name))
            except tkinter.TclError as error:
                raise CommandError(str(error)) from None

    def evaluate(self, *words: str) -> str:
        """A command in the script's own interpreter. Raises tkinter.TclError."""
        return str(self._tcl.call("interp", "eval", _CHILD, words))

    def end(self, why: str) -> CommandError:
        """Stop the script here whatever it catches; why: "" for what it asked for itself."""
        self._over = why
        self._tcl.call("interp", "limit", _CHILD, "commands", "-value", 1)
        return CommandError("exit")

    def place(self) -> Place:
        """Where in a script the command that is running stands."""
        try:
            found = self.split(self._tcl.call("::where", self._named()))
        except tkinter.TclError:  # a script that made away with `info`
            found = ()
        if len(found) == 2:
            return Place(str(found[0]), int(found[1]))
        return Place(next(iter(self._texts), "?"), 0)

    def _named(self) -> tuple[str, ...]:
        return tuple(word for pair in self._names.items() for word in pair)

    def _limit_time(self) -> None:
        left = max(self._until - time.monotonic(), 0.001)
        at = time.time() + left
        self._tcl.call(
            *("interp", "limit", _CHILD, "time"),
            *("-seconds", int(at), "-milliseconds", int(at % 1 * 1000), "-granularity", 1),
        )

    # --- words ------------------------------------------------------------------------------------

    def split(self, text: str) -> tuple[str, ...]:
        """The elements of a Tcl list. Raises CommandError for what is none."""
        if "\0" in text:
            raise CommandError("a null character is no part of a name or value here")
        try:
            listed = self._tcl.splitlist(text)  # type: ignore[no-untyped-call]
            return tuple(map(str, listed))
        except tkinter.TclError as error:
            raise CommandError(str(error)) from None

    def join(self, words: tuple[str, ...]) -> str:
        """A Tcl list of these."""
        return str(self._tcl.call("list", *words))

    # --- what happens in it -----------------------------------------------------------------------

    def _python(self, *words: str) -> tuple[str, str]:
        """A command of ours: Tcl's return code and its result."""
        name, rest = words[0], words[1:]
        command = self._commands.get(name)
        try:
            if self._watch is not None:
                self._watch(self.place())
            if command is not None:
                return "ok", command(rest)
            assert self._unknown is not None
            return "ok", self._unknown(rest)
        except CommandError as error:
            self._refused = (str(error), self.place())
            return "error", str(error)
        except BaseException as error:  # a fault of ours: raised again once Tcl has unwound
            self._crash = error
            self.end("")
            return "error", f"{type(error).__name__}: {error}"

    def _failed(self, problem: str, name: str) -> str:
        if self._over == "":
            return ""
        if self._over is not None:
            problem = self._over
        trace = str(self._tcl.getvar("errorInfo"))
        if self._refused is not None and self._refused[0] in (problem, self._over):
            raise TclFault(self._refused[1], problem)
        if problem == "time limit exceeded":
            problem = "the script ran too long and was stopped (time limit exceeded)"
        raise TclFault(Place(name, self._line(trace, name)), problem)

    def _line(self, trace: str, name: str) -> int:
        """The line of the script in Tcl's trace: within the innermost procedure, if it is there."""
        lines = self._texts.get(name, [])
        for proc, line in re.findall(r'\(procedure "([^"]+)" line (\d+)\)', trace):
            begin = re.compile(rf"\s*proc\s+(\S*::)?{re.escape(proc.rpartition('::')[2])}\s")
            for number, text in enumerate(lines, 1):
                if begin.match(text):
                    return number + int(line) - 1
        file = re.search(r'\(file "[^"]*" line (\d+)\)', trace)
        return int(file[1]) if file else 1

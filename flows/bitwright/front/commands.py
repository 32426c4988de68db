"""doit's commands run, list, help and clean, as this project means them; pyproject.toml names them.

They keep no state, print no traceback, refuse what they do not know with the nearest name, and end
with the right exit status.
"""

from __future__ import annotations

import getopt
import inspect
import re
import shutil
import textwrap
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

from doit.cmd_base import Command
from doit.cmd_run import Run as DoitRun
from doit.cmdparse import CmdParseError

from bitwright.errors import ConfigError
from bitwright.front import options
from bitwright.front.options import COMMANDS
from bitwright.front.session import OK, guarded, opened
from bitwright.front.show import say
from bitwright.schema import NAME, Integer, nearest
from bitwright.yamlfile import shown

WIDTH = 79  # of a usage line
USAGE = """\
usage: ./doit TASK [config=NAME] [target=NAME] [option=value]

  ./doit bitstream config=gpt2-medium   from the config to a bitstream, with its report
  ./doit help bitstream                 what a task does and which options it takes
  ./doit test                           every test of this project
"""
AT_ONCE = Integer(0, 256)  # -n; 0 runs one after the other without threads
OURS = {  # commands rather than tasks, for the list
    "clean": "remove what was built for a config (the cache stays)",
    "list": "print these tasks, one line each",
    "help": "explain a task and its options",
}


class Reporter:
    """doit's reporter, silent: the engine's events tell people what happens."""

    desc = "what bitwright shows"

    def __init__(self, outstream: Any, options: Mapping[str, Any]) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        return lambda *args: None


class Run(DoitRun):  # type: ignore[misc]  # doit is untyped
    """Run tasks: `./doit bitstream config=tiny`."""

    name = "run"

    def parse_execute(self, in_args: Sequence[str]) -> int:
        return guarded(self._run)

    def _run(self) -> int:
        line = options.typed()
        flags, words = _flags(line.words, self.cmdparser)
        if words[:1] == ["run"]:
            words = words[1:]
        if not words:
            if line.values:
                given = " ".join(f"{name}={value}" for name, value in line.values.items())
                example = f"./doit bitstream {given}"
                raise ConfigError(f"command line: which task? for example: {example}")
            overview()
            return OK
        tasks, words = _split(words, line.rest)
        params = _parsed(flags, self.cmdparser)
        with opened(tasks, line, words) as session:
            status: int = self.execute(params, tasks)
            if status == OK and not session.faults and not session.signal:
                session.display.close()
                session.act(lambda: _finish(session))
            if not session.signal:
                session.act(lambda: _remember(session))
            return session.close() or (status if not session.faults else 1)


def _finish(session: Any) -> None:
    from bitwright.front.tasks import finish

    finish(session)


def _remember(session: Any) -> None:
    from bitwright.front.history import remember

    remember(session)


def _flags(words: Sequence[str], parser: Any) -> tuple[list[str], list[str]]:
    """doit's own options, wherever they stand, apart from the words."""
    try:
        found, rest = getopt.gnu_getopt(list(words), parser.get_short(), parser.get_long())
    except getopt.GetoptError as error:
        raise ConfigError(f"command line: {error}; ./doit help shows what there is") from None
    return [part for pair in found for part in pair if part], rest


def _parsed(flags: Sequence[str], parser: Any) -> Mapping[str, Any]:
    """The values of doit's own options. Raises ConfigError for one that it could not run with.

    doit takes -n -1 and then runs nothing, which must not look like a success.
    """
    for name, text in pairwise(flags):
        if name in ("-n", "--process") and AT_ONCE.text(text) is None:
            found = f"expected {AT_ONCE}, found {shown(text)}"
            raise ConfigError(f"command line: {name} (steps at once): {found}")
    try:
        params: Mapping[str, Any] = parser.parse(list(flags))[0]
    except CmdParseError as error:
        what = " ".join(str(error).split())
        raise ConfigError(f"command line: {what}; ./doit help shows what there is") from None
    return params


def _split(words: Sequence[str], rest: Sequence[str]) -> tuple[list[str], list[str]]:
    """Tasks apart from the arguments of a task that takes some. Raises ConfigError."""
    known = [*tasks(), *OURS]
    for word in [words[0]] if words[0] in COMMANDS and COMMANDS[words[0]].words else words:
        if word not in known:
            hint = nearest(word, known) or _meant(word) or "; ./doit list shows all"
            raise ConfigError(f"no task {shown(word)}{hint}")
    if COMMANDS[words[0]].words:
        return [words[0]], [*words[1:], *rest]
    if rest:
        raise ConfigError(f"command line: {words[0]} takes nothing after --")
    return list(words), []


def _meant(word: str) -> str:
    """The name=value that a word without a name stands for, by what it looks like; else ""."""
    from bitwright.design import names

    if word.endswith((".cpp", ".cc", ".cxx")):
        return f"; did you mean {shown(f'source={word}')}?"
    if word.endswith((".yml", ".yaml")) or word in names(Path.cwd()):
        return f"; did you mean {shown(f'config={word}')}?"
    if word in names(Path.cwd(), "configs/targets"):
        return f"; did you mean {shown(f'target={word}')}?"
    return ""


def dodo() -> ModuleType:
    """The table of contents."""
    import importlib
    import sys

    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    return importlib.import_module("dodo")


def tasks() -> dict[str, str]:
    """Every task of dodo.py, in the order of the file, with the first line of its docstring."""
    functions = [
        function
        for name, function in vars(dodo()).items()
        if re.match(r"task_[a-z]", name) and inspect.isfunction(function)
    ]
    functions.sort(key=lambda function: function.__code__.co_firstlineno)
    return {
        _called(function.__name__): (inspect.getdoc(function) or "").partition("\n")[0]
        for function in functions
    }


def _called(function: str) -> str:
    """What people type for a task: vivado-selftest for task_vivado_selftest."""
    return function.removeprefix("task_").replace("_", "-")


def overview() -> None:
    """What `./doit` alone prints."""
    say(USAGE)
    _print_tasks()


def _print_tasks() -> None:
    width = max(map(len, COMMANDS))
    for name, doc in (tasks() | OURS).items():
        say(f"  {name:<{width}}  {doc}")


class List(Command):  # type: ignore[misc]
    """List the tasks, one helpful line each."""

    name = "list"
    doc_purpose = "list the tasks"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(config=kwargs.get("config"))

    def parse_execute(self, in_args: Sequence[str]) -> int:
        def run() -> int:
            options.check(options.typed().values, ["list"])
            _print_tasks()
            return OK

        return guarded(run)


class Help(Command):  # type: ignore[misc]
    """Explain a task: what it does, what it takes."""

    name = "help"
    doc_purpose = "explain a task and its options"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(config=kwargs.get("config"))

    def parse_execute(self, in_args: Sequence[str]) -> int:
        def run() -> int:
            words = [word for word in options.typed().words if word != "help"]
            if not words:
                overview()
            for word in words:
                _explain(word)
            return OK

        return guarded(run)

    @staticmethod
    def print_usage(cmds: Mapping[str, Any]) -> None:
        """What doit calls for --help."""
        overview()


def _explain(name: str) -> None:
    known = [*tasks(), *OURS]
    if name not in known:
        hint = nearest(name, known) or "; ./doit list shows all"
        raise ConfigError(f"no task {shown(name)}{hint}")
    command = COMMANDS[name]
    function = getattr(dodo(), f"task_{name.replace('-', '_')}", None)
    doc = inspect.getdoc(function) if function else OURS[name]
    pairs = [f"{option}=..." if option != "config" else "config=NAME" for option in command.takes]
    usage = " ".join(["usage: ./doit", name, *filter(None, [command.words]), *pairs])
    say(textwrap.fill(usage, WIDTH, subsequent_indent="    ", break_on_hyphens=False))
    say(f"\n  {doc or ''}".replace("\n", "\n  ").rstrip())
    if command.takes:
        say("\noptions")
        width = max(len(option) for option in command.takes)
        for option in (options.option(name, taken) for taken in command.takes):
            default = f" [{option.default}]" if option.default else ""
            line = f"  {option.name:<{width}}  {option.help}: {option.expects}{default}"
            say(_narrow(line, indent=width + 4))
    if command.example:
        say(f"\nexample\n  ./doit {command.example}")


def _narrow(line: str, indent: int) -> str:
    """A line of help in as many as it takes, all but the first indented so far."""
    later = " " * indent
    return textwrap.fill(line, 100, subsequent_indent=later, break_on_hyphens=False)


class Clean(Command):  # type: ignore[misc]
    """Remove what was built for a config."""

    name = "clean"
    doc_purpose = "remove what was built for a config"

    def parse_execute(self, in_args: Sequence[str]) -> int:
        return guarded(_clean)


class Foreign(Command):  # type: ignore[misc]
    """A command of doit that means nothing here: it works on a database, and there is none."""

    name = "foreign"
    doc_purpose = ""

    def parse_execute(self, in_args: Sequence[str]) -> int:
        def run() -> int:
            word = options.typed().words[0]
            hint = nearest(word, [*tasks(), *OURS]) or "; ./doit list shows all"
            raise ConfigError(
                f"no task {shown(word)}{hint} (doit's own keeps a state; ours has none)"
            )

        return guarded(run)


def _clean() -> int:
    from bitwright import engine
    from bitwright.design import VARIANTS
    from bitwright.lock import LOCK

    line = options.typed()
    options.check(line.values, ["clean"])
    config, target = line.values.get("config"), line.values.get("target")
    if config is None:
        raise ConfigError(
            "clean needs config=NAME; it removes build/NAME\n"
            "  next      ./doit clean config=tiny, or remove the folder build/ for everything"
        )
    name = Path(config).stem if "/" in config or config.endswith((".yml", ".yaml")) else config
    for value in (name, target or name):
        if not NAME.match(value):
            raise ConfigError(f"command line: expected a name, found {shown(value)}")
    folder = Path("build", name)
    targets = [folder / target] if target else sorted(p for p in folder.glob("*") if p.is_dir())
    places = {path: sorted(path.glob(f"{VARIANTS}/*/{LOCK}")) for path in targets}
    targets = [path for path in targets if places[path] or (path / LOCK).is_file()]
    for path in targets:  # others are not builds
        with ExitStack() as stack:
            for place in (path, *(lock.parent for lock in places[path])):
                stack.enter_context(engine.lock(place, say))
            shutil.rmtree(path)
        say(f"removed {path}")
    if not targets:
        say(f"nothing built in {folder / target if target else folder}")
    elif not any(folder.iterdir()):
        folder.rmdir()
    return OK

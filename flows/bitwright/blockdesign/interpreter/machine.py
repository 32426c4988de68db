"""What a script says to the machine it runs on, answered without one.

Paths are only texts. Of files there are those of a folder that the session was given, if any, and
nothing outside it; what a script writes elsewhere is swallowed, and what it wants to read elsewhere
does not exist. Nothing is executed.
"""

from __future__ import annotations

import errno
import posixpath
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from bitwright.blockdesign.interpreter.host import Command
from bitwright.blockdesign.interpreter.session import Session
from bitwright.blockdesign.interpreter.words import CommandError, alike

FORBIDDEN = ("socket", "load", "unload", "interp", "vwait", "fileevent", "chan", "fcopy")
MAX_FILE = 16 * 1024 * 1024  # bytes, of a file that a script sources or reads
MAX_OPEN = 100  # channels
MAX_SOURCED = 20  # scripts in scripts


def _mkdir(paths: Sequence[Path], force: bool) -> None:
    for path in paths:
        path.mkdir(parents=True, exist_ok=True)


def _delete(paths: Sequence[Path], force: bool) -> None:
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path) if force else path.rmdir()
        else:
            path.unlink(missing_ok=True)


def _target(source: Path, target: Path, force: bool) -> Path:
    """Where a file goes that is copied or renamed: into a folder, or to a name that is free."""
    found = target / source.name if target.is_dir() else target
    if found.exists() and not force:
        raise OSError(errno.EEXIST, "file already exists")
    return found


def _copy(paths: Sequence[Path], force: bool) -> None:
    *sources, target = paths
    for source in sources:
        to = _target(source, target, force)
        if source.is_dir():
            shutil.copytree(source, to, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, to)


def _rename(paths: Sequence[Path], force: bool) -> None:
    *sources, target = paths
    for source in sources:
        source.replace(_target(source, target, force))


_CHANGES = {"mkdir": _mkdir, "delete": _delete, "copy": _copy, "rename": _rename}


class Machine:
    """The files, channels and the working folder of one session."""

    def __init__(self, session: Session, files: Path | None) -> None:
        self._session = session
        self._files = None if files is None else files.resolve()
        self._channels: dict[str, list[str] | None] = {}  # lines left to read; None: written to
        self._written: dict[str, tuple[Path, list[str]]] = {}
        self._opened = 0
        self._depth = 0
        self.folder = "/work"  # what pwd says
        self.script = "/project/script.tcl"  # what info script says
        self.printed: list[str] = []

    def commands(self) -> dict[str, Command]:
        named: dict[str, Command] = {
            "puts": self._puts,
            "open": self._open,
            "close": self._close,
            "gets": self._gets,
            "read": self._read,
            "eof": self._eof,
            "exec": self._exec,
            "fconfigure": self._nothing,
            "flush": self._nothing,
            "update": self._nothing,
            "after": self._nothing,
            "file": self._file,
            "glob": self._glob,
            "pwd": self._pwd,
            "cd": self._cd,
            "source": self._source,
            "exit": self._exit,
            "quit": self._exit,
            "encoding": self._encoding,
            "pid": lambda words: "1",
        }
        return {**named, **{name: partial(self._forbidden, name) for name in FORBIDDEN}}

    # --- paths ------------------------------------------------------------------------------------

    def _whole(self, path: str) -> str:
        return posixpath.normpath(posixpath.join(self.folder, path))

    def _real(self, path: str) -> Path | None:
        """The file of the given folder that a path names; None for anything outside it."""
        if self._files is None or "\0" in path:
            return None
        inside = posixpath.relpath(self._whole(path), "/work")
        real = (self._files / inside).resolve()
        return real if real.is_relative_to(self._files) else None

    def _file(self, words: tuple[str, ...]) -> str:
        if len(words) < 2:
            raise CommandError('wrong # args: should be "file option name ?arg ...?"')
        what, path, *more = words
        texts: dict[str, Callable[[], str]] = {
            "dirname": lambda: (
                posixpath.dirname(path.rstrip("/")) or ("/" if path[:1] == "/" else ".")
            ),
            "tail": lambda: posixpath.basename(path.rstrip("/")),
            "rootname": lambda: posixpath.splitext(path)[0],
            "extension": lambda: posixpath.splitext(path)[1],
            "normalize": lambda: self._whole(path),
            "join": lambda: posixpath.join(path, *more),
            "nativename": lambda: path,
            "pathtype": lambda: "absolute" if path.startswith("/") else "relative",
            "split": lambda: self._session.host.join(_parts(path)),
            "separator": lambda: "/",
            "system": lambda: "native",
        }
        if what in texts:
            return texts[what]()
        real = self._real(path)
        there = real is not None and real.exists()
        asked = {"exists": there, "readable": there, "writable": there, "owned": there}
        asked["isfile"] = there and real is not None and real.is_file()
        asked["isdirectory"] = there and real is not None and real.is_dir()
        asked["executable"] = False
        if what in asked:
            return str(int(asked[what]))
        if what in ("mkdir", "delete", "copy", "rename", "attributes", "stat", "link"):
            return self._change(what, words[1:])
        if what in ("size", "mtime", "atime", "type"):
            raise CommandError(f'could not read "{path}": no such file or directory')
        raise CommandError(f'unknown or ambiguous subcommand "{what}"')

    def _change(self, what: str, words: tuple[str, ...]) -> str:
        """Make, copy, rename and delete within the session's folder; elsewhere nothing happens."""
        paths = [word for word in words if not word.startswith("-")]
        real = [one for one in map(self._real, paths) if one is not None]
        if self._files is None or len(real) < len(paths) or what not in _CHANGES:
            self._session.note(f"file {what} {' '.join(paths)[:80]}: not done")
            return ""
        try:
            _CHANGES[what](real, "-force" in words)
        except OSError as error:
            raise CommandError(f"file {what} {' '.join(paths)}: {error.strerror}") from None
        return ""

    def _glob(self, words: tuple[str, ...]) -> str:
        """Names in the session's folder."""
        left, shapes, folder, options = list(words), [], "", set()
        while left:
            word = left.pop(0)
            if word in ("-directory", "-dir", "-type", "-types", "-path") and left:
                value = left.pop(0)
                folder = value if word.startswith("-d") else folder
            elif word.startswith("-"):
                options.add(word)
            else:
                shapes.append(word)
        found = [one for shape in shapes for one in self._matching(posixpath.join(folder, shape))]
        if not found and not {"-nocomplain", "-nocom"} & options:
            raise CommandError(f'no files matched glob pattern "{" ".join(shapes)}"')
        return self._session.host.join(tuple(found))

    def _matching(self, path: str) -> list[str]:
        above, name = posixpath.split(path)
        real = self._real(above or ".")
        if real is None or not real.is_dir():
            return []
        names = sorted(one.name for one in real.iterdir() if alike(name, one.name))
        return [posixpath.join(above, one) for one in names]

    def _pwd(self, words: tuple[str, ...]) -> str:
        return self.folder

    def _cd(self, words: tuple[str, ...]) -> str:
        self.folder = self._whole(words[0] if words else "/work")
        return ""

    # --- channels ---------------------------------------------------------------------------------

    def _puts(self, words: tuple[str, ...]) -> str:
        rest = [word for word in words if word != "-nonewline"] if len(words) > 1 else list(words)
        if not 1 <= len(rest) <= 2:
            raise CommandError('wrong # args: should be "puts ?-nonewline? ?channelId? string"')
        channel = rest[0] if len(rest) == 2 else "stdout"
        if channel in ("stdout", "stderr"):
            if len(self.printed) < 10_000:
                self.printed.append(rest[-1])
        elif channel in self._written:
            self._written[channel][1].append(rest[-1] + ("" if "-nonewline" in words else "\n"))
        elif channel not in self._channels:
            raise CommandError(f'can not find channel named "{channel}"')
        return ""

    def _open(self, words: tuple[str, ...]) -> str:
        path, mode = words[0] if words else "", words[1] if len(words) > 1 else "r"
        if path.startswith("|"):
            return self._forbidden("open |", words)
        if len(self._channels) >= MAX_OPEN:
            raise CommandError(f'couldn\'t open "{path}": too many open files')
        real = self._real(path)
        self._opened += 1
        name = f"file{self._opened}"
        if mode.startswith(("r", "RDONLY")) and "+" not in mode:
            self._channels[name] = self._text(path).split("\n")
        else:
            self._channels[name] = None
            if real is not None:
                self._written[name] = (real, [])
        return name

    def _text(self, path: str) -> str:
        real = self._real(path)
        if real is None or not real.is_file():
            raise CommandError(f'couldn\'t open "{path}": no such file or directory')
        if real.stat().st_size > MAX_FILE:
            raise CommandError(f'couldn\'t open "{path}": more than 16 MiB')
        return real.read_text(encoding="utf-8", errors="replace")

    def _close(self, words: tuple[str, ...]) -> str:
        name = words[0] if words else ""
        if name in self._written:
            real, lines = self._written.pop(name)
            real.parent.mkdir(parents=True, exist_ok=True)
            real.write_text("".join(lines), encoding="utf-8")
        self._channels.pop(name, None)
        return ""

    def _lines(self, words: tuple[str, ...]) -> list[str]:
        found = self._channels.get(words[0]) if words else None
        if found is None:
            raise CommandError(f'channel "{"".join(words[:1])}" wasn\'t opened for reading')
        return found

    def _gets(self, words: tuple[str, ...]) -> str:
        lines = self._lines(words)
        line = lines.pop(0) if lines else ""
        ended = not lines and not line
        if len(words) > 1:
            self._session.host.evaluate("set", words[1], line)
            return "-1" if ended else str(len(line))
        return line

    def _read(self, words: tuple[str, ...]) -> str:
        lines = self._lines(tuple(word for word in words if word != "-nonewline"))
        text = "\n".join(lines)
        lines.clear()
        return text

    def _eof(self, words: tuple[str, ...]) -> str:
        return str(int(self._lines(words) in ([], [""])))

    # --- the rest ---------------------------------------------------------------------------------

    def _source(self, words: tuple[str, ...]) -> str:
        names = [word for word in words if word not in ("-notrace", "-quiet", "-verbose")]
        path = names[-1] if names else ""
        text = self._text(path)
        if self._depth >= MAX_SOURCED:
            raise CommandError("too many scripts in scripts (infinite loop?)")
        before, self._depth = self.script, self._depth + 1
        self.script = self._whole(path)
        try:
            return self._session.host.source(text, path)
        finally:
            self.script, self._depth = before, self._depth - 1

    def _exit(self, words: tuple[str, ...]) -> str:
        status = words[0] if words else "0"
        raise self._session.host.end(
            "" if status == "0" else f"the script ended with exit {status}"
        )

    def _encoding(self, words: tuple[str, ...]) -> str:
        if words[:1] == ("system",) and len(words) == 1:
            return "utf-8"
        return self._forbidden("encoding", words)

    def _exec(self, words: tuple[str, ...]) -> str:
        """Nothing is run. An import goes on without, for scripts make folders in this way."""
        if self._session.strict:
            return self._forbidden("exec", words)
        self._session.note(f"exec {' '.join(words)[:80]}: not run")
        return ""

    def _nothing(self, words: tuple[str, ...]) -> str:
        return ""

    def _forbidden(self, name: str, words: tuple[str, ...]) -> str:
        raise CommandError(f"{name} is not for a script that describes a design; it was not run")


def _parts(path: str) -> tuple[str, ...]:
    parts = tuple(part for part in path.split("/") if part)
    return ("/", *parts) if path.startswith("/") else parts

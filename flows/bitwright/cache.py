"""The content-addressed cache: outputs of steps by key, verified when restored, bounded in size.

One folder per key, holding record.json, times.json, the log and each output under the name of its
own SHA-256. An entry appears and disappears by one rename. All work in the cache happens under one
lock of its own, so builds that run at once see whole entries only. Least recently used goes first.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bitwright.errors import ConfigError
from bitwright.record import RECORD, TIMES, Record, digest

LOG = "log"
DRAFTS = ".drafts"
GIB = 1 << 30
DEFAULT_GIB = 10.0


class Damaged(Exception):
    """An entry does not hold what its record says; the text says which file and how."""


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of finished steps. max_bytes bounds what all entries take together."""

    dir: Path
    max_bytes: int = int(DEFAULT_GIB * GIB)

    def holds(self, key: str) -> bool:
        """Whether there is an entry of this key; only fetching it shows that it is sound."""
        return (self.dir / key).is_dir()

    def fetch(self, key: str, folder: Path, log: Path) -> Record | None:
        """Copy the outputs of this key into a step's folder; None when there is no such entry.

        Outputs and log are written, record and times are not: the record is for the caller to write
        last. Raises Damaged (and drops the entry) when a file is missing or not what was stored,
        OSError when the folder cannot be written.
        """
        if not self.holds(key):
            return None
        with self._locked():
            entry = self.dir / key
            if not entry.is_dir():
                return None
            try:
                record = self._copy_out(entry, key, folder, log)
            except Damaged:
                self._drop(entry)
                raise
            self._touch(entry)
            return record

    def _copy_out(self, entry: Path, key: str, folder: Path, log: Path) -> Record:
        """Copy, then hash the copies: what counts is what stands in the step's folder."""
        try:
            record = Record.from_json((entry / RECORD).read_bytes())
        except (OSError, ValueError) as error:
            raise Damaged(f"{RECORD}: {error}") from error
        if record.key != key:
            raise Damaged(f"{RECORD} belongs to another key")
        names = {folder / name: sha for name, sha in record.outputs.items()}
        names |= {log: LOG, folder / TIMES: TIMES}
        drafts = {target: target.with_name(f".{target.name}.new") for target in names}
        try:
            for target, name in names.items():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(entry / name, drafts[target])
                if name not in (LOG, TIMES) and digest(drafts[target]) != name:
                    raise Damaged(f"{target.name} is not what was stored")
            for target, draft in drafts.items():
                draft.replace(target)
        except BaseException as error:
            for draft in drafts.values():
                draft.unlink(missing_ok=True)
            if isinstance(error, OSError) and _unreadable(error, entry):
                raise Damaged(f"{target.name}: {error.strerror}") from error
            raise
        return record

    def store(self, record: Record, folder: Path, log: Path) -> str | None:
        """Keep the outputs of a finished step; None, or one clause saying why it is not kept.

        Raises OSError when the cache cannot be written (disk full, read-only).
        """
        self.dir.mkdir(parents=True, exist_ok=True)
        with self._locked():
            shutil.rmtree(self.dir / DRAFTS, ignore_errors=True)  # of a build that was killed
            entry = self.dir / record.key
            if entry.is_dir():
                self._drop(entry)
            draft = self.dir / DRAFTS / record.key
            try:
                draft.mkdir(parents=True)
                for name, sha in record.outputs.items():
                    shutil.copy(folder / name, draft / sha)
                for source, name in ((log, LOG), (folder / TIMES, TIMES)):
                    if source.is_file():
                        shutil.copyfile(source, draft / name)
                (draft / RECORD).write_bytes(record.to_json())
                size = _size(draft)
                if size > self.max_bytes:
                    return f"its {_mib(size)} exceed the cache's bound of {_mib(self.max_bytes)}"
                draft.rename(entry)
            finally:
                shutil.rmtree(self.dir / DRAFTS, ignore_errors=True)
            self._touch(entry)
            self._evict(keep=entry)
        return None

    def entries(self) -> list[tuple[str, int]]:
        """Key and size in bytes of every entry, least recently used first."""
        found = []
        for entry in self.dir.iterdir() if self.dir.is_dir() else ():
            if re.fullmatch("[0-9a-f]{64}", entry.name):
                try:
                    found.append((entry.stat().st_mtime_ns, entry.name, _size(entry)))
                except FileNotFoundError:
                    continue  # gone meanwhile
        return [(name, size) for _, name, size in sorted(found)]

    def _evict(self, keep: Path) -> None:
        rows = self.entries()
        total = sum(size for _, size in rows)
        for name, size in rows:
            if total <= self.max_bytes:
                return
            if name != keep.name:
                self._drop(self.dir / name)
                total -= size

    def _drop(self, entry: Path) -> None:
        """Make an entry disappear at once, whole, then free its space."""
        grave = self.dir / DRAFTS / f"{entry.name}.old"
        try:
            grave.parent.mkdir(exist_ok=True)
            entry.rename(grave)
        except OSError:
            grave = entry  # a full or read-only disk
        shutil.rmtree(grave, ignore_errors=True)

    def _touch(self, entry: Path) -> None:
        now = time.time_ns()
        with suppress(OSError):  # a cache that is read only: nothing is evicted from it either
            os.utime(entry, ns=(now, now))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            descriptor = os.open(self.dir / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError:
            if not os.access(self.dir, os.W_OK):  # read only: nobody changes it under our hands
                yield
                return
            raise
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def open_cache(
    setting: str = "on", gib: float = DEFAULT_GIB, env: Mapping[str, str] = os.environ
) -> Cache | None:
    """The cache an option asks for: `on` (BITWRIGHT_CACHE, else build/.cache), `off`, or a folder.

    Raises ConfigError for a bound that is no positive number.
    """
    if setting == "off":
        return None
    if not gib > 0:
        raise ConfigError(
            f"cache_gib={gib}: a cache needs room\n"
            "  expected  a number of GiB above 0\n"
            "  next      cache=off builds without a cache"
        )
    folder = env.get("BITWRIGHT_CACHE") or "build/.cache" if setting == "on" else setting
    return Cache(Path(folder), int(gib * GIB) if gib < 1 << 30 else 1 << 60)


def _size(entry: Path) -> int:
    return sum(file.stat().st_size for file in os.scandir(entry))


def _mib(size: int) -> str:
    return f"{size / (1 << 20):.1f} MiB"


def _unreadable(error: OSError, entry: Path) -> bool:
    """Whether the fault is in the entry, not in the folder that it is copied to."""
    faults = (errno.ENOENT, errno.EIO, errno.EACCES, errno.ELOOP, errno.EISDIR)
    return error.errno in faults and Path(str(error.filename)).parent == entry

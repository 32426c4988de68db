"""Content hashes, the Record of a finished step, and writing files so that nobody sees half of one.

A file is hashed again only when its (device, inode, size, mtime, ctime) is not known, and what is
remembered must be older than any clock tick: an edit in the same tick as the hash leaves no trace
in the times of a file, so a young file is hashed every time it is asked about.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECORD = "record.json"
TIMES = "times.json"
DIGESTS = ".digests.json"
SCHEMA = 1  # of records and keys; a new number makes every step run again

YOUNG_NS = 2_000_000_000  # coarsest clock of any file system in use (FAT: 2 s)
SMALL = 1 << 16  # bytes; hashing less is cheaper than remembering it on disk

Stat = tuple[int, int, int]  # size, mtime_ns, ctime_ns


class Digests:
    """SHA-256 of files, remembered by stat; shared by all threads of the process."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Stat, str]] = {}  # (device, inode) -> (stat, sha)
        self._used: set[tuple[int, int]] = set()
        self._loaded: set[str] = set()
        self._dirty = False
        self._guard = threading.Lock()

    def __call__(self, path: Path) -> str:
        """Hex digest of a file's content. Raises OSError if it cannot be read."""
        with path.open("rb") as file:
            stat = os.fstat(file.fileno())
            place, now = (
                (stat.st_dev, stat.st_ino),
                (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns),
            )
            known = self._known.get(place)
            if known is not None and known[0] == now:
                self._used.add(place)
                return known[1]
            asked_ns = time.time_ns()
            sha = hashlib.file_digest(file, "sha256").hexdigest()
            after = os.fstat(file.fileno())
        settled = asked_ns - max(stat.st_mtime_ns, stat.st_ctime_ns) > YOUNG_NS
        if settled and (after.st_size, after.st_mtime_ns, after.st_ctime_ns) == now:
            with self._guard:
                self._known[place] = (now, sha)
                self._used.add(place)
                self._dirty = self._dirty or stat.st_size >= SMALL
        return sha

    def load(self, path: Path) -> None:
        """Take over what an earlier process remembered; a damaged or absent file is no loss."""
        name = str(path.absolute())
        if name in self._loaded:
            return
        self._loaded.add(name)
        try:
            rows = json.loads(path.read_bytes())
            found = {(d, i): ((size, mtime, ctime), sha) for d, i, size, mtime, ctime, sha in rows}
        except (OSError, ValueError, TypeError):
            return
        with self._guard:
            self._known = found | self._known

    def save(self, path: Path) -> None:
        """Remember the big files asked about here, for the next process; failing is no loss."""
        with self._guard:
            if not self._dirty:
                return
            used = sorted(place for place in self._used if self._known[place][0][0] >= SMALL)
            rows = [[*place, *self._known[place][0], self._known[place][1]] for place in used]
            self._dirty = False
        try:
            write_atomic(path, json.dumps(rows).encode(), durable=False)
        except OSError:
            return


digest = Digests()


@dataclass(frozen=True, slots=True)
class Record:
    """What a step that ended well leaves behind; the same inputs give the same bytes of it."""

    key: str  # SHA-256 over parts
    parts: Mapping[
        str, Any
    ]  # what the key was made of, by name, so that why() can say what changed
    outputs: Mapping[str, str]  # file, relative to the step's folder -> SHA-256
    warnings: tuple[str, ...] = ()  # the tool's own ERROR / CRITICAL WARNING lines

    @property
    def tools(self) -> dict[str, str]:
        """Versions of the tools that made the outputs, by name."""
        return dict(self.parts["tools"])

    def to_json(self) -> bytes:
        """The bytes of record.json."""
        body = {
            "key": self.key,
            "outputs": dict(self.outputs),
            "parts": dict(self.parts),
            "schema": SCHEMA,
            "warnings": list(self.warnings),
        }
        return (json.dumps(body, sort_keys=True, indent=1) + "\n").encode()

    @staticmethod
    def from_json(data: bytes) -> Record:
        """Read record.json. Raises ValueError if it is damaged, or of another schema."""
        try:
            body = json.loads(data)
            if body["schema"] != SCHEMA:
                raise ValueError(f"schema {body['schema']}, expected {SCHEMA}")
            read = Record(body["key"], body["parts"], body["outputs"], tuple(body["warnings"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a record: {error}") from error
        if not isinstance(read.outputs, dict) or hash_parts(read.parts) != read.key:
            raise ValueError("its key does not belong to its parts")
        return read


@dataclass(frozen=True, slots=True)
class Times:
    """What varies from run to run, kept beside the record and hashed nowhere."""

    wall_s: float
    peak_rss_mib: float  # resident memory of the tool and all its children, summed; highest sample
    ended: str = ""  # UTC, ISO 8601
    cached: bool = False  # restored; the other numbers are those of the run that made the outputs

    @staticmethod
    def read(folder: Path) -> Times | None:
        """The times beside a record, or of the last good run; None when there are none."""
        try:
            return Times(**json.loads((folder / TIMES).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, folder: Path) -> None:
        """Write times.json."""
        body = {name: getattr(self, name) for name in ("wall_s", "peak_rss_mib", "ended", "cached")}
        write_atomic(folder / TIMES, (json.dumps(body, indent=1) + "\n").encode(), durable=False)


def hash_parts(parts: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of the one JSON text of these parts."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def write_atomic(path: Path, data: bytes, *, durable: bool = True, mode: int = 0o644) -> None:
    """Write a file whole or not at all. durable: it survives a power cut. Raises OSError."""
    draft = path.with_name(f".{path.name[:200]}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    if durable:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def write_if_changed(path: Path, data: bytes) -> bool:
    """Write a file atomically unless it holds these bytes already; tells whether it wrote."""
    try:
        if path.read_bytes() == data:
            return False
    except OSError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, data)
    return True

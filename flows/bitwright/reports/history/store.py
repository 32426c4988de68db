"""The file of the history: a table of builds in SQLite, appended to and read, never changed."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bitwright.errors import ToolError
from bitwright.reports.history.entry import Entry

MAGIC = b"SQLite format 3\0"
SCHEMA = 1  # PRAGMA user_version
APPLICATION = 0x62776869  # PRAGMA application_id: "bwhi"
PATIENCE_S = 60.0  # how long an addition waits for others
TABLE = """
CREATE TABLE builds (
  id INTEGER PRIMARY KEY,
  identity TEXT NOT NULL UNIQUE,
  config TEXT NOT NULL,
  target TEXT NOT NULL,
  seed INTEGER,            -- NULL: unknown
  clock_mhz REAL NOT NULL,
  variant TEXT NOT NULL,
  usercode TEXT NOT NULL,
  git_commit TEXT NOT NULL,
  dirty INTEGER NOT NULL,
  ended TEXT NOT NULL,     -- UTC, ISO 8601
  ok INTEGER NOT NULL,
  measures TEXT NOT NULL,  -- JSON
  tools TEXT NOT NULL,     -- JSON
  content INTEGER NOT NULL,-- CRC-32 of metrics: finds an import that is there already
  metrics BLOB NOT NULL    -- metrics.json, deflated
)"""
INDICES = (
    "CREATE INDEX builds_of_a_design ON builds (config, target, ended)",
    "CREATE INDEX builds_by_content ON builds (content)",
)
COLUMNS = ("config", "target", "seed", "clock_mhz", "variant", "usercode", "git_commit", "dirty",
           "ended", "ok", "measures", "tools")  # fmt: skip
HOLDS = (str, str, int | None, int | float, str, str, str, int, str, int, str, str, bytes)


@dataclass(frozen=True, slots=True)
class History:
    """The builds in a file. A file that is not there holds none, and is made by the first add."""

    path: Path

    def add(self, entry: Entry) -> bool:
        """Append a build; False if it is there already. When it returns, the build is kept.

        An entry without a commit (an import) is there already if any build has its very metrics.
        Raises ToolError if the file cannot be written, is damaged, or of a newer schema.
        """
        content = zlib.crc32(entry.metrics.encode())
        row = (entry.identity, *_row(entry), content, zlib.compress(entry.metrics.encode()))
        marks = ", ".join("?" * len(row))
        with self._opened(write=True) as database:
            if not entry.commit and self._holds(database, content, entry.metrics):
                return False
            names = ", ".join(("identity", *COLUMNS, "content", "metrics"))
            done = database.execute(
                f"INSERT OR IGNORE INTO builds ({names}) VALUES ({marks})", row
            ).rowcount
            return done == 1

    @staticmethod
    def _holds(database: sqlite3.Connection, content: int, metrics: str) -> bool:
        rows = database.execute("SELECT metrics FROM builds WHERE content = ?", (content,))
        return any(_inflated(row[0]) == metrics for row in rows)

    def entries(
        self,
        config: str | None = None,
        target: str | None = None,
        seed: int | None = None,
        *,
        last: int | None = None,
        metrics: bool = True,
    ) -> list[Entry]:
        """The builds kept, oldest first.

        last: only so many, the newest; metrics: False leaves Entry.metrics empty, which is quicker
        Raises ToolError if the file cannot be read, is damaged, or of a newer schema.
        """
        if not self.path.exists():
            return []
        asked = {"config": config, "target": target, "seed": seed}
        given = {name: value for name, value in asked.items() if value is not None}
        where = " AND ".join(f"{name} = :{name}" for name in given) or "1"
        names = ", ".join((*COLUMNS, "metrics" if metrics else "x''"))
        question = (
            f"SELECT {names} FROM builds WHERE {where} ORDER BY ended DESC, id DESC LIMIT :last"
        )
        with self._opened(write=False) as database:
            rows = database.execute(question, given | {"last": -1 if last is None else last})
            return [_entry(row) for row in rows][::-1]

    @contextmanager
    def _opened(self, *, write: bool) -> Iterator[sqlite3.Connection]:
        """A connection within one transaction, which is kept when the block ends well."""
        try:
            if write:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._check_head()
            place = f"file:{quote(str(self.path.absolute()))}?mode={'rwc' if write else 'ro'}"
            with closing(
                sqlite3.connect(place, uri=True, timeout=PATIENCE_S, isolation_level=None)
            ) as database:
                database.execute("PRAGMA synchronous = EXTRA")  # the folder's entry too
                database.execute("BEGIN IMMEDIATE" if write else "BEGIN")
                self._check_schema(database, write)
                yield database
                database.execute("COMMIT")
        except (sqlite3.Error, zlib.error, ValueError, OSError) as error:
            raise self._fault(error) from error

    def _check_head(self) -> None:
        """Refuse what SQLite would take for a new file and overwrite."""
        with suppress(FileNotFoundError):
            with self.path.open("rb") as file:
                head = file.read(len(MAGIC))
            if head and head != MAGIC and not Path(f"{self.path}-journal").exists():
                raise sqlite3.DatabaseError("file is not a database")

    def _check_schema(self, database: sqlite3.Connection, write: bool) -> None:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        (application,) = database.execute("PRAGMA application_id").fetchone()
        (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if write and not tables and not version and not application:
            for statement in (TABLE, *INDICES):
                database.execute(statement)
            database.execute(f"PRAGMA application_id = {APPLICATION}")
            database.execute(f"PRAGMA user_version = {SCHEMA}")
        elif application != APPLICATION and (tables or application):
            raise sqlite3.DatabaseError("it is another program's database")
        elif version > SCHEMA:
            raise ToolError(
                f"{self.path}: a newer history, of schema {version}\n"
                f"  expected  schema {SCHEMA}, which this version of bitwright writes\n"
                "  next      use the newer bitwright, or another file: history=FILE"
            )

    def _fault(self, error: Exception) -> ToolError:
        """What to tell of a history that cannot be used: it is damaged, or out of reach."""
        code: int | None = getattr(error, "sqlite_errorcode", None)  # the extended one
        if isinstance(error, OSError) or (code is not None and code & 0xFF in UNREACHABLE):
            reason = error.strerror if isinstance(error, OSError) else str(error)
            return ToolError(
                f"{self.path}: the history cannot be reached: {reason}\n"
                "  expected  a folder and a file that can be read and written\n"
                "  next      see who owns it, and whether its disk is full or mounted read-only"
            )
        return ToolError(
            f"{self.path}: the history is damaged: {error}\n"
            f"  expected  a history of builds, SQLite, schema {SCHEMA}\n"
            f"  next      mv {self.path} {self.path}.damaged, then: ./doit history import=build"
        )


def open(path: Path) -> History:
    """The history in a file, which need not be there yet."""
    return History(path)


UNREACHABLE = {
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_AUTH,
}  # fmt: skip


def _row(entry: Entry) -> tuple[Any, ...]:
    """The values of COLUMNS."""
    return (
        entry.config, entry.target, entry.seed, entry.clock_mhz, entry.variant, entry.usercode,
        entry.commit, entry.dirty, entry.ended, entry.ok,
        json.dumps(dict(entry.measures)), json.dumps(dict(entry.tools)),
    )  # fmt: skip


def _entry(row: tuple[Any, ...]) -> Entry:
    """The reverse of _row, with the deflated metrics last. ValueError where a value is not of its
    column's kind: SQLite gives back whatever it finds in a damaged file."""
    for name, value, kind in zip((*COLUMNS, "metrics"), row, HOLDS, strict=True):
        if not isinstance(value, kind):
            raise ValueError(f"{name} is {type(value).__name__}")
    *plain, measures, tools, metrics = row
    config, target, seed, clock_mhz, variant, usercode, commit, dirty, ended, ok = plain
    return Entry(
        config, target, seed, clock_mhz, variant, usercode, commit, bool(dirty), ended, bool(ok),
        _table(measures), _inflated(metrics) if metrics else "", _table(tools),
    )  # fmt: skip


def _table(text: str) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError(f"expected a JSON object, found {type(found).__name__}")
    return found


def _inflated(metrics: object) -> str:
    if not isinstance(metrics, bytes):
        raise ValueError(f"metrics is {type(metrics).__name__}")
    return zlib.decompress(metrics).decode()

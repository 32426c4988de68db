"""One call of each kernel with what golden says it gives: what a board checks itself with."""

from __future__ import annotations

from typing import Any

import numpy as np

from bitwright import golden
from bitwright.deploy.accelerator.kernel import DTYPES
from bitwright.design import KernelSpec, Model
from bitwright.hls import vectors
from bitwright.kernel import Kernel

Array = np.ndarray[Any, Any]
SEED = 6


def case(kernel: Kernel, spec: KernelSpec, model: Model) -> dict[str, Array]:
    """Arrays by `given.NAME`, `expected.NAME`, `first.NAME` (row) and `bound.NAME` (0: exact).

    An HLS kernel gets the first case of its C simulation, all tokens of the config; the matrix
    engine a product that is small and no multiple of its array.
    """
    return _product(spec) if spec.build == "rtl" else _hls(kernel, spec, model)


def _hls(kernel: Kernel, spec: KernelSpec, model: Model) -> dict[str, Array]:
    full = next(vectors.cases(kernel, spec, model))
    forms = {argument.name: argument.format for argument in kernel.arguments}
    found = {f"given.{name}": np.asarray(value) for name, value in full.scalars.items()}
    for name, value in full.memory.items():
        found[f"given.{name}"] = value.astype(DTYPES[forms[name]])
    for name, answer in full.answers.items():
        found |= _expected(name, answer.rows, full.first.get(name, 0), answer.bound)
    return found


def _product(spec: KernelSpec) -> dict[str, Array]:
    random = np.random.default_rng(SEED)
    m, n, k = 3 * spec.size("rows") + 1, 2 * spec.size("cols") + 3, 40
    operands: dict[str, Any] = {
        "a": random.integers(-128, 128, (m, k), np.int8),
        "b": random.integers(-128, 128, (n, k), np.int8),
        "bias": random.integers(-1000, 1000, n, np.int32),
        "mult": random.integers(1 << 20, 1 << 24, n, np.int32),
        "shift": np.full(n, 31, np.uint8),
    }
    found = {f"given.{name}": value for name, value in operands.items()}
    found["given.flags"] = np.asarray(1)  # b_is_nk
    return found | _expected("d", golden.matmul(**operands, b_is_nk=True))


def _expected(name: str, rows: Array, first: int = 0, bound: float = 0.0) -> dict[str, Array]:
    values = {"expected": rows, "first": first, "bound": bound}
    return {f"{key}.{name}": np.asarray(value) for key, value in values.items()}

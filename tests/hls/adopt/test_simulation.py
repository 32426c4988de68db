"""What was adopted computes what the original computes, and both what the source says."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

Floats = np.ndarray


def operands(shape: str) -> dict[str, Floats]:
    """Random data for the arguments that are read, by name."""
    rng = np.random.default_rng(7)
    names = {
        "opt1": {"v36": (1, 4, 8), "v37": (8,), "v38": (8, 8)},
        "opt5": {"v41": (1, 4, 8), "v42": (8,), "v43": (8, 8)},
        "handled": {"a": (4, 8), "b": (8,), "scale": (1,)},
    }[shape]
    return {name: rng.normal(size=size).astype("<f4") for name, size in names.items()}


def expected(shape: str, given: dict[str, Floats]) -> tuple[str, Floats]:
    """The output's name and value, in float64."""
    x, b, w = (value.astype(float) for value in given.values())
    if shape == "handled":
        return "c", (x + b) * w
    product = x[0] @ w.T + b
    return ("v39", np.maximum(product, 0)) if shape == "opt1" else ("v44", product)


def run(
    program: Path, folder: Path, files: dict[str, Floats], place: str = "."
) -> subprocess.CompletedProcess[str]:
    (folder / place).mkdir(parents=True)
    for name, value in files.items():
        (folder / place / f"{name}.bin").write_bytes(value.astype("<f4").tobytes())
    return subprocess.run([str(program)], cwd=folder, capture_output=True, text=True)


def test_the_adopted_source_gives_the_bits_of_the_original(programs, tmp_path):
    shape, original, new = programs
    given = operands(shape)
    name, _ = expected(shape, given)
    found = []
    for program, folder in ((original, tmp_path / "original"), (new, tmp_path / "new")):
        done = run(program, folder, given)
        assert done.returncode == 0, done.stderr
        found.append((folder / f"{name}_found.bin").read_bytes())
    assert found[0] == found[1]
    assert len(found[0]) == 4 * 32 and np.any(np.frombuffer(found[0], "<f4"))


def test_without_files_both_get_the_same_numbers(programs, tmp_path):
    shape, original, new = programs
    name, _ = expected(shape, operands(shape))
    run(original, tmp_path / "original", {})
    run(new, tmp_path / "new", {})
    found = (tmp_path / "new" / f"{name}_found.bin").read_bytes()
    assert found == (tmp_path / "original" / f"{name}_found.bin").read_bytes()
    assert len(set(np.frombuffer(found, "<f4"))) > 4


@pytest.mark.parametrize("place", [".", "data"])
@pytest.mark.parametrize("wrong", [False, True], ids=["as expected", "one element off"])
def test_the_bench_compares_with_what_is_expected(programs, tmp_path, wrong, place):
    shape, _, new = programs
    given = operands(shape)
    name, value = expected(shape, given)
    value.flat[5] += 0.1 if wrong else 0
    done = run(new, tmp_path / "run", {**given, f"{name}_expected": value}, place)
    assert done.returncode == (1 if wrong else 0)
    assert (f"{name}: 1 of 32 elements differ" if wrong else f"{name}: 0 of 32") in done.stdout


def test_a_file_of_another_size_is_an_error(programs, tmp_path):
    shape, _, new = programs
    given = operands(shape)
    name = next(iter(given))
    done = run(new, tmp_path / "run", {**given, name: given[name].reshape(-1)[1:]})
    assert done.returncode == 1
    assert f"Error: {name}.bin: expected 128 bytes" in done.stdout

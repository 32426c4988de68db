"""Test vectors: the same for the same seed, complete, and of what is easily got wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from bitwright.golden.linear import unpack_int4
from bitwright.hls import top, vectors
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.hls.test_top import EVERY, MODEL, read, spec


def write(folder: Path, name: str, form: str, seed: int = vectors.SEED) -> list[bytes]:
    folder.mkdir()
    kernel = read(name, form)
    depths = top.depths(kernel, top.dimensions(kernel, spec(name, form), MODEL))
    every = vectors.cases(kernel, spec(name, form), MODEL, seed)
    vectors.write(every, kernel, folder, depths)
    assert sorted(path.name for path in folder.iterdir()) == sorted(vectors.names(name))
    return [(folder / file).read_bytes() for file in vectors.names(name)]


@pytest.mark.parametrize(("name", "form"), EVERY)
def test_the_same_seed_gives_the_same_bytes_and_another_does_not(
    name: str, form: str, tmp_path: Path
):
    first = write(tmp_path / "a", name, form)
    assert write(tmp_path / "b", name, form) == first
    assert write(tmp_path / "c", name, form, seed=5)[1] != first[1]


@pytest.mark.parametrize(("name", "form"), EVERY)
def test_every_case_has_every_argument_and_says_all_that_a_run_writes(name: str, form: str):
    kernel = read(name, form)
    written = {a.name for a in kernel.arguments if "write" in a.direction}
    for case in vectors.cases(kernel, spec(name, form), MODEL):
        assert list(case.scalars) == [a.name for a in kernel.arguments if a.kind == "scalar"]
        missing = {a.name for a in kernel.arguments if a.kind == "memory"} - case.memory.keys()
        assert missing == {"y"}  # which no run reads
        assert set(case.answers) == (set() if case.name.startswith("refused_") else written)
        assert case.status == (4 if case.name.startswith("refused_") else 0)


@given(
    tokens=st.integers(1, 300), more=st.integers(0, 300), tile=st.sampled_from([1, 2, 8, 32, 1024])
)
def test_plans_stay_within_what_a_kernel_takes_and_refusals_do_not(
    tokens: int, more: int, tile: int
):
    most = {"tokens": tokens, "context": tokens + more, "embed_dim": 64, "heads": 2}
    made = list(vectors.plans(read("mhsa", "int8"), {**most, "token_tile": tile, "lanes": 1}))
    assert made[0] == vectors.Plan("full", tokens)
    assert len({plan.name for plan in made}) == len(made)
    for plan in made:
        run = {**most, "tokens": plan.tokens, "position": plan.position, **dict(plan.wrong)}
        fits = 1 <= run["tokens"] <= tokens and run["position"] + run["tokens"] <= tokens + more
        fits &= all(run[name] == most[name] for name in ("context", "embed_dim", "heads"))
        assert fits == (not plan.wrong), plan


def test_a_partial_tile_ends_within_a_tile_and_later_ones_continue_a_cache():
    most = {"tokens": 128, "context": 128, "embed_dim": 64, "heads": 2, "token_tile": 32}
    made = {plan.name: plan for plan in vectors.plans(read("mhsa", "int8"), most)}
    assert made["partial_tile"].tokens % 32
    assert made["partial_tile"].tokens > 32
    assert made["next_token"].position and made["next_token"].tokens == 1
    assert made["last_rows"].position + made["last_rows"].tokens == 128
    assert not made["not_causal"].causal


@pytest.mark.parametrize("form", ["fp16", "int8"])
def test_activations_are_not_the_numbers_that_weights_were_drawn_from(form: str):
    kernel = read("ffn", form)
    case = next(vectors.cases(kernel, spec("ffn", form), MODEL))
    x, weight = (case.memory[name].ravel()[:1024].astype(float) for name in ("x", "fc_weight"))
    assert abs(np.corrcoef(x, weight)[0, 1]) < 0.2


def test_what_cases_share_is_in_the_file_once(tmp_path: Path):
    text, data = write(tmp_path / "a", "ffn", "int8")
    cases = text.decode().count("\ncase ")
    layers = 2 * MODEL.embed_dim * MODEL.ff_dim
    assert cases > 5
    assert len(data) < 3 * layers  # the usual weights and the extreme ones, and little else


@given(arrays(np.int8, st.tuples(st.integers(1, 4), st.just(6)), elements=st.integers(-8, 7)))
def test_packed_int4_has_the_even_element_low(values: np.ndarray):
    packed = np.frombuffer(vectors.packed(values, "int4"), np.uint8)
    assert np.array_equal(unpack_int4(packed), values.ravel())
    assert packed[0] & 15 == values.ravel()[0] & 15


@given(arrays(np.int32, 5))
def test_int32_is_packed_little_endian(values: np.ndarray):
    assert vectors.packed(values, "int32") == b"".join(
        int(value).to_bytes(4, "little", signed=True) for value in values
    )


@pytest.mark.parametrize(("name", "form", "layer"), [("ffn", "int8", "fc"), ("mhsa", "w4a8", "v")])
def test_extremes_hold_ties_in_which_roundings_differ(name: str, form: str, layer: str):
    made = vectors.cases(read(name, form), spec(name, form), MODEL)
    (case,) = (case for case in made if case.name == "extremes")
    weight, bias, mult, shift = (
        case.memory[f"{layer}_{part}"].astype(object)
        for part in ("weight", "bias", "mult", "shift")
    )
    product = (case.memory["x"].astype(object) @ weight.T + bias) * mult
    places = shift % 64
    half = np.array([1 << place >> 1 for place in places], dtype=object)
    ties = (product % (2 * half + (half == 0)) == half) & (half > 0)
    small = np.abs(product) < 127 * 2 * half  # a result that does not saturate
    assert np.count_nonzero(ties & small) >= 10

"""What is rendered around a kernel: the golden text of a small one, and laws for all."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from bitwright import kernel as signature
from bitwright.design import KernelSpec, Model
from bitwright.errors import ConfigError
from bitwright.hls import top
from bitwright.kernel import FORMATS, Kernel
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
RENDERED = Path(__file__).parent / "rendered"
MODEL = Model("gpt2", 1, embed_dim=64, heads=4, ff_dim=192, seq_len=16)
SIZES = (("token_tile", 8), ("lanes", 4), ("context", 32))
EVERY = [(name, form) for name in ("ffn", "mhsa") for form in ("fp16", "int8", "w4a8")]


def read(name: str, form: str) -> Kernel:
    return signature.load(ROOT / "ip" / name / "kernel.yml", form=form)


def spec(name: str, form: str) -> KernelSpec:
    return KernelSpec(name, "hls", form, SIZES[: 3 if name == "mhsa" else 2])


def rendered(name: str, form: str) -> dict[str, str]:
    return top.render(read(name, form), spec(name, form), MODEL)


def pragmas(text: str) -> list[dict[str, str]]:
    """The options of every INTERFACE pragma, in order."""
    lines = re.findall(r"^ *#pragma HLS interface (.+)$", text, re.M)
    return [dict(option.split("=") for option in line.split()) for line in lines]


@pytest.mark.parametrize("name", ["ffn.cpp", "ffn_config.hpp", "ffn_tb.cpp"])
def test_a_small_kernel_is_rendered_to_the_letter(name: str):
    """Where the change is meant: python -m tests.hls.test_top from the project's root."""
    assert rendered("ffn", "int8")[name] == (RENDERED / name).read_text("utf-8")


@pytest.mark.parametrize(("name", "form"), EVERY)
def test_rendering_twice_gives_the_same_text(name: str, form: str):
    assert rendered(name, form) == rendered(name, form)
    assert tuple(rendered(name, form)) == top.names(name)


@pytest.mark.parametrize(("name", "form"), EVERY)
def test_every_register_stands_where_the_signature_has_it(name: str, form: str):
    kernel = read(name, form)
    found = {
        p["port"]: int(p["offset"], 16)
        for p in pragmas(rendered(name, form)[f"{name}.cpp"])
        if p["mode"] == "s_axilite" and p["port"] != "return"
    }
    own = [r for r in kernel.registers if r.offset >= signature.ARGUMENTS_FROM]
    assert found == {register.name: register.offset for register in own}


@pytest.mark.parametrize(("name", "form"), EVERY)
def test_every_memory_argument_is_a_port_of_its_bundle(name: str, form: str):
    kernel = read(name, form)
    found = [p for p in pragmas(rendered(name, form)[f"{name}.cpp"]) if p["mode"] == "m_axi"]
    memory = [a for a in kernel.arguments if a.kind == "memory"]
    assert {p["port"]: p["bundle"] for p in found} == {a.name: a.bundle for a in memory}
    assert len(found) == len(memory)
    assert {p["max_widen_bitwidth"] for p in found} == {"256"}
    assert {p["offset"] for p in found} == {"slave"}


@pytest.mark.parametrize(("name", "form"), EVERY)
def test_arguments_of_a_bundle_ask_the_same_of_their_adapter(name: str, form: str):
    kernel = read(name, form)
    found = [p for p in pragmas(rendered(name, form)[f"{name}.cpp"]) if p["mode"] == "m_axi"]
    for bundle in kernel.bundles:
        ports = [p for p in found if p["bundle"] == bundle.name]
        options = [{k: v for k, v in p.items() if k not in ("port", "depth")} for p in ports]
        assert options == options[:1] * len(options)
        directions = {a.direction for a in kernel.arguments if a.bundle == bundle.name}
        for way in ("read", "write"):
            used = any(way in direction for direction in directions)
            assert (f"max_{way}_burst_length" in options[0]) == used
            assert (f"num_{way}_outstanding" in options[0]) == used


@pytest.mark.parametrize(("name", "form"), EVERY)
def test_the_control_protocol_is_said_in_the_default_bundle(name: str, form: str):
    found = pragmas(rendered(name, form)[f"{name}.cpp"])
    control = [p for p in found if p["port"] == "return"]
    assert control == [
        {"mode": "s_axilite", "port": "return"},
        {"mode": "ap_ctrl_hs", "port": "return"},
    ]
    assert not [p for p in found if p["mode"] == "s_axilite" and "bundle" in p]


@pytest.mark.parametrize(("name", "form"), EVERY)
def test_every_group_of_pragmas_has_its_own_reason_above(name: str, form: str):
    text = rendered(name, form)[f"{name}.cpp"]
    groups = re.findall(r"((?:^  // .*\n)*)((?:^  #pragma HLS .*\n)+)", text, re.M)
    reasons = [reason for reason, _ in groups]
    assert len(groups) >= 6  # ports, addresses, scalars, status, s_axilite and ap_ctrl_hs
    assert "" not in reasons
    assert len(set(reasons)) == len(reasons)
    assert max(len(line) for reason in reasons for line in reason.splitlines()) <= 100


@pytest.mark.parametrize(("name", "form"), EVERY)
def test_a_group_of_pragmas_is_of_one_mode_and_one_kind(name: str, form: str):
    kernel = read(name, form)
    kinds = {argument.name: argument.kind for argument in kernel.arguments}
    text = rendered(name, form)[f"{name}.cpp"]
    for group in re.findall(r"(?:^  #pragma HLS .*\n)+", text, re.M):
        found = pragmas(group)
        assert len({(p["mode"], kinds.get(p["port"], p["port"])) for p in found}) == 1


@given(
    tokens=st.integers(1, 1024), embed=st.integers(1, 6400), ff=st.integers(1, 6400),
    form=st.sampled_from(["fp16", "int8", "w4a8"]),
)  # fmt: skip
def test_depths_hold_each_argument_and_less_than_a_beat_more(
    tokens: int, embed: int, ff: int, form: str
):
    kernel = read("ffn", form)
    most = {"tokens": tokens, "embed_dim": embed, "ff_dim": ff}
    for name, depth in top.depths(kernel, most).items():
        argument = kernel.argument(name)
        bits = FORMATS[argument.format]
        for size in argument.shape:
            bits *= most[str(size)]
        assert 0 <= depth * 256 - bits < 256


@pytest.mark.parametrize("width", [8 << power for power in range(8)])
def test_no_burst_is_longer_than_axi_allows(width: int):
    kernel = read("ffn", "int8")
    narrow = replace(kernel, bundles=tuple(replace(b, data_width=width) for b in kernel.bundles))
    for port in pragmas(top.render(narrow, spec("ffn", "int8"), MODEL)["ffn.cpp"]):
        for option in port.keys() & {"max_read_burst_length", "max_write_burst_length"}:
            burst = int(port[option])
            assert 1 <= burst <= 256
            assert burst * width // 8 <= 4096


def test_an_entry_without_lanes_is_refused():
    with pytest.raises(ConfigError, match="no 'lanes'"):
        top.render(read("ffn", "int8"), KernelSpec("ffn", "hls", "int8", SIZES[:1]), MODEL)


if __name__ == "__main__":
    for file, text in rendered("ffn", "int8").items():
        (RENDERED / file).write_text(text, encoding="utf-8")

"""A block design out of any file: what a file is, its content says."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bitwright.blockdesign import anyfile, infile, named
from bitwright.blockdesign.anyfile import HWH, TCL, YAML, kind
from bitwright.blockdesign.diff import diff
from bitwright.blockdesign.dump import dump
from bitwright.blockdesign.interpreter import isolated
from bitwright.blockdesign.tcl import render
from bitwright.errors import BitwrightError, ConfigError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
NAME = "gpt2-medium@zcu104"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# a comment\ndesign: zynq\n", YAML),
        ("---\ndesign: x\n", YAML),
        ("<?xml version='1.0'?>\n<EDKSYSTEM/>", HWH),
        ("<!-- by hand -->\n<EDKSYSTEM/>", HWH),
        ("\n# comment\ncreate_bd_design {a}\n", TCL),
        ("set design: 1\n", TCL),
        ("namespace eval _tcl {\n", TCL),
        ("::common::send_gid_msg\n", TCL),
    ],
)
def test_content_says_what_a_file_is_whatever_it_is_called(text: str, found: str):
    assert {kind(text, suffix) for suffix in (".yml", ".tcl", ".hwh", ".txt", "")} == {found}


def test_of_an_empty_file_the_ending_decides():
    assert [kind("", suffix) for suffix in (".yml", ".TCL", ".hwh", "")] == [YAML, TCL, HWH, YAML]


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=200))
def test_any_bytes_are_a_design_or_an_error_that_names_the_file(tmp_path: Path, raw: bytes):
    path = tmp_path / "any"
    path.write_bytes(raw)
    if kind(raw.decode("utf-8", "replace")) == TCL:
        return  # a process for each: test_import.py has them
    try:
        anyfile.read(path)
    except BitwrightError as error:
        assert str(path) in str(error)


def test_yaml_and_tcl_of_one_design_say_the_same(tmp_path: Path, monkeypatch: Any):
    monkeypatch.chdir(ROOT)
    ours = named.read(NAME)
    (tmp_path / "d.yml").write_text(dump(ours.design))
    (tmp_path / "d.tcl").write_text(render(ours.design, catalogue=ours.catalogue))
    for name in ("d.yml", "d.tcl"):
        read = named.read(str(tmp_path / name))
        assert not diff(ours.design, read.design).changes, name


def test_a_description_made_of_a_script_says_what_the_script_does(tmp_path: Path, monkeypatch: Any):
    monkeypatch.chdir(ROOT)
    script = tmp_path / "a.tcl"
    script.write_text(
        "create_bd_design d\n"
        "create_bd_cell -type ip -vlnv xilinx.com:ip:smartconnect:1.0 bus\n"
        "create_bd_cell -type ip -vlnv xilinx.com:ip:axi_gpio:2.0 gpio\n"
        "connect_bd_intf_net [get_bd_intf_pins bus/M00_AXI] [get_bd_intf_pins gpio/S_AXI]\n"
        "connect_bd_net [get_bd_pins bus/aclk] [get_bd_pins gpio/s_axi_aclk]\n"
    )
    (tmp_path / "b.yml").write_text(dump(anyfile.read(script)))
    assert not diff(anyfile.read(script), anyfile.read(tmp_path / "b.yml")).changes


def test_a_name_that_is_nothing_is_answered_with_what_is_expected(monkeypatch: Any):
    monkeypatch.chdir(ROOT)
    for name, answer in (
        ("no/such.yml", "no such file"),
        ("gpt2-medium@nowhere", "nowhere"),
        ("gpt3@u280", "gpt3"),
        ("gpt2-medium@ulx3s-85f", "has no block design"),
        ("bd", "directory"),
    ):
        with pytest.raises(ConfigError, match=answer):
            named.read(name)


@pytest.mark.parametrize("reader", [anyfile.read, anyfile.kind_of, isolated.imported])
def test_a_pipe_is_not_waited_for_and_a_device_not_read(tmp_path: Path, reader: Callable[..., Any]):
    pipe = tmp_path / "pipe.tcl"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(ConfigError, match=f"{path}:1: .*regular file"):
            reader(path)


def test_a_script_with_a_sign_of_an_older_code_is_a_script(tmp_path: Path):
    path = tmp_path / "old.tcl"
    path.write_bytes("# © Jörg\ncreate_bd_design old\n".encode("latin-1"))
    assert anyfile.read(path) == isolated.read(path)
    assert anyfile.read(path).name == "old"
    path.rename(tmp_path / "old.bit")
    with pytest.raises(ConfigError, match=r"old\.bit:1: no text: byte 2 is no UTF-8"):
        anyfile.read(tmp_path / "old.bit")


def test_a_file_is_read_up_to_its_limit_and_not_beyond(tmp_path: Path):
    path = tmp_path / "some"
    path.write_bytes(b"x" * (1 << 20))
    assert len(infile.content(path, 1 << 20, "a script")) == 1 << 20
    path.write_bytes(b"x" * ((1 << 20) + 1))
    with pytest.raises(ConfigError, match="some:1: too large; a script has at most 1 MiB"):
        infile.content(path, 1 << 20, "a script")

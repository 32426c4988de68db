"""The table of faults on builds with Vivado: from a clone to a bitstream, with stand-ins on PATH.

Two clones build the tiny config from nothing at the same time; then, on the first one, steps are
made to fail in every way that the stand-ins know, interrupted, and taken up again. A step whose
Record is gone runs again; `cache=off` keeps it from being taken from the cache.
"""

from __future__ import annotations

import json
import os
import re
import select
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from bitwright.reports import amd_bit

from tests.engine.test_real_flow_faults import Clone
from tests.standins.install import Standins, install

BUILD = Path("build/tiny/pynq-z2")
KERNELS = ("mhsa", "ffn")
STEPS = [
    *("preflight", "generate", "package-matmul", "ipx-matmul"),
    *(f"{step}-{kernel}" for kernel in KERNELS for step in ("generate", "project", "hls")),
    *("block_design", "ip_synth", "synthesize", "estimate", "implement", "report", "bitstream"),
]
STAGES = ["opt_design", "place_design", "phys_opt_design", "route_design"]


class Site(Clone):
    """A clone with the stand-ins on PATH and a machine file of its own."""

    def __init__(self, root: Path, standins: Standins) -> None:
        super().__init__(root)
        self.build, self.standins = root / BUILD, standins
        self.machine = root / "machine.yml"
        self.machine.write_text("disk_gib: 1\nlicence_wait_s: 0.01\nlicence_attempts: 2\n")

    def build_it(self, *words: str) -> tuple[int, str]:
        """A build, or a part of one; exit status and what was said."""
        process = self.start(*(words or ("bitstream",)), "config=tiny", "target=pynq-z2")
        text = process.communicate(timeout=240)[0]
        return process.returncode, text

    def again(self, *steps: str, **faults: object) -> tuple[int, str]:
        """Run these steps once more, without the cache, with the stand-ins behaving so."""
        for step in steps:
            (self.build / step / "record.json").unlink(missing_ok=True)
        self.standins.behave(**faults)
        self.standins.ran()
        return self.build_it("bitstream", "cache=off")


def told(text: str) -> list[str]:
    """What happened, step by step, from the lines that ./doit prints where there is no terminal."""
    words = {"runs:": "ran", "restored": "cached"}
    found = re.findall(r"^([\w-]+) +(runs:|restored)", text, re.MULTILINE)
    return [f"{words[what]} {name}" for name, what in found]


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Site, str]]:
    """Two clones in different places, built; and what the first one said."""
    place = tmp_path_factory.mktemp("sites")
    with pytest.MonkeyPatch.context() as patch:
        standins = install(place / "bin")
        standins.behave()
        patch.setenv("PATH", f"{standins.folder}:{os.environ['PATH']}")
        patch.delenv("BITWRIGHT_MACHINE", raising=False)
        one = Site(place / "one", standins)
        other = Site(place / "deeper" / "another", standins)
        beside = other.start("bitstream", "config=tiny", "target=pynq-z2", "cache=off")
        status, text = one.build_it()
        assert status == 0, text
        said = beside.communicate(timeout=240)[0]
        assert beside.returncode == 0, said
        yield one, other, text
        other.end()
        one.end()


@pytest.fixture
def site(sites: tuple[Site, Site, str]) -> Iterator[Site]:
    yield sites[0]
    sites[0].end()
    sites[0].standins.behave()


def test_build_goes_from_the_config_to_a_bitstream_and_then_rests(sites):
    site, _, text = sites
    assert sorted(told(text)) == sorted(f"ran {step}" for step in STEPS)
    for kind in ("bit", "hwh", "xsa"):
        assert (site.build / f"bitstream/tiny.{kind}").stat().st_size
    assert told(site.build_it()[1]) == []


def test_two_clones_in_different_folders_make_the_same_bytes(sites):
    one, other, _ = sites
    for name in (
        *(f"bitstream/tiny.{kind}" for kind in ("bit", "hwh", "xsa")),
        *("manifest.json", "report/metrics.json", "block_design/project.tar.gz"),
        *(f"{step}/record.json" for step in ("block_design", "implement", "bitstream")),
    ):
        assert (one.build / name).read_bytes() == (other.build / name).read_bytes(), name


def test_bitstream_holds_the_key_of_its_implementation_and_whatis_finds_the_build(site):
    path = site.build / "bitstream/tiny.bit"
    bit = amd_bit.parse(path.read_bytes(), origin=path)
    key = json.loads((site.build / "implement/record.json").read_text())["key"]
    assert f"{bit.user_id:08x}" == f"{bit.usr_access:08x}" == key[:8]
    said = site.run("whatis", str(path.relative_to(site.root)))
    assert "built as  tiny on pynq-z2" in said
    assert "bytes     as built" in said


# --- each way to fail, at one step or another -----------------------------------------------------


FAULTS = [  # step, command of its script, what happens there, what is said
    ("block_design", "validate_bd_design", "crash", "signal 6"),
    ("ip_synth", "ip_synth_design", "error", "synth_design ERROR (0%)"),
    ("synthesize", "report_drc", "lie", "told of errors in stage reports"),
    ("implement", "opt_design", "leave", "not at the end of its script in stage opt"),
]


def test_each_step_that_fails_says_so_leaves_nothing_and_runs_again(site):
    before: list[str] = []
    for step, command, fault, said in FAULTS:
        for path in site.root.glob("build/.cache/ip/*"):  # so that ip_synth has something to do
            path.unlink()
        status, text = site.again(step, fail={command: fault})
        assert status == 1, text
        assert said in text
        assert "Traceback" not in text
        assert told(text) == [f"ran {name}" for name in (*before, step)]  # the last one is well now
        assert not (site.build / step / "record.json").exists()
        assert not (site.build / "manifest.json").exists()
        assert site.processes() == {}
        before = [step]
    status, text = site.again()
    assert status == 0, text
    assert told(text) == ["ran implement"]


@pytest.mark.parametrize(
    ("faults", "step", "said"),
    [
        ({"missed": {"setup": -6.0}}, "estimate", ["-6"]),
        (
            {"missed": {"setup": -0.1, "hold": -0.1, "pulse": -0.1}, "drc": 1, "unrouted": 2},
            "report",
            ["setup", "hold", "pulse", "drc", "rout"],
        ),
    ],
)
def test_bad_verdict_stops_the_build_at_its_gate_with_its_reasons(site, faults, step, said):
    status, text = site.again("synthesize", "implement", **faults)
    assert status == 1, text
    for word in said:
        assert word in text.lower(), text
    ran = told(text)
    assert ran[-1] == f"ran {step}"
    assert ("ran implement" in ran) == (step == "report")


# --- checkpoints ----------------------------------------------------------------------------------


def test_half_a_checkpoint_is_not_gone_on_from(site):
    assert site.again("synthesize", "implement")[0] == 0  # after the verdicts above
    status, text = site.again("implement", half="place.part.dcp")
    assert status == 1, text
    assert site.standins.ran() == STAGES[:2]
    status, text = site.build_it("bitstream", "cache=off")
    assert status == 0, text
    assert site.standins.ran()[:3] == STAGES[1:]


@pytest.mark.parametrize(
    ("number", "fault"),
    [(signal.SIGTERM, "hang"), (signal.SIGKILL, "stubborn")],
)
def test_signal_leaves_nothing_alive_and_the_next_run_goes_on(site, number, fault):
    (site.build / "implement/record.json").unlink()
    site.standins.behave(fail={"route_design": fault})
    hold = site.standins.folder / "hold"
    os.mkfifo(hold)
    pipe = os.open(hold, os.O_RDWR)
    try:
        words = ("bitstream", "config=tiny", "target=pynq-z2", "cache=off")
        process = site.start(*words)
        assert select.select([pipe], [], [], 60)[0], "the stand-in did not come to hang"
        pids = [int(pid) for pid in os.read(pipe, 4096).split()]
        alive = [os.pidfd_open(pid) for pid in (*pids, *site.processes())]
        process.send_signal(number)
        rest = process.communicate(timeout=60)[0]
    finally:
        os.close(pipe)
        hold.unlink()
    assert process.returncode != 0
    assert "Traceback" not in rest
    for pidfd in alive:
        assert select.select([pidfd], [], [], 10)[0], "a process is still alive"
        os.close(pidfd)
    assert site.processes() == {}
    assert not (site.build / "implement/record.json").exists()
    site.standins.behave()
    site.standins.ran()
    status, text = site.build_it("bitstream", "cache=off")
    assert status == 0, text
    assert re.search(r"goes on at route, from checkpoints/phys_opt\.dcp", log(site, "implement"))
    assert site.standins.ran() == STAGES[3:]


def log(site: Site, step: str) -> str:
    return (site.build / step / f"{step}.log").read_text()


def test_checkpoint_of_a_whole_run_is_that_of_one_that_was_interrupted(sites):
    one, other, _ = sites
    name = "implement/routed.dcp"
    assert (one.build / name).read_bytes() == (other.build / name).read_bytes()


# --- licences -------------------------------------------------------------------------------------


def test_licence_that_comes_later_is_waited_for(site):
    status, text = site.again("preflight", licence=1)
    assert status == 0, text
    assert "attempt 1 of 2" in log(site, "preflight")


def test_licence_that_never_comes_ends_the_build_with_what_to_look_at(site):
    status, text = site.again("preflight", licence=-1)
    assert status == 1
    assert "Common 17-345" in text
    assert "after 2 attempts; is XILINXD_LICENSE_FILE right?" in text


# --- v++ ------------------------------------------------------------------------------------------


def test_link_with_vitis_ends_in_an_xclbin_and_never_in_half_of_one(site):
    text = (site.root / "flows/bitwright/vivado/selftest.yml").read_text()
    small = re.sub(r"targets: .*", "targets: [u280-xrt]", text)
    (site.root / "configs/small.yml").write_text(small)
    site.standins.behave(half=".xclbin")
    process = site.start("bitstream", "config=small", "cache=off")
    said = process.communicate(timeout=240)[0]
    assert process.returncode == 1, said
    assert "link: python ended with exit status 1" in said
    assert "v++ ended with signal 9" in said
    assert site.processes() == {}
    assert not list(site.root.glob("build/small/u280-xrt/link/*.xclbin"))
    site.standins.ran()
    said = site.run("bitstream", "config=small", "cache=off")
    assert told(said)[0] == "ran link"
    assert site.standins.ran() == ["v++"]
    key = json.loads((site.root / "build/small/u280-xrt/link/record.json").read_text())["key"]
    info = (site.root / "build/small/u280-xrt/bitstream/small.xclbin.info").read_text()
    assert f"'bitwright_usercode' = '{key[:8]}'" in info

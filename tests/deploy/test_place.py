"""What a host is told is what the block design says, for every config on every target of AMD."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from bitwright import design
from bitwright.blockdesign import elaborate
from bitwright.blockdesign.model import BlockDesign
from bitwright.deploy import kria
from bitwright.deploy.place import Layout, layout
from bitwright.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]
TARGETS = [
    name
    for name in design.names(ROOT, "configs/targets")
    if design.read_target(name, ROOT).toolchain != "open"
]
MIB = 1 << 20


def found(target: str, config: str = "tiny") -> tuple[BlockDesign, Layout]:
    loaded = design.load(config, target=target, root=ROOT)
    whole = elaborate.of(loaded, ROOT)
    return whole, layout(whole, elaborate.kernels(loaded, ROOT))


@pytest.mark.parametrize("target", TARGETS)
def test_every_kernel_has_registers_of_its_own_and_an_interrupt_of_its_own(target: str) -> None:
    whole, told = found(target)
    assert [each.cell for each in told.kernels] == ["matmul", "mhsa", "ffn"]
    if target.endswith("-xrt"):
        assert {each.base for each in told.kernels} == {0}
        return
    places = sorted((each.base, each.range) for each in told.kernels)
    assert all(base + size <= after for (base, size), (after, _) in pairwise(places))
    for each in told.kernels:
        assert each.range >= 1 << each.kernel.control_addr_width
        starts = {a.offset for a in whole.addresses if a.segment.startswith(f"{each.cell}/s_axi")}
        assert starts == {each.base}
    assert sorted(each.interrupt or 0 for each in told.kernels) == [0, 1, 2]


def test_the_published_map_has_its_registers_behind_the_dma_and_half_the_memory() -> None:
    _, plain = found("u280")
    assert plain.control == "lite" and plain.memory == (0, 8192 * MIB)
    assert plain.kernels[0].base == 0
    _, published = found("u280-published")
    assert published.control == "dma" and published.memory == (0, 4096 * MIB)
    assert published.kernels[0].base == 0x1_0000_0000


def test_memory_of_a_processor_is_left_to_its_runtime() -> None:
    for target in ("pynq-z2", "zcu104", "kv260"):
        assert found(target)[1].memory == (0, 0)


def test_a_kernel_without_an_address_is_refused() -> None:
    whole, _ = found("zcu104")
    loaded = design.load("tiny", target="zcu104", root=ROOT)
    kept = [a for a in whole.addresses if not a.segment.startswith("ffn/")]
    bare = BlockDesign.of("bare", cells=whole.cells, addresses=kept)
    with pytest.raises(ConfigError, match="the registers of ffn have no address"):
        layout(bare, elaborate.kernels(loaded, ROOT))


def test_the_overlay_of_a_kria_names_each_kernel_and_sets_the_widths_of_its_ports() -> None:
    whole, told = found("kv260")
    (processor,) = (c for c in whole.cells if c.type.endswith("zynq_ultra_ps_e"))
    tree = kria.tree("tiny", processor, 200, told.kernels)
    bus = tree.nodes["fragment@1"].nodes["__overlay__"].nodes
    assert bus["ffn@a0020000"].properties["reg"] == (0, 0xA002_0000, 0, 0x1000)
    assert bus["ffn@a0020000"].properties["interrupts"] == (0, 91, 4)
    assert bus["clocking0"].properties["assigned-clock-rates"] == (200_000_000,)
    widths = bus["afi0"].properties["config-afi"]
    assert len(widths) == 32 and widths[:2] == (0, 0)
    assert dict(zip(widths[::2], widths[1::2], strict=True))[14] == 0xA00  # both masters 128 bits
    narrow = processor.__class__("ps", "ip", processor.type, "", (
        ("PSU__MAXIGP0__DATA_WIDTH", "32"), ("PSU__SAXIGP3__DATA_WIDTH", "64"),
    ))  # fmt: skip
    other = kria.tree("tiny", narrow, 200, ()).nodes["fragment@1"].nodes["__overlay__"].nodes
    found_widths = other["afi0"].properties["config-afi"]
    pairs = dict(zip(found_widths[::2], found_widths[1::2], strict=True))
    assert pairs[6] == pairs[7] == 1 and pairs[4] == 0 and pairs[14] == 0x800

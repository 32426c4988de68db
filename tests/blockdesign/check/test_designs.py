"""Every block design of every config is clean, and what is wrong with one is noticed."""

from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path

import pytest
from bitwright import design as configs
from bitwright.blockdesign import catalogue, elaborate
from bitwright.blockdesign.check import boards, check, whole
from bitwright.blockdesign.looks import looks
from bitwright.errors import ConfigError

from tests.blockdesign.check.mutants import mutants

ROOT = Path(__file__).parents[3]
CONFIGS = configs.names(ROOT)
TARGETS = [
    name
    for name in configs.names(ROOT, "configs/targets")
    if configs.read_target(name, ROOT).block_design
]
MUTATED = ["pynq-z2", "kv260", "u280", "u280-xrt"]  # one for each file of bd/
AT_MOST = 150  # mutants of one design; of a larger one every second, third, ... is taken


@cache
def built(config, target):
    asked = configs.load(config, target=target, root=ROOT)
    kernels = (kernel for _, kernel in elaborate.kernels(asked, ROOT))
    return elaborate.of(asked, ROOT), catalogue.load(ROOT).of_kernels(kernels)


def findings(design, known, target=""):
    hardware = boards.of_target(configs.read_target(target, ROOT), ROOT) if target else None
    return check(design, looks(design, known), types=known.types, board=hardware)


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("target", TARGETS)
def test_the_block_design_of_each_config_on_each_target_has_no_finding(config, target):
    assert [str(one) for one in findings(*built(config, target), target)] == []


def test_a_design_with_errors_is_refused_before_any_tool_is_asked():
    fast = configs.load("gpt2-medium", target="zcu104", options={"clock_mhz": "460"}, root=ROOT)
    with pytest.raises(ConfigError, match=r"takes at most 333 MHz.*\[too-fast\]"):
        whole.require(fast, elaborate.of(fast, ROOT), ROOT)
    slow = configs.load("gpt2-medium", target="zcu104", root=ROOT)
    whole.require(slow, elaborate.of(slow, ROOT), ROOT)


def test_every_cell_of_our_designs_is_known_to_the_catalogue():
    unknown = {
        cell.type
        for target in TARGETS
        for design, known in [built("gpt2-medium", target)]
        for cell in design.cells
        if not looks(design, known)[cell.path].known
    }
    assert unknown == set()


def harmless(kind, what, listed):
    """Why a mutant may go unnoticed, or nothing.

    What remains valid cannot be told from what was meant: a setting at its default or one that
    brings no pin, more addresses than registers need, a reset of the same domain in place of
    another, a reset block that waits for no lock because no clk_wiz makes its clock.
    listed: the parameters of the cell that the catalogue lists; none of a processor's hundreds
    """
    if kind.startswith("parameters: dropped"):
        return "a setting, or a value that is the default"
    name = kind.rpartition(" ")[2]
    if kind.startswith("parameters: misspelt") and (name not in listed or name[-1].isdigit()):
        return "not listed; or another number, which is another name"
    if kind == "addresses: of twice the range":
        return "a range may be larger than what is there"
    end = what.partition(" on ")[0].lower()
    if kind.endswith("an end on another net") and ("reset" in end or "rst_n" in end):
        return "another reset that is as good"
    if "locked" in end:
        return "what counts as locked"
    return ""


@pytest.mark.parametrize("target", MUTATED)
def test_what_is_wrong_with_a_design_is_noticed_unless_it_is_harmless(target):
    design, known = built("gpt2-medium", target)
    made = list(mutants(design))
    noticed: Counter[bool] = Counter()
    seen = looks(design, known)
    for kind, what, mutant in islice(made, 0, None, -(-len(made) // AT_MOST)):
        found = bool(findings(mutant, known, target))
        noticed[found] += not kind.startswith("parameters")
        listed = seen[what].parameters if what in seen and what != "ps" else ()
        assert found or harmless(kind, what, listed), f"{kind}: {what} goes unnoticed"
    assert noticed[True] >= 0.95 * noticed.total(), noticed


def test_a_register_that_the_host_cannot_reach_by_its_bar_is_an_error():
    made, known = built("gpt2-medium", "u280")
    entry = next(one for one in made.addresses if one.space == "xdma/M_AXI_LITE")
    moved = tuple(
        replace(one, offset=1 << 20) if one is entry else one  # the BAR holds a mebibyte
        for one in made.addresses
    )
    rules = {one.rule for one in findings(replace(made, addresses=moved), known)}
    assert "outside-window" in rules
    assert "outside-window" not in {one.rule for one in findings(made, known)}


@pytest.mark.parametrize(("asked", "given"), [("100", 0), ("142.857", 0), ("130", 125)])
def test_a_clock_that_the_dividers_of_a_zynq_do_not_make_is_told(asked, given):
    options = {"clock_mhz": asked}
    loaded = configs.load("gpt2-medium", target="pynq-z2", options=options, root=ROOT)
    found = whole.judge(loaded, root=ROOT).findings
    assert [(one.rule, one.severity) for one in found] == (
        [("rounded-clock", "warning")] if given else []
    )
    assert all(
        f"ps/FCLK_CLK0 is asked for {asked} MHz and will have {given} MHz" in str(one)
        for one in found
    )

"""The config key `implementation`: what it may say, on which target, and what is refused."""

from __future__ import annotations

import pytest
from bitwright import implementation, yamlfile
from bitwright.errors import ConfigError
from bitwright.implementation import DIRECTIVES, EARLY, PLAIN, STRATEGIES, Implementation, Pblock
from bitwright.yamlfile import Faults
from hypothesis import given
from hypothesis import strategies as st

TARGETS = ("u280", "pynq-z2")


def read(text: str) -> dict[str, Implementation]:
    """What a config's lines say on each target; ConfigError with every fault."""
    faults = Faults("c.yml")
    tree = yamlfile.parse(text, "c.yml")
    found = implementation.read(tree.items["implementation"], TARGETS, faults)
    faults.check()
    return dict(found)


WHOLE = """
implementation:
  strategy: performance
  directives: {place: ExtraNetDelay_high}
  threads: 2
  probes: [ffn/s_axi_control]
  early: {placed: 5 %}
  waivers: [{rule: CDC-1, reason: quasi static, cells: ffn}]
  critical_warnings:
    waived: [{id: "Timing 38-282", reason: judged afterwards}]
    promoted: [{id: "Synth 8-*", reason: no doubt, contains: driver}]
  u280:
    slr: {ffn: 1, mhsa: 2}
    pblocks: [{name: engine, cells: [matmul], region: "CLOCKREGION_X0Y0:CLOCKREGION_X3Y3"}]
"""


def test_a_strategy_gives_every_stage_a_directive_and_own_ones_stand_over_it():
    found = read(WHOLE)[""]
    assert found.directive("place") == "ExtraNetDelay_high"
    assert found.directive("route") == STRATEGIES["performance"]["route"]
    assert PLAIN.directive("route") == "Default"


def test_what_a_target_says_stands_over_what_all_say_and_on_no_other_target():
    found = read(WHOLE)
    assert found["u280"].slr == (("ffn", 1), ("mhsa", 2))
    assert found["u280"].pblocks == (
        Pblock("engine", ("matmul",), "CLOCKREGION_X0Y0:CLOCKREGION_X3Y3"),
    )
    assert found["u280"].strategy == "performance"
    assert found[""].slr == ()


def test_an_early_bound_that_is_not_said_is_the_rule_of_thumb():
    found = read(WHOLE)[""]
    assert found.allowance("placed") == 5
    assert found.allowance("synthesized") == EARLY["synthesized"]


def test_every_directive_of_a_strategy_is_one_of_its_stage():
    for strategy in STRATEGIES.values():
        for stage, directive in strategy.items():
            assert directive in DIRECTIVES[stage]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("strategy: fastest", "one of default"),
        ("stratgy: quick", "did you mean 'strategy'"),
        ("directives: {place: explore}", "did you mean 'Explore'"),
        ("directives: {plce: Explore}", "did you mean 'place'"),
        ("threads: 0", "from 1 to 32"),
        ("probes: [../x]", "expected a path"),
        ("probes: [ffn/a, ffn/a]", "listed twice"),
        ("slr: {ffn: 9}", "from 0 to 3"),
        ("pblocks: [{name: a, cells: [x], region: '[exec ls]'}]", "expected a region"),
        ("pblocks: [{name: a, cells: [x]}]", "missing region"),
        ("early: {placed: 5}", "such as 30 %"),
        ("waivers: [{rule: CDC-1}]", "missing reason"),
        ("waivers: [{rule: 'CDC 1', reason: because}]", "a rule such as CDC-1"),
        ("critical_warnings: {waived: [{id: Timing, reason: x}]}", "a message's id"),
        ("critical_warnings: {ignored: []}", "unknown key"),
        ("u280: {strategy: x}", "one of default"),
        ("u280: 3", "expected a mapping"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(line: str, told: str):
    with pytest.raises(ConfigError, match=r"^c.yml:2: ") as caught:
        read(f"implementation:\n  {line}\n")
    assert told in str(caught.value)


@given(
    st.recursive(
        st.none() | st.integers() | st.text("aA0/-%: ", max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*implementation.KEYS, "u280", "name", "rule", "id", "waived"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_tree_is_read_or_refused_with_a_line(tree: object):
    import yaml

    text = yaml.safe_dump({"implementation": tree})
    try:
        read(text)
    except ConfigError as error:
        assert all(line.startswith("c.yml:") for line in str(error).splitlines())


def test_a_cell_that_the_block_design_lacks_is_told_with_the_nearest():
    faults: list[str] = []
    implementation.check_cells(
        ["ffn", "mhsa"], Implementation(slr=(("fnn", 0),)), "c.yml:{}".format, faults
    )
    assert faults == ["c.yml:fnn: implementation: no cell 'fnn'; did you mean 'ffn'?"]

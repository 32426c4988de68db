"""The steps of a build for AMD parts: what each reads, and what a change begins again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from bitwright import limits
from bitwright.design import Design
from bitwright.engine import Step, Tool
from bitwright.errors import ConfigError
from bitwright.implementation import STRATEGIES, Implementation, Message, Pblock, Waived
from bitwright.limits import AT_MOST, Demands, Limit
from bitwright.steps import stored
from bitwright.vivado import plan as amd
from bitwright.vivado.project import PLAN, Plan
from bitwright.vivado.request import REQUEST, Request

from tests.vivado import plans

VIVADO = (
    *("preflight", "generate", "package-matmul", "ipx-matmul", "generate-mhsa", "project-mhsa"),
    *("hls-mhsa", "generate-ffn", "project-ffn", "hls-ffn", "block_design", "ip_synth"),
    *("synthesize", "estimate", "implement", "report", "bitstream"),
)


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(plans.ROOT)


def own(step: Step) -> object:
    """All of a step that its key holds, but for the content of the files it reads."""
    tools = [(tool.name, tool.version) for tool in step.tools]
    return (step.command, step.scripts, step.settings, step.env, tools, step.writes, step.reads)


def changed(target: str, change: Callable[[Design], Design]) -> list[str]:
    """The steps that a change of the design begins again by themselves, in order; deploy apart."""
    before, after = plans.steps(target), plans.planned(change(plans.tiny(target)))
    assert list(before) == list(after)
    steps = [name for name in before if name != "deploy"]
    return [name for name in steps if own(before[name]) != own(after[name])]


def asking(**values: object) -> Callable[[Design], Design]:
    """The same design with something asked of its implementation."""
    return lambda found: replace(found, implementation=Implementation(**values))  # type: ignore[arg-type]


# --- the plan -------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["u280", "pynq-z2"])
def test_a_config_becomes_the_steps_of_a_project_and_a_bitstream_at_the_end(target: str):
    assert tuple(plans.steps(target))[: len(VIVADO)] == VIVADO
    last = plans.steps(target)["bitstream"]
    assert [path.name for path in last.writes][:3] == ["tiny.bit", "tiny.hwh", "tiny.xsa"]


def test_under_xrt_the_kernels_are_objects_that_are_linked():
    found = plans.steps("u280-xrt")
    assert [name for name in found if name in ("link", *VIVADO[-4:])] == [
        *("link", "report", "bitstream")
    ]
    objects = {path.name for path in found["link"].reads}
    assert objects == {"matmul.xo", "mhsa.xo", "ffn.xo"}
    assert found["bitstream"].writes[0].name == "tiny.xclbin"


@pytest.mark.parametrize("target", plans.TARGETS)
def test_what_a_step_reads_of_another_is_an_output_of_it_and_it_waits_for_it(target: str):
    """Outputs or the Record, which the engine writes last; logs are there too once it has run."""
    found = plans.steps(target)
    makers = {path: step.name for step in found.values() for path in step.writes}
    for step in found.values():
        before, todo = set(), [*step.after]
        while todo:
            name = todo.pop()
            if name not in before:
                before.add(name)
                todo += found[name].after
        for path in (path for path in step.reads if path.parts[0] == "build"):
            others = [other for other in found.values() if other.dir in path.parents]
            assert len(others) == 1, path
            assert others[0].name in before
            known = path in makers or path.name in ("record.json", f"{others[0].name}.log")
            assert known, path


@pytest.mark.parametrize("target", plans.TARGETS)
def test_a_plan_survives_being_kept(target: str):
    for step in plans.steps(target).values():
        assert stored.from_json(json.loads(json.dumps(stored.to_json(step)))) == step


@pytest.mark.parametrize("target", plans.TARGETS)
def test_planning_needs_no_tool_and_its_version_alone_is_what_a_tool_changes(target: str):
    without = plans.planned(plans.tiny(target), {})
    assert list(without) == list(plans.steps(target))
    other = {**plans.TOOLS, "vivado": Tool("vivado", "2025.1", "/elsewhere/vivado")}
    there = {**plans.TOOLS, "vivado": Tool("vivado", "2024.1", "/elsewhere/vivado")}
    newer, moved = (plans.planned(plans.tiny(target), tools) for tools in (other, there))
    for name, step in plans.steps(target).items():
        uses = any(tool.name == "vivado" for tool in step.tools)
        assert (own(newer[name]) != own(step)) == (uses or name == "report"), name
        assert own(moved[name]) == own(step)


@pytest.mark.parametrize("target", plans.TARGETS)
def test_requests_and_plans_are_what_their_readers_take(target: str):
    for step in plans.steps(target).values():
        texts = plans.scripts(step)
        if REQUEST in texts:
            request = Request.from_json(texts[REQUEST])
            assert set(request.expects) <= {str(p.relative_to(step.dir)) for p in step.writes}
        if REQUEST in texts and PLAN in texts:
            assert Plan.from_json(texts[PLAN]).to_json() == texts[PLAN]


@pytest.mark.parametrize("target", plans.TARGETS)
def test_no_step_names_an_absolute_path_or_a_part_of_this_machine(target: str):
    for step in plans.steps(target).values():
        for text in (*step.command, *(text for _, text in step.scripts)):
            assert str(plans.ROOT) not in text, step.name


@pytest.mark.parametrize("target", plans.TARGETS)
def test_what_happens_around_a_run_happens_where_something_is_to(target: str):
    for step in plans.steps(target).values():
        texts = plans.scripts(step)
        if REQUEST in texts:
            around = PLAN in texts
            assert step.command[2] == f"bitwright.vivado.{'project' if around else 'run'}", step


@pytest.mark.parametrize(("target", "name"), [("u280", "report"), ("u280-xrt", "report")])
def test_limits_on_hls_are_for_the_run_of_hls_alone(target: str, name: str):
    both = (Limit("hls.ffn.dsp", AT_MOST, 9), Limit("dsp", AT_MOST, 9))
    found = plans.planned(replace(plans.tiny(target), demands=Demands(both)))
    said = json.loads(plans.scripts(found[name])["report.json"])["limits"]["limits"]
    assert [limit["metric"] for limit in said] == ["dsp"]


# --- what begins again ----------------------------------------------------------------------------


def test_another_strategy_of_place_and_route_begins_at_implement():
    asked = asking(directives=(("place", "Explore"), ("route", "Explore")))
    assert changed("u280", asked) == ["implement"]


@pytest.mark.parametrize("strategy", sorted(STRATEGIES.keys() - {"default"}))
def test_every_named_strategy_begins_at_implement(strategy: str):
    assert changed("u280", asking(strategy=strategy)) == ["implement"]


def test_pblocks_and_regions_begin_at_implement():
    pblock = Pblock("engine", ("matmul",), "SLR0")
    assert changed("u280", asking(pblocks=(pblock,), slr=(("ffn", 1),))) == ["implement"]


def test_another_synthesis_keeps_the_ips():
    assert changed("u280", asking(directives=(("synth", "AreaOptimized_high"),))) == ["synthesize"]


def test_a_limit_begins_no_tool_again():
    demands = Demands((Limit("lut", AT_MOST, 60, percent=True),))
    found = changed("u280", lambda design: replace(design, demands=demands))
    assert found == ["estimate", "report"]


def test_a_waiver_and_a_rule_on_messages_begin_no_tool_again():
    rule = Message("Timing 38-282", "judged afterwards")
    asked = asking(waivers=(Waived("CDC-1", "quasi static"),), waived=(rule,), promoted=(rule,))
    assert changed("u280", asked) == ["estimate", "report"]
    assert changed("u280-xrt", asking(waived=(rule,))) == ["report"]


def test_an_early_bound_begins_no_tool_again():
    assert changed("u280", asking(early=(("placed", 5),))) == ["estimate"]


def test_a_change_of_one_kernel_leaves_the_packages_of_the_others():
    def wider(found: Design) -> Design:
        def sizes(spec):  # type: ignore[no-untyped-def]
            return tuple((k, 2 if k == "lanes" else v) for k, v in spec.sizes)

        kernels = tuple(
            replace(spec, sizes=sizes(spec)) if spec.name == "ffn" else spec
            for spec in found.kernels
        )
        return replace(found, kernels=kernels)

    assert changed("u280", wider) == ["generate-ffn"]  # the rest follows from what it writes


def test_probes_change_the_block_design_and_bring_a_file_for_the_debugger():
    asked = asking(probes=("ffn/m_axi_gmem0",))
    before = plans.steps("u280")
    after = plans.planned(asked(plans.tiny("u280")))
    script = plans.scripts(after["block_design"])["design.tcl"]
    assert "system_ila" in script
    assert "system_ila" not in plans.scripts(before["block_design"])["design.tcl"]
    assert any(path.suffix == ".ltx" for path in after["bitstream"].writes)


def test_under_xrt_a_region_of_the_config_counts_more_than_that_of_the_design():
    found = plans.planned(asking(slr=(("ffn", 0),))(plans.tiny("u280-xrt")))
    assert "slr=ffn_1:SLR0\n" in plans.scripts(found["link"])["link.cfg"]
    assert "slr=ffn_1:SLR2\n" in plans.scripts(plans.steps("u280-xrt")["link"])["link.cfg"]


def test_under_xrt_a_probe_is_told_to_vpp():
    found = plans.planned(asking(probes=("ffn/m_axi_gmem0",))(plans.tiny("u280-xrt")))
    assert "[debug]\nchipscope=ffn_1:m_axi_gmem0\n" in plans.scripts(found["link"])["link.cfg"]


# --- what is refused ------------------------------------------------------------------------------


def test_a_cell_that_is_not_there_is_refused_with_the_nearest():
    with pytest.raises(ConfigError, match="no cell 'fnn'; did you mean 'ffn'"):
        plans.planned(asking(slr=(("fnn", 0),))(plans.tiny("u280")))


def test_a_probe_on_nothing_is_refused():
    with pytest.raises(ConfigError, match="probes"):
        plans.planned(asking(probes=("ffn/m_axi_gmem9",))(plans.tiny("u280")))


@pytest.mark.parametrize("probe", ["platform/HBM00", "ffn/none", "ffm/m_axi_gmem0"])
def test_under_xrt_only_interfaces_of_kernels_can_be_watched(probe: str):
    with pytest.raises(ConfigError, match=r"no interface of a kernel.*\n  expected .*ffn/m_axi"):
        plans.planned(asking(probes=(probe,))(plans.tiny("u280-xrt")))


def test_pblocks_under_xrt_are_refused_rather_than_left_out():
    asked = asking(pblocks=(Pblock("engine", ("ffn",), "SLR0"),))
    with pytest.raises(ConfigError, match=r"pblocks: v\+\+ takes none"):
        plans.planned(asked(plans.tiny("u280-xrt")))


# --- whose cells are whose ------------------------------------------------------------------------


def test_cells_of_the_vendor_are_those_of_the_list_and_ours_are_all_others():
    from bitwright.blockdesign import elaborate

    found = plans.tiny("u280")
    model = elaborate.of(found)
    owners = amd.owners(found, model)
    assert {"matmul", "mhsa", "ffn"}.isdisjoint(owners.vendor)
    types = {cell.path: cell.type for cell in model.cells}
    assert {"xilinx.com:ip:hbm", "xilinx.com:ip:xdma"} <= {types[p] for p in owners.vendor}
    assert all(len(reason) > 10 for reason in owners.vendor.values())


def test_every_type_of_the_list_is_one_that_the_catalogue_knows():
    from bitwright import yamlfile
    from bitwright.blockdesign import catalogue

    known = catalogue.load(Path())
    for name in yamlfile.load(amd.WAIVERS, str(amd.WAIVERS)).items:
        assert known.versions(name), name


def test_demands_reach_the_early_judge_as_it_reads_them():
    text = plans.scripts(plans.steps("pynq-z2")["estimate"])["early.json"]
    assert limits.from_json(json.loads(text)["demands"]) == Demands()

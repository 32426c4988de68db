"""Paths by their ends, hierarchies by instance; a rename is believed where it is certain."""

from __future__ import annotations

from dataclasses import replace

from bitwright.reports.compare import Instance, TimingPath
from bitwright.reports.compare.structure import Grown, match_instances, match_paths
from hypothesis import example, given
from hypothesis import strategies as st

PATH = TimingPath(
    "posedge clk", "posedge clk", "u_a.x_q_TRELLIS_FF_Q_3", "u_b.y_q_TRELLIS_FF_Q_7", 4.0,
    16.0, 6.0, 10.0, 5,
)  # fmt: skip


def node(path: str, module: str, lut: int, dsp: int = 0) -> Instance:
    return Instance(path, module, {"lut": lut, "dsp": dsp})


TREE = (
    node("", "top", 100, 4),
    node("u_a", "buffer", 30),
    node("u_b", "buffer", 40),
    node("u_array", "array", 20, 4),
    node("u_array.u_pe", "pe", 15, 4),
)


def fates(found: tuple[Grown, ...]) -> dict[tuple[str | None, str | None], str]:
    return {(grown.before, grown.after): grown.fate for grown in found}


def renamed(tree: tuple[Instance, ...], old: str, new: str) -> tuple[Instance, ...]:
    return tuple(
        replace(each, path=new + each.path[len(old) :])
        if each.path == old or each.path.startswith(f"{old}.")
        else each
        for each in tree
    )


def test_a_path_with_the_same_ends_is_the_same_path():
    (found,) = match_paths([PATH], [replace(PATH, slack_ns=3.5, delay_ns=16.5)])
    assert (found.change_ns, found.note) == (-0.5, "")
    assert match_paths([PATH], [PATH]) == ()


def test_paths_with_the_same_ends_are_matched_worst_to_worst():
    second = replace(PATH, slack_ns=5.0)
    found = match_paths([second, PATH], [PATH, replace(PATH, slack_ns=4.5)])
    assert [(moved.before, moved.change_ns) for moved in found] == [(second, -0.5)]
    assert match_paths([PATH, PATH], [PATH, PATH]) == ()
    (gone,) = match_paths([PATH, second], [PATH])
    assert (gone.before, gone.after) == (second, None)


def test_another_bit_of_the_same_registers_is_matched_and_said():
    (found,) = match_paths([PATH], [replace(PATH, end="u_b.y_q_TRELLIS_FF_Q_1", slack_ns=3.0)])
    assert (found.change_ns, found.note) == (-1.0, "another bit")


def test_two_paths_between_the_same_registers_are_not_guessed_at():
    other = replace(PATH, end="u_b.y_q_TRELLIS_FF_Q_9")
    third = replace(PATH, end="u_b.y_q_TRELLIS_FF_Q_1")
    found = match_paths([PATH, other], [third])
    assert sum(moved.before is None for moved in found) == 1
    assert sum(moved.after is None for moved in found) == 2


def test_another_clock_is_another_path():
    found = match_paths([PATH], [replace(PATH, capture="posedge ram")])
    assert {(moved.before is None, moved.after is None) for moved in found} == {
        (True, False),
        (False, True),
    }


def test_the_slack_that_fell_most_comes_first():
    other = replace(PATH, start="u_c.z_q_TRELLIS_FF_Q")
    found = match_paths([PATH, other], [replace(PATH, slack_ns=5.0), replace(other, slack_ns=1.0)])
    assert [moved.change_ns for moved in found] == [-3.0, 1.0]


def test_area_is_told_where_it_changed_and_not_only_above():
    tree = (node("", "top", 107, 4), *TREE[1:3], node("u_array", "array", 27, 4), TREE[4])
    found = match_instances(TREE, tree)
    assert (found[0].after, found[0].own, found[0].change) == ("u_array", {"lut": 7}, {"lut": 7})
    assert found[1].after == ""
    assert (found[1].own, found[1].change) == ({}, {"lut": 7})


def test_a_renamed_instance_is_recognised_with_all_below_it():
    found = match_instances(TREE, renamed(TREE, "u_array", "u_grid"))
    assert fates(found) == {("u_array", "u_grid"): "renamed"}


def test_equal_hierarchies_differ_in_nothing():
    assert match_instances(TREE, TREE) == ()


def test_a_rename_that_is_not_certain_is_gone_and_new():
    twins = (*TREE[:2], replace(TREE[1], path="u_twin"), *TREE[3:])  # two buffers of 30
    changed = (TREE[0], replace(TREE[1], path="u_x"), replace(TREE[1], path="u_y"), *TREE[3:])
    assert set(fates(match_instances(twins, changed)).values()) == {"gone", "new"}
    grown = renamed((*TREE[:3], node("u_array", "array", 21, 4), TREE[4]), "u_array", "u_grid")
    found = fates(match_instances(TREE, grown))
    assert found[("u_array", None)] == "gone" and found[(None, "u_grid")] == "new"
    other = renamed((*TREE[:3], node("u_array", "grid", 20, 4), TREE[4]), "u_array", "u_grid")
    assert fates(match_instances(TREE, other))[("u_array", None)] == "gone"


def test_an_instance_that_moved_to_another_parent_is_gone_and_new():
    moved = (*TREE[:4], replace(TREE[4], path="u_a.u_pe"))
    found = fates(match_instances(TREE, moved))
    assert found[("u_array.u_pe", None)] == "gone"
    assert found[(None, "u_a.u_pe")] == "new"


TREES = st.dictionaries(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(".".join),
    st.tuples(st.sampled_from(["", "m", "n"]), st.integers(0, 3)),
    max_size=8,
).map(lambda tree: (node("", "top", 9), *(node(p, m, n) for p, (m, n) in sorted(tree.items()))))


BELOW = (node("", "top", 9), node("b", "n", 1), node("b.c", "", 2))


@given(TREES, TREES)
@example(BELOW, renamed(BELOW, "b", "d"))
def test_every_instance_is_accounted_for_once(one: tuple[Instance, ...], two: tuple[Instance, ...]):
    found = match_instances(one, two)
    before = [grown.before for grown in found if grown.before is not None]
    after = [grown.after for grown in found if grown.after is not None]
    assert len(set(before)) == len(before) and len(set(after)) == len(after)
    told = {(grown.before, grown.after) for grown in found if grown.fate != "renamed"}
    assert not any((path, None) in told and (None, path) in told for path in before)
    silent = [{a.path for a in one} - set(before), {b.path for b in two} - set(after)]
    names = [sorted(path.rpartition(".")[2] for path in side) for side in silent]
    assert names[0] == names[1]  # what is not told is the same on both, also below a renamed one


@given(TREES, TREES)
def test_what_is_new_one_way_is_gone_the_other(
    one: tuple[Instance, ...], two: tuple[Instance, ...]
):
    turned = {"new": "gone", "gone": "new"}
    there = {(a, b, turned.get(f, f)) for (a, b), f in fates(match_instances(one, two)).items()}
    back = {(b, a, f) for (a, b), f in fates(match_instances(two, one)).items()}
    assert there == back


def test_bits_of_a_vivado_register_are_one_register():
    path = replace(PATH, start="u_a/x_reg[3]/C", end="u_b/y_reg[7]/D")
    (found,) = match_paths([path], [replace(path, end="u_b/y_reg[1]/D", slack_ns=3.0)])
    assert (found.change_ns, found.note) == (-1.0, "another bit")

"""Functions as Hypothesis makes them up."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.reports.read.hls.render import Function, Loop

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,11}", fullmatch=True)
COUNTS = st.integers(0, 1 << 40)
PARTS = ("DSP", "Expression", "FIFO", "Instance", "Memory", "Multiplexer", "Register")


def spans() -> st.SearchStrategy[tuple[int | None, int | None]]:
    """Two bounds in order, or none that the tool knows."""
    known = st.tuples(COUNTS, COUNTS).map(lambda pair: (min(pair), max(pair)))
    return st.one_of(st.just((None, None)), known)


def loops(depth: int = 3) -> st.SearchStrategy[list[Loop]]:
    within = st.just(()) if depth == 0 else loops(depth - 1).map(tuple)
    one = st.builds(
        Loop,
        NAMES,
        trips=spans(),
        latency=spans(),
        each=st.integers(1, 9999),
        ii=st.one_of(st.none(), st.integers(1, 512)),
        loops=within,
    )
    return st.lists(one, max_size=2, unique_by=lambda loop: loop.name)


def functions() -> st.SearchStrategy[Function]:
    area = st.tuples(*[st.integers(0, 1 << 30)] * 5)
    port = st.tuples(
        NAMES, st.sampled_from(("in", "out")), st.integers(1, 4096), st.just("ap_memory")
    )
    return st.builds(
        Function,
        NAMES,
        latency=spans(),
        interval=spans(),
        parts=st.fixed_dictionaries(dict.fromkeys(PARTS, area)),
        loops=loops().map(tuple),
        ports=st.lists(port, min_size=1, max_size=5),
    )

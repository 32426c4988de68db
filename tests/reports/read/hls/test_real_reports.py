"""Real reports of HLS: each one's numbers found a second way, and against each other."""

from __future__ import annotations

import re
from collections import Counter

from tests.reports.read.corpus import Entry, entries, outcome, readings

AREA = ("lut", "ff", "bram_18k", "uram", "dsp")


def first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, pattern
    return found[1]


def number(text: str) -> int | None:
    return None if text in ("undef", "?", "NA") else int(text)


def test_xml_says_what_a_search_for_its_tags_says():
    for _, text, design in readings("csynth_xml"):
        head = text[: text.index("<AreaEstimates>")]
        for name, tag in (("best", "Best"), ("average", "Average"), ("worst", "Worst")):
            printed = first(rf"<{tag}-caseLatency>(.*?)<", head)
            assert getattr(design.latency_cycles, name) == number(printed)
        assert design.interval_cycles.min == number(first("<Interval-min>(.*?)<", head))
        assert design.clock_ns.estimated == float(first("<EstimatedClockPeriod>(.*?)<", head))
        area = text[text.index("<AreaEstimates>") :]
        has = area[area.index("<AvailableResources>") :]
        assert design.resources.lut.used == int(first("<LUT>(.*?)<", area))
        assert design.resources.dsp.available == int(first("<DSP(?:48E)?>(.*?)<", has))
        assert (design.resources.uram.used is None) == ("<URAM>" not in area)


def test_xml_holds_as_many_things_as_it_has_tags():
    for _, text, design in readings("csynth_xml"):
        whole = [*design.loops, *(loop for each in design.modules for loop in each.loops)]
        assert len(list(flat(whole))) == text.count("<TripCount>")
        ports = len(design.ports) + sum(len(each.ports) for each in design.modules)
        assert ports == text.count("<RtlPorts>")
        assert len(design.modules) == text.count("<Module>")
        assert sum(len(each.binds) for each in design.modules) == text.count("<BindNode ")
        assert len(design.pragmas) == text.count("<Pragma ")
        registers = [register for each in design.interfaces for register in each.registers]
        assert len(registers) == text.count("<register ")
        assert len(design.bursts) == text[text.find("<ReportBurst>") :].count("<column ")
        assert not any("cells" in row for row in design.bursts)


def flat(loops):
    for loop in loops:
        yield loop
        yield from flat(loop.loops)


def test_rpt_says_what_a_search_for_its_lines_says():
    for _, text, function in readings("csynth_rpt"):
        total = [cell.strip() for cell in first(r"\n(\|Total .*)", text).strip("|").split("|")]
        heads = first(r"\n(\| +Name +\|.*)", text[text.index("Utilization Estimates") :])
        for head, cell in zip(heads.strip("|").split("|"), total, strict=True):
            key = head.strip().lower().replace("dsp48e", "dsp")
            if key != "name":
                assert getattr(function.resources, key).used == int(cell)
        loops = text[text.index("* Loop:") : text.index("Utilization Estimates")]
        assert len(list(flat(function.loops))) == len(re.findall(r"(?m)^ +\| *[-+]+ ", loops))
        ports = text[text.index("== Interface") :]
        assert len(function.ports) == ports.count("\n|") - 1


def test_summary_holds_a_row_for_every_module_and_loop():
    for kind in ("csynth_rpt", "hls_compile"):
        for _, text, design in readings("csynth_summary", kind):
            table = text[: text.find("== HW Interfaces")]
            assert len(list(rows(design.design))) == len(re.findall(r"(?m)^ +\| *[+o] ", table))
            pragmas = text[text.find("== Pragma Report") :] if "Pragma Report" in text else ""
            titles = pragmas.count("\n* ")
            assert len(design.pragmas) == pragmas.count("\n|") - titles
            cells = first(r"\n +\|\+ (.*)", text).split("|")
            lut = cells[12].split("(")[0].strip()
            assert design.resources.lut.used == int(lut)


def rows(design):
    for row in design:
        yield row
        yield from rows(row.rows)


def pairs(kind: str, other: str):
    """Two reports of one design: the same path but for its ending, in the same repository."""
    together: dict[tuple[str, str], list[Entry]] = {}
    for entry in dict.fromkeys((*entries(kind), *entries(other))):
        stem = entry.original.rpartition(".")[0]
        together.setdefault((entry.repository, stem), []).append(entry)
    for found in together.values():
        texts, machines = (
            [entry for entry in found if entry.path.suffix == suffix] for suffix in (".rpt", ".xml")
        )
        if len(texts) == len(machines) == 1:
            yield tuple(outcome(entry).report.reading for entry in (*texts, *machines))


def test_xml_and_rpt_of_one_function_agree():
    agreed = Counter()
    for text, machine in pairs("csynth_rpt", "csynth_xml"):
        name = type(text).__name__
        agreed[name] += 1
        assert text.top == machine.top and text.part == machine.part
        assert text.latency_cycles.worst == machine.latency_cycles.worst
        assert text.interval_cycles.max == machine.interval_cycles.max
        for key in AREA:
            assert getattr(text.resources, key).used == getattr(machine.resources, key).used
        if name == "CsynthRpt":
            assert text.clock_ns == machine.clock_ns
            assert text.resources == machine.resources
            assert text.latency_cycles.best == machine.latency_cycles.best
            assert text.latency_ns.worst == machine.latency_ns.worst
            assert [shape(loop) for loop in text.loops] == [shape(loop) for loop in machine.loops]
            widths = [[(port.name, port.bits) for port in each.ports] for each in (text, machine)]
            assert widths[0] == widths[1]
    print(dict(agreed))
    assert agreed["CsynthRpt"] >= 10 and agreed["CsynthSummary"] >= 1


def shape(loop):
    """What both layouts print; the XML before 2019 calls 'Loop 1' Loop1."""
    name = loop.name.replace(" ", "")
    within = [shape(each) for each in loop.loops]
    return (name, loop.trip_count, loop.latency_cycles, loop.ii_cycles, loop.pipelined, within)


def test_text_and_xml_of_one_design_size_agree():
    found = list(pairs("csynth_design_size", "csynth_design_size"))
    assert found and all(one == other for one, other in found)


def test_the_size_of_the_top_function_is_the_size_of_the_design():
    for _, _, design in readings("csynth_design_size"):
        last = {step.phase: step.instructions for step in design.steps}
        assert design.functions[0].instructions == last


def test_cosim_and_lat_rpt_of_one_simulation_agree():
    reports = {str(e.path.name).rpartition("-")[0]: r for e, _, r in readings("cosim")}
    found = 0
    for entry, _, short in readings("cosim_latency", "cosim"):
        report = reports.get(entry.path.name.rpartition("-")[0])
        if report and report.latency_cycles.worst == short.latency_cycles.worst:
            assert report.latency_cycles == short.latency_cycles
            assert report.interval_cycles == short.interval_cycles
            found += 1
    assert found >= 2


def test_routed_cores_do_not_hold_more_than_they_use():
    for _, text, core in readings("export_impl"):
        (top,) = core.cells
        assert (top.lut, top.ff) == (core.resources.lut.used, core.resources.ff.used)
        assert len(core.paths) == len(re.findall(r"(?m)^\| Path\d+ ", text))
        cells = sum(len(path.cells) for path in core.paths)
        assert cells == len(re.findall(r"(?m)^    \| .*\|", text)) - len(core.paths)

"""A csynth.xml as HLS 2025.1 lays it out, of a kernel that HLS never saw: made for tests."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from bitwright.hls.header import Word, words
from bitwright.kernel import Kernel

CTRL = (("AP_START", 0), ("AP_DONE", 1), ("AP_IDLE", 2), ("AP_READY", 3), ("AUTO_RESTART", 7))
MODULE = """
        <Module>
            <Name>{name}</Name>
            <PerformanceEstimates>
                <SummaryOfTimingAnalysis>
                    <TargetClockPeriod>3.33</TargetClockPeriod>
                    <ClockUncertainty>0.90</ClockUncertainty>
                    <EstimatedClockPeriod>{clock}</EstimatedClockPeriod>
                </SummaryOfTimingAnalysis>
                <SummaryOfOverallLatency>
                    <Best-caseLatency>{latency}</Best-caseLatency>
                    <Average-caseLatency>{latency}</Average-caseLatency>
                    <Worst-caseLatency>{latency}</Worst-caseLatency>
                    <PipelineInitiationInterval>{latency}</PipelineInitiationInterval>
                    <PipelineType>no</PipelineType>
                </SummaryOfOverallLatency>
                <SummaryOfLoopLatency>
                    <{loop}>
                        <Name>{loop}</Name>
                        <TripCount>128</TripCount>
                        <Latency>{latency}</Latency>
                        <PipelineII>{ii}</PipelineII>
                        <PipelineDepth>9</PipelineDepth>
                        <PipelineType>yes</PipelineType>
                    </{loop}>
                </SummaryOfLoopLatency>
                <SummaryOfViolations>
                    <IssueType>-</IssueType>
                    <ViolationType>-</ViolationType>
                    <SourceLocation>{source}</SourceLocation>
                    <SummaryOfLoopViolations>
                        <{loop}>
                            <Name>{loop}</Name>
                            <IssueType>{issue}</IssueType>
                            <ViolationType>{violation}</ViolationType>
                            <SourceLocation>{source}</SourceLocation>
                        </{loop}>
                    </SummaryOfLoopViolations>
                </SummaryOfViolations>
            </PerformanceEstimates>
            <AreaEstimates>
                <Resources>
                    <DSP>{dsp}</DSP><AVAIL_DSP>9024</AVAIL_DSP>
                    <FF>61</FF><AVAIL_FF>2607360</AVAIL_FF>
                    <LUT>172</LUT><AVAIL_LUT>1303680</AVAIL_LUT>
                    <BRAM_18K>0</BRAM_18K><AVAIL_BRAM>4032</AVAIL_BRAM>
                    <URAM>0</URAM><AVAIL_URAM>960</AVAIL_URAM>
                </Resources>
            </AreaEstimates>
        </Module>"""
GOOD = {
    "name": "linear",
    "loop": "row",
    "latency": "1200",
    "ii": "1",
    "clock": "2.410",
    "source": "ffn.hpp:40",
    "issue": "-",
    "violation": "-",
    "dsp": "96",
}
BURSTS = """
            <item name="Inferred Burst Summary">
                <table>
                    <keys size="6">HW Interface, Direction, Length, Width, Loop, Loop Location</keys>
                    <column name="m_axi_gmem1">read, variable, 256, load, ffn.hpp:31:9</column>
                </table>
            </item>
            <item name="All M_AXI Variable Accesses">
                <table>
                    <keys size="10">HW Interface, Variable, Access Location, Direction, Burst Status, Length, Loop, Loop Location, Resolution, Problem</keys>
                    <column name="m_axi_gmem1">fc_weight, ffn.hpp:33:7, read, Inferred, variable, load, ffn.hpp:31:9, , </column>{failed}
                </table>
            </item>"""  # noqa: E501

DESIGN = """<profile>
    <ReportVersion>
        <Version>{version}</Version>
    </ReportVersion>
    <UserAssignments>
        <unit>ns</unit>
        <ProductFamily>virtexuplusHBM</ProductFamily>
        <Part>xcu280-fsvh2892-2L-e</Part>
        <TopModelName>{top}</TopModelName>
        <TargetClockPeriod>3.33</TargetClockPeriod>
        <ClockUncertainty>0.90</ClockUncertainty>
        <FlowTarget>vivado</FlowTarget>
    </UserAssignments>
    <PerformanceEstimates>
        <PipelineType>no</PipelineType>
        <SummaryOfTimingAnalysis>
            <unit>ns</unit>
            <EstimatedClockPeriod>{clock}</EstimatedClockPeriod>
        </SummaryOfTimingAnalysis>
        <SummaryOfOverallLatency>
            <unit>clock cycles</unit>
            <Best-caseLatency>{latency}</Best-caseLatency>
            <Average-caseLatency>{latency}</Average-caseLatency>
            <Worst-caseLatency>{latency}</Worst-caseLatency>
            <Interval-min>{interval}</Interval-min>
            <Interval-max>{interval}</Interval-max>
        </SummaryOfOverallLatency>
    </PerformanceEstimates>
    <AreaEstimates>
        <Resources>
            <BRAM_18K>300</BRAM_18K><DSP>{dsp}</DSP><FF>81000</FF>
            <LUT>{lut}</LUT><URAM>0</URAM>
        </Resources>
        <AvailableResources>
            <BRAM_18K>4032</BRAM_18K><DSP>9024</DSP><FF>2607360</FF>
            <LUT>1303680</LUT><URAM>960</URAM>
        </AvailableResources>
    </AreaEstimates>
    <ModuleInformation>{module_texts}
    </ModuleInformation>
    <Args>{arguments}
    </Args>
    <Interfaces>{interfaces}
    </Interfaces>
    <ReportBurst>
        <section name="M_AXI Burst Information" level="0">{burst_text}
        </section>
    </ReportBurst>
</profile>
"""


def report(kernel: Kernel, **values: object) -> str:
    """The whole design's csynth.xml.

    words: in place of the kernel's; buses: name -> (kind, data bits, address bits) likewise; ctrl:
    the bits of CTRL; bundles: argument -> bus; renamed: arguments with `_r`; top: another name;
    latency, interval, clock, dsp, lut: as printed; modules: tuples of changes to GOOD;
    failed: rows of 'All M_AXI Variable Accesses'; version
    """
    given = {"version": "2025.1", "top": kernel.name, "latency": "9000", "interval": "9001"}
    given |= {"clock": "2.430", "dsp": "704", "lut": "58000"}
    given |= {key: str(value) for key, value in values.items()}
    modules = values.get("modules", ({},))
    assert isinstance(modules, tuple)
    inner = "".join(MODULE.format(**(GOOD | changes)) for changes in modules)
    failed = values.get("failed", ())
    assert isinstance(failed, tuple)
    rows = "".join(f"\n                    {row}" for row in failed)
    return DESIGN.format(
        **given,
        arguments=_arguments(kernel, values),
        interfaces=_interfaces(kernel, values),
        module_texts=inner,
        burst_text=BURSTS.format(failed=rows),
    )


def _arguments(kernel: Kernel, values: dict[str, object]) -> str:
    bundles = {a.name: f"m_axi_{a.bundle}" for a in kernel.arguments if a.bundle}
    changed = values.get("bundles", {})
    assert isinstance(changed, dict)
    bundles |= changed
    renamed = values.get("renamed", ())
    assert isinstance(renamed, tuple)
    lines = []
    for at, argument in enumerate(kernel.arguments):
        own = argument.name + ("_r" if argument.name in renamed else "")
        halves = (f"{own}_1", f"{own}_2") if argument.bundle else (own,)
        usage = "address" if argument.bundle else "data"
        refs = [
            f'<hwRef type="register" interface="s_axi_control" name="{half}" usage="{usage}"'
            ' direction="in"/>'
            for half in halves
        ]
        if bus := bundles.get(argument.name):
            refs.insert(
                0,
                f'<hwRef type="interface" interface="{bus}" name="" usage="data" direction="in"/>',
            )
        lines.append(
            f'\n        <Arg ArgName="{argument.name}" index="{at}" direction="in" srcType="x*"'
            f' srcSize="256"><hwRefs>{"".join(refs)}</hwRefs></Arg>'
        )
    return "".join(lines)


def _interfaces(kernel: Kernel, values: dict[str, object]) -> str:
    buses: dict[str, tuple[str, int | None, int | None]] = {
        "s_axi_control": ("axi4lite", 32, kernel.control_addr_width),
        "ap_clk": ("clock", None, None),
        "ap_rst_n": ("reset", None, None),
        "interrupt": ("interrupt", 1, None),
    }
    buses |= {f"m_axi_{b.name}": ("axi4full", b.data_width, b.addr_width) for b in kernel.bundles}
    changed = values.get("buses", {})
    assert isinstance(changed, dict)
    buses |= changed
    chosen = values.get("words", words(kernel))
    assert isinstance(chosen, tuple)
    ctrl = values.get("ctrl", CTRL)
    assert isinstance(ctrl, tuple)
    lines = []
    for name, (kind, data, address) in buses.items():
        if not kind:
            continue
        widths = "".join(
            f' {key}="{value}"'
            for key, value in (("dataWidth", data), ("addrWidth", address))
            if value is not None
        )
        inner = "".join(_register(word, ctrl) for word in chosen) if name == "s_axi_control" else ""
        lines.append(
            f'\n        <Interface InterfaceName={quoteattr(name)} type="{kind}"{widths}>'
            f"<registers>{inner}</registers></Interface>"
        )
    return "".join(lines)


def _register(word: Word, ctrl: tuple[tuple[str, int], ...]) -> str:
    fields = [(word.name.removesuffix("_1").removesuffix("_2"), 0, word.bits)]
    if word.name == "CTRL":
        fields = [(name, bit, 1) for name, bit in ctrl]
    elif word.bits < 32:
        fields.append(("RESERVED", word.bits, 32 - word.bits))
    inner = "".join(
        f'<field offset="{bit}" width="{bits}" name="{name}" access="R"/>'
        for name, bit, bits in fields
    )
    return (
        f'\n            <register offset="{word.offset:#04x}" name="{word.name}"'
        f' access="{word.access}" description="" range="32"><fields>{inner}</fields></register>'
    )

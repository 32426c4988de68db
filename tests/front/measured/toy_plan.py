"""The toy plan with a report that measures: slack and area come from source.txt and the seed.

source.txt holds `slack lut`: the worst slack in ns that place and route reaches, give or take what
the seed does, and the LUTs. Below 0 the verdict is bad. seed=13 fails in `implement`, seed=14 waits
there until the file `go` appears.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bitwright.design import Design
from bitwright.engine import Step, Tool

GENERATE = """
text = pathlib.Path(up, "source.txt").read_text()
"""
IMPLEMENT = """
if seed == 13: sys.exit("ERROR: no route for net clk")
while seed == 14 and not pathlib.Path(up, "go").exists(): time.sleep(.01)
slack, lut = map(float, pathlib.Path("../generate/out.bit").read_text().split())
text = json.dumps([slack + (seed % 3 - 1) * 0.1, lut, seed])
"""
REPORT = """
slack, lut, seed = json.loads(pathlib.Path("../implement/out.bit").read_text())
usercode = json.loads(pathlib.Path("../implement/record.json").read_text())["key"][:8]
clock = {"name": "clk_sys", "constraint_mhz": 50.0, "wns_ns": slack,
         "achieved_mhz": 1000 / (20 - slack)}
path = {"launch": "posedge clk_sys", "capture": "posedge clk_sys", "from_cell": "a", "to_cell": "b",
        "slack_ns": slack, "delay_ns": 20 - slack, "logic_ns": 5.0, "routing_ns": 15.0 - slack,
        "levels": 3, "stages": []}
used = {"lut": int(lut), "ff": 90, "bram_18k": 4, "dsp": 2, "io": 9}
area = {name: {"used": count, "available": 1000} for name, count in used.items()}
body = {"schema": 1, "config": config, "target": "ulx3s-85f", "part": "LFE5U-85F",
        "clock_mhz": 50.0, "usercode": usercode, "tools": {"toy": "1"},
        "timing": {"met": slack >= 0, "wns_ns": slack, "clocks": [clock], "worst_paths": [path]},
        "utilization": {**area, "parts": [], "hierarchy": []},
        "netlist": {"top": "toy", "cells": {}}}
judged = [{"metric": "wns_ns", "value": slack, "bound": 0, "margin": slack, "unit": "ns",
           "ok": slack >= 0, "waived": None, "until": None, "sign": ">=", "limit": "asked",
           "source": "report/metrics.json: timing.wns_ns"}]
folder = pathlib.Path("." if slack >= 0 else "failed")
folder.mkdir(exist_ok=True)
(folder / "metrics.json").write_text(json.dumps(body))
(folder / "verdict.json").write_text(
    json.dumps({"schema": 1, "ok": slack >= 0, "judged": judged, "notes": []}))
if slack < 0: sys.exit(f"ERROR: clock clk_sys misses 50 MHz by {-slack:.3f} ns")
text = ""
"""


def plan(design: Design, tools: Mapping[str, Tool]) -> tuple[Step, ...]:
    build, made = design.build, list[Step]()

    def step(
        name: str, code: str, *reads: Path, seed: int = 0, writes: tuple[str, ...] = ()
    ) -> None:
        up = "../" * len((build / name).parts)
        head = f"import json, pathlib, sys, time\nseed, config = {seed}, {design.config!r}\n"
        head += f"up = {up!r}"
        script = f"{head}\n{code}\nopen('out.bit', 'w').write(text)"
        made.append(
            Step(
                name=name,
                dir=build / name,
                reads=reads,
                writes=tuple(build / name / file for file in ("out.bit", *writes)),
                command=("python", "run.py"),
                scripts=(("run.py", script),),
                after=tuple({read.parts[-2]: 0 for read in reads if read.parts[0] == "build"}),
                title=f"toy {name}",
            )
        )

    step("generate", GENERATE, Path("source.txt"))
    step("synthesize", "text = 'netlist'", build / "generate/out.bit")
    step("implement", IMPLEMENT, build / "generate/out.bit", build / "synthesize/out.bit",
         seed=design.seed)  # fmt: skip
    read = (build / "implement/out.bit", build / "implement/record.json")
    step("report", REPORT, *read, writes=("metrics.json", "verdict.json"))
    step("bitstream", "text = 'bits'", build / "implement/out.bit", build / "report/out.bit")
    return tuple(made)


plan_sim = plan_lint = plan

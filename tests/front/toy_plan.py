"""A plan of five quick steps, in place of bitwright.plan, for tests of the front.

Every step is a real command run by the real engine. seed=13 fails in `implement`, seed=14 waits
there until the file `go` appears, seed=15 makes planning itself break.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bitwright.design import Design
from bitwright.engine import Step, Tool

IMPLEMENT = {
    13: "print('ERROR: no route for net clk'); raise SystemExit(1)",
    14: "import time, pathlib\nwhile not pathlib.Path('{up}go').exists(): time.sleep(.01)",
}


def plan(design: Design, tools: Mapping[str, Tool]) -> tuple[Step, ...]:
    if design.seed == 15:
        raise KeyError("seed fifteen")
    build = design.build
    made: list[Step] = []

    def step(
        name: str, code: str, *reads: Path, settings: tuple[tuple[str, str], ...] = ()
    ) -> None:
        made.append(
            Step(
                name=name,
                dir=build / name,
                reads=reads,
                writes=(build / name / "out.bit",),
                command=("python", "-c", f"{code}\nopen('out.bit', 'w').write('{name}')"),
                settings=settings,
                after=tuple(read.parts[-2] for read in reads if read.parts[0] == "build"),
                phases=(("half way", "half"),),
                title=f"toy {name}",
            )
        )

    step("generate", "print('half way')", Path("source.txt"))
    step("synthesize", "pass", build / "generate/out.bit")
    up = "../" * len((build / "implement").parts)
    code = IMPLEMENT.get(design.seed, "pass").replace("{up}", up)
    seed = (("seed", str(design.seed)),)
    step(
        "implement",
        f"print('half way', flush=True)\n{code}",
        build / "synthesize/out.bit",
        settings=seed,
    )
    step("report", "pass", build / "implement/out.bit")
    step("bitstream", "pass", build / "implement/out.bit", build / "report/out.bit")
    return tuple(made)


def plan_sim(design: Design, tools: Mapping[str, Tool]) -> tuple[Step, ...]:
    return plan(design, tools)[:2]


plan_lint = plan_sim

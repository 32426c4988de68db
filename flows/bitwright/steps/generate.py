"""Everything that is generated before synthesis: register blocks, the system around the engine.

    python -m bitwright.steps.generate generators.json

The generators are FuseSoC's and are called as FuseSoC calls them, in turn, in one folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bitwright.engine import Step, Tool

if TYPE_CHECKING:
    from bitwright.cores import Generation

CALLS = "generators.json"
PHASES = ((r"^generating (\S+)", r"\1"),)
ERRORS = (r"^ERROR", r"^Error", r"^\w*Error: ")
WHEELS = ("litex", "litedram", "migen", "peakrdl-regblock", "systemrdl-compiler")


def step(generations: Sequence[Generation], tools: Iterable[Tool], *, base: Path) -> Step:
    """The generators of a flow, in the folder `generate` below base.

    Raises ValueError if two of them write the same file.
    """
    folder = base / "generate"
    reads = [path for made in generations for path in (made.script, *made.reads)]
    writes = [folder / file["name"] for made in generations for file in made.files]
    if len(set(writes)) != len(writes):
        raise ValueError(f"two generators write the same file: {sorted(map(str, writes))}")
    return Step(
        name="generate",
        title="registers and system",
        dir=folder,
        reads=tuple(dict.fromkeys(reads)),
        writes=tuple(writes),
        command=("python", "-m", "bitwright.steps.generate", CALLS),
        scripts=((CALLS, _calls(generations, folder)),),
        tools=tuple(tools),
        phases=PHASES,
        errors=ERRORS,
    )


def _calls(generations: Iterable[Generation], folder: Path) -> str:
    calls = [
        {
            "name": made.name,
            "script": os.path.relpath(made.script, folder),
            "input": {**made.request, "files_root": os.path.relpath(made.root, folder)},
        }
        for made in generations
    ]
    return json.dumps(calls, indent=1, sort_keys=True) + "\n"


def main(argv: Sequence[str]) -> int:
    """Call each generator with its input file, JSON being YAML; stop at the first that fails."""
    for call in json.loads(Path(argv[0]).read_text(encoding="utf-8")):
        print(f"generating {call['name']}", flush=True)
        request = Path(f"{call['name']}_input.yml")
        request.write_text(json.dumps(call["input"], indent=1) + "\n", encoding="utf-8")
        status = subprocess.run([sys.executable, "-s", call["script"], str(request)]).returncode
        if status != 0:
            print(f"Error: generator {call['name']} ended with status {status}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

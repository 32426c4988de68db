"""The process that runs a script for `isolated`: a request on stdin, an answer on stdout, as JSON.

Its limits are set once the catalogue is read and before a word of the script is.
"""

from __future__ import annotations

import json
import mmap
import os
import resource
import sys
from dataclasses import asdict
from typing import Any

from bitwright.blockdesign import catalogue
from bitwright.blockdesign.catalogue import Catalogue
from bitwright.blockdesign.interpreter import CommandError, Interpreter, TclFault
from bitwright.blockdesign.interpreter.isolated import MEMORY, OUTPUT, as_json
from bitwright.blockdesign.model import BlockDesign, Place


def main(page: int) -> int:
    request = json.load(sys.stdin.buffer)
    known = catalogue.load()
    seconds = float(request["seconds"])
    with mmap.mmap(page, mmap.PAGESIZE) as seen:
        _limit(seconds)

        def watch(place: Place) -> None:
            seen[:8] = place.line.to_bytes(8, "little")

        try:
            text = json.dumps(_answer(request, known, seconds, watch))
        except (MemoryError, OSError):  # the script left us nothing, not even to tidy up with
            os.abort()
    if len(text) > OUTPUT:
        text = json.dumps({"error": f"the design takes more than {OUTPUT >> 20} MiB"})
    sys.stdout.write(text)
    return 0


def _limit(seconds: float) -> None:
    """What a script may take of the machine; no core dump, no file beyond its own text."""
    for what, most in (
        (resource.RLIMIT_CPU, int(seconds) + 2),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 64 << 20),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _answer(
    request: dict[str, Any], known: Catalogue, seconds: float, watch: Any
) -> dict[str, Any]:
    interpreter = Interpreter(known, version="", seconds=seconds, watch=watch)
    for name, value in request["variables"].items():
        interpreter.set(name, value)
    try:
        interpreter.run(request["text"], request["name"])
        design = _asked(interpreter, request["design"])
    except TclFault as fault:
        return {"fault": {"place": asdict(fault.place), "problem": fault.problem}}
    except CommandError as error:
        return {"error": str(error)}
    unknown = [
        cell.path for cell in design.cells if cell.kind != "hier" and known.instance(cell) is None
    ]
    return {
        "design": as_json(design),
        "designs": sorted(interpreter.designs),
        "unknown": unknown,
        "guessed": sorted(interpreter.guessed),
        "notes": [asdict(note) for note in interpreter.notes],
    }


def _asked(interpreter: Interpreter, name: str) -> BlockDesign:
    if not name:
        return interpreter.design()
    designs = interpreter.designs
    if name not in designs:
        raise CommandError(f"the script makes no design {name!r}, but {sorted(designs)}")
    return designs[name]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))

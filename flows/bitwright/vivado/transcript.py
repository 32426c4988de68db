"""What a tool said up to each of its checkpoints: a run that goes on from one has said that too.

Beside the checkpoints stands a file of the lines that count: where the script was, errors, critical
warnings and warnings. A run that goes on at a stage takes what was said before it, so its messages
are those of a run that was never cut off; and what was written after an error is not gone on from.
Each line is on the disk before the tool's next one is read, so it survives SIGKILL.
"""

from __future__ import annotations

from pathlib import Path

from bitwright.vivado.messages import Messages
from bitwright.vivado.request import MARK, Request, Resume

NAME = "said.log"


def path(request: Request, folder: Path) -> Path | None:
    """The file of a step that runs in this folder; None for one that never goes on."""
    return folder / Path(request.resume[0].checkpoint).parent / NAME if request.resume else None


def before(file: Path, resumed: Resume | None) -> list[str]:
    """What was said before the stage at which a run goes on; nothing before the first one."""
    if resumed is None or not file.exists():
        return []
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    mark = f"{MARK}{resumed.stage}"
    return lines[: lines.index(mark)] if mark in lines else lines


def sound(file: Path, resumed: Resume) -> bool:
    """Whether no error was told before the checkpoint that a run would go on from."""
    messages = Messages()
    for line in before(file, resumed):
        messages.add(line)
    return not messages.errors()


def begin(file: Path, lines: list[str]) -> None:
    """Let the file hold these lines alone; what comes is added to them."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def add(file: Path, line: str) -> None:
    """Add one line that counts."""
    with file.open("a", encoding="utf-8") as opened:
        opened.write(f"{line.rstrip()}\n")

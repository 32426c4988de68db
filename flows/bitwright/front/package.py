"""`doit package`: what a run says at its end, and what it leaves open where there is no Vivado."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bitwright.front.show import say

if TYPE_CHECKING:
    from bitwright.front.session import Session


def finish(session: Session) -> None:
    """Say where the packages are, and whose their component.xml is."""
    from bitwright.ipxact.package import COMPONENT, IP_SCRIPT, XO_SCRIPT
    from bitwright.steps.package import NAME, VENDOR

    steps = session.steps.values()
    ours = [step for step in steps if step.name.startswith(f"{NAME}-")]
    theirs = [step for step in steps if step.name.startswith(f"{VENDOR}-")]
    lines = [f"written      {step.dir}: {COMPONENT}, {IP_SCRIPT}" for step in ours]
    for step in theirs:
        made = " ".join(path.name for path in step.writes if path.suffix in (".zip", ".xo"))
        lines.append(f"by Vivado    {step.dir}: {made}; a block design sees the same in both")
    if not theirs:
        lines += [
            f"not checked  what Vivado's packager makes of it: {COMPONENT} is bitwright's own",
            "because      vivado is not on PATH",
            "next         where it is, add the folder to ip_repo_paths of a project",
        ]
        for step in ours:
            scripts = [path for path in step.writes if path.name in (IP_SCRIPT, XO_SCRIPT)]
            sources = " ".join(f"-source {path}" for path in scripts)
            lines.append(f"or           vivado -mode batch {sources}")
    say("\n".join(lines))

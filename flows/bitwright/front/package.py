"""`doit package`: what a run says at its end, and what it leaves open where there is no Vivado."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bitwright.front.show import say

if TYPE_CHECKING:
    from bitwright.front.session import Session


def finish(session: Session) -> None:
    """Say where the packages are, and whose their component.xml is."""
    from bitwright.ipxact.package import COMPONENT, IP_SCRIPT, KERNEL_XML, XO_SCRIPT
    from bitwright.steps.package import NAME, VENDOR

    steps = session.steps.values()
    ours = [step for step in steps if step.name.startswith(f"{NAME}-")]
    theirs = [step for step in steps if step.name.startswith(f"{VENDOR}-")]
    told = (COMPONENT, KERNEL_XML, IP_SCRIPT, XO_SCRIPT)
    lines = []
    for step in ours:
        written = {path.name for path in step.writes}
        lines.append(f"written      {step.dir}:")
        lines.append(f"             {', '.join(name for name in told if name in written)}")
    for step in theirs:
        made = " ".join(path.name for path in step.writes if path.suffix in (".zip", ".xo"))
        lines.append(f"by Vivado    {step.dir}: {made};")
        lines.append("             a block design sees the same in both")
    if not theirs:
        lines += [
            f"not checked  what Vivado's packager makes of it: {COMPONENT} is bitwright's own",
            "because      vivado is not on PATH",
            "next         where it is, add the folder to ip_repo_paths of a project",
        ]
        for step in ours:
            written = {path.name for path in step.writes}
            scripts = [name for name in (IP_SCRIPT, XO_SCRIPT) if name in written]
            sources = " ".join(f"-source {name}" for name in scripts)
            lines.append(f"or           (cd {step.dir} &&")
            lines.append(f"             vivado -mode batch {sources})")
    say("\n".join(lines))

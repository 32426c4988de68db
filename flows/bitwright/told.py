"""How a step's command tells what went wrong, so that the engine takes each line for an error."""

from __future__ import annotations

OURS, MORE = "ERROR: ", "  | "  # begin a fault of ours, and its further lines


def tell(fault: str) -> None:
    """Print a fault so that each line of it, and no line of a tool, is taken for one of ours."""
    first, *rest = fault.removeprefix(OURS).splitlines()
    more = (line if line.startswith(OURS) else MORE + line.removeprefix("  ") for line in rest)
    print("\n".join([f"{OURS}{first}", *more]), flush=True)

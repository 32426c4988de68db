"""What git says about the work tree: no setting of the repository starts a program."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

TIMEOUT_S = 60


def output(*words: str, root: Path = Path()) -> str | None:
    """What `git WORDS` prints in that folder, without its optional locks; None if it fails, or if
    there is no git."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    try:
        run = subprocess.run(
            ["git", "-c", "core.fsmonitor=false", "--no-pager", *words],
            cwd=root,
            env={**environment, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return run.stdout.decode("utf-8", "replace") if run.returncode == 0 else None

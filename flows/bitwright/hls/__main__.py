"""`python -m bitwright.hls adopt FILE.cpp --out DIR`: a generated C++ source becomes a kernel.

`python -m bitwright.hls lint FILE.cpp...`: what is wrong with a source for HLS.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

COMMANDS = ("adopt", "lint")


def main(argv: Sequence[str]) -> int:
    """Hand over to a command; each knows its own options."""
    if argv[:1] == ["adopt"]:
        from bitwright.hls.adopt import command

        return command.main(argv[1:])
    if argv[:1] == ["lint"]:
        from bitwright.hls.lint import command as lint_command

        return lint_command.main(argv[1:])
    stream = sys.stdout if argv in (["-h"], ["--help"]) else sys.stderr
    print(f"usage: python -m bitwright.hls {{{','.join(COMMANDS)}}} ...", file=stream)
    return 0 if stream is sys.stdout else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Block designs from the command line: each subcommand is a module of `commands`.

Exit status 0: done. 1: what was asked of has faults, or a tool failed. 2: the command line or what
it names is wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from bitwright.blockdesign import commands
from bitwright.errors import BitwrightError, ConfigError

FAULTY, REFUSED, INTERRUPTED = 1, 2, 130


def main(argv: Sequence[str]) -> int:
    args = _parser(argv).parse_args(argv)
    try:
        status = int(args.run(args))
        sys.stdout.flush()
    except ConfigError as error:
        return _complain(error, REFUSED)
    except BitwrightError as error:
        return _complain(error, FAULTY)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read this has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """Of all subcommands, or of the one that is asked for: the others are not even imported."""
    parser = argparse.ArgumentParser(prog="python -m bitwright.blockdesign", description=__doc__)
    below = parser.add_subparsers(required=True, metavar="COMMAND")
    known = commands.names()
    for name in known if not argv or argv[0] not in known else argv[:1]:
        _add(below, name, import_module(f"{commands.__name__}.{name}"))
    return parser


def _add(
    below: argparse._SubParsersAction[argparse.ArgumentParser], name: str, module: ModuleType
) -> None:
    text = module.__doc__ or ""
    parser = below.add_parser(name, help=text.partition("\n")[0], description=text)
    module.add(parser)
    parser.set_defaults(run=module.run)


def _complain(error: BitwrightError, status: int) -> int:
    print(error, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

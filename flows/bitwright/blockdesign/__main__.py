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
from typing import Any, NoReturn

from bitwright.blockdesign import commands
from bitwright.errors import BitwrightError, ConfigError
from bitwright.schema import nearest
from bitwright.yamlfile import shown

FAULTY, REFUSED, INTERRUPTED = 1, 2, 130
PROGRAM = "python -m bitwright.blockdesign"


class Parser(argparse.ArgumentParser):
    """One that keeps the lines of a description, and tells faults as the rest of us do."""

    def __init__(self, **options: Any) -> None:
        raw = argparse.RawDescriptionHelpFormatter
        super().__init__(**{"formatter_class": raw, **options})

    def error(self, message: str) -> NoReturn:
        usage = " ".join(self.format_usage().removeprefix(f"usage: {PROGRAM}").split())
        raise ConfigError(
            f"command line: {message.partition(' (choose from ')[0]}\n"
            f"  expected  {usage.replace('[-h] ', '')}\n"
            f"  next      {self.prog} --help"
        )


def main(argv: Sequence[str]) -> int:
    try:
        args = _parser(argv).parse_args(argv)
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
    """Of all subcommands, or of the one that is asked for: the others are not even imported.

    Raises ConfigError for a word that is none of them, or no word at all.
    """
    known = commands.names()
    word = next(iter(argv), "")
    if word not in known and not word.startswith("-"):
        found = f"{shown(word)}{nearest(word, known)}" if word else "none"
        raise ConfigError(
            f"command line: expected a command, found {found}\n"
            f"  expected  one of {', '.join(known)}\n"
            f"  next      {PROGRAM} --help"
        )
    parser = Parser(prog=PROGRAM, description=__doc__)
    below = parser.add_subparsers(required=True, metavar="COMMAND")
    for name in known if not argv or argv[0] not in known else argv[:1]:
        _add(below, name, import_module(f"{commands.__name__}.{name}"))
    return parser


def _add(below: argparse._SubParsersAction[Parser], name: str, module: ModuleType) -> None:
    text = module.__doc__ or ""
    parser = below.add_parser(name, help=text.partition("\n")[0], description=text)
    module.add(parser)
    parser.set_defaults(run=module.run)


def _complain(error: BitwrightError, status: int) -> int:
    print(error, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

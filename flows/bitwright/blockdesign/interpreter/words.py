"""The words of Vivado commands: options, numbers, patterns, filters.

Vivado takes any unambiguous beginning of an option, and its positional arguments by name as well
(`set_property -name N -value V -objects O`), as UG835 says of every command.
"""

from __future__ import annotations

import re
import tkinter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

_TCL = tkinter.Tcl()
COMMON = ("quiet", "verbose")  # options of every Vivado command
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_UNITS = {"K": 10, "M": 20, "G": 30, "T": 40, "P": 50, "E": 60}
_SIZE = re.compile(r"(0[xX][0-9a-fA-F_]+|\d+)\s*([KMGTPE]?)B?", re.IGNORECASE)


Meant = Callable[[str, str, Sequence[str]], str | None]


class CommandError(Exception):
    """What a command refuses; its text is the message that the script gets."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """A command's words, told apart."""

    flags: frozenset[str] = frozenset()
    values: Mapping[str, str] = field(default_factory=dict)
    rest: tuple[str, ...] = ()

    def __contains__(self, flag: str) -> bool:
        return flag in self.flags

    def get(self, name: str, default: str = "") -> str:
        return self.values.get(name, default)


def arguments(
    command: str,
    words: Sequence[str],
    *,
    flags: Sequence[str] = (),
    values: Sequence[str] = (),
    names: Sequence[str] = (),
    lax: Meant | None = None,
) -> Arguments:
    """Options and positionals of a command.

    flags: options without a value; values: options with one; names: the positionals, in order,
    which may be given by name too. `quiet` and `verbose` are always known.
    lax: told of an unknown option (command, option, those there are), gives the one that is meant,
    or None, and then it is skipped as if it had no value. Without lax it is refused.
    Raises CommandError as Vivado does: an unknown or ambiguous option, or one without its value.
    """
    found: set[str] = set()
    given: dict[str, str] = {}
    rest: list[str] = []
    every = dict.fromkeys((*flags, *COMMON), False) | dict.fromkeys((*values, *names), True)
    left = iter(words)
    for word in left:
        if not word.startswith("-") or len(word) < 2 or _NUMBER.fullmatch(word):
            rest.append(word)
            continue
        name = _full(command, word[1:], every)
        if name is None:
            if lax is None:
                raise CommandError(
                    f"[Common 17-170] Unknown option '{word}', "
                    f"please type '{command} -help' for usage info."
                )
            name = lax(command, word[1:], tuple(every))
        if name is None:
            continue
        if every[name]:
            value = next(left, None)
            if value is None:
                raise CommandError(f"[Common 17-163] Missing value for option '{name}' ({command})")
            given[name] = value
        else:
            found.add(name)
    return Arguments(frozenset(found), given, _placed(command, rest, given, names))


def _full(command: str, begun: str, every: Mapping[str, bool]) -> str | None:
    """The option that begins so; None for none."""
    if begun in every:
        return begun
    meant = [name for name in every if name.startswith(begun)]
    if len(meant) > 1:
        raise CommandError(f"[Common 17-169] Ambiguous option '-{begun}' ({command}): {meant}")
    return meant[0] if meant else None


def _placed(
    command: str, rest: Sequence[str], given: Mapping[str, str], names: Sequence[str]
) -> tuple[str, ...]:
    """All positionals in order, those given by name where they belong; the last may be several."""
    if not any(name in given for name in names):
        return tuple(rest)
    left, placed = list(rest), []
    for name in names:
        if name in given:
            placed.append(given[name])
        elif left:
            placed.append(left.pop(0))
    return (*placed, *left)


def size(text: str) -> int:
    """Bytes of 0x10000, 65536, 64K or 4G. Raises CommandError for anything else."""
    found = _SIZE.fullmatch(text.strip())
    if not found or len(text) > 40:
        raise CommandError(
            f"expected a number of bytes such as 0x10000 or 64K, found {text[:40]!r}"
        )
    digits, base = found[1].replace("_", ""), 16 if found[1][:2] in ("0x", "0X") else 10
    return int(digits, base) << _UNITS.get(found[2].upper(), 0)


def alike(glob: str, text: str) -> bool:
    """Tcl's own `string match`."""
    return bool(int(str(_TCL.call("string", "match", glob, text))))


def has_pattern(text: str) -> bool:
    return any(char in text for char in "*?[")


# --- -filter --------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"\s*(?:(?P<op>==|!=|=~|!~|<=|>=|<|>|&&|\|\||[()!])"
    r'|"(?P<quoted>(?:[^"\\]|\\.)*)"|\{(?P<braced>[^{}]*)\}|(?P<bare>[^\s()!=&|<>"]+))'
)
Property = Callable[[str], str]
_COMPARISONS = ("==", "!=", "=~", "!~", "<", ">", "<=", ">=")


def matches(text: str, value: Property) -> bool:
    """Whether an object passes `-filter`; value(name) are its properties.

    Raises CommandError for an expression that is none.
    """
    tokens = _tokens(text)
    if not tokens:
        return True
    found, left = _either(tokens, value)
    if left:
        raise CommandError(f"[Common 17-257] -filter: unexpected {left[0][1]!r} in {text!r}")
    return found


def _tokens(text: str) -> list[tuple[str, str]]:
    found, place = [], 0
    text = text.rstrip()
    while place < len(text):
        token = _TOKEN.match(text, place)
        if not token:
            raise CommandError(f"[Common 17-257] -filter: cannot read {text[place:]!r}")
        kind = token.lastgroup or ""
        found.append((kind if kind == "op" else "word", token[kind]))
        place = token.end()
    return found


Tokens = list[tuple[str, str]]


def _either(tokens: Tokens, value: Property) -> tuple[bool, Tokens]:
    found, tokens = _both(tokens, value)
    while tokens and tokens[0] == ("op", "||"):
        other, tokens = _both(tokens[1:], value)
        found = found or other
    return found, tokens


def _both(tokens: Tokens, value: Property) -> tuple[bool, Tokens]:
    found, tokens = _one(tokens, value)
    while tokens and tokens[0] == ("op", "&&"):
        other, tokens = _one(tokens[1:], value)
        found = found and other
    return found, tokens


def _one(tokens: Tokens, value: Property) -> tuple[bool, Tokens]:
    if not tokens:
        raise CommandError("[Common 17-257] -filter: the expression ends too early")
    (kind, text), *left = tokens
    if (kind, text) == ("op", "!"):
        found, left = _one(left, value)
        return not found, left
    if (kind, text) == ("op", "("):
        found, left = _either(left, value)
        if not left or left[0] != ("op", ")"):
            raise CommandError("[Common 17-257] -filter: a ) is missing")
        return found, left[1:]
    if kind == "op":
        raise CommandError(f"[Common 17-257] -filter: unexpected {text!r}")
    if left and left[0][0] == "op" and left[0][1] in _COMPARISONS:
        if len(left) < 2 or left[1][0] != "word":
            raise CommandError(f"[Common 17-257] -filter: nothing to compare {text} with")
        return _compared(value(text), left[0][1], left[1][1]), left[2:]
    return value(text).lower() in ("1", "true"), left


def _compared(found: str, how: str, wanted: str) -> bool:
    if how in ("=~", "!~"):
        return alike(wanted, found) == (how == "=~")
    if how in ("==", "!="):
        return (found == wanted) == (how == "==")
    try:
        left, right = float(found), float(wanted)
    except ValueError:
        return False
    return {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[how]

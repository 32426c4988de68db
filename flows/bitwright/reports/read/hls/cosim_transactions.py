"""result.transaction.rpt: the transactions of a co-simulation, one a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.hls.estimates import Numbers
from bitwright.reports.read.kind import Kind

HEAD = re.compile(r"\s*latency +interval\n")
LINE = re.compile(r"transaction +(\d{1,18}): *(\d{1,18}|x) +(\d{1,18}|x)", re.ASCII)
NO_NEXT = "no transaction follows"


@dataclass(frozen=True, slots=True)
class Transaction:
    """One call of the RTL."""

    index: int
    latency_cycles: int | None
    interval_cycles: int | None  # to the next one's start


@dataclass(frozen=True, slots=True)
class CosimTransactions:
    version: str | None
    part: str | None
    transactions: tuple[Transaction, ...]
    missing: Mapping[str, str]
    incomplete: str


def parse_cosim_transactions(text: str, *, origin: Path) -> CosimTransactions:
    """Read result.transaction.rpt. The last transaction has no interval: `x`, or 0 if it is alone;
    where it has one, lines are missing behind it."""
    numbers = Numbers(origin)
    lines = text.split("\n")
    torn = lines.pop()  # what stands after the last newline is nothing, or cut off
    found: list[re.Match[str]] = []
    for line, words in enumerate(lines[1:], start=2):
        row = LINE.fullmatch(words.strip())
        if words.strip() and (row is None or int(row[1]) != len(found)):
            wanted = f"'transaction {len(found)}: latency interval'"
            numbers.refuse(line, "this is no transaction", wanted, repr(words[:60]))
        found += [row] if row else []
    if not found:
        numbers.refuse(1, "there is no transaction", "'transaction 0: ...'", repr(torn[:60]))
    last = len(found) - 1
    transactions = []
    for at, row in enumerate(found):
        latency, interval = (None if cell == "x" else int(cell) for cell in row.group(2, 3))
        if interval is None or (interval == 0 and last == 0):
            interval = None
            numbers.missing[f"transactions[{at}].interval_cycles"] = NO_NEXT
        if latency is None:
            numbers.missing[f"transactions[{at}].latency_cycles"] = "x: it did not end"
        transactions.append(Transaction(at, latency, interval))
    cut = transactions[-1].interval_cycles is not None
    where = f"line {len(lines) + 1}: another transaction has to follow" if cut else ""
    return CosimTransactions(None, None, tuple(transactions), numbers.missing, where)


def _claims(head: str) -> bool:
    return HEAD.match(head) is not None


KIND = Kind("cosim_transactions", "HLS", _claims, parse_cosim_transactions)

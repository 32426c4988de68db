"""What is checked: one table, which `--rules` prints and every finding refers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Rule:
    """error: not what was meant, or no hardware; warning: worse hardware; note: worth knowing."""

    name: str
    severity: Severity
    wrong: str  # what is wrong, in general
    remedy: str  # what to do about it


RULES: tuple[Rule, ...] = (
    Rule(
        "unknown-pragma",
        "error",
        "Vitis HLS has no directive of this name and ignores it",
        "correct the name",
    ),
    Rule(
        "unknown-option",
        "error",
        "the directive has no such option",
        "correct its name, or leave it out",
    ),
    Rule(
        "bad-value",
        "error",
        "the option cannot have this value",
        "give one that it can have",
    ),
    Rule(
        "missing-option",
        "error",
        "the directive does nothing without this option",
        "add it",
    ),
    Rule(
        "old-pragma",
        "warning",
        "the directive is of Vivado HLS; Vitis HLS has another in its place",
        "use the directive of Vitis HLS",
    ),
    Rule(
        "unknown-variable",
        "error",
        "variable= names nothing that is known at this place",
        "name a variable that is declared before, in this block or around it",
    ),
    Rule(
        "not-an-argument",
        "error",
        "an INTERFACE is of an argument of its function, or of `return`",
        "name an argument",
    ),
    Rule(
        "interface-below-top",
        "error",
        "only the top function has ports; INTERFACE elsewhere is ignored",
        "move it to the top function, or remove it",
    ),
    Rule(
        "misplaced-pragma",
        "error",
        "the directive has no effect where it stands",
        "move it directly into the body that it is about",
    ),
    Rule(
        "conditional-pragma",
        "warning",
        "pipeline and dataflow are about the body of a function or loop, not about a block in it",
        "put what is in the block into a function of its own",
    ),
    Rule(
        "partitioned-port",
        "error",
        "an array behind an AXI master port cannot be partitioned or reshaped",
        "partition a copy on the chip, or widen the port",
    ),
    Rule(
        "dimension",
        "error",
        "dim= counts from 1 to the dimensions of the array; 0 is all of them",
        "correct dim=",
    ),
    Rule(
        "factor",
        "warning",
        "factor= does not divide the size, so that banks differ and every index costs a division",
        "choose a factor that divides it, or pad the array",
    ),
    Rule(
        "dataflow-channel",
        "error",
        "a channel of a DATAFLOW region has exactly one producer and one consumer",
        "let a process pass it on, or give each consumer a channel of its own",
    ),
    Rule(
        "dataflow-grouping",
        "warning",
        "which of the loops in a DATAFLOW region are one process is left to the tool",
        "put what uses the array into one function, and call that",
    ),
    Rule(
        "dataflow-argument",
        "error",
        "an argument of a DATAFLOW region belongs to one process",
        "let that process pass it on",
    ),
    Rule(
        "dataflow-feedback",
        "error",
        "data go back to an earlier process of a DATAFLOW region",
        "put both into one process",
    ),
    Rule(
        "dataflow-bypass",
        "warning",
        "an array goes past a process that stands between its producer and its consumer",
        "let that process pass it on, or make it a stream deep enough",
    ),
    Rule(
        "dataflow-condition",
        "error",
        "processes of a DATAFLOW region always run",
        "put the condition into the process",
    ),
    Rule(
        "dataflow-code",
        "warning",
        "a DATAFLOW region in canonical form holds declarations and calls",
        "put the rest into a function, and call that",
    ),
    Rule(
        "dataflow-loop",
        "warning",
        "a loop with DATAFLOW in canonical form counts up, and is all that its function does",
        "make it `for (int i = 0; i < n; i++)` in a function of its own",
    ),
    Rule(
        "unlabelled-loop",
        "warning",
        "a pipelined loop without a label has a name in reports that changes with every edit",
        "label it",
    ),
    Rule(
        "recursion",
        "error",
        "hardware has no stack: a function cannot call itself, nor one that calls it",
        "make it a loop, or a template whose parameter ends it",
    ),
    Rule(
        "dynamic-memory",
        "error",
        "memory on the chip has a size that is known when it is made",
        "use an array",
    ),
    Rule(
        "endless-loop",
        "error",
        "the loop has no end, and neither has the call",
        "give it a bound",
    ),
    Rule(
        "loop-bound",
        "warning",
        "how often the loop turns depends on data, so that reports have no latency",
        "give it a bound, or add `#pragma HLS loop_tripcount`",
    ),
    Rule(
        "trip-count",
        "note",
        "how often the loop turns is known at run time only, so that reports have no latency",
        "add `#pragma HLS loop_tripcount`",
    ),
    Rule(
        "unread",
        "warning",
        "the grammar could not read this C++; what stands here is not checked",
        "compile it, or write out the macro",
    ),
    Rule(
        "cut-off",
        "error",
        "the file ends within something that was begun",
        "close it, or fetch the file again",
    ),
    Rule(
        "bad-waiver",
        "error",
        "a waiver names rules and says why: `// bitwright-lint: allow RULE because REASON`",
        "write it so",
    ),
    Rule(
        "unused-waiver",
        "warning",
        "nothing is found where it is allowed",
        "remove the comment",
    ),
)
BY_NAME: Mapping[str, Rule] = {rule.name: rule for rule in RULES}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One place where a rule is broken."""

    where: str  # file
    line: int
    rule: str
    message: str  # what is wrong here
    remedy: str  # the rule's, or a better one

    @property
    def severity(self) -> Severity:
        return BY_NAME[self.rule].severity

    def __str__(self) -> str:
        place = f"{self.where}:{self.line}: {self.severity} {self.rule}"
        return f"{place}: {self.message}; {self.remedy}"


def finding(where: str, line: int, rule: str, message: str, remedy: str = "") -> Finding:
    """A finding with the rule's own remedy, unless there is a better one."""
    return Finding(where, line, rule, message, remedy or BY_NAME[rule].remedy)


def table() -> str:
    """All rules, for people."""
    lines = []
    for rule in RULES:
        lines += [f"{rule.name} ({rule.severity})", f"  {rule.wrong}", f"  remedy: {rule.remedy}"]
    return "\n".join(lines)

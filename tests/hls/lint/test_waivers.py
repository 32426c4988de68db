"""A finding is allowed by a comment that says why, and by no other."""

from __future__ import annotations

import pytest
from bitwright.hls.lint import check
from bitwright.hls.lint.program import from_texts

WRONG = "#pragma HLS unroll factor=3"
LOOP = "void f(int a[8]) {{\nl: for (int i = 0; i < 8; ++i) {{\n{0}\na[i] = i;\n}}\n}}"
ALLOW = "// bitwright-lint: allow factor because the last bank may be short"


def found(lines: str) -> tuple[list[str], int]:
    report = check(from_texts({"x.cpp": LOOP.format(lines).encode()}))
    return [finding.rule for finding in report.findings], report.waived


@pytest.mark.parametrize(
    "lines",
    [
        f"{ALLOW}\n{WRONG}",
        f"{WRONG}  {ALLOW}",
        f"{ALLOW}\n// Why this is unrolled at all.\n{WRONG}",
        f"{ALLOW.replace('factor', 'dimension, factor')}\n{WRONG}\n",
    ],
)
def test_a_comment_behind_or_before_allows_it(lines: str) -> None:
    rules, waived = found(lines)
    assert "factor" not in rules and waived == 1


@pytest.mark.parametrize(
    "lines", [f"{WRONG}\n{ALLOW}", f"{ALLOW}\na[i] = 2;\n{WRONG}", f"{ALLOW}\n\n{WRONG}"]
)
def test_a_comment_elsewhere_does_not_and_is_told(lines: str) -> None:
    rules, waived = found(lines)
    assert sorted(rules) == ["factor", "unused-waiver"] and waived == 0


@pytest.mark.parametrize(
    "comment", ["allow factor", "allow factor because", "allow factr because it fits", "ignore all"]
)
def test_a_comment_without_a_rule_or_a_reason_allows_nothing(comment: str) -> None:
    rules, waived = found(f"// bitwright-lint: {comment}\n{WRONG}")
    assert sorted(rules) == ["bad-waiver", "factor"] and waived == 0


def test_one_of_two_rules_that_is_not_broken_is_told() -> None:
    rules, waived = found(f"{ALLOW.replace('factor', 'factor, dimension')}\n{WRONG}")
    assert (rules, waived) == (["unused-waiver"], 1)

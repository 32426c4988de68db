"""The kernels' arithmetic once more, in Python's own integers, which have no width.

Written from the formulas of the specification, element by element, sharing nothing with
bitwright.golden but its parameter classes.
"""

from __future__ import annotations

from fractions import Fraction

Rows = list[list[int]]


def requant(acc, bias, mult, shift):
    """round() of a Fraction rounds half to even."""
    return max(-128, min(127, round(Fraction((acc + bias) * mult, 2**shift))))


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def linear(x: Rows, p) -> Rows:
    channels = list(
        zip(p.weight.tolist(), p.bias.tolist(), p.mult.tolist(), p.shift.tolist(), strict=True)
    )
    return [[requant(dot(row, w), b, m, s) for w, b, m, s in channels] for row in x]


def gelu(x: int, p) -> int:
    argument = min(abs(16 * x), -p.b)
    erf = (argument + p.b) ** 2 + p.c
    erf = erf if x > 0 else -erf if x < 0 else 0
    return requant(x * (erf + p.one), 0, p.mult, p.shift)


def softmax(scores: list[int], seen: list[bool], p) -> list[int]:
    top = max(s for s, m in zip(scores, seen, strict=True) if m)
    exps = []
    for score, takes_part in zip(scores, seen, strict=True):
        below = max(score - top, 30 * p.ln2)
        z = below * p.ln2_inv // 2**30
        r = below - z * p.ln2
        exps.append((r * (r + p.b) + p.c) * p.mult // 2 ** (30 + z) if takes_part else 0)
    reciprocal = 2**30 // sum(exps)
    return [min(e * reciprocal // 2**23, 127) for e in exps]


def ffn(x: Rows, p) -> Rows:
    return linear([[gelu(h, p.gelu) for h in row] for row in linear(x, p.fc)], p.proj)


def mhsa(x: Rows, p, *, causal, past_keys: Rows, past_values: Rows) -> tuple[Rows, Rows, Rows]:
    q, keys, values = linear(x, p.q), past_keys + linear(x, p.k), past_values + linear(x, p.v)
    position, width = len(past_keys), len(x[0]) // p.heads
    contexts = []
    for i, query in enumerate(q):
        seen = [not causal or j <= position + i for j in range(len(keys))]
        context = []
        for start in range(0, len(query), width):
            scores = [dot(query[start : start + width], key[start : start + width]) for key in keys]
            shares = softmax(scores, seen, p.softmax)
            for column in range(start, start + width):
                total = dot(shares, [value[column] for value in values])
                context.append(requant(total, 0, p.context_mult, p.context_shift))
        contexts.append(context)
    return linear(contexts, p.proj), keys, values

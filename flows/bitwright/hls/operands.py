"""Operands for test vectors: weights as a network has them, quantised, and those at the ends.

The usual ones are drawn from normal distributions that keep activations near one from layer to
layer, calibrated with a batch of the same kind: what a kernel meets in use. The extreme ones hold
every end of every range, where an accumulator, a shift or a saturation that is too narrow shows.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bitwright import quantize
from bitwright.golden import attention, network
from bitwright.golden import ffn as feed_forward
from bitwright.golden.floating import Float
from bitwright.golden.gelu import MIN_SCALE, Gelu
from bitwright.golden.half import half
from bitwright.golden.layer import Linear
from bitwright.golden.softmax import Softmax
from bitwright.hls.operators import (
    LAYERS,
    Array,
    HalfFfn,
    HalfMhsa,
    IntegerFfn,
    IntegerMhsa,
    Operator,
    Run,
)
from bitwright.kernel import Kernel

Sizes = Mapping[str, int]  # what each dimension of a kernel is
BIAS = 0.1  # standard deviation of biases
INT8_STEPS = 32.0  # standard deviation of int8 activations: the ends are four of them away
LOUD = 4.0  # how much larger extreme fp16 activations are: GELU and softmax saturate
BERT_HEAD = Softmax(b=1874, c=1338211, ln2=-480, ln2_inv=-2236963, mult=26291085)


def usual(kernel: Kernel, sizes: Sizes, rng: np.random.Generator) -> Operator:
    """Weights as they are in use, in the format that the kernel was read for."""
    net = _network(kernel, sizes, rng)
    batch = rng.normal(size=(sizes["tokens"], sizes["embed_dim"]))
    bits = 4 if kernel.format == "w4a8" else 8
    if isinstance(net, network.Ffn):
        if kernel.format == "fp16":
            return HalfFfn(net)
        return IntegerFfn(quantize.quantize_ffn(net, batch, weight_bits=bits).params)
    if kernel.format == "fp16":
        return HalfMhsa(net)
    return IntegerMhsa(quantize.quantize_mhsa(net, batch, causal=True, weight_bits=bits).params)


def extreme(kernel: Kernel, sizes: Sizes, rng: np.random.Generator) -> Operator:
    """Operands at the ends of their ranges, of an integer format."""
    least = -8 if kernel.format == "w4a8" else -128
    layers = {name: _ends(*shape, least, rng) for name, shape in shapes(kernel, sizes).items()}
    if kernel.name == "ffn":
        gelu = Gelu.of(MIN_SCALE, MIN_SCALE)  # its products are the widest that are allowed
        return IntegerFfn(feed_forward.Ffn(layers["fc"], layers["proj"], gelu))
    heads = sizes["heads"]
    constants = {"softmax": BERT_HEAD, "context_mult": -(2**31), "context_shift": 38}
    return IntegerMhsa(attention.Mhsa(**layers, **constants, heads=heads))  # type: ignore[arg-type]


def run(
    kernel: Kernel, tokens: int, sizes: Sizes, rng: np.random.Generator, *, extreme: bool
) -> Run:
    """Activations, and the caches where a kernel has them, all rows filled."""
    loud = LOUD if extreme else 1.0
    embed = sizes["embed_dim"]
    x = _activations(kernel, (tokens, embed), loud, rng)
    if "context" not in sizes:
        return Run(x)
    keys, values = (_activations(kernel, (sizes["context"], embed), 1.0, rng) for _ in "kv")
    return Run(x, key_cache=keys, value_cache=values)


def shapes(kernel: Kernel, sizes: Sizes) -> dict[str, tuple[int, int]]:
    """[out, in] of each layer's weights, from the signature."""
    found = {}
    for name in LAYERS[kernel.name]:
        out, into = (sizes[str(size)] for size in kernel.argument(f"{name}_weight").shape)
        found[name] = (out, into)
    return found


def _activations(
    kernel: Kernel, shape: tuple[int, int], loud: float, rng: np.random.Generator
) -> Array:
    values = rng.normal(size=shape) * loud
    if kernel.format == "fp16":
        return half(values)
    return np.clip(np.rint(values * INT8_STEPS), -128, 127).astype(np.int8)


def _network(kernel: Kernel, sizes: Sizes, rng: np.random.Generator) -> network.Ffn | network.Mhsa:
    """Weights of variance 1/in, so that sums have the variance of what goes in; all are halves."""
    layers = {}
    for name, (out, into) in shapes(kernel, sizes).items():
        weight: Float = half(rng.normal(size=(out, into)) / np.sqrt(into))
        layers[name] = network.Linear(weight, half(rng.normal(size=out) * BIAS))
    if kernel.name == "ffn":
        return network.Ffn(**layers)
    return network.Mhsa(**layers, heads=sizes["heads"])


def _ends(out: int, into: int, least: int, rng: np.random.Generator) -> Linear:
    """Channels of four kinds in turn: all products of one sign; signs mixed, both with scales of
    any size; and twice small sums that lose few bits, where a tie is common and its rounding shows.

    least: of the weights; the most is -least - 1
    """
    kind = np.arange(out) % 4
    loud = kind < 2
    weight = rng.choice(np.array([least, -least - 1], np.int8), (out, into))
    weight[kind == 0] = least
    weight[~loud] = rng.integers(-1, 2, (np.count_nonzero(~loud), into), np.int8)
    ends = np.array([-(2**31), 2**31 - 1])
    bias = np.where(loud, rng.choice(np.append(ends, 0), out), rng.integers(-9, 10, out))
    mult = np.where(loud, rng.choice(np.append(ends, [1, -1]), out), rng.choice([-3, -1, 1], out))
    few = round(np.log2(np.sqrt(into)))  # bits that a sum of `into` int8 has more than int8
    shift = np.where(loud, rng.integers(0, 256, out), rng.integers(few, few + 3, out))
    return Linear(  # of a shift the upper two bits mean nothing
        weight, bias.astype(np.int32), mult.astype(np.int32), shift.astype(np.uint8)
    )

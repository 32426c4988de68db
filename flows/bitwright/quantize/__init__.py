"""Float weights and a calibration batch to the integers that the kernels `ffn` and `mhsa` take.

What comes out is post-training quantisation, static and symmetric: no training, no zero points, no
scale computed while the kernel runs. Real value = integer * scale everywhere.

    from bitwright import quantize
    from bitwright.golden import network
    from bitwright.golden.ffn import ffn

    block = network.Ffn(network.Linear(w1, b1), network.Linear(w2, b2))   # [out, in]
    q = quantize.quantize_ffn(block, batch, weight_bits=8)                # or 4: w4a8
    y = q.y(ffn(q.x(x), q.params))                                        # close to network.ffn

Weights are [out, in] as PyTorch's nn.Linear has them, in any float type; of Hugging Face's Conv1D
(GPT-2) give weight.T, above all where it is square and no shape tells. ip/README.md goes on from
here to the test bench's vectors, to a simulation of the C++, and to the bytes in a host's buffers.

- Weights: one scale per output channel. int8: largest magnitude / 127. int4: clipped where that
  costs less squared error (linear.py).
- Biases: int32 in the scale of the sums they are added to.
- Activations: one scale per tensor, the largest magnitude in the batch / 127; max, not percentile
  (calibration.py says why). Queries and keys have one scale per channel, since only their product
  must be the same in all (mhsa.py): an outlier channel of keys costs the others nothing. Keys and
  values are stored less their means, which attention does not see or proj's bias gives back.
- What brings a sum to the next int8 is mult / 2**shift, mult with all 31 bits: its rounding is a
  ten-thousandth of a step. GELU and softmax get their constants from golden.Gelu.of and Softmax.of.

How good it is. `error.py` bounds every element of y: in the worst case, for any input, and in
standard deviations for the operands of a network, where the distance met is 0.4 to 1 of them (root
mean square) and no element more than seven. Signal to noise of y, weights and activations normal,
as tests/quantize/test_error.py holds it; GPT-2 Medium's blocks have 1024 columns and 128 tokens:

                 32 to 96 columns, 8 to 32 tokens    GPT-2 Medium,
                 at least      median                random weights
    ffn   int8     27 dB        31 dB                  30.5 dB
    ffn   w4a8     15 dB        17 dB                  15.7 dB
    mhsa  int8     18 dB        26 dB                  20.5 dB
    mhsa  w4a8     12 dB        16 dB                  13.8 dB

int8 attention is limited by softmax: its result has 7 bits and is rounded down, so that a token
that looks at all of 128 others alike sees shares of one step or none. Attention that is sharper, as
trained heads mostly are, does better: 24.1 dB with scores twice as large, 26.2 dB with four times.

quantize_block does a whole layer of GPT-2, with the layer norms and the additions to a residual
stream of 16 bits that stand between the kernels: what the layer adds to the stream has 29 dB (int8)
or 16 dB (w4a8), with an outlier channel of thirty deviations in the stream as without.

Refused with a ConfigError: NaN and infinity, anywhere, all named at once; scores so large that int8
leaves no attention (golden.softmax.MAX_SCALE); a batch so unlike the weights that a multiplier
leaves 32 bits. A batch of zeros, channels of zeros and biases far above their weights are taken.
"""

from bitwright.quantize.block import QuantizedBlock, quantize_block
from bitwright.quantize.ffn import QuantizedFfn, quantize_ffn
from bitwright.quantize.mhsa import QuantizedMhsa, quantize_mhsa

__all__ = [
    "QuantizedBlock",
    "QuantizedFfn",
    "QuantizedMhsa",
    "quantize_block",
    "quantize_ffn",
    "quantize_mhsa",
]

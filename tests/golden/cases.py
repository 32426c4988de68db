"""Random kernel parameters in integers, extremes as likely as not, for tests of golden and csim."""

from __future__ import annotations

import numpy as np
from bitwright.golden.attention import Mhsa
from bitwright.golden.ffn import Ffn
from bitwright.golden.gelu import Gelu
from bitwright.golden.layer import Linear
from bitwright.golden.softmax import Softmax
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

I32 = st.integers(-(2**31), 2**31 - 1)


def int8s(shape, low=-128, high=127):
    """All of one extreme, or anything."""
    return st.sampled_from([low, high]).map(
        lambda value: np.full(shape, value, np.int8)
    ) | hnp.arrays(np.int8, shape, elements=st.integers(low, high))


@st.composite
def linears(draw, rows: int, columns: int, int4: bool) -> Linear:
    """Mostly scales that leave something between the ends of int8, sometimes any at all."""
    wild = draw(st.booleans()) and draw(st.booleans())
    bias = I32 if wild else st.integers(-500, 500)
    mult = I32 if wild else st.integers(2**30, 2**31 - 1)
    shift = st.integers(0, 63) if wild else st.integers(34, 40)
    return Linear(
        weight=draw(int8s((rows, columns), *((-8, 7) if int4 else (-128, 127)))),
        bias=draw(hnp.arrays(np.int32, rows, elements=bias)),
        mult=draw(hnp.arrays(np.int32, rows, elements=mult)),
        shift=draw(hnp.arrays(np.uint8, rows, elements=shift)),
    )


@st.composite
def ffns(draw, embed: int, ff: int) -> Ffn:
    int4 = draw(st.booleans())
    scale, out_scale = (draw(st.floats(1 / 64, 4.0)) for _ in range(2))
    return Ffn(
        fc=draw(linears(ff, embed, int4)),
        proj=draw(linears(embed, ff, int4)),
        gelu=Gelu.of(scale, out_scale),
    )


@st.composite
def mhsas(draw, heads: int, head_dim: int) -> Mhsa:
    int4, embed = draw(st.booleans()), heads * head_dim
    q, k, v, proj = (draw(linears(embed, embed, int4)) for _ in range(4))
    return Mhsa(
        q=q,
        k=k,
        v=v,
        proj=proj,
        softmax=Softmax.of(draw(st.floats(4e-5, 0.0129))),
        context_mult=draw(st.integers(2**30, 2**31 - 1) | I32),
        context_shift=draw(st.integers(36, 40) | st.integers(0, 63)),
        heads=heads,
    )

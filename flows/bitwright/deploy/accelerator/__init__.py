"""Call the kernels of an accelerator from Python: arrays in, arrays out.

    from accelerator import on_pynq  # on_xdma, on_xrt: the same
    board = on_pynq.load()           # the bitstream beside this folder
    result = board["matmul"](a=a, b=b, bias=bias, mult=mult, shift=shift, flags=0)

This folder stands by itself: Python 3.10 or newer and NumPy. What the kernels take, where their
registers are and what their arrays look like is in accelerator.json beside it, which the build
wrote from the kernels' signatures and from the address map of the block design.
"""

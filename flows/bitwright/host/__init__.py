"""Drive a board from this machine: bytes, bridge, system, kernel.

    transport -> Bridge -> Soc -> matmul()

    with Soc.open("/dev/ttyUSB0", Path("build/gpt2-medium/ulx3s-85f/generate")) as soc:
        soc.init_sdram()
        d = matmul(soc, a, b, bias, mult, shift)

`tcp:127.0.0.1:PORT` in place of the serial port reaches a board simulated by
`bitwright.host.simulate`.
"""

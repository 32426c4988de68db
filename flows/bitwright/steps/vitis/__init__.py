"""The steps of a build with Vitis: link -> report -> bitstream.

v++ places and routes the kernels into a card's shell; what it is told stands in
bitwright.vivado.connectivity, how it is run in bitwright.vivado.run.
"""

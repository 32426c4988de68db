"""The steps of a build with Vitis: link -> report -> bitstream.

v++ places and routes the kernels into a card's shell; what it is told stands in
bitwright.vivado.connectivity, how it is run in bitwright.vivado.run. It is one command from the
kernels to the .xclbin, so nothing is judged on the way; a link that is killed begins again, with
the IPs that the cache holds.
"""

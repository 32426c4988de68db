"""The steps of a build with Vivado: a pure function each, which gives the Step.

preflight -> block_design -> ip_synth -> synthesize -> estimate -> implement -> report -> bitstream.
What Vivado is told stands in bitwright.vivado.scripts, how it is run in bitwright.vivado.run.
"""

"""HLS kernels: what is rendered around them, their C simulation, Vitis' scripts and results.

around    all files around a kernel: top (its top function), header (its registers), vectors
vectors   operands that operators hold, and what golden says of them
simulate  C simulation with g++ at all sizes; csim compiles and runs one of them
scripts   a project for Vitis HLS, in both kinds of scripts; project lays it out as a folder
run       the tools over a project: probe finds one, locate what it left, export makes it canonical
results   metrics.json and its verdict; interface compares registers, complaints tells what is slow
source    a C++ source as values, read by cpp; lint checks one, adopt makes a kernel of one
"""

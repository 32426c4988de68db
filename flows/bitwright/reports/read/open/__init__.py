"""Readers of what Yosys, nextpnr and Verilator write."""

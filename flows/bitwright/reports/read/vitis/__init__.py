"""Readers of what v++ and the Xilinx runtime write."""

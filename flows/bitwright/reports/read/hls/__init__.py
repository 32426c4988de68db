"""Readers of what Vivado HLS and Vitis HLS write."""

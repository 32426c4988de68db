"""Readers of what Vivado writes."""

"""HLS kernels: what is rendered around them, their C simulation, Vitis' scripts and results."""

"""AMD Vivado and Vitis: what they are told, how they are found, run and judged."""

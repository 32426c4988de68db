"""From one YAML file to a reproducible bitstream of a transformer accelerator."""

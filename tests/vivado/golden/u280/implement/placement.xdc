# Where cells stand, as the config says under implementation: pblocks and slr.

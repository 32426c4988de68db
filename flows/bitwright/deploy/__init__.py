"""What a board needs to run a build: bitstream, description, driver, in one folder."""

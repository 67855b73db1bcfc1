"""What `make` runs before anything is installed: set-up, start and tests, with the standard library alone."""

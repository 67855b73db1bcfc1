"""What the program does in how much time, each figure beside its floor of the same run: `python -m benchmarks`."""

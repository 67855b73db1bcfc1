"""Imports of lines: which files there are, how their rows are read, and what becomes of each."""

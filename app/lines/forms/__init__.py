"""Forms of lines."""

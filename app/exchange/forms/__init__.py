"""Forms of exchanges."""

"""Contents of the letters and papers of members."""

__all__ = []

"""Every read of lines."""

from app.lines.queries import merging

__all__ = ["merging"]

"""Loading the demonstration consortium."""

from app.demonstration.commands.loading import is_empty, load_demonstration

__all__ = ["is_empty", "load_demonstration"]

"""What needs whom today, and the figures above it."""

from app.home.queries.figures import list_figures
from app.home.queries.tasks import list_tasks

__all__ = ["list_figures", "list_tasks"]

"""Pages of lines."""

from app.lines.routes import imports
from app.lines.routes.blueprint import pages

__all__ = ["imports", "pages"]

"""All pages of lines."""

from app.lines.routes import catalogue, entering, facts, imports, records, settings
from app.lines.routes.blueprint import pages

__all__ = ["catalogue", "entering", "facts", "imports", "pages", "records", "settings"]

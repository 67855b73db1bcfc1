"""Pages of exchanges."""

from app.exchange.routes import custody, exchanges, holdings, lists, papers, requesting, steps
from app.exchange.routes.blueprint import pages

__all__ = ["custody", "exchanges", "holdings", "lists", "pages", "papers", "requesting", "steps"]

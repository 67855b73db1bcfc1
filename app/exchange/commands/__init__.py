"""Every write of exchanges, of their papers, and of who holds which line."""

from app.exchange.commands import erasing, holdings, papers, requesting, shipping

__all__ = ["erasing", "holdings", "papers", "requesting", "shipping"]

"""Every read of exchanges and holdings."""

from app.exchange.queries import verification

__all__ = ["verification"]

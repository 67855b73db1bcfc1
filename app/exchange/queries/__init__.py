"""Every read of exchanges and holdings."""

from app.exchange.queries import merging, personal, verification

__all__ = ["merging", "personal", "verification"]

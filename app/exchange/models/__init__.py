"""Tables of exchanges."""

from app.exchange.models.exchanges import Exchange, ExchangeItem, ExchangePaper
from app.exchange.models.holdings import HealthLimit, Holding

__all__ = ["Exchange", "ExchangeItem", "ExchangePaper", "HealthLimit", "Holding"]

"""Pages of agreements."""

from app.agreements.routes import agreements, drafting, signing, steps
from app.agreements.routes.blueprint import pages

__all__ = ["agreements", "drafting", "pages", "signing", "steps"]

"""Pages of accounts: sign-in, one's own account, users and their roles, settings."""

from app.accounts.routes import account, settings, sign_in, users
from app.accounts.routes.browser import TOKEN_KEY, load_actor, pages
from app.accounts.routes.sign_in import sign_in_again

__all__ = ["TOKEN_KEY", "account", "load_actor", "pages", "settings", "sign_in", "sign_in_again", "users"]

"""Every write of accounts: users, grants, sign-in and sessions, links that set a password, the consortium's profile."""

from app.accounts.commands.grants import (
    Following,
    RoleFor,
    administration_kept,
    end_grant,
    end_grants,
    end_grants_of,
    grant_by_hand,
    grant_role,
    grant_roles,
    restore_grants,
)
from app.accounts.commands.links import invite_user, request_reset, use_link
from app.accounts.commands.sessions import Machine, end_other_sessions, end_session, sign_out, start_session
from app.accounts.commands.settings import ProfileValues, adopt_profile, remove_consortium_logo, set_consortium_logo
from app.accounts.commands.sign_in import (
    Credentials,
    PasswordChange,
    Refused,
    SignedIn,
    change_password,
    sign_in,
)
from app.accounts.commands.users import (
    UserValues,
    change_user,
    disable_user,
    enable_user,
    open_administrator,
    open_user,
    row_of_user,
    set_password,
)

__all__ = [
    "Credentials",
    "Following",
    "Machine",
    "PasswordChange",
    "ProfileValues",
    "Refused",
    "RoleFor",
    "SignedIn",
    "UserValues",
    "administration_kept",
    "adopt_profile",
    "change_password",
    "change_user",
    "disable_user",
    "enable_user",
    "end_grant",
    "end_grants",
    "end_grants_of",
    "end_other_sessions",
    "end_session",
    "grant_by_hand",
    "grant_role",
    "grant_roles",
    "invite_user",
    "open_administrator",
    "open_user",
    "remove_consortium_logo",
    "request_reset",
    "restore_grants",
    "row_of_user",
    "set_consortium_logo",
    "set_password",
    "sign_in",
    "sign_out",
    "start_session",
    "use_link",
]

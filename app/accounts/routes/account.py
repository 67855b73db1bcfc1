"""One's own account: roles, browsers signed in, password."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts import commands, queries
from app.accounts.forms import PasswordForm
from app.accounts.queries import SessionRow
from app.accounts.routes.browser import pages, present_token, this_machine
from app.accounts.routes.tables import grants_table
from app.core.errors import DomainError
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.web.access import signed_in, the_actor
from app.web.forms import errors_to
from app.web.on_date import current_on
from app.web.requests import see

SESSION_COLUMNS: tuple[Column[SessionRow], ...] = (
    Column(
        "browser", "Browser", lambda row: row.browser, Kind.NAME, narrow=Narrow.NAME,
        aside=lambda row: "this one" if row.is_this else None,
    ),
    Column("address", "Address", lambda row: row.address, narrow=Narrow.META),
    Column("started", "Signed in", lambda row: row.started_at, Kind.INSTANT, narrow=Narrow.META),
    Column("expires", "Ends at the latest", lambda row: row.expires_at, Kind.INSTANT),
)  # fmt: skip


@pages.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    """Who I am, what I may do and where I am signed in."""
    actor = the_actor()
    user_id = int(actor.user_id or 0)
    sessions = queries.list_sessions(user_id, present_token(), actor)
    return render_template(
        "accounts/account.html",
        user=queries.get_user(user_id, actor),
        roles=grants_table("Your roles", queries.list_grants_held(user_id, current_on(), actor)),
        sessions=Table("Where you are signed in", SESSION_COLUMNS, sessions, row_id=_session_to_end),
        has_others=any(not each.is_this for each in sessions),
    )


def _session_to_end(row: SessionRow) -> str | None:
    return None if row.is_this else str(row.id)


@pages.route("/account/password", methods=["GET", "POST"])
@signed_in
def password() -> ResponseReturnValue:
    """Another password, for who knows the present one."""
    form = PasswordForm()
    if form.validate_on_submit():
        refused = None
        with errors_to(form), transaction():
            refused = commands.change_password(
                form.change(), token=present_token(), machine=this_machine(), actor=the_actor()
            )
            if refused is None:
                return see("accounts.account", "Your password is changed. Every other session has ended.")
        if refused:
            form.refuse(DomainError(refused.words, "present"))
    return render_template("accounts/password.html", form=form)


@pages.post("/account/sessions/<int:session_id>/end")
@signed_in
def end_session(session_id: int) -> ResponseReturnValue:
    """End one session of mine."""
    with transaction():
        commands.end_session(session_id, actor=the_actor())
        return see("accounts.account", "That session has ended.")


@pages.post("/account/sessions/end-others")
@signed_in
def end_other_sessions() -> ResponseReturnValue:
    """End all sessions of mine but this one."""
    with transaction():
        commands.end_other_sessions(present_token(), actor=the_actor())
        return see("accounts.account", "Every other session has ended.")

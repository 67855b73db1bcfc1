"""Users: who may hold rights, what they hold, and how they come and go."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts import commands, queries
from app.accounts.forms import EndGrantForm, GrantForm, ReasonForm, UserFilterForm, UserForm
from app.accounts.queries import UserRow
from app.accounts.routes.browser import pages
from app.accounts.routes.tables import endable_grants_table
from app.audit.queries import HistoryRow, list_history, may_read_history
from app.audit.rules import Subject
from app.core import clock
from app.core.permissions import Permission, Role
from app.core.tables import Column, Kind, Narrow, PageRequest
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.addresses import record_link
from app.web.forms import errors_to
from app.web.listing import Action, Empty, Listing, list_page
from app.web.on_date import current_on
from app.web.requests import see

HISTORY_LINES = 50
USERS: Listing[UserRow] = Listing(
    title="Users",
    noun=("user", "users"),
    columns=(
        Column(
            "name", "Name", lambda row: row.name, Kind.NAME, sortable=True, narrow=Narrow.NAME,
            link=record_link("accounts.user", "user_id", lambda row: row.id),
        ),
        Column("email", "E-mail", lambda row: row.email, sortable=True, narrow=Narrow.META),
        Column("state", "State", lambda row: row.state, Kind.STATE, sortable=True, narrow=Narrow.STATE),
        Column("roles", "Roles", lambda row: row.roles, Kind.NUMBER, sortable=True),
        Column("last", "Last sign-in", lambda row: row.last_sign_in, Kind.INSTANT, sortable=True),
    ),
    default_sort="name",
    empty=Empty("No users yet", "Every person on record has a user; others are added here.", "Add a user",
                "accounts.new_user"),
    filters_form=UserFilterForm,
    action=Action("Add a user", "accounts.new_user"),
)  # fmt: skip


@pages.get("/users")
@requires(Permission.ACCOUNT_READ)
def users() -> ResponseReturnValue:
    """The list of users."""
    actor = the_actor()
    on = current_on()
    return list_page(USERS, lambda form, wanted: queries.search_users(form.filters(), wanted, on=on, actor=actor))


@pages.route("/users/new", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_EDIT)
def new_user() -> ResponseReturnValue:
    """Add someone who is no person on record, such as an auditor."""
    form = UserForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            values = form.values()
            opened = commands.open_user(values.name, values.email, the_actor())
            return see("accounts.user", "The user is added. Give them a role and invite them.", user_id=opened.id)
    return render_template("accounts/new_user.html", form=form)


@pages.get("/users/<int:user_id>")
@requires(Permission.ACCOUNT_READ)
def user(user_id: int) -> ResponseReturnValue:
    """All about one user."""
    actor = the_actor()
    shown = queries.get_user(user_id, actor)
    return render_template(
        "accounts/user.html",
        user=shown,
        state=queries.state_of_user(user_id),
        grants=endable_grants_table("Roles", queries.list_grants(user_id, actor)),
        sessions=len(queries.list_sessions(user_id, None, actor)),
        history=_history(user_id),
    )


@pages.route("/users/<int:user_id>/change", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_EDIT)
def change_user(user_id: int) -> ResponseReturnValue:
    """Correct a name or an address."""
    shown = queries.get_user(user_id, the_actor())
    form = UserForm(obj=shown)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.change_user(user_id, form.values(), version=form.shown_version, actor=the_actor())
            return see("accounts.user", "The correction is saved.", user_id=user_id)
    return render_template("accounts/change_user.html", form=form, user=shown)


@pages.post("/users/<int:user_id>/invite")
@requires(Permission.ACCOUNT_EDIT)
def invite(user_id: int) -> ResponseReturnValue:
    """Send a link to set a first password."""
    queries.get_user(user_id, the_actor())
    with transaction():
        commands.invite_user(user_id, the_actor())
        return see("accounts.user", "The invitation is on its way. It works for 14 days.", user_id=user_id)


@pages.route("/users/<int:user_id>/disable", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_EDIT)
def disable_user(user_id: int) -> ResponseReturnValue:
    """Shut someone out at once."""
    shown = queries.get_user(user_id, the_actor())
    form = ReasonForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.disable_user(user_id, reason=str(form.reason.data), actor=the_actor())
            return see("accounts.user", "The user is disabled, and their sessions have ended.", user_id=user_id)
    return render_template("accounts/disable_user.html", form=form, user=shown)


@pages.post("/users/<int:user_id>/enable")
@requires(Permission.ACCOUNT_EDIT)
def enable_user(user_id: int) -> ResponseReturnValue:
    """Let someone in again."""
    queries.get_user(user_id, the_actor())
    with transaction():
        commands.enable_user(user_id, actor=the_actor())
        return see("accounts.user", "The user can sign in again.", user_id=user_id)


@pages.route("/users/<int:user_id>/roles/new", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_EDIT)
def grant_role(user_id: int) -> ResponseReturnValue:
    """Give a role of the whole site."""
    shown = queries.get_user(user_id, the_actor())
    form = GrantForm(data={"first_day": clock.today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            role, reason = Role(str(form.role.data)), str(form.reason.data)
            commands.grant_by_hand(user_id, role, form.period(), reason=reason, actor=the_actor())
            return see("accounts.user", "The role is given.", user_id=user_id)
    return render_template("accounts/grant_role.html", form=form, user=shown)


@pages.route("/roles/<int:grant_id>/end", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_EDIT)
def end_grant(grant_id: int) -> ResponseReturnValue:
    """End a role that was given by hand."""
    grant, holder = queries.get_grant(grant_id, the_actor())
    form = EndGrantForm(data={"last_day": clock.today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.end_grant(grant_id, last_day=form.last_day.data, actor=the_actor())
            return see("accounts.user", "The role's end is set.", user_id=holder.id)
    return render_template("accounts/end_grant.html", form=form, grant=grant, user=holder)


def _history(user_id: int) -> list[HistoryRow] | None:
    """What happened to a user, for who may read the trail."""
    if not may_read_history(the_actor()):
        return None
    return list(list_history(Subject("user", user_id), PageRequest(size=HISTORY_LINES)).rows)

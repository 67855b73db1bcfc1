"""Pages for people who are not signed in yet, or no longer."""

from __future__ import annotations

from flask import flash, redirect, render_template, session
from flask.typing import ResponseReturnValue

from app.accounts import commands, queries
from app.accounts.commands import Refused
from app.accounts.forms import ForgottenPasswordForm, LinkForm, SignInForm
from app.accounts.routes.browser import begin_cookie, pages, present_token, this_machine, wanted_page
from app.core.errors import DomainError
from app.core.transaction import transaction
from app.web.access import current_actor, public
from app.web.forms import errors_to
from app.web.kept import Kept, find_carried, offer_to_send
from app.web.requests import see


@pages.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Sign in with address and password; a form that came too late is carried along and offered to be sent."""
    form, kept = SignInForm(), find_carried()
    if form.validate_on_submit():
        with transaction():
            outcome = commands.sign_in(form.credentials(), machine=this_machine())
        if not isinstance(outcome, Refused):
            begin_cookie(outcome.token)
            return offer_to_send(kept) if kept else redirect(wanted_page())
        form.refuse(DomainError(outcome.words))
    elif not form.is_submitted() and current_actor():
        return redirect(wanted_page())
    return render_template("accounts/sign_in.html", form=form, kept=kept)


def sign_in_again(kept: Kept) -> ResponseReturnValue:
    """Answer a form that came when its sender was signed in no more: it is kept, and sign-in carries it along."""
    return render_template("accounts/sign_in.html", form=SignInForm(formdata=None), kept=kept), 401


@pages.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this browser's session, if it still has one."""
    with transaction():
        commands.sign_out(present_token())
    session.clear()
    flash("You are signed out.")
    return see("accounts.sign_in")


@pages.route("/forgotten-password", methods=["GET", "POST"])
@public
def forgotten_password() -> ResponseReturnValue:
    """Ask for a link to set another password; the answer is the same for every address."""
    form = ForgottenPasswordForm()
    if form.validate_on_submit():
        with transaction():
            commands.request_reset(str(form.email.data), machine=this_machine())
        return see(
            "accounts.sign_in",
            "If this address belongs to a user, a message with a link is on its way. The link works for one hour.",
        )
    return render_template("accounts/forgotten_password.html", form=form)


@pages.route("/link/<token>", methods=["GET", "POST"])
@public
def link(token: str) -> ResponseReturnValue:
    """Set the password a link was sent for. Opening the page uses nothing up."""
    form = LinkForm()
    if queries.find_open_link(token) is None:
        return render_template("accounts/link.html", form=None), 410
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.use_link(token, password=str(form.password.data), machine=this_machine())
            return see("accounts.sign_in", "Your password is set. Sign in with it.")
    return render_template("accounts/link.html", form=form)

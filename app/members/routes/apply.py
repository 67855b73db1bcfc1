"""The pages of applicants, who do not sign in: the form, its confirmation by a link, and answers to questions."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from app.accounts.commands import Refused
from app.accounts.queries import find_profile
from app.accounts.routes.browser import this_machine
from app.core.clock import today
from app.core.errors import DomainError
from app.core.transaction import transaction
from app.files.forms import ask_again
from app.members import commands
from app.members.forms.applications import NOT_SENT, AnswerForm, ApplicationForm, ConfirmForm
from app.members.models import Application
from app.members.queries import (
    consortium_name,
    find_linked_application,
    list_checked,
    list_offered_classes,
    list_to_say,
    policy_on,
)
from app.members.routes.blueprint import pages
from app.members.rules import CaseState, country_name
from app.web.access import public
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see

GONE = 410
SENT = (
    "A message with a link is on its way to the address you gave. Your application comes before the secretariat once"
    " you have opened the link and confirmed it, within a week; what is not confirmed by then is removed."
)
CONFIRMED = (
    "It is before the secretariat now. You will be asked by mail if anything is missing, and told what is decided."
)
ANSWERED = "It is before the secretariat, and the review of your application goes on."
GONE_TEXT = (
    "It has been used already, or it is too old. Write to the secretariat if you still wish to apply or to answer."
)
SAID = {
    "sent": ("Look into your mail", SENT),
    "confirmed": ("Your application is confirmed", CONFIRMED),
    "answered": ("Thank you for your answer", ANSWERED),
    "withdrawn": ("Your application is withdrawn", "Nothing more is done with it; what you sent is removed in time."),
    "gone": ("This link no longer works", GONE_TEXT),
}


@pages.route("/apply", methods=["GET", "POST"])
@public
def apply() -> ResponseReturnValue:
    """Apply for membership, while applications are accepted; the answer is the same for every institution."""
    if not policy_on(today()).accepts_applications:
        abort(404)
    form = application_form()
    form.untouched = NOT_SENT
    if form.validate_on_submit():
        with errors_to(form), transaction():
            outcome = commands.submit_application(form.application(), machine=this_machine())
            if not isinstance(outcome, Refused):
                return see("members.apply_done", what="sent")
            form.refuse(DomainError(outcome.words))
    return render_template("members/apply.html", form=form, consortium=consortium_name())


@pages.get("/apply/<what>")
@public
def apply_done(what: str) -> ResponseReturnValue:
    """What happens after something was sent."""
    if what not in SAID:
        abort(404)
    return _done(what)


@pages.route("/apply/confirm/<token>", methods=["GET", "POST"])
@public
def apply_confirm(token: str) -> ResponseReturnValue:
    """Confirm an application by the link that was mailed. Opening the page uses nothing up."""
    found = find_linked_application(token, CaseState.RECEIVED)
    form = ConfirmForm()
    if found is not None and form.validate_on_submit():
        with errors_to(form), transaction():
            confirmed = commands.confirm_application(token)
            return see("members.apply_done", f"Your application has the number {confirmed.number}.", what="confirmed")
    return _page("members/apply_confirm.html", found, form=form, token=token)


@pages.route("/apply/answer/<token>", methods=["GET", "POST"])
@public
def apply_answer(token: str) -> ResponseReturnValue:
    """Answer a question about an application by the link that was mailed."""
    found = find_linked_application(token, CaseState.MORE_ASKED)
    form = AnswerForm()
    if found is not None and form.validate_on_submit():
        with errors_to(form), transaction():
            commands.answer_question(token, str(form.text.value), form.files())
            return see("members.apply_done", what="answered")
    ask_again(form)
    return _page("members/apply_answer.html", found, form=form, token=token)


@pages.route("/apply/withdraw/<token>", methods=["GET", "POST"])
@public
def apply_withdraw(token: str) -> ResponseReturnValue:
    """Withdraw an application by a link that was mailed: asked first, as it cannot be taken back."""
    page, awaited = "apply_confirm", CaseState.RECEIVED
    found = find_linked_application(token, awaited)
    if found is None:
        page, awaited = "apply_answer", CaseState.MORE_ASKED
        found = find_linked_application(token, awaited)
    form = ConfirmForm()
    if found is not None and form.validate_on_submit():
        with errors_to(form), transaction():
            commands.withdraw_by_link(token, awaited)
            return see("members.apply_done", what="withdrawn")
    return _page("members/apply_withdraw.html", found, form=form, back=url(f"members.{page}", token=token))


def application_form() -> ApplicationForm:
    """The form of an application with the classes there are and what is asked to be declared."""
    form = ApplicationForm()
    form.class_id.offer([(row.id, row.name) for row in list_offered_classes()])
    form.said.offer(list_to_say(today()))
    if not form.said.choices:
        del form.said
    form.ask_for(list_checked(today()))
    return form


def _page(template: str, found: Application | None, **values: object) -> ResponseReturnValue:
    """The page of a link, or that the link no longer works."""
    if found is None:
        return _done("gone"), GONE
    country = country_name(found.country) if found.country else None
    return render_template(template, application=found, country=country, **values)


def _done(what: str) -> str:
    """What happens next; where somebody has to be written to, with the address of the consortium if it has one."""
    title, text = SAID[what]
    profile = find_profile(today()) if what == "gone" else None
    return render_template("members/apply_done.html", title=title, text=text, address=profile.email if profile else "")

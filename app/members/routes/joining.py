"""The steps of joining that members take themselves, and whose each step is."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts.rules import UserState
from app.core.permissions import Permission
from app.core.texts import full_stop
from app.core.transaction import transaction
from app.members import commands
from app.members.commands import joining as steps
from app.members.documents.applications import WELCOME, Letter
from app.members.forms.applications import LetterForm, StepOwnerForm
from app.members.forms.joining import ChooseForm, TakeUpForm, TermForm, people_chosen, people_form
from app.members.models import Application
from app.members.queries import (
    SignIn,
    get_case,
    list_matches,
    list_offered_classes,
    list_sign_ins,
    owner_choices,
    people_like,
)
from app.members.routes.blueprint import pages
from app.members.routes.classes import offer_classes
from app.members.routes.letters import letter_page, step_place
from app.members.routes.naming import ask_institution
from app.members.routes.reviews import case_form
from app.members.routes.steps import undone_steps
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see
from app.web.wording import long_day


@pages.route("/applications/<int:application_id>/institution", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def take_up_applicant(application_id: int) -> ResponseReturnValue:
    """Take the applicant up as an institution, unless it is on record already."""
    case = get_case(application_id, the_actor())
    found, form = case.application, TakeUpForm(obj=case.application)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.take_up_applicant(application_id, form.institution(), actor=the_actor())
            return see("members.application", "The institution is taken up.", application_id=application_id)
    return render_template(
        "members/take_up_applicant.html",
        form=form,
        title=f"Take up {found.name}",
        matches=[(match.name, match.account_number, match.why) for match in list_matches(found, the_actor())],
        choose=url("members.choose_institution", application_id=application_id),
        **step_place(case, steps.INSTITUTION),
    )


@pages.route("/applications/<int:application_id>/institution/choose", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def choose_institution(application_id: int) -> ResponseReturnValue:
    """Say which institution on record the applicant is; the likely ones come first, none is chosen by itself."""
    case = get_case(application_id, the_actor())
    found, place = case.application, step_place(case, steps.INSTITUTION)
    likely = [(match.id, f"{match.name}: {match.why}") for match in list_matches(found, the_actor())]
    form = ChooseForm()
    form.likely_id.offer(likely, empty="None of these" if likely else "Nothing on record is like it")
    ask_institution(form.institution_id)

    def act() -> None:
        commands.choose_institution(application_id, form.chosen(), actor=the_actor())

    sub = "Choose a likely one, each with why, or name another one."
    words = ("Which one is", "Choose this one")
    return case_form(form, application_id, words, act, "It is chosen.", sub=sub, **place)


@pages.route("/applications/<int:application_id>/term", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def give_term(application_id: int) -> ResponseReturnValue:
    """Make the applicant a member, as it was decided."""
    case = get_case(application_id, the_actor())
    found, place = case.application, step_place(case, steps.TERM)
    decided = {"class_id": str(found.class_id), "first_day": found.member_from, "reason": found.decision}
    form = TermForm(data=decided)
    offer_classes(form.class_id, list_offered_classes())

    def act() -> None:
        commands.give_term(application_id, form.admission(), actor=the_actor())

    words = ("Term of", "Make it a member")
    return case_form(form, application_id, words, act, "It is a member.", sub=_decided(found), **place)


@pages.route("/applications/<int:application_id>/representatives", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def name_applicants(application_id: int) -> ResponseReturnValue:
    """Name who represents the new member; who is on record already is suggested."""
    case = get_case(application_id, the_actor())
    people, place = case.people, step_place(case, steps.PEOPLE)
    form = people_form(people, people_like(people, the_actor()))()

    def act() -> None:
        commands.name_applicants(application_id, people_chosen(form, people), actor=the_actor())

    sub = "Whom you leave as nobody on record is taken up anew, once for each address."
    words = ("Representatives of", "Name them")
    return case_form(form, application_id, words, act, "They are named.", sub=sub, **place)


@pages.route("/applications/<int:application_id>/welcome", methods=["GET", "POST"])
@requires(Permission.APPLICATION_EDIT)
def welcome_member(application_id: int) -> ResponseReturnValue:
    """Welcome the new member by a letter, which is shown before it is sent."""
    case = get_case(application_id, the_actor())
    form = LetterForm(data={"subject": WELCOME.subject, "body": WELCOME.body})

    def send(letter: Letter) -> None:
        commands.welcome_member(application_id, letter, actor=the_actor())

    words, notice = ("Welcome", "Send the letter"), "The letter is on its way."
    place = step_place(case, steps.WELCOME)
    return letter_page(form, case.application, words, send, notice, also=_invited(case.application), **place)


@pages.route("/applications/<int:application_id>/steps", methods=["GET", "POST"])
@requires(Permission.APPLICATION_EDIT)
def assign_joining_step(application_id: int) -> ResponseReturnValue:
    """Give a step of joining to somebody else."""
    form = StepOwnerForm()
    form.task_id.offer(undone_steps(get_case(application_id, the_actor()).tasks, commands.joining_steps()))
    form.owner_id.offer(owner_choices(the_actor()))

    def act() -> None:
        commands.assign_step(form.task_id.chosen_id or 0, form.owner_id.chosen_id or 0, actor=the_actor())

    return case_form(form, application_id, ("Give a step of", "Give it"), act, "The step has another owner.")


def _decided(found: Application) -> str:
    """What was decided of a membership, for whoever gives it its term."""
    since = long_day(found.member_from) if found.member_from else "the day it is given"
    by = f", by {found.decision}" if found.decision else ""
    return f"As was decided{by}: {found.membership_class.name} from {since}."


def _invited(found: Application) -> list[str]:
    """Whom the welcome invites to sign in, and whom it does not, with why."""
    people = list_sign_ins(found.institution_id, the_actor()) if found.institution_id else []
    if not people:
        return ["Nobody represents it, so nobody is invited to sign in."]
    told = {
        "Gets an invitation to sign in": [f"{each.name}, {each.email}" for each in people if each.is_to_invite],
        "Can sign in already": _named(people, UserState.ACTIVE),
        "Invited before, and not again": _named(people, UserState.INVITED),
        "Not invited, for want of an e-mail address": [
            each.name for each in people if each.state is UserState.NOT_INVITED and not each.is_to_invite
        ],
        "Not invited, since shut out": _named(people, UserState.DISABLED),
    }
    return [full_stop(f"{words}: {'; '.join(names)}") for words, names in told.items() if names]


def _named(people: Sequence[SignIn], state: UserState) -> list[str]:
    return [each.name for each in people if each.state is state]

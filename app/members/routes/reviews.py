"""Every step of the review of an application: owner, questions, notes, documents, criteria, the decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.clock import today
from app.core.permissions import Permission
from app.core.texts import full_stop
from app.core.transaction import transaction
from app.members import commands
from app.members.documents.applications import DECLINE, Letter
from app.members.forms.applications import (
    AdmitForm,
    CaseDocumentForm,
    DeclineForm,
    JudgeForm,
    NoteForm,
    OwnerForm,
    QuestionForm,
    ReasonForm,
)
from app.members.queries import get_case, get_criterion, list_offered_classes, owner_choices
from app.members.routes.blueprint import pages
from app.members.routes.letters import case_place, letter_page
from app.members.rules import Verdict
from app.web.access import requires, the_actor
from app.web.forms import MusterForm, errors_to
from app.web.requests import see


@pages.post("/applications/<int:application_id>/take")
@requires(Permission.APPLICATION_EDIT)
def take_case(application_id: int) -> ResponseReturnValue:
    """Make a case one's own."""
    with transaction():
        commands.take_case(application_id, actor=the_actor())
        return see("members.application", "The case is yours.", application_id=application_id)


@pages.route("/applications/<int:application_id>/owner", methods=["GET", "POST"])
@requires(Permission.APPLICATION_EDIT)
def assign_case(application_id: int) -> ResponseReturnValue:
    """Give a case to somebody else."""
    form = OwnerForm()
    form.owner_id.offer(owner_choices(the_actor()))

    def act() -> None:
        commands.assign_case(application_id, form.owner_id.chosen_id or 0, actor=the_actor())

    return case_form(form, application_id, ("Assign", "Assign"), act, "The case has another owner.")


@pages.route("/applications/<int:application_id>/ask", methods=["GET", "POST"])
@requires(Permission.APPLICATION_EDIT)
def ask_applicant(application_id: int) -> ResponseReturnValue:
    """Ask the applicant for more."""
    form = QuestionForm()

    def act() -> None:
        commands.ask_applicant(application_id, str(form.text.value), actor=the_actor())

    return case_form(form, application_id, ("Ask", "Send the question"), act, "The question is on its way.")


@pages.post("/applications/<int:application_id>/go-on")
@requires(Permission.APPLICATION_EDIT)
def go_on(application_id: int) -> ResponseReturnValue:
    """Take up the review though nothing was answered."""
    with transaction():
        commands.go_on_without_answer(application_id, actor=the_actor())
        return see("members.application", "The review goes on.", application_id=application_id)


@pages.route("/applications/<int:application_id>/note", methods=["GET", "POST"])
@requires(Permission.APPLICATION_EDIT)
def note_in_case(application_id: int) -> ResponseReturnValue:
    """Note something in the case."""
    form = NoteForm()

    def act() -> None:
        commands.note_in_case(application_id, str(form.text.value), actor=the_actor())

    return case_form(form, application_id, ("Note about", "Add note"), act, "The note is added.")


@pages.route("/applications/<int:application_id>/documents/new", methods=["GET", "POST"])
@requires(Permission.APPLICATION_EDIT)
def add_case_document(application_id: int) -> ResponseReturnValue:
    """Add a document to the case."""
    form = CaseDocumentForm()

    def act() -> None:
        commands.add_case_document(application_id, form.file(), actor=the_actor())

    return case_form(form, application_id, ("Add a document to", "Add document"), act, "The document is added.")


@pages.route("/applications/<int:application_id>/criteria/<int:criterion_id>", methods=["GET", "POST"])
@requires(Permission.APPLICATION_EDIT)
def judge(application_id: int, criterion_id: int) -> ResponseReturnValue:
    """Say whether a criterion is met."""
    criterion, form = get_criterion(criterion_id, the_actor()), JudgeForm()

    def act() -> None:
        commands.judge_criterion(application_id, criterion_id, form.judgement(), actor=the_actor())

    return case_form(form, application_id, ("Judge", "Keep this"), act, "It is judged.", sub=criterion.text)


@pages.route("/applications/<int:application_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.APPLICATION_EDIT)
def withdraw_application(application_id: int) -> ResponseReturnValue:
    """Record that the applicant has withdrawn."""
    form = ReasonForm()

    def act() -> None:
        commands.withdraw_application(application_id, reason=str(form.reason.value), actor=the_actor())

    return case_form(form, application_id, ("Withdrawal of", "Record withdrawal"), act, "The application is withdrawn.")


@pages.route("/applications/<int:application_id>/admit", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def admit_applicant(application_id: int) -> ResponseReturnValue:
    """Decide to admit the applicant."""
    case = get_case(application_id, the_actor())
    form = AdmitForm(data={"member_from": today(), "class_id": str(case.application.class_id)})
    form.class_id.offer([(row.id, row.name) for row in list_offered_classes()])
    unmet = [each.criterion.text for each in case.criteria if each.verdict is not Verdict.MET]

    def act() -> None:
        class_id, day = form.class_id.chosen_id or 0, form.member_from.data
        commands.admit_applicant(application_id, form.ruling(), class_id=class_id, member_from=day, actor=the_actor())

    sub = full_stop(f"Not met or not judged yet: {'; '.join(unmet)}") if unmet else "Every criterion is met."
    return case_form(
        form, application_id, ("Admit", "Admit"), act, "It is admitted; now the steps of joining.", sub=sub
    )


@pages.route("/applications/<int:application_id>/decline", methods=["GET", "POST"])
@requires(Permission.APPLICATION_EDIT)
def decline_applicant(application_id: int) -> ResponseReturnValue:
    """Decide not to admit the applicant; the letter is shown before it is sent."""
    found = get_case(application_id, the_actor()).application
    form = DeclineForm(data={"subject": DECLINE.subject, "body": DECLINE.body})

    def send(letter: Letter) -> None:
        commands.decline_applicant(application_id, form.ruling(), letter, actor=the_actor())

    return letter_page(form, found, ("Decline", "Decline and send"), send, "It is declined; the letter is on its way.")


def case_form(
    form: MusterForm, application_id: int, words: tuple[str, str], act: Callable[[], None], notice: str, **more: Any
) -> ResponseReturnValue:
    """The page of a form about a case, which does one thing and leads back to it."""
    found = get_case(application_id, the_actor()).application
    if form.validate_on_submit():
        with errors_to(form), transaction():
            act()
            return see("members.application", notice, application_id=application_id)
    more = {"title": f"{words[0]} {found.name}", "verb": words[1], **case_place(found), **more}
    return render_template("layouts/form.html", form=form, **more)

"""The pages of people who are asked: by a link that needs no account, or their own page when they are signed in."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from app.committees.commands.answering import answer_by_link, answer_question
from app.committees.forms.plans import AnswerForm
from app.committees.queries.answers import find_question, get_question, list_questions
from app.committees.queries.nominators import list_calls
from app.committees.routes.blueprint import pages
from app.committees.rules.plans import Answer
from app.core.transaction import transaction
from app.web.access import public, signed_in, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see

GONE = 410
SAID = {
    "yes": ("Thank you", "Whoever asked you sees your answer. You are told when you are appointed or elected."),
    "no": ("Thank you for your answer", "Whoever asked you sees it; nothing more is asked of you."),
    "gone": (
        "This link no longer works",
        "It has been used already, or it is too old. Write to whoever asked you if you still wish to answer.",
    ),
}


@pages.route("/committees/answer/<token>", methods=["GET", "POST"])
@public
def answer(token: str) -> ResponseReturnValue:
    """Say yes or no by the link that was mailed. Opening the page uses nothing up."""
    question = find_question(token)
    if question is None:
        return _done("gone"), GONE
    form = AnswerForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            answer_by_link(token, Answer(form.answer.data), words=form.words.value)
            return see("committees.answered", what=str(form.answer.data))
    return render_template("committees/answer.html", form=form, question=question)


@pages.get("/committees/answered/<what>")
@public
def answered(what: str) -> ResponseReturnValue:
    """What happens after somebody has answered."""
    if what not in SAID:
        abort(404)
    return _done(what)


@pages.get("/committees/asked")
@signed_in
def asked() -> ResponseReturnValue:
    """What the reader is asked: seats that are offered, elections they are nominated in, and calls to nominate."""
    calls = list_calls(the_actor())
    return render_template("committees/asked.html", questions=list_questions(the_actor().user_id), calls=calls)


@pages.route("/committees/asked/<kind>/<int:question_id>", methods=["GET", "POST"])
@signed_in
def answer_own(kind: str, question_id: int) -> ResponseReturnValue:
    """Say yes or no to what one is asked."""
    question = get_question(kind, question_id, the_actor().user_id)
    form = AnswerForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            answer_question(question, Answer(form.answer.data), words=form.words.value, actor=the_actor())
            return see("committees.asked", SAID[str(form.answer.data)][1])
    return render_template("committees/answer_own.html", form=form, question=question, cancel=url("committees.asked"))


def _done(what: str) -> str:
    title, text = SAID[what]
    return render_template("committees/answered.html", title=title, text=text)

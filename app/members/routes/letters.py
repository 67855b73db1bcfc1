"""Letters that are shown with their places filled in, and sent once just that has been seen."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.core.transaction import transaction
from app.members.commands import hindrance_to_joining
from app.members.documents.applications import Letter
from app.members.forms.applications import LetterForm
from app.members.models import Application
from app.members.queries import CaseRecord, letter_values
from app.members.rules import check_places, filled_in
from app.web.access import the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see

SEEN = "seen"


def letter_page(
    form: LetterForm,
    found: Application,
    words: tuple[str, str],
    send: Callable[[Letter], None],
    notice: str,
    **more: Any,
) -> ResponseReturnValue:
    """The page of a letter to an applicant: shown first, and sent once just that has been seen."""
    values = letter_values(found, the_actor())
    letter = filled_letter(form, values)
    if letter and is_seen(letter):
        with errors_to(form), transaction():
            send(letter)
            return see("members.application", notice, application_id=found.id)
    to = f"{found.contact_name}, {found.contact_email}"
    title = f"{words[0]} {found.name}"
    return letter_view(form, letter, values, title=title, verb=words[1], to=to, **{**case_place(found), **more})


def filled_letter(form: LetterForm, values: dict[str, str]) -> Letter | None:
    """The letter as it would be sent; None where nothing was typed yet or something is wrong with it."""
    if form.validate_on_submit():
        with errors_to(form):
            subject, body = str(form.subject.data), str(form.body.data)
            check_places({"subject": subject, "body": body}, values)
            return Letter(filled_in(subject, values), filled_in(body, values))
    return None


def is_seen(letter: Letter) -> bool:
    """Whether just this letter was shown on the page that sent it."""
    return request.form.get(SEEN) == _mark(letter)


def letter_view(
    form: LetterForm, letter: Letter | None, values: dict[str, str], *, verb: str, **more: Any
) -> ResponseReturnValue:
    """The page that shows a letter, or asks for its text."""
    return render_template(
        "layouts/letter.html",
        form=form,
        verb=verb if letter else "Show the letter",
        letter=letter,
        seen=_mark(letter) if letter else "",
        places=", ".join(f"{{{name}}}" for name in values),
        **more,
    )


def case_place(found: Application) -> dict[str, Any]:
    """Where a form about a case stands, and where it leads back to."""
    back = url("members.application", application_id=found.id)
    return {"crumbs": [("Applications", url("members.applications")), (str(found.number), back)], "cancel": back}


def step_place(case: CaseRecord, kind: str) -> dict[str, Any]:
    """Where the page of a step of joining stands, and what stands in its way, if anything does."""
    return {**case_place(case.application), "hindrance": hindrance_to_joining(case.application, case.tasks, kind)}


def _mark(letter: Letter) -> str:
    return sha256(f"{letter.subject}\n{letter.body}".encode()).hexdigest()

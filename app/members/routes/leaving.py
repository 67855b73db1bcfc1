"""The steps of leaving that members take themselves, and the page of a step, which says what it is about to end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.clock import now
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.members import commands
from app.members.commands import ClosingLetter, hindrance_to_leaving, leaving_steps
from app.members.commands.leaving import ACCESS, LETTER, TERM
from app.members.documents.applications import CLOSING, ClosingPaper, Letter, closing_html
from app.members.forms.applications import LetterForm
from app.members.forms.departures import StepForm
from app.members.models import Departure, Membership, Representation
from app.members.queries import (
    DepartureRecord,
    closing_values,
    correspondents,
    get_departure,
    list_addressees,
    list_memberships_to_end,
    list_representations_to_end,
    member_after,
)
from app.members.routes.blueprint import pages
from app.members.routes.departures import departure_place
from app.members.routes.letters import filled_letter, is_seen, letter_view
from app.members.rules import PURPOSE_WORDS, freed_on, sheet_for
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import MusterForm, errors_to
from app.web.pdf import print_pdf
from app.web.requests import see
from app.web.wording import join_words


@dataclass(frozen=True)
class StepPage:
    """What the page of a step of leaving says before it is taken: which, its title, its verb, and what happens.

    `doing` lists what it is about to end; where that is nothing, `nothing` is said instead, and the button says
    `verb_for_nothing`. One that `leaves_members` ends nothing of who is a member after the last day all the same.
    """

    kind: str
    title: str
    verb: str
    sub: str
    doing: Callable[[Departure], Table[Any]]
    nothing: str
    verb_for_nothing: str = "Nothing to do: go on"
    leaves_members: bool = False


@pages.route("/departures/<int:departure_id>/term", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def end_memberships(departure_id: int) -> ResponseReturnValue:
    """Withdraw the institution from every class."""

    def act() -> str | None:
        with transaction():
            return commands.end_memberships(departure_id, actor=the_actor()).outcome

    return departure_form(StepForm(), departure_id, ENDING_MEMBERSHIPS, act)


@pages.route("/departures/<int:departure_id>/access", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def end_access(departure_id: int) -> ResponseReturnValue:
    """End what its representatives may do."""

    def act() -> str | None:
        with transaction():
            return commands.end_access(departure_id, actor=the_actor()).outcome

    return departure_form(StepForm(), departure_id, ENDING_ACCESS, act)


@pages.route("/departures/<int:departure_id>/letter", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def close_departure(departure_id: int) -> ResponseReturnValue:
    """Send the closing letter, after it was shown."""
    case = get_departure(departure_id, the_actor())
    found, values = case.departure, closing_values(case.departure, the_actor())
    form = LetterForm(data={"subject": CLOSING.subject, "body": CLOSING.body})
    letter = filled_letter(form, values)
    if letter and is_seen(letter):
        with errors_to(form):
            closing = ClosingLetter(letter, print_pdf(closing_html(_closing_paper(found, letter))))
            with transaction():
                task = commands.close_departure(departure_id, closing, actor=the_actor())
                return see("members.departure", task.outcome, departure_id=departure_id)
    more = {"title": f"Closing letter to {found.institution.name}", "also": _sent_along(case)}
    place = _step_place(case, LETTER)
    return letter_view(form, letter, values, verb="Print and send", to=_reached(found), **more, **place)


def departure_form(
    form: MusterForm, departure_id: int, step: StepPage, act: Callable[[], str | None]
) -> ResponseReturnValue:
    """The page of one step of leaving: `act` takes it in a transaction of its own, and says what it did."""
    if form.validate_on_submit():
        with errors_to(form):
            return see("members.departure", act() or "", departure_id=departure_id)
    case = get_departure(departure_id, the_actor())
    doing, nothing = _about_to_do(step, case.departure)
    return render_template(
        "layouts/step.html",
        form=form,
        title=f"{step.title} {case.departure.institution.name}",
        verb=step.verb if doing.rows else step.verb_for_nothing,
        sub=step.sub,
        doing=doing,
        nothing=nothing,
        **_step_place(case, step.kind),
    )


def _about_to_do(step: StepPage, found: Departure) -> tuple[Table[Any], str]:
    """What a step is about to end, and what is said where that is nothing."""
    doing, stays = step.doing(found), member_after(found) if step.leaves_members else None
    return (replace(doing, rows=()), stays) if stays else (doing, step.nothing)


def _memberships_to_end(found: Departure) -> Table[Membership]:
    columns: tuple[Column[Membership], ...] = (
        Column("class", "Class", lambda row: row.membership_class.name, Kind.NAME, narrow=Narrow.NAME),
        Column("since", "Member since", lambda row: row.first_day, Kind.DATE),
        Column("until", "Until now to", lambda row: row.last_day or "no end", Kind.DATE),
        Column("last_day", "Ends with", lambda _row: found.last_day, Kind.DATE, narrow=Narrow.AMOUNT),
    )
    return Table("Memberships", columns, list_memberships_to_end(found.institution_id, found.last_day))


def _representations_to_end(found: Departure) -> Table[Representation]:
    last_day = freed_on(found.last_day, found.grace_days)

    def ends_with(row: Representation) -> date | str:
        return last_day if row.first_day <= last_day else "no day, taken back"

    columns: tuple[Column[Representation], ...] = (
        Column("name", "Person", lambda row: row.person.name, Kind.NAME, link=_person_address, narrow=Narrow.NAME),
        Column("as", "As", lambda row: PURPOSE_WORDS[row.purpose], narrow=Narrow.META),
        Column("since", "Since", lambda row: row.first_day, Kind.DATE),
        Column("last_day", "Ends with", ends_with, Kind.DATE, narrow=Narrow.AMOUNT),
    )
    return Table("Representatives", columns, list_representations_to_end(found.institution_id, last_day))


def _person_address(row: Representation) -> str:
    return url("members.person", person_id=row.person_id)


ENDING_MEMBERSHIPS = StepPage(
    TERM,
    "Memberships of",
    "End them",
    "Each ends with the last day of membership; until that day is over, this can be called off.",
    _memberships_to_end,
    "It has no membership on its last day.",
)
ENDING_ACCESS = StepPage(
    ACCESS,
    "Access of",
    "End it",
    "Those who represent it stop after the days of grace, and with that the rights that follow from it.",
    _representations_to_end,
    "Nobody represents it beyond that day.",
    leaves_members=True,
)


def _step_place(case: DepartureRecord, kind: str) -> dict[str, Any]:
    hindrance = hindrance_to_leaving(case.departure, case.tasks, kind)
    return {**departure_place(case.departure), "hindrance": hindrance}


def _reached(found: Departure) -> str:
    """Whom the mail of the closing letter reaches."""
    people = [f"{person.name}, {person.email}" for person in list_addressees(found)]
    return "; ".join(people) or "nobody: who voted or was billed for it has no e-mail address, so it is only printed"


def _sent_along(case: DepartureRecord) -> list[str]:
    """What goes with the mail."""
    titles = [step.title for step in leaving_steps() for task in case.tasks if task.kind == step.kind and task.file_id]
    return [f"As PDF with it: {join_words(['the letter', *(title.lower() for title in titles)])}."]


def _closing_paper(found: Departure, letter: Letter) -> ClosingPaper:
    sender, addressee = correspondents(found.institution)
    return ClosingPaper(
        sender=sender,
        addressee=addressee,
        number=found.number,
        account_number=found.institution.account_number,
        last_day=found.last_day,
        letter=letter,
        made_at=now(),
        sheet=sheet_for(found.institution.country),
    )

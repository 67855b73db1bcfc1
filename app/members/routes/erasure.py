"""Erasing a person: first what will be replaced and what must be kept, then, with a reason, the act."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.audit.rules import Subject
from app.audit.subjects import address_of
from app.core.mentions import list_mentions
from app.core.permissions import Permission
from app.core.personal_data import DataSubject, Fate, Held, Obstacle, list_holdings
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.members import commands
from app.members.forms import ErasureForm
from app.members.queries import get_data_subject, list_obstacles
from app.members.queries.people import get_erasable_person
from app.members.routes.blueprint import pages
from app.members.routes.mentions import named, texts_table
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see


def _what_happens(held: Held) -> str:
    return "removed" if held.fate is Fate.REMOVED else "replaced"


def _address(obstacle: Obstacle) -> str | None:
    return address_of(Subject(obstacle.kind, obstacle.record_id))


GOES: tuple[Column[Held], ...] = (
    Column("title", "What", lambda row: row.title, Kind.NAME, narrow=Narrow.NAME),
    Column("total", "Entries", lambda row: row.total, Kind.NUMBER, narrow=Narrow.AMOUNT),
    Column("fate", "What happens", _what_happens, narrow=Narrow.META),
)
STAYS: tuple[Column[Held], ...] = (
    Column("title", "What", lambda row: row.title, Kind.NAME, narrow=Narrow.NAME),
    Column("total", "Entries", lambda row: row.total, Kind.NUMBER, narrow=Narrow.AMOUNT),
    Column("ground", "On which ground", lambda row: row.ground, narrow=Narrow.META),
    Column("until", "Until when, in which form", lambda row: row.until, narrow=Narrow.META),
)
WHY: Column[Obstacle] = Column("sentence", "Why, and what to do first", lambda row: row.sentence, narrow=Narrow.META)


@pages.route("/people/<int:person_id>/erase", methods=["GET", "POST"])
@requires(Permission.PERSON_ERASE)
def erase_person(person_id: int) -> ResponseReturnValue:
    """Say what an erasure does to this person's record, and do it for a reason."""
    person = get_erasable_person(person_id, the_actor())
    form = ErasureForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            erased = commands.erase_person(person_id, reason=str(form.reason.data), actor=the_actor())
            return see("members.person", f"The person is erased. They are {erased.name} now.", person_id=person_id)
    back = url("members.person", person_id=person_id)
    crumbs = [("People", url("members.people")), (person.name, back)]
    told = _preview(get_data_subject(person_id, the_actor()))
    return render_template("members/erase_person.html", form=form, name=person.name, crumbs=crumbs, cancel=back, **told)


def _preview(subject: DataSubject) -> dict[str, Any]:
    """What goes, what stays on which ground, what stands against it, and which texts name them."""
    holdings: Sequence[Held] = list_holdings(subject)
    found = list_mentions(subject)
    goes = [held for held in holdings if held.fate is not Fate.KEPT]
    stays = [held for held in holdings if held.ground]
    return {
        "alias": subject.alias,
        "obstacles": _against(list_obstacles(subject, the_actor())),
        "goes": Table("What goes", GOES, goes),
        "stays": Table("What stays", STAYS, stays),
        "texts": texts_table(found),
        "named": len(found),
    }


def _against(obstacles: Sequence[Obstacle]) -> Table[Obstacle]:
    """What stands against an erasure, each with the record where it is done away with."""
    record = Column("record", "Record", named(obstacles), Kind.NAME, link=_address, narrow=Narrow.NAME)
    return Table("What stands against it", (record, WHY), obstacles)

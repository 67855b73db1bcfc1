"""The record of a person, and the forms that take up, change, place and invite people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.audit.rules import Subject
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import Column, Table
from app.core.transaction import transaction
from app.members import commands
from app.members.forms import AffiliationForm, LastDayForm, NewPersonForm, PersonForm, changed_meanwhile
from app.members.queries import (
    find_leaver,
    get_affiliation,
    get_editable_person,
    get_person,
    list_routes,
)
from app.members.queries.people import AffiliationRow, PersonRecord
from app.members.routes.blueprint import pages, person_form
from app.members.routes.contacts import routes_table
from app.members.routes.mergers import to_survivor
from app.members.routes.naming import ask_institution
from app.members.routes.offices import OFFICE_COLUMNS, lanes_of_offices, list_offices
from app.members.routes.records import latest_of
from app.members.routes.sections import list_person_sections
from app.members.routes.tables import place_columns
from app.members.routes.twins import person_twins
from app.members.rules import TwinKind
from app.web.access import requires, the_actor
from app.web.addresses import ids_in_address, url
from app.web.forms import errors_to
from app.web.on_date import current_on, is_past, known_at
from app.web.requests import see
from app.web.wording import join_words, long_day


@pages.get("/people/<int:person_id>")
@requires(Permission.PERSON_LIST)
def person(person_id: int) -> ResponseReturnValue:
    """One person: name, place, and how to reach them for those who may know; who was merged leads to the survivor."""
    if moved := to_survivor(TwinKind.PERSON, person_id):
        return moved
    record = get_person(person_id, the_actor(), on=current_on(), known=known_at())
    return render_template(
        "members/person.html",
        record=record,
        facts=[*_facts(record), *_leaving(record)],
        sentence=_sentence(record),
        places=Table("Places", _place_columns(record), record.affiliations),
        **_offices(record),
        routes=routes_table(list_routes(person_id, the_actor(), on=current_on(), known=known_at()), record.may_edit),
        sections=list_person_sections(person_id),
        may_invite=the_actor().may(Permission.ACCOUNT_EDIT)
        and record.contact is not None
        and bool(record.contact.email),
        history=latest_of(Subject("person", person_id)),
    )


@pages.route("/people/new", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def add_person() -> ResponseReturnValue:
    """Take up a person at an institution."""
    form = NewPersonForm(data={"first_day": today()})
    given = next(iter(ids_in_address("institution")), None)
    ask_institution(form.institution_id, given, permission=Permission.PERSON_EDIT)
    twins = person_twins(form)
    if form.validate_on_submit() and not twins:
        with errors_to(form), transaction():
            added = commands.add_person(form.person(), affiliation=form.affiliation(), actor=the_actor())
            return see("members.person", f"{added.name} is taken up.", person_id=added.id)
    back = url("members.people")
    crumbs = [("People", back)]
    return render_template("members/add_person.html", form=form, crumbs=crumbs, cancel=back, twins=twins)


@pages.route("/people/<int:person_id>/edit", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def edit_person(person_id: int) -> ResponseReturnValue:
    """Correct what is on record of a person."""
    saved = get_editable_person(person_id, the_actor())
    form = PersonForm(obj=saved)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.edit_person(person_id, form.person(), version=form.shown_version, actor=the_actor())
            return see("members.person", "The person is changed.", person_id=person_id)
    stale = changed_meanwhile(form, saved)
    return person_form(form, (person_id, saved.name), f"Edit {saved.name}", "Save changes", stale=stale)


@pages.route("/people/<int:person_id>/places/new", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def add_place(person_id: int) -> ResponseReturnValue:
    """Say that a person works at an institution."""
    saved = get_editable_person(person_id, the_actor())
    form = AffiliationForm(data={"first_day": today()})
    ask_institution(form.institution_id, permission=Permission.PERSON_EDIT)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.affiliate_person(person_id, form.affiliation(), actor=the_actor())
            return see("members.person", "The place is added.", person_id=person_id)
    return person_form(form, (person_id, saved.name), f"Where {saved.name} works", "Add place")


@pages.route("/people/places/<int:affiliation_id>/end", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def end_place(affiliation_id: int) -> ResponseReturnValue:
    """Say when a person left an institution."""
    saved, name = get_affiliation(affiliation_id, the_actor())
    form = LastDayForm(data={"version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason, version = form.last_day.data, form.reason.data, form.shown_version
            commands.end_affiliation(affiliation_id, last_day=day, reason=reason, version=version, actor=the_actor())
            return see("members.person", f"This place ends on {long_day(day)}.", person_id=saved.person_id)
    saved, name = get_affiliation(affiliation_id, the_actor())
    stale = changed_meanwhile(form, saved)
    return person_form(form, (saved.person_id, name), f"When {name} left", "End place", stale=stale)


@pages.post("/people/<int:person_id>/invite")
@requires(Permission.ACCOUNT_EDIT)
def invite(person_id: int) -> ResponseReturnValue:
    """Send a person a link to set their password."""
    with transaction():
        commands.invite_person(person_id, actor=the_actor())
        return see("members.person", "The invitation is on its way.", person_id=person_id)


def _sentence(record: PersonRecord) -> str:
    """Where a person works on the day looked at."""
    here = (row.institution for row in record.affiliations if row.period.contains(current_on()))
    return join_words(dict.fromkeys(here))


def _place_columns(record: PersonRecord) -> Sequence[Column[AffiliationRow]]:
    """Nothing can be done any more with the places of somebody erased."""
    columns = place_columns(record.affiliations)
    return [each for each in columns if each.title] if record.erased_at else columns


def _offices(record: PersonRecord) -> dict[str, Any]:
    offices = list_offices(record.id, record.representations)
    return {"offices": Table("Offices", OFFICE_COLUMNS, offices), "lanes": lanes_of_offices(offices)}


def _leaving(record: PersonRecord) -> list[tuple[str, str | None, str | None]]:
    """When somebody who has left is erased, for those who may keep them for longer."""
    may = the_actor().may(Permission.PERSON_ERASE) and not is_past()
    found = find_leaver(record.id, today()) if may else None
    if found is None:
        return []
    return [("To be erased on", long_day(found.due_on), url("members.keep_person", person_id=record.id))]


def _facts(record: PersonRecord) -> list[tuple[str, str | None, str | None]]:
    contact = record.contact
    if contact is None:
        return []
    return [
        ("Title", contact.title, None),
        ("E-mail", contact.email, f"mailto:{contact.email}" if contact.email else None),
        ("Telephone", contact.phone, None),
        ("Languages", join_words(contact.languages) or None, None),
        ("ORCID", contact.orcid, f"https://orcid.org/{contact.orcid}" if contact.orcid else None),
    ]

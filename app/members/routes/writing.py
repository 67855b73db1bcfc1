"""Writing to the chosen institutions or people: first each message as it would be sent, then the sending."""

from __future__ import annotations

from typing import NamedTuple

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.members import commands
from app.members.forms import InstitutionMailForm, PeopleMailForm
from app.members.queries import Audience, LeftOut, Letter, MailingPlan, list_mail_templates, plan_mailing
from app.members.routes.blueprint import pages
from app.members.routes.mailings import record_of
from app.members.routes.selection import INSTITUTION, chosen_institutions, chosen_people
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see
from app.web.wording import plural


class WrittenTo(NamedTuple):
    """Who is written to: the list they are chosen in, and the noun of its rows."""

    title: str
    endpoint: str
    noun: tuple[str, str]


TO_INSTITUTIONS = WrittenTo("Institutions", "members.institutions", INSTITUTION)
TO_PEOPLE = WrittenTo("People", "members.people", ("person", "people"))
MOST_SHOWN = 3
MESSAGE = ("message", "messages")
LETTER_COLUMNS: tuple[Column[Letter], ...] = (
    Column("name", "To", lambda row: row.name, Kind.NAME, narrow=Narrow.NAME),
    Column("email", "E-mail", lambda row: row.email, narrow=Narrow.META),
)
LEFT_OUT_COLUMNS: tuple[Column[LeftOut], ...] = (
    Column("name", "Who", lambda row: row.name, Kind.NAME, link=record_of, narrow=Narrow.NAME),
    Column("why", "Why", lambda row: row.why, narrow=Narrow.META),
)


@pages.route("/members/write", methods=["GET", "POST"])
@requires(Permission.MAILING_SEND)
def write_to_institutions() -> ResponseReturnValue:
    """Write to those who represent the chosen institutions."""
    chosen, form = chosen_institutions(), InstitutionMailForm()
    return _write(form, Audience(institutions=chosen), TO_INSTITUTIONS)


@pages.route("/people/write", methods=["GET", "POST"])
@requires(Permission.MAILING_SEND)
def write_to_people() -> ResponseReturnValue:
    """Write to the chosen people."""
    chosen, form = chosen_people(), PeopleMailForm()
    return _write(form, Audience(people=chosen), TO_PEOPLE)


def _write(form: PeopleMailForm, chosen: Audience, to: WrittenTo) -> ResponseReturnValue:
    form.template_id.offer([(each.id, each.name) for each in list_mail_templates(the_actor())])
    audience, plan = chosen, None
    if form.validate_on_submit():
        audience = Audience(chosen.people, chosen.institutions, form.purpose)
        plan = _plan(form, audience)
    if plan and plan.letters and form.seen.data == plan.digest:
        with errors_to(form), transaction():
            seen, template_id = plan.digest, plan.template.id
            mailing = commands.send_mailing(template_id, audience, seen=seen, actor=the_actor())
            notice = f"{plural(len(plan.letters), *MESSAGE)} on the way, one after the other."
            return see("members.mailing", notice, mailing_id=mailing.id)
    form.seen.data = plan.digest if plan else ""
    return _page(form, chosen, plan, to)


def _plan(form: PeopleMailForm, audience: Audience) -> MailingPlan | None:
    with errors_to(form):
        return plan_mailing(int(form.template_id.data), audience, the_actor(), on=clock.today())
    return None


def _page(form: PeopleMailForm, chosen: Audience, plan: MailingPlan | None, to: WrittenTo) -> ResponseReturnValue:
    letters, back = plan.letters if plan else (), url(to.endpoint)
    number = len(chosen.people or chosen.institutions)
    return render_template(
        "members/write_to_institutions.html",
        form=form,
        verb=f"Send {plural(len(letters), *MESSAGE)}" if letters else "Show the messages",
        sub=f"{plural(number, *to.noun)} chosen",
        unchosen=None if number else (to.title, back),
        nobody=plan is not None and not letters,
        shown=letters[:MOST_SHOWN],
        letters=Table("Recipients", LETTER_COLUMNS, letters),
        left_out=Table("Left out", LEFT_OUT_COLUMNS, plan.left_out if plan else ()),
        has_templates=len(form.template_id.offered) > 1,
        crumbs=[(to.title, back)],
        cancel=back,
    )

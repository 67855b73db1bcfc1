"""What was sent to many, and the templates it is written from."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.audit.subjects import register_subject
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.members import commands
from app.members.forms import MailTemplateForm, changed_meanwhile
from app.members.models import MailTemplate
from app.members.queries import (
    LeftOut,
    MailingRow,
    RecipientRow,
    get_mail_template,
    get_mailing,
    list_mail_templates,
    list_recipients,
    search_mailings,
)
from app.members.routes.blueprint import pages
from app.outbox.rules import MailState, mail_word
from app.web.access import requires, the_actor
from app.web.addresses import record_link, url
from app.web.forms import errors_to
from app.web.listing import Empty, Listing, list_page
from app.web.requests import see

register_subject("mailing", "Mailing", "members.mailing", "mailing_id")
register_subject("mail_template", "Mail template", "members.edit_mail_template", "template_id")
MAILING_COLUMNS: tuple[Column[MailingRow], ...] = (
    Column(
        "name",
        "Template",
        lambda row: row.name,
        Kind.NAME,
        link=record_link("members.mailing", "mailing_id", lambda row: row.id),
        narrow=Narrow.NAME,
    ),
    Column("subject", "Subject", lambda row: row.subject),
    Column("sent_by", "Sent by", lambda row: row.sent_by, narrow=Narrow.META),
    Column("sent_at", "Sent", lambda row: row.sent_at, Kind.INSTANT, sortable=True, narrow=Narrow.META),
    Column("messages", "Messages", lambda row: row.messages, Kind.NUMBER, narrow=Narrow.AMOUNT),
    Column("left_out", "Left out", lambda row: row.left_out, Kind.NUMBER),
)
MAILINGS: Listing[MailingRow] = Listing(
    title="Mailings",
    noun=("mailing", "mailings"),
    columns=MAILING_COLUMNS,
    default_sort="sent_at",
    descending=True,
    empty=Empty("Nothing was sent to many yet", "Tick rows of the institutions or the people, then write to them."),
    template="members/mailings.html",
)


def record_of(row: RecipientRow | LeftOut) -> str:
    """The page of whoever was to get a message: a person, or an institution for which nobody gets it."""
    if row.person_id is not None:
        return url("members.person", person_id=row.person_id)
    return url("members.institution", institution_id=row.institution_id)


def _mail_of(row: RecipientRow) -> str | None:
    return url("outbox.mail", id=row.mail_id) if row.mail_id is not None else None


RECIPIENT_COLUMNS: tuple[Column[RecipientRow], ...] = (
    Column("name", "Recipient", lambda row: row.name, Kind.NAME, link=record_of, narrow=Narrow.NAME),
    Column(
        "state",
        "Message",
        lambda row: mail_word(MailState(row.state)) if row.state else None,
        Kind.STATE,
        link=_mail_of,
        narrow=Narrow.STATE,
    ),
)
LEFT_OUT_COLUMNS: tuple[Column[RecipientRow], ...] = (
    Column("name", "Who", lambda row: row.name, Kind.NAME, link=record_of, narrow=Narrow.NAME),
    Column("left_out", "Why", lambda row: row.left_out, narrow=Narrow.META),
)
TEMPLATE_COLUMNS: tuple[Column[MailTemplate], ...] = (
    Column(
        "name",
        "Template",
        lambda row: row.name,
        Kind.NAME,
        link=record_link("members.edit_mail_template", "template_id", lambda row: row.id),
        narrow=Narrow.NAME,
    ),
    Column("subject", "Subject", lambda row: row.subject, narrow=Narrow.META),
)


@pages.get("/mailings")
@requires(Permission.MAILING_SEND)
def mailings() -> ResponseReturnValue:
    """What was sent to many, the newest first."""
    return list_page(MAILINGS, lambda _form, request: search_mailings(request, the_actor()))


@pages.get("/mailings/<int:mailing_id>")
@requires(Permission.MAILING_SEND)
def mailing(mailing_id: int) -> ResponseReturnValue:
    """One sending: its text, and how each message stands."""
    found = get_mailing(mailing_id, the_actor())
    rows = list_recipients(mailing_id, the_actor())
    return render_template(
        "members/mailing.html",
        mailing=found,
        recipients=Table("Recipients", RECIPIENT_COLUMNS, [row for row in rows if row.mail_id is not None]),
        left_out=Table("Left out", LEFT_OUT_COLUMNS, [row for row in rows if row.mail_id is None]),
        crumbs=[("Mailings", url("members.mailings"))],
    )


@pages.get("/mailings/templates")
@requires(Permission.MAILING_SEND)
def mail_templates() -> ResponseReturnValue:
    """The templates of mails to many."""
    content = Table("Templates", TEMPLATE_COLUMNS, list_mail_templates(the_actor()))
    crumbs = [("Mailings", url("members.mailings"))]
    return render_template("members/mail_templates.html", content=content, crumbs=crumbs)


@pages.route("/mailings/templates/new", methods=["GET", "POST"])
@requires(Permission.MAILING_SEND)
def add_mail_template() -> ResponseReturnValue:
    """Write a template."""
    form = MailTemplateForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.add_mail_template(form.template(), actor=the_actor())
            return see("members.mail_templates", "The template is written.")
    back = url("members.mail_templates")
    crumbs = [("Mail templates", back)]
    return render_template(
        "layouts/form.html", form=form, title="Write a template", verb="Save template", crumbs=crumbs, cancel=back
    )


@pages.route("/mailings/templates/<int:template_id>", methods=["GET", "POST"])
@requires(Permission.MAILING_SEND)
def edit_mail_template(template_id: int) -> ResponseReturnValue:
    """Change a template."""
    saved = get_mail_template(template_id, the_actor())
    form = MailTemplateForm(obj=saved)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            text, version = form.template(), form.shown_version
            commands.edit_mail_template(template_id, text, version=version, actor=the_actor())
            return see("members.mail_templates", "The template is changed.")
    back = url("members.mail_templates")
    more = {"crumbs": [("Mail templates", back)], "cancel": back, "stale": changed_meanwhile(form, saved)}
    return render_template("layouts/form.html", form=form, title=f"Edit {saved.name}", verb="Save template", **more)

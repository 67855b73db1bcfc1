"""Pages of the outbox: background work with what failed, and mails, readable where no server sends them."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from app.audit.subjects import register_subject
from app.core.permissions import Permission
from app.core.site import this_site
from app.core.tables import Column, Kind, Narrow, Page, PageRequest
from app.core.transaction import transaction
from app.files.queries import open_file
from app.outbox.commands import try_again, try_many_again
from app.outbox.forms import JobFilters, MailFilters
from app.outbox.queries import (
    JobRow,
    MailRow,
    count_dead,
    get_attachment,
    get_job,
    get_mail,
    search_jobs,
    search_mails,
)
from app.outbox.rules import is_number
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.downloads import send_bytes
from app.web.listing import Bulk, Empty, Listing, list_page
from app.web.navigation import register_badge
from app.web.requests import see

pages = Blueprint("outbox", __name__)
register_subject("mail", "Mail", "outbox.mail")

JOBS: Listing[JobRow] = Listing(
    title="Background work",
    noun=("job", "jobs"),
    columns=(
        Column(
            "kind",
            "Work",
            lambda row: row.title,
            Kind.NAME,
            link=lambda row: url("outbox.job", id=row.id),
            aside=lambda row: f"No. {row.id}",
            narrow=Narrow.NAME,
        ),
        Column("state", "State", lambda row: row.word, Kind.STATE, sortable=True, narrow=Narrow.STATE),
        Column("tries", "Tries", lambda row: row.tries, Kind.NUMBER),
        Column("created_at", "Written", lambda row: row.created_at, Kind.INSTANT, sortable=True, narrow=Narrow.META),
        Column("run_at", "Due", lambda row: row.run_at, Kind.INSTANT, sortable=True),
        Column("finished_at", "Finished", lambda row: row.finished_at, Kind.INSTANT),
        Column("last_error", "What went wrong", lambda row: row.last_error),
    ),
    default_sort="state",
    empty=Empty("No background work yet", "Papers and mails are made here, after the change they belong to."),
    filters_form=JobFilters,
    bulk=(Bulk("Try again", "outbox.again_many"),),
    row_id=lambda row: str(row.id),
)
MAILS: Listing[MailRow] = Listing(
    title="Mail",
    noun=("mail", "mails"),
    columns=(
        Column(
            "subject",
            "Subject",
            lambda row: row.subject,
            Kind.NAME,
            link=lambda row: url("outbox.mail", id=row.id),
            narrow=Narrow.NAME,
        ),
        Column("to_name", "To", lambda row: row.to_name, sortable=True, narrow=Narrow.META),
        Column("to_address", "Address", lambda row: row.to_address),
        Column("state", "State", lambda row: row.word, Kind.STATE, narrow=Narrow.STATE),
        Column("created_at", "Written", lambda row: row.created_at, Kind.INSTANT, sortable=True),
        Column("sent_at", "Sent", lambda row: row.sent_at, Kind.INSTANT),
    ),
    default_sort="created_at",
    descending=True,
    empty=Empty("No mail yet", "Invitations, invoices and reminders will be listed here with what became of them."),
    filters_form=MailFilters,
    template="outbox/mails.html",
)


@pages.record
def _register(state: BlueprintSetupState) -> None:
    register_badge(cast("Flask", state.app), "outbox.jobs", lambda: f"{dead} failed" if (dead := count_dead()) else "")


@pages.get("/jobs")
@requires(Permission.WORK_READ)
def jobs() -> ResponseReturnValue:
    """Background work, what failed first."""
    return list_page(JOBS, _search_jobs)


def _search_jobs(form: JobFilters, wanted: PageRequest) -> Page[JobRow]:
    return search_jobs(form.wanted, wanted, the_actor())


@pages.get("/jobs/<int:id>")
@requires(Permission.WORK_READ)
def job(id: int) -> ResponseReturnValue:  # noqa: A002 - the name every address gives to its record
    """One job: what it was given, how often it was tried, what went wrong."""
    return render_template("outbox/job.html", job=get_job(id, the_actor()))


@pages.post("/jobs/<int:id>/again")
@requires(Permission.WORK_EDIT)
def again(id: int) -> ResponseReturnValue:  # noqa: A002 - the name every address gives to its record
    """Let a job that failed for good be tried anew."""
    with transaction():
        try_again(id, actor=the_actor())
        return see("outbox.job", "It will be tried again.", id=id)


@pages.post("/jobs/again")
@requires(Permission.WORK_EDIT)
def again_many() -> ResponseReturnValue:
    """Let the chosen jobs that failed for good be tried anew."""
    chosen = [int(each) for each in request.form.getlist("chosen") if is_number(each)]
    with transaction():
        count = try_many_again(chosen, actor=the_actor())
        return see("outbox.jobs", f"{count} of the chosen jobs had failed and will be tried again.")


@pages.get("/mail")
@requires(Permission.WORK_READ)
def mails() -> ResponseReturnValue:
    """Mails, the newest first."""
    return list_page(MAILS, _search_mails, {"is_sending": this_site().smtp_url is not None})


def _search_mails(form: MailFilters, wanted: PageRequest) -> Page[MailRow]:
    return search_mails(form.words.data, form.wanted, wanted, the_actor())


@pages.get("/mail/<int:id>")
@requires(Permission.WORK_READ)
def mail(id: int) -> ResponseReturnValue:  # noqa: A002 - the name every address gives to its record
    """One mail as it was written."""
    return render_template("outbox/mail.html", mail=get_mail(id, the_actor()))


@pages.get("/mail/<int:id>/attachments/<int:file_id>")
@requires(Permission.WORK_READ)
def attachment(id: int, file_id: int) -> ResponseReturnValue:  # noqa: A002 - the name every address gives to its record
    """A document that goes with a mail."""
    file = open_file(get_attachment(id, file_id, the_actor()))
    return send_bytes(file.content, file.media_type, file.name)

"""Calendar feeds: a page to make and revoke one's own, and the calendar itself, which needs no session."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from app.accounts.queries import short_name_on
from app.committees import commands
from app.committees.documents import terms_calendar
from app.committees.forms import FeedForm
from app.committees.models import CalendarFeed
from app.committees.queries import MONTHS_BACK, feed_contents, get_open_feed, list_feeds
from app.committees.routes.blueprint import pages
from app.committees.routes.ways import tabs_of_committees
from app.committees.rules import FEED_WORDS
from app.core import clock
from app.core.periods import add_months
from app.core.permissions import Permission
from app.core.site import this_site
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.web.access import public, requires, the_actor
from app.web.addresses import url
from app.web.calendars import CALENDAR_TYPE
from app.web.downloads import send_bytes
from app.web.forms import errors_to
from app.web.on_date import answer_for_today
from app.web.requests import see

COLUMNS = (
    Column[CalendarFeed](
        "covers",
        "Terms and vacancies of",
        lambda row: FEED_WORDS[row.covers],
        Kind.NAME,
        aside=lambda row: f"feed {row.id}",
        narrow=Narrow.NAME,
    ),
    Column[CalendarFeed]("made", "Made", lambda row: row.made_at, Kind.INSTANT, narrow=Narrow.META),
    Column[CalendarFeed](
        "used", "Last read on", lambda row: row.last_used_on or "never", Kind.DATE, narrow=Narrow.SAID
    ),
    Column[CalendarFeed]("revoked", "Revoked", lambda row: row.revoked_at, Kind.INSTANT),
)


@pages.route("/committees/feeds", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_READ)
def feeds() -> ResponseReturnValue:
    """One's own calendar feeds, and a new one, whose address is shown this once."""
    form, address = FeedForm(), ""
    if form.validate_on_submit():
        with errors_to(form), transaction():
            token = commands.make_feed(form.scope, actor=the_actor())
            see("committees.feeds")  # Sent again, the form leads to the list: the address is not shown twice.
        if not form.errors:
            address = this_site().address(url("committees.calendar_feed", token=token))
    return _page(form, address)


@pages.post("/committees/feeds/<int:feed_id>/revoke")
@requires(Permission.COMMITTEE_READ)
def revoke_feed(feed_id: int) -> ResponseReturnValue:
    """Let a feed answer no more."""
    with transaction():
        commands.revoke_feed(feed_id, actor=the_actor())
        return see("committees.feeds", "The feed is revoked: its address answers no more.")


@pages.get("/calendars/<token>/terms.ics")
@public
def calendar_feed(token: str) -> ResponseReturnValue:
    """First days, last days and vacancies, for who has the address, while its user may read committees."""
    answer_for_today()
    today = clock.today()
    feed = get_open_feed(token)
    name = " ".join(filter(None, (short_name_on(today), "terms")))
    content = terms_calendar(feed_contents(feed, on=today), name, since=add_months(today, -MONTHS_BACK))
    answer = send_bytes(content, CALENDAR_TYPE, "terms.ics")
    answer.headers["Cache-Control"] = "private, no-cache"
    if feed.last_used_on != today:
        answer.call_on_close(partial(_note_use, current_app._get_current_object(), feed.id))  # type: ignore[attr-defined]  # noqa: SLF001
    return answer


def _page(form: FeedForm, address: str) -> ResponseReturnValue:
    rows = list_feeds(the_actor())
    return render_template(
        "committees/feeds.html",
        form=form,
        address=address,
        content=Table("Your calendar feeds", COLUMNS, rows, row_id=_to_revoke),
        tabs=tabs_of_committees("committees.feeds"),
        crumbs=[("Committees", url("committees.committees"))],
    )


def _to_revoke(row: CalendarFeed) -> str | None:
    return None if row.revoked_at else str(row.id)


def _note_use(app: Any, feed_id: int) -> None:
    """After the answer is sent: reading itself writes nothing, and nobody waits for this."""
    with app.app_context(), transaction():
        commands.note_use(feed_id)

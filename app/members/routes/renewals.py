"""Memberships that end soon, and renewing several of them by one period."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Page, PageRequest
from app.core.transaction import transaction
from app.members import commands
from app.members.forms import RenewalFilterForm
from app.members.queries import MembershipPeriod, list_ending
from app.members.routes.blueprint import pages
from app.web.access import requires, the_actor
from app.web.addresses import record_link
from app.web.listing import Bulk, Empty, Listing, list_page
from app.web.requests import see
from app.web.wording import long_day, plural

AHEAD = timedelta(days=92)
LONGEST_NUMBER = 9
COLUMNS: tuple[Column[MembershipPeriod], ...] = (
    Column(
        "name",
        "Institution",
        lambda row: row.name,
        Kind.NAME,
        link=record_link("members.institution_memberships", "institution_id", lambda row: row.institution_id),
        narrow=Narrow.NAME,
    ),
    Column("class", "Class", lambda row: row.membership_class.name, narrow=Narrow.META),
    Column("first", "Since", lambda row: row.period.first, Kind.DATE),
    Column("last", "Ends", lambda row: row.last_day, Kind.DATE, narrow=Narrow.STATE),
    Column("grace", "Grace until", lambda row: row.grace_until, Kind.DATE),
    Column("next", "Next period until", lambda row: row.next_last_day, Kind.DATE),
)
RENEWALS = Listing(
    title="Memberships that end",
    noun=("membership", "memberships"),
    columns=COLUMNS,
    default_sort="last",
    empty=Empty("No membership ends", "None ends within three months, and none is in its days of grace."),
    filters_form=RenewalFilterForm,
    bulk=(Bulk("Renew by one period", "members.renew_chosen"),),
    row_id=lambda row: f"{row.membership_id}:{row.version}",
)


@pages.get("/members/renewals")
@requires(Permission.MEMBERSHIP_EDIT)
def renewals() -> ResponseReturnValue:
    """Memberships that end within three months, or by a day, and those still in their days of grace."""
    return list_page(RENEWALS, _search)


@pages.post("/members/renewals")
@requires(Permission.MEMBERSHIP_EDIT)
def renew_chosen() -> ResponseReturnValue:
    """Renew the chosen memberships by one period of their class, all or none."""
    chosen = dict(pair for text in request.form.getlist("chosen") if (pair := _id_and_version(text)))
    with transaction():
        reason = f"Renewed with others on {long_day(today())}"
        renewed = commands.renew_members(chosen, reason=reason, actor=the_actor())
        return see("members.renewals", f"{plural(renewed, 'membership is', 'memberships are')} renewed.")


def _id_and_version(text: str) -> tuple[int, int] | None:
    """What a tick box sends: the membership and its version as shown; None for anything else."""
    parts = text.split(":")
    plain = all(part.isascii() and part.isdecimal() and len(part) <= LONGEST_NUMBER for part in parts)
    return (int(parts[0]), int(parts[1])) if plain and len(parts) == 2 else None


def _search(form: Any, wanted: PageRequest) -> Page[MembershipPeriod]:
    found = list_ending(form.until.data or today() + AHEAD, the_actor())
    rows = found[wanted.offset : wanted.offset + wanted.size] if wanted.size else found
    return Page(rows=rows, total=len(found), request=wanted)

"""The list of agreements, the record of one, its PDFs, and the desk of what ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from flask import Response, request
from flask.typing import ResponseReturnValue

from app.agreements.forms.lists import AgreementFilterForm
from app.agreements.models import Agreement, AgreementStep
from app.agreements.queries.agreements import (
    AgreementFilters,
    AgreementRow,
    get_agreement,
    list_ending,
    list_linked,
    list_steps,
    search_agreements,
)
from app.agreements.queries.papers import draft_content, get_version_file
from app.agreements.queries.record import items_shown, parties_shown, signatures_shown, standing_of, steps_open_to
from app.agreements.queries.versions import list_versions
from app.agreements.routes.blueprint import history_of, pages
from app.agreements.routes.tables import (
    AGREEMENT_COLUMNS,
    ENDING_COLUMNS,
    ITEM_COLUMNS,
    LINKED_COLUMNS,
    PARTY_COLUMNS,
    STEP_COLUMNS,
    VERSION_COLUMNS,
    ItemRow,
    PartyRow,
    StepRow,
    path_of,
    signature_facts,
    terms_shown,
)
from app.agreements.routes.ways import sub_of, verbs_of
from app.agreements.rules.kinds import TemplateKind
from app.agreements.rules.states import SIDE_WORDS, STATE_WORDS, AgreementState, Side
from app.audit.commands import Subject
from app.core import clock
from app.core.permissions import Permission
from app.core.tables import AnyTable, Column, Narrow, Page, PageRequest, Table
from app.web.access import requires, signed_in, the_actor
from app.web.addresses import ids_in_address, url
from app.web.downloads import send_bytes
from app.web.listing import Action, Empty, Listing, list_page
from app.web.on_date import current_on
from app.web.table_files import tables_page
from app.web.wording import plural

AHEAD = timedelta(days=90)
ME = "me"
Chosen = TypeVar("Chosen")
LISTING: Listing[AgreementRow] = Listing(
    title="Agreements",
    noun=("agreement", "agreements"),
    columns=AGREEMENT_COLUMNS,
    default_sort="changed",
    descending=True,
    of_a_day=True,
    filters_form=AgreementFilterForm,
    action=Action("Draft an agreement", "agreements.new"),
    empty=Empty(
        "No agreements yet",
        "An agreement says which material may go from one institution to another, and under which terms.",
        "Draft an agreement",
        "agreements.new",
    ),
    template="agreements/agreements.html",
)


@pages.get("/agreements")
@requires(Permission.AGREEMENT_READ)
def agreements() -> ResponseReturnValue:
    """The agreements the reader may see, each in the state of the day looked at."""
    return list_page(LISTING, _search)


def _search(form: Any, wanted: PageRequest) -> Page[AgreementRow]:
    waits = form.waits.value
    filters = AgreementFilters(
        words=form.q.data or "",
        state=_chosen(AgreementState, form.state.value),
        kind=_chosen(TemplateKind, form.kind.value),
        waits_for=_chosen(Side, waits if waits != ME else None),
        is_mine=waits == ME,
        ends_within=_chosen(int, form.ends.value),
        unmoved_days=_chosen(int, form.unmoved.value),
        party_id=next(iter(ids_in_address("party")), None),
        line_id=next(iter(ids_in_address("line")), None),
    )
    return search_agreements(filters, wanted, on=current_on(), actor=the_actor())


def _chosen(kind: Callable[[str], Chosen], value: str | None) -> Chosen | None:
    """What a filter is set to, None where it is not."""
    return kind(value) if value else None


@pages.get("/agreements/<int:agreement_id>")
@signed_in
def agreement(agreement_id: int) -> ResponseReturnValue:
    """One agreement: how it stands, between whom, what about, under which terms, what was signed, and what was said."""
    found = get_agreement(agreement_id, the_actor())
    standing, steps = standing_of(found), list_steps(agreement_id)
    signatures = signatures_shown(found)
    return tables_page(
        "agreements/agreement.html",
        _tables(found, steps),
        agreement=found,
        state=STATE_WORDS[found.state],
        sub=sub_of(found),
        path=path_of(found, steps, len(standing.signed), len(standing.must_sign)),
        terms=terms_shown(found),
        signatures=[(side, SIDE_WORDS[side], name, _signed(given)) for side, name, given in signatures],
        verbs=verbs_of(found, steps_open_to(found, the_actor()), the_actor()),
        newest=next(iter(list_versions(agreement_id)), None),
        history=history_of(Subject("agreement", agreement_id)),
    )


def _signed(signature: Any) -> list[tuple[str, str]] | None:
    return signature_facts(signature) if signature is not None else None


def _tables(found: Agreement, steps: Sequence[AgreementStep]) -> dict[str, AnyTable]:
    return {
        "parties": Table("Parties", PARTY_COLUMNS, [PartyRow(*row) for row in parties_shown(found)]),
        "items": Table("Material", ITEM_COLUMNS, [ItemRow(**row) for row in items_shown(found.id)]),
        "versions": Table("Versions", VERSION_COLUMNS, list_versions(found.id)),
        "steps": Table("Negotiation", STEP_COLUMNS, [StepRow(each) for each in steps]),
        "linked": Table("Linked agreements", LINKED_COLUMNS, list_linked(found, the_actor())),
    }


@pages.get("/agreements/<int:agreement_id>/versions/<int:number>/pdf")
@signed_in
def version_file(agreement_id: int, number: int) -> Response:
    """The PDF of a version: with the seals it has by now, or as it was approved where the address asks for that."""
    found = get_version_file(agreement_id, number, the_actor(), unsealed="plain" in request.args)
    return send_bytes(found.content, found.media_type, found.name)


@pages.get("/agreements/<int:agreement_id>/draft.pdf")
@requires(Permission.AGREEMENT_READ)
def draft_pdf(agreement_id: int) -> Response:
    """How the present text would be printed."""
    content, name = draft_content(agreement_id, the_actor())
    return send_bytes(content, "application/pdf", name)


@pages.get("/agreements/ending")
@requires(Permission.AGREEMENT_READ)
def ending() -> ResponseReturnValue:
    """What ends in the next 90 days or has expired, and is neither renewed nor amended yet."""
    rows = list_ending(the_actor(), until=clock.today() + AHEAD)
    renews = the_actor().has_any(Permission.AGREEMENT_EDIT)
    columns = (*ENDING_COLUMNS, _renewing()) if renews else ENDING_COLUMNS
    said = f"Within 90 days, or expired and not renewed: {plural(len(rows), 'agreement', 'agreements')}."
    return tables_page("agreements/ending.html", {"ending": Table("Ending", columns, rows)}, said=said)


def _renewing() -> Column[AgreementRow]:
    """The way to renew one."""

    def address(row: AgreementRow) -> str:
        return url("agreements.draft", parent=row.id, relation="renewal")

    return Column("renew", "", lambda _row: "Renew", link=address, narrow=Narrow.ACT)

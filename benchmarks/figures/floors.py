"""The floor of a page: the same rows read by plain SQLAlchemy Core and rendered by a bare Jinja table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import Environment
from sqlalchemy import Engine, Select, select

from app.accounts.models import Grant, User
from app.audit.models import AuditEntry
from app.billing.models import Allocation, FeeRun, Invoice, InvoiceLine, LedgerEntry, Payment, Posting
from app.committees.models import Appointment, Committee, Seat
from app.core.database import Base
from app.members.models import Affiliation, Institution, Membership, MembershipStep, Person, Representation

ROWS = 50
BARE = Environment(autoescape=True).from_string(
    "<!doctype html><title>{{ title }}</title>{% for rows in tables %}<table>{% for row in rows %}<tr>"
    "{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>{% endfor %}"
)
Statement = Select[*tuple[Any, ...]]


def floor_of(engine: Engine, statements: list[Statement]) -> Callable[[], str]:
    """What runs the statements in one transaction and renders what they find."""

    def render() -> str:
        with engine.connect() as connection:
            tables = [connection.execute(statement).all() for statement in statements]
        return BARE.render(title="Floor", tables=tables)

    return render


def rows_of(model: type[Base], *, by: str, joined: type[Base] | None = None, descending: bool = False) -> Statement:
    """The first fifty rows of a table in an order, with those of a table joined to it."""
    table = model.__table__
    asked: Statement = select(*table.c)
    if joined is not None:
        other = joined.__table__
        key = next(each.parent for each in table.foreign_keys if each.column.table is other)
        asked = select(*table.c, *(column.label(f"joined_{column.name}") for column in other.c))
        asked = asked.select_from(table.join(other, key == other.c.id))
    order = table.c[by].desc() if descending else table.c[by]
    return asked.order_by(order).limit(ROWS)


def parts_of(model: type[Base], **of: int) -> Statement:
    """The rows of a table that belong to a record, the first fifty."""
    table = model.__table__
    conditions = [table.c[name] == value for name, value in of.items()]
    return select(*table.c).where(*conditions).limit(ROWS)


def history_of(kind: str, record_id: int) -> Statement:
    """The last entries of the trail about a record."""
    entry = AuditEntry.__table__.c
    asked = select(*AuditEntry.__table__.c).where(entry.subject_kind == kind, entry.subject_id == record_id)
    return asked.order_by(entry.sequence.desc()).limit(10)


LISTS: dict[str, list[Statement]] = {
    "members.institutions": [rows_of(Institution, by="sort_name")],
    "members.directory": [rows_of(Institution, by="sort_name")],
    "members.people": [rows_of(Person, by="sort_name")],
    "billing.invoices": [rows_of(Invoice, by="issue_day", joined=Institution, descending=True)],
    "billing.payments": [rows_of(Payment, by="received_on", joined=Institution, descending=True)],
    "billing.ledger": [rows_of(Posting, by="id", joined=LedgerEntry, descending=True)],
    "audit.trail": [rows_of(AuditEntry, by="sequence", descending=True)],
    "accounts.users": [rows_of(User, by="search_text")],
    "committees.committees": [rows_of(Committee, by="sort_name")],
}


def record_floor(endpoint: str, record_id: int) -> list[Statement]:
    """What a record page shows, read without joins."""
    kind, parts = RECORDS[endpoint]
    table = parts[0][0]
    key = "sequence" if table is AuditEntry else "id"
    related = [parts_of(model, **{column: record_id}) for model, column in parts[1:]]
    history = [] if table is AuditEntry else [history_of(kind, record_id)]
    return [parts_of(table, **{key: record_id}), *related, *history]


RECORDS: dict[str, tuple[str, tuple[tuple[type[Base], str], ...]]] = {
    "members.institution": (
        "institution",
        (
            (Institution, "id"), (Membership, "institution_id"), (MembershipStep, "membership_id"),
            (Affiliation, "institution_id"), (Representation, "institution_id"), (Invoice, "payer_id"),
        ),
    ),
    "members.person": (
        "person",
        ((Person, "id"), (Affiliation, "person_id"), (Representation, "person_id"), (Appointment, "person_id")),
    ),
    "billing.invoice": (
        "invoice",
        ((Invoice, "id"), (InvoiceLine, "invoice_id"), (Allocation, "invoice_id"), (LedgerEntry, "invoice_id")),
    ),
    "billing.payment": (
        "payment",
        ((Payment, "id"), (Allocation, "payment_id"), (LedgerEntry, "payment_id")),
    ),
    "billing.run": ("fee_run", ((FeeRun, "id"), (Invoice, "run_id"))),
    "committees.committee": ("committee", ((Committee, "id"), (Seat, "committee_id"), (Appointment, "committee_id"))),
    "audit.entry": ("entry", ((AuditEntry, "sequence"),)),
    "accounts.user": ("user", ((User, "id"), (Grant, "user_id"))),
}  # fmt: skip

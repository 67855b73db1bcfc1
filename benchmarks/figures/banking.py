"""A statement of ten thousand lines imported and matched, beside reading the file and Core inserts of its rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, delete, select

from app.accounts.queries import find_profile
from app.billing.commands import IssueValues, issue_run, prepare_run, start_issue
from app.billing.commands.bank import AccountFacts, FileBrought, Imported, adopt_bank_account, bring_statements
from app.billing.models import BankEntry, BankMatch, Invoice
from app.billing.rules.bank.files import read_statements
from app.core import clock
from app.core.database import db
from app.core.money import Money
from app.core.periods import year_of
from app.core.transaction import transaction
from benchmarks.consortium.payers import make_payers
from benchmarks.consortium.world import OFFICE
from benchmarks.output import Figure
from benchmarks.site import Site
from benchmarks.timing import Timing

LINES = 10_000
MOST_SECONDS = 10.0
NUMBER = "GB33BUKB20201555555555"
UNKNOWN = 10
"""Of so many lines one names no invoice."""
WRITTEN = (BankEntry, BankMatch)


def measure_banking(site: Site, scale: float) -> Iterator[Figure]:
    """Nine lines of ten name an invoice and bring what is open on it: each becomes a payment, with all its entries."""
    count = max(100, round(LINES * scale))
    importing, inserting = Timing(), Timing()
    with site.app.app_context():
        _issue(count)
        _adopt()
        content = _statement()
        db.session.remove()
        with importing.lap(), transaction():
            imported = bring_statements(FileBrought("statement.xml", content, "application/xml"), actor=OFFICE)
        with inserting.lap():
            read_statements(content)
        rows = _insert_again(inserting)
        db.session.remove()
    yield _figure(site, count, imported, importing, (inserting, rows))


def _figure(site: Site, count: int, imported: Imported, importing: Timing, floor: tuple[Timing, int]) -> Figure:
    wanted = MOST_SECONDS * max(count / LINES, 0.1)
    counted = importing.cpu_seconds if site.database == "sqlite" else importing.seconds
    inserting, rows = floor
    return Figure(
        f"{imported.added:,} lines of a bank imported, {imported.booked:,} booked, on {site.database}",
        f"{importing.seconds:.2f} s ({importing.cpu_seconds:.2f})",
        f"≤ {wanted:.2f} s",
        counted <= wanted,
        f"{inserting.seconds:.2f} s ({inserting.cpu_seconds:.2f})",
        f"reading the file, and Core inserts alone of {rows:,} rows of lines and matches",
    )


def _issue(count: int) -> None:
    today = clock.today()
    make_payers(count, today.replace(month=1, day=1))
    with transaction():
        run_id = prepare_run(year_of(today), actor=OFFICE).id
    with transaction():
        start_issue(run_id, IssueValues(today, today), actor=OFFICE)
    issue_run({"run_id": run_id})


def _adopt() -> None:
    profile = find_profile(clock.today())
    facts = AccountFacts(
        name="Main account",
        holder=profile.name if profile else "Consortium",
        number=NUMBER,
        bic="BUKBGB22XXX",
        bank_name="Specimen Bank",
        currency="GBP",
        account_code="1200",
        first_day=clock.today().replace(month=1, day=1),
    )
    with transaction():
        adopt_bank_account(facts, actor=OFFICE)


def _statement() -> bytes:
    """A statement in CAMT.053 with a line for each open invoice."""
    asked = select(Invoice.number, Invoice.open_minor).where(Invoice.open_minor > 0).order_by(Invoice.id)
    rows = list(db.session.execute(asked))
    day = clock.today().isoformat()
    entries = "".join(_entry(place, row.number, row.open_minor, day) for place, row in enumerate(rows))
    total = sum(row.open_minor for row in rows)
    return (
        "<?xml version='1.0' encoding='UTF-8'?><Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'>"
        f"<BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>1</Id><Acct><Id><IBAN>{NUMBER}</IBAN></Id>"
        f"<Ccy>GBP</Ccy></Acct>{_balance('OPBD', 0, day)}{_balance('CLBD', total, day)}{entries}</Stmt>"
        "</BkToCstmrStmt></Document>"
    ).encode()


def _entry(place: int, number: str, amount: int, day: str) -> str:
    text = f"Membership fee {number}" if place % UNKNOWN else "Membership fee"
    return (
        f"<Ntry><Amt Ccy='GBP'>{_plain(amount)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>R{place}</AcctSvcrRef>"
        f"<NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>Payer {place}</Nm></Pty></Dbtr></RltdPties>"
        f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def _balance(code: str, minor: int, day: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='GBP'>{_plain(minor)}</Amt>"
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _plain(minor: int) -> str:
    return str(Money(minor, "GBP")).replace(",", "")


def _insert_again(inserting: Timing) -> int:
    """Take the lines and matches away and insert them again, one statement a table; how many they are."""
    tables: list[Table] = [model.__table__ for model in WRITTEN]  # type: ignore[misc]
    with db.engine.begin() as connection:
        kept: list[tuple[Any, list[Any]]] = [
            (table, [dict(row) for row in connection.execute(select(*table.c)).mappings()]) for table in tables
        ]
        for table in reversed(tables):
            connection.execute(delete(table))
    with inserting.lap(), db.engine.begin() as connection:
        for table, rows in kept:
            connection.execute(table.insert(), rows)
    return sum(len(rows) for _, rows in kept)

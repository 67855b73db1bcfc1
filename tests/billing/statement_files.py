"""Files of statements for tests, written the way banks write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

IBAN = "GB33BUKB20201555555555"
DAY = date(2016, 5, 24)


@dataclass(frozen=True)
class Line:
    """An entry to write: its amount in minor units, above zero where it came."""

    amount: int
    text: str = ""
    day: date = DAY
    bank_reference: str = ""
    creditor_reference: str = ""
    name: str = ""
    iban: str = ""
    reversal: bool = False
    details: str = ""


def decimal(minor: int) -> str:
    return str(Decimal(abs(minor)).scaleb(-2))


def side(minor: int) -> str:
    return "CRDT" if minor >= 0 else "DBIT"


def camt_balance(code: str, minor: int, day: date, currency: str = "GBP") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{decimal(minor)}</Amt>"
        f"<CdtDbtInd>{side(minor)}</CdtDbtInd><Dt><Dt>{day.isoformat()}</Dt></Dt></Bal>"
    )


def element(name: str, content: str) -> str:
    """An element, or nothing where it would be empty."""
    return f"<{name}>{content}</{name}>" if content else ""


def camt_details(line: Line, version: int) -> str:
    who = "Dbtr" if line.amount >= 0 else "Cdtr"
    name = element("Nm", escape(line.name))
    party = element(who, element("Pty", name) if version >= 8 else name)
    number = element(f"{who}Acct", element("Id", element("IBAN", line.iban)))
    structured = element("Strd", element("CdtrRefInf", element("Ref", line.creditor_reference)))
    remittance = element("Ustrd", escape(line.text)) + structured
    told = element("RltdPties", party + number) + element("RmtInf", remittance)
    return f"<NtryDtls><TxDtls>{told}</TxDtls></NtryDtls>"


def camt_entry(line: Line, version: int, currency: str = "GBP") -> str:
    state = element("Sts", element("Cd", "BOOK") if version >= 8 else "BOOK")
    day = element("Dt", line.day.isoformat())
    return (
        f"<Ntry><Amt Ccy='{currency}'>{decimal(line.amount)}</Amt><CdtDbtInd>{side(line.amount)}</CdtDbtInd>"
        f"{element('RvslInd', 'true' if line.reversal else '')}{state}"
        f"{element('BookgDt', day)}{element('ValDt', day)}{element('AcctSvcrRef', line.bank_reference)}"
        f"{line.details or camt_details(line, version)}</Ntry>"
    )


def camt_statement(
    lines: Sequence[Line],
    *,
    opening: int = 0,
    number: str = "221",
    iban: str = IBAN,
    version: int = 2,
    currency: str = "GBP",
    closing: int | None = None,
    codes: tuple[str, str] = ("OPBD", "CLBD"),
) -> str:
    days = [line.day for line in lines] or [DAY]
    closed = opening + sum(line.amount for line in lines) if closing is None else closing
    entries = "".join(camt_entry(line, version, currency) for line in lines)
    return (
        f"<Stmt><Id>{number}</Id><Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
        f"{camt_balance(codes[0], opening, min(days), currency)}{camt_balance(codes[1], closed, max(days), currency)}"
        f"{entries}</Stmt>"
    )


def camt_file(*statements: str, version: int = 2) -> bytes:
    namespace = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version:02d}"
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><Document xmlns='{namespace}'><BkToCstmrStmt>"
        f"<GrpHdr><MsgId>1</MsgId></GrpHdr>{''.join(statements)}</BkToCstmrStmt></Document>"
    ).encode()


def camt(*lines: Line, **options: object) -> bytes:
    """A file with one statement of these entries."""
    version = int(str(options.get("version", 2)))
    return camt_file(camt_statement(lines, **options), version=version)  # type: ignore[arg-type]


def swift_amount(minor: int) -> str:
    return decimal(minor).replace(".", ",")


def mt940(*lines: Line, opening: int = 0, number: str = "5/1", account: str = IBAN, closing: int | None = None) -> str:
    """A statement of these entries in MT940."""
    closed = opening + sum(line.amount for line in lines) if closing is None else closing
    return (
        f":20:START\n:25:{account}\n:28C:{number}\n:60F:{side(opening)[0]}160523GBP{swift_amount(opening)}\n"
        f"{''.join(map(_mt940_entry, lines))}:62F:{side(closed)[0]}160524GBP{swift_amount(closed)}\n-\n"
    )


def _mt940_entry(line: Line) -> str:
    """An entry; a reversal of a credit takes money away, so it is marked as a credit, and the other way round."""
    mark = f"R{side(-line.amount)[0]}" if line.reversal else side(line.amount)[0]
    reference = f"NONREF//{line.bank_reference}" if line.bank_reference else "NONREF"
    days = f"{line.day:%y%m%d}{line.day:%m%d}"
    return f":61:{days}{mark}{swift_amount(line.amount)}NTRF{reference}\n:86:{line.text or 'none'}\n"

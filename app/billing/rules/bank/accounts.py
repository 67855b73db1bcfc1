"""What may be said of an account at a bank: its number, its bank, its account in the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.accounts.rules import check_bic, check_iban
from app.core.errors import DomainError, Refusals
from app.core.money import decimals_of

LOOKS_LIKE_IBAN = re.compile(r"[A-Z]{2}\d{2}[0-9A-Z]{11,}")
PLAIN_NUMBER = re.compile(r"[0-9A-Z]{4,34}")
BANK_CODE = re.compile(r"12\d\d")
SHOWN_DIGITS = 4


def read_number(typed: str) -> str:
    """The number of an account as it is kept: capitals and digits alone; one that looks like an IBAN must be one."""
    plain = re.sub(r"[\s./-]", "", typed).upper()
    if LOOKS_LIKE_IBAN.fullmatch(plain):
        try:
            return check_iban(plain)
        except DomainError as error:
            raise DomainError(error.message, "number") from None
    if not PLAIN_NUMBER.fullmatch(plain):
        raise DomainError("An account number has 4 to 34 letters and digits.", "number")
    return plain


def is_iban(number: str) -> bool:
    """Whether the number of an account, as it is kept, is an IBAN."""
    return LOOKS_LIKE_IBAN.fullmatch(number) is not None


def check_account(bic: str, currency: str, account_code: str) -> str:
    """The BIC as it is kept; refused with all that is wrong with it, the currency or the account of the ledger."""
    refusals, read = Refusals(), ""
    with refusals:
        read = check_bic(bic)
    with refusals:
        decimals_of(currency)
    with refusals:
        if not BANK_CODE.fullmatch(account_code):
            raise DomainError("A bank is booked to an account from 1200 to 1299.", "account_code")
    refusals.say()
    return read


def next_code(taken: Iterable[str]) -> str:
    """The first account of the ledger that no bank account has yet."""
    used = set(taken)
    return next((str(code) for code in range(1200, 1300) if str(code) not in used), "1299")


def ending(number: str) -> str:
    """The last digits of an account number, by which people know it."""
    return number[-SHOWN_DIGITS:]

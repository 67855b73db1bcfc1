"""What a second person is asked about a setting: what holds now beside what is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from app.accounts.forms import DUE_WORDS, profile_labels
from app.accounts.queries import find_profile
from app.billing.queries.approvals import ApprovalView
from app.billing.queries.as_asked import by_two_words
from app.billing.queries.bank import find_account_for, get_bank_account
from app.billing.queries.fee_years import billing_terms_on
from app.billing.rules import SETTABLE, SETTING_WORDS, BillingTerms
from app.billing.rules.bank.accounts import ending, is_iban
from app.core.periods import DueBy
from app.core.tables import Column, Kind, Narrow, Table
from app.web.access import the_actor
from app.web.wording import in_groups, long_day


class Change(NamedTuple):
    """One thing as it is now, and as it is asked for."""

    what: str
    now: str
    asked: str


AS_TYPED = "It is done as it was typed once a second person approves it."
FROM_THE_YES = "Where its first day is past by then, it holds from the day of their yes on."
FROM_A_DAY = {"billing_policy", "consortium_profile"}
COLUMNS: tuple[Column[Change], ...] = (
    Column("what", "What", lambda row: row.what, Kind.NAME, narrow=Narrow.NAME),
    Column("now", "Now", lambda row: row.now or None, narrow=Narrow.META),
    Column("asked", "Asked for", lambda row: row.asked or None, narrow=Narrow.SAID),
)


def asked_table(found: ApprovalView) -> Table[Change] | None:
    """What is asked for of a setting, where it differs from what holds; None once it is decided, and for amounts."""
    read = SETTINGS.get(found.subject.kind)
    if read is None or found.values is None:
        return None
    notes = [AS_TYPED, *([FROM_THE_YES] if found.subject.kind in FROM_A_DAY else [])]
    return Table("Asked for", COLUMNS, list(read(found)), notes=notes)


def begins_words(month: int, first: int) -> str:
    """On which day fee years begin: 1 July."""
    return f"{first} {date(2001, month, 1):%B}"


def _policy(found: ApprovalView) -> Iterator[Change]:
    typed: dict[str, Any] = dict(found.values or {})
    first_day = date.fromisoformat(typed.pop("first_day"))
    now, then = billing_terms_on(first_day), BillingTerms(**typed)
    yield Change("In force from", "", long_day(first_day))
    years = [begins_words(each.year_month, each.year_day) for each in (now, then)]
    yield from _differing([Change("Fee years begin", *years)])
    yield from _differing(
        Change(SETTING_WORDS[act], by_two_words(now, act), by_two_words(then, act)) for act in SETTABLE
    )


def _profile(found: ApprovalView) -> Iterator[Change]:
    typed = {name: str(value or "") for name, value in (found.values or {}).items()}
    first_day = date.fromisoformat(typed.pop("first_day"))
    former = find_profile(first_day)
    now = {name: str(getattr(former, name) or "") if former else "" for name in typed}
    labels = profile_labels()
    now, typed = _profile_words(now), _profile_words(typed)
    yield Change("In force from", "", long_day(first_day))
    yield from _differing(Change(labels[name], now[name], asked) for name, asked in typed.items())


def _profile_words(said: dict[str, str]) -> dict[str, str]:
    """What a profile says as one reads it; a question from before there was a choice of terms names none."""
    due_by = said.get("due_by")
    return said | {"iban": in_groups(said["iban"]), "due_by": DUE_WORDS[DueBy(due_by)] if due_by else ""}


def _adoption(found: ApprovalView) -> Iterator[Change]:
    typed: dict[str, Any] = dict(found.values or {})
    first_day = date.fromisoformat(typed["first_day"])
    number = typed["number"]
    yield Change("Account", "", typed["name"])
    yield Change("Account holder", "", typed["holder"])
    yield Change("IBAN or account number", "", in_groups(number) if is_iban(number) else number)
    if typed["bic"]:
        yield Change("BIC", "", typed["bic"])
    yield Change("Bank", "", typed["bank_name"])
    yield Change("Account of the ledger", "", typed["account_code"])
    yield Change("From", "", long_day(first_day))
    yield _paid_to(typed["currency"], first_day, ending(number))


def _paid_to(currency: str, on: date, adopted: str) -> Change:
    """Where invoices of a currency ask to pay to on a day: the oldest account stays the one they name."""
    kept = find_account_for(currency, on)
    profile = find_profile(on)
    now = kept.number if kept else profile.iban if profile else ""
    words = [f"an account ending {each}" if each else "" for each in (ending(now), ending(now) if kept else adopted)]
    return Change(f"Invoices in {currency} ask to pay to", *words)


def _end(found: ApprovalView) -> Iterator[Change]:
    account = get_bank_account(found.subject.id, the_actor())
    yield Change("Account", account.called, account.called)
    last, asked = account.period.last, date.fromisoformat((found.values or {})["last_day"])
    yield Change("Last day", long_day(last) if last else "", long_day(asked))


def _differing(changes: Iterable[Change]) -> list[Change]:
    return [each for each in changes if each.now != each.asked]


SETTINGS: dict[str, Callable[[ApprovalView], Iterator[Change]]] = {
    "billing_policy": _policy,
    "ledger_account": _adoption,
    "bank_account": _end,
    "consortium_profile": _profile,
}

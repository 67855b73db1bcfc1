"""Changes of bank details that the yes of a second person does: of own accounts, and of those that a profile names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date

from sqlalchemy import select

from app.accounts.commands import ProfileValues, SecondPerson, adopt_agreed_profile, let_second_agree
from app.accounts.queries import find_profile
from app.audit.commands import Subject
from app.billing.commands.approvals import PERFORMED, ask_about_setting, drop_questions
from app.billing.commands.bank.accounts import adopt_as_typed, end_as_typed
from app.billing.models import Approval
from app.billing.queries.approvals import is_by_two
from app.billing.queries.as_asked import find_standing
from app.billing.rules import Act, ApprovalState
from app.billing.rules.bank.accounts import ending
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.languages import Language
from app.core.periods import DueBy
from app.members.rules import day_words


def _ask(first_day: date, values: ProfileValues, actor: Actor) -> None:
    """Ask a second person about a profile that names other bank details."""
    pays_to = f"an account ending {ending(values.iban)}" if values.iban else "no account"
    words = f"Bank details of the profile from {day_words(first_day)}: {pays_to}"
    typed = {**asdict(values), "first_day": first_day.isoformat()}
    ask_about_setting(Act.BANK_DETAILS, _subject(first_day), words, typed, actor)


def _adopt_profile(approval: Approval, actor: Actor) -> int:
    """From the day that was typed, or from the day of the yes where that is later and a profile holds already."""
    typed = dict(approval.typed)
    wanted, today = date.fromisoformat(typed.pop("first_day")), clock.today()
    present = find_profile(today)
    first_day = wanted if present is None else max(wanted, today)
    if present is not find_profile(wanted) and first_day == today:
        raise DomainError("Another profile has come into force since it was asked about: let it be asked anew.")
    due_by = DueBy(typed.get("due_by", DueBy.DAYS))  # What was asked before there was a choice counts days.
    values = ProfileValues(**{**typed, "language": Language(typed["language"]), "due_by": due_by})
    return adopt_agreed_profile(first_day, values, actor=actor).first_day.toordinal()


def _forget() -> None:
    """Nobody is to decide any more about a profile in whose place another is by now."""
    asked = select(Approval).where(Approval.subject_kind == "consortium_profile", Approval.state == ApprovalState.ASKED)
    for question in db.session.scalars(asked.order_by(Approval.id)).all():
        subject = Subject(question.subject_kind, question.subject_id)
        if find_standing(subject) != question.digest:
            drop_questions(subject)


def _subject(first_day: date) -> Subject:
    return Subject("consortium_profile", first_day.toordinal())


CHANGES: dict[str, Callable[[Approval, Actor], int]] = {
    "ledger_account": adopt_as_typed,
    "bank_account": end_as_typed,
    "consortium_profile": _adopt_profile,
}


def _change(approval: Approval, actor: Actor) -> int:
    return CHANGES[approval.subject_kind](approval, actor)


PERFORMED[Act.BANK_DETAILS] = _change
let_second_agree(SecondPerson(is_wanted=lambda: is_by_two(Act.BANK_DETAILS), ask=_ask, forget=_forget))

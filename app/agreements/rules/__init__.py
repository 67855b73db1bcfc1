"""Rules of agreements: their life, their terms."""

from app.agreements.rules.kinds import TemplateKind
from app.agreements.rules.states import AgreementState, Relation, Side, Verb
from app.agreements.rules.terms import AtEnd, Freedom, Restrictions, SignedHow, is_under_embargo

__all__ = [
    "AgreementState",
    "AtEnd",
    "Freedom",
    "Relation",
    "Restrictions",
    "Side",
    "SignedHow",
    "TemplateKind",
    "Verb",
    "is_under_embargo",
]

"""Pages of agreements, of templates and the rule table, of parties to masters and of signatories."""

from app.agreements.routes import (
    agreements,
    drafting,
    master_parties,
    rule_table,
    sections,
    signatories,
    signing,
    steps,
    templates,
)
from app.agreements.routes.blueprint import pages

__all__ = [
    "agreements",
    "drafting",
    "master_parties",
    "pages",
    "rule_table",
    "sections",
    "signatories",
    "signing",
    "steps",
    "templates",
]

"""How rules, parties to masters and signatories follow when institutions or people are merged."""

from __future__ import annotations

from app.agreements.models import MasterParty, Signatory, TemplateRule
from app.members.queries import Alone, follows
from app.members.rules import TwinKind

follows(TwinKind.INSTITUTION, TemplateRule.provider_id, ("rule for a template", "rules for templates"))
follows(
    TwinKind.INSTITUTION,
    MasterParty.institution_id,
    ("master agreement it is a party to", "master agreements it is a party to"),
    alone=(Alone(("template_id",), "Both are parties to one master agreement on the same days."),),
)
follows(
    TwinKind.INSTITUTION,
    Signatory.institution_id,
    ("signatory", "signatories"),
    alone=(Alone(("person_id",), "One person may sign for both on the same days."),),
)
follows(
    TwinKind.PERSON,
    Signatory.person_id,
    ("institution they may sign for", "institutions they may sign for"),
    alone=(Alone(("institution_id",), "Both may sign for one institution on the same days."),),
)

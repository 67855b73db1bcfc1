"""Templates, rows of the rule table and signatories for tests, made by the commands everyone uses."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from app.agreements.commands.evidence import Evidence
from app.agreements.commands.signatories import SignatoryValues, name_signatory
from app.agreements.commands.template_rules import RuleValues, add_rule
from app.agreements.commands.templates import TemplateFacts, VersionValues, add_template
from app.agreements.models import AgreementTemplate, Signatory, TemplateRule
from app.agreements.rules import TemplateKind
from app.agreements.rules.terms import Restrictions
from app.agreements.rules.texts import TemplateText
from app.agreements.rules.wording import terms_of
from app.core.periods import Period
from app.members.models import Institution, Person
from tests.members import world

FIRST = date(2012, 1, 1)
TERMS = terms_of(Restrictions())
LETTER = Evidence(b"By this letter we name", "text/plain; charset=utf-8", "letter.txt")
numbers = count(1)


def text(body: str = "# Transfer\n{provider} gives {recipient} {material}.", **more: Any) -> TemplateText:
    """What a version says."""
    return TemplateText(body, TERMS, **more)


def template(
    kind: TemplateKind = TemplateKind.CONSORTIUM,
    code: str = "",
    *,
    master: AgreementTemplate | None = None,
    first_day: date = FIRST,
) -> AgreementTemplate:
    """A template in force since 2012."""
    facts = TemplateFacts(code or f"T{next(numbers)}", "Agreement", kind, master.id if master else None)
    added: AgreementTemplate = world.do(add_template, facts, VersionValues(text(), first_day, "SC-2011-004"))
    return added


def rule(
    proposes: AgreementTemplate, first_day: date = FIRST, last_day: date | None = None, **asks: Any
) -> TemplateRule:
    """A row at the end of the table."""
    added: TemplateRule = world.do(add_rule, RuleValues(proposes.id, Period(first_day, last_day), **asks))
    return added


def signatory(of: Institution, who: Person, period: Period, office: str = "Director of Contracts") -> Signatory:
    """Who may sign."""
    named: Signatory = world.do(name_signatory, of.id, who.id, SignatoryValues(office, period, LETTER))
    return named

"""What a new draft begins with: the parties and lines of its address, or an agreement it hangs on; and its template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, request

from app.agreements.forms.drafts import TemplateForm, filled_from
from app.agreements.models import Agreement, TemplateVersion
from app.agreements.queries.agreements import get_agreement
from app.agreements.queries.masters import missing_from_master
from app.agreements.queries.offered import (
    get_template,
    list_offered,
    names_of_lines,
    parties_named,
    split_items,
    titles_of,
)
from app.agreements.queries.template_rules import Enquiry, ProposedTemplate, propose_template
from app.agreements.rules.drafting import Origin
from app.agreements.rules.kinds import TemplateKind
from app.agreements.rules.states import RELATION_WORDS, Relation
from app.agreements.rules.wording import restrictions_from
from app.core.actor import Actor
from app.core.clock import today
from app.core.periods import ONE_DAY
from app.lines.rules import CLASS_WORDS
from app.web.addresses import ids_in_address

NONE = "none"
KEPT = ("provider", "recipient", "third", "line", "parent", "relation")


@dataclass(frozen=True)
class Beginning:
    """What a draft begins with: whose it is, where it comes from, what its fields show, and why that template."""

    origin: Origin
    provider_id: int
    recipient_id: int
    names: tuple[str, str]
    shown: dict[str, Any]
    why: str
    hangs_on: Agreement | None = None
    missing: Sequence[str] = ()

    @property
    def is_consent(self) -> bool:
        """Whether it lets the recipient pass material on."""
        return self.origin.kind is TemplateKind.CONSENT

    @property
    def title(self) -> str:
        """The heading of the page."""
        if self.hangs_on is None or self.origin.relation is None:
            return "Draft an agreement"
        return f"{RELATION_WORDS[self.origin.relation]} {self.hangs_on.number or self.hangs_on.title}"


def begun(actor: Actor) -> Beginning:
    """What the address of the page says a draft is to begin with."""
    parents = ids_in_address("parent")
    if parents:
        return _following(get_agreement(parents[0], actor))
    provider, recipient = ids_in_address("provider"), ids_in_address("recipient")
    if not provider or not recipient:
        abort(404)
    third = next(iter(ids_in_address("third")), None)
    return _fresh(provider[0], recipient[0], third)


def _fresh(provider_id: int, recipient_id: int, third_id: int | None) -> Beginning:
    lines = names_of_lines(ids_in_address("line"))
    names = parties_named(provider_id, recipient_id)
    version, why = _template(provider_id, recipient_id, [each.id for each in lines], third_id)
    kind, master_id = _kind(version, third_id)
    first = f"{lines[0].allele}{' and others' if len(lines) > 1 else ''}" if lines else "Material"
    shown = {
        "title": f"{first} from {names[0]} to {names[1]}"[:200],
        "lines": "\n".join(each.words for each in lines),
        "third_id": third_id,
        **_terms_of(version),
    }
    origin = Origin(kind, version.id if version else None, master_id=master_id)
    missing = missing_from_master(master_id, (provider_id, recipient_id), today()) if master_id else ()
    return Beginning(origin, provider_id, recipient_id, names, shown, why, missing=missing)


def _template(
    provider_id: int, recipient_id: int, lines: Sequence[int], third_id: int | None
) -> tuple[TemplateVersion | None, str]:
    """The version of a template to draft from: as chosen, or as the rule table proposes; and why."""
    offered = {each.template_id: each for each in list_offered(today())}
    chosen = request.args.get("template", "")
    if chosen:
        return offered.get(int(chosen)) if chosen.isdecimal() else None, "You chose it."
    if third_id is not None:
        consents = [each for each in offered.values() if get_template(each.template_id).kind is TemplateKind.CONSENT]
        return next(iter(consents), None), "Consents to onward transfer are drafted from it."
    found = propose_template(Enquiry(today(), provider_id, recipient_id, tuple(lines)))
    version = offered.get(found.row.template_id) if found.row else None
    return version, _why(found)


def _why(found: ProposedTemplate) -> str:
    """Which row of the rule table matched, and by what of it."""
    row = found.row
    if row is None:
        return "No row of the rule table matches: choose a template, or write a text of its own."
    asks = {
        "provider": row.provider,
        "repository": row.repository,
        "pipeline": row.pipeline,
        "class of allele": CLASS_WORDS[row.allele_class] if row.allele_class else None,
        "recipient": (row.recipient_kind.value.replace("_", " ") if row.recipient_kind else None),
    }
    by = ", ".join(f"{name} {value}" for name, value in asks.items() if value) or "it asks for nothing"
    return f"Row {row.position} of the rule table matched: {by}. It proposes {row.template}."


def _kind(version: TemplateVersion | None, third_id: int | None) -> tuple[TemplateKind, int | None]:
    if third_id is not None:
        return TemplateKind.CONSENT, None
    if version is None:
        return TemplateKind.BESPOKE, None
    template = get_template(version.template_id)
    return template.kind, template.master_id


def _terms_of(version: TemplateVersion | None) -> dict[str, Any]:
    """What a template gives a draft."""
    if version is None:
        return {"onward": "with_consent", "commercial": "forbidden", "at_end": "keep"}
    held = restrictions_from(version.terms)
    return {
        "onward": held.onward.value,
        "commercial": held.commercial.value,
        "embargo_until": held.embargo_until,
        "embargo_to_publication": held.embargo_to_publication,
        "citation": held.citation,
        "at_end": held.at_end.value,
        "fees": version.fees,
        "law": version.law,
        "body": version.body,
    }


def _following(parent: Agreement) -> Beginning:
    """A draft that hangs on another agreement: it restates it, renews it, or is a consent beside it."""
    relation = request.args.get("relation", "")
    if relation not in {Relation.AMENDMENT, Relation.RENEWAL, Relation.CONSENT}:
        abort(404)
    lines, others = split_items(parent.id)
    shown = filled_from(parent, [each.words for each in names_of_lines(lines)], others) | {"version": "0"}
    kind, version_id = parent.kind, parent.template_version_id
    why = "It restates all of the agreement: change what is to change."
    if relation == Relation.RENEWAL:
        why = "It begins where the agreement ends, for as long."
        shown |= dict(zip(("first_day", "last_day"), next_term(parent), strict=True))
    if relation == Relation.CONSENT:
        version, why = _template(parent.provider_id, parent.recipient_id, lines, 0)
        kind, version_id = TemplateKind.CONSENT, version.id if version else None
        shown |= _terms_of(version) | {"title": f"Consent to onward transfer: {parent.title}"[:200], "others": ""}
    origin = Origin(kind, version_id, parent.id, Relation(relation), parent.master_id)
    names = parties_named(parent.provider_id, parent.recipient_id)
    return Beginning(origin, parent.provider_id, parent.recipient_id, names, shown, why, hangs_on=parent)


def next_term(parent: Agreement) -> tuple[date, date | None]:
    """The days of a renewal: from the day after the last one, or today where that is over, and as long."""
    last = parent.ended_on or parent.last_day
    first = max(today(), last + ONE_DAY) if last else today()
    if last is None or parent.first_day is None:
        return first, None
    return first, first + (last - parent.first_day)


def template_choice(start: Beginning) -> TemplateForm | None:
    """The templates one may choose instead; none for what hangs on another agreement."""
    if start.hangs_on is not None:
        return None
    offered = list_offered(today())
    titles = titles_of([each.template_id for each in offered])
    form = TemplateForm.from_request()
    form.template.choices = [
        (NONE, "None, an own text"),
        *((each.template_id, f"{titles[each.template_id]}, version {each.number}") for each in offered),
    ]
    chosen = next((each for each in offered if each.id == start.origin.template_version_id), None)
    form.template.data = str(chosen.template_id) if chosen else NONE
    return form
